//! What others have in hand.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::board::{InkPoint, Object, Preview, SlotPreview};
use starling_protocol::{ObjectId, Slot, UserId};

use super::held::Held;
use crate::Millis;

/// After somebody's operation their preview of the same objects may still be under way, and older.
/// For this long it is not shown: by then they have let go, or told something newer.
const HUSH: Millis = 300;

/// What a participant has in hand.
#[derive(Debug)]
struct Hand {
    /// A stroke with all points that are known.
    held: Option<Held>,
    /// Until then it is not shown if it is about one of these.
    hush: Option<(Millis, BTreeSet<ObjectId>)>,
    /// The higher, the later it was taken.
    taken: u64,
}

/// What everybody else has in hand.
#[derive(Debug, Default)]
pub(super) struct Previews {
    hands: BTreeMap<Slot, Hand>,
    /// Who has each object in hand.
    holders: BTreeMap<ObjectId, BTreeSet<Slot>>,
    people: BTreeMap<Slot, UserId>,
    me: Option<Slot>,
    taken: u64,
}

impl Previews {
    /// The connection got that slot: what is said of it is this client's own.
    pub(super) fn set_me(&mut self, me: Slot) {
        self.me = Some(me);
    }

    pub(super) fn is_me(&self, slot: Slot) -> bool {
        self.me == Some(slot)
    }

    /// Whoever is gone has nothing in hand. Says what is shown differently.
    pub(super) fn set_people(
        &mut self,
        people: impl IntoIterator<Item = (Slot, UserId)>,
    ) -> BTreeSet<ObjectId> {
        let before = std::mem::replace(&mut self.people, people.into_iter().collect());
        let gone: Vec<Slot> =
            before.into_keys().filter(|slot| !self.people.contains_key(slot)).collect();
        gone.into_iter().flat_map(|slot| self.forget(slot)).collect()
    }

    /// Everything is forgotten: the connection ended. Says what is shown differently.
    pub(super) fn clear(&mut self) -> BTreeSet<ObjectId> {
        self.hands.clear();
        std::mem::take(&mut self.holders).into_keys().collect()
    }

    /// What participants have in hand now. Says what is shown differently.
    pub(super) fn received(
        &mut self,
        complete: bool,
        previews: Vec<SlotPreview>,
        most_points: usize,
    ) -> BTreeSet<ObjectId> {
        let mut ids = BTreeSet::new();
        if complete {
            let told: BTreeSet<Slot> = previews.iter().map(|it| it.slot).collect();
            let gone: Vec<Slot> =
                self.hands.keys().filter(|slot| !told.contains(slot)).copied().collect();
            ids.extend(gone.into_iter().flat_map(|slot| self.forget(slot)));
        }
        for SlotPreview { slot, preview } in previews {
            if !self.is_me(slot) {
                ids.extend(self.take(slot, preview, most_points));
            }
        }
        ids
    }

    /// Somebody's operation about these objects came: what they had of them in hand is done. Says
    /// what is shown differently.
    pub(super) fn operated(
        &mut self,
        now: Millis,
        by: UserId,
        objects: &BTreeSet<ObjectId>,
    ) -> BTreeSet<ObjectId> {
        let mut ids = BTreeSet::new();
        let me = self.me;
        let theirs = self.people.iter().filter(|(slot, user)| **user == by && Some(**slot) != me);
        for slot in theirs.map(|(slot, _)| *slot) {
            let hand = self.hands.entry(slot).or_insert(Hand { held: None, hush: None, taken: 0 });
            let known = hand.hush.take().map(|(_, known)| known).unwrap_or_default();
            hand.hush = Some((now + HUSH, &known | objects));
            ids.extend(hand.held.iter().flat_map(Held::ids));
        }
        ids
    }

    pub(super) fn next_timer(&self) -> Option<Millis> {
        self.hands.values().filter_map(|hand| hand.hush.as_ref()).map(|(until, _)| *until).min()
    }

    /// Says what is shown differently by now.
    pub(super) fn timer(&mut self, now: Millis) -> BTreeSet<ObjectId> {
        let mut ids = BTreeSet::new();
        for hand in self.hands.values_mut() {
            if hand.hush.as_ref().is_some_and(|(until, _)| *until <= now) {
                hand.hush = None;
                ids.extend(hand.held.iter().flat_map(Held::ids));
            }
        }
        self.hands.retain(|_, hand| hand.held.is_some() || hand.hush.is_some());
        ids
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &Preview)> {
        self.hands
            .iter()
            .filter(|(_, hand)| hand.is_shown())
            .filter_map(|(slot, hand)| hand.held.as_ref().map(|held| (*slot, held.preview())))
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.holders.keys().copied()
    }

    pub(super) fn holder(&self, id: ObjectId) -> Option<Slot> {
        self.holding(id).last().map(|(slot, _)| slot)
    }

    pub(super) fn shown<'a>(
        &self,
        id: ObjectId,
        mut object: Option<Cow<'a, Object>>,
    ) -> Option<Cow<'a, Object>> {
        for (slot, held) in self.holding(id) {
            object = held.laid_over(id, self.people.get(&slot).copied(), object);
        }
        object
    }

    /// Who is seen to have it in hand, in the order in which they took it.
    fn holding(&self, id: ObjectId) -> impl Iterator<Item = (Slot, &Held)> {
        let slots = self.holders.get(&id).into_iter().flatten();
        let hands = slots.filter_map(|slot| self.hands.get(slot).map(|hand| (*slot, hand)));
        let mut hands: Vec<_> = hands.filter(|(_, hand)| hand.is_shown()).collect();
        hands.sort_by_key(|(_, hand)| hand.taken);
        hands.into_iter().filter_map(|(slot, hand)| Some((slot, hand.held.as_ref()?)))
    }

    fn take(
        &mut self,
        slot: Slot,
        preview: Option<Preview>,
        most_points: usize,
    ) -> BTreeSet<ObjectId> {
        let Some(preview) = preview else { return self.forget(slot) };
        self.taken += 1;
        let (before, hush, taken) = match self.hands.remove(&slot) {
            Some(Hand { held, hush, taken }) => (held, hush, taken),
            None => (None, None, self.taken),
        };
        let ids_before: BTreeSet<ObjectId> = before.iter().flat_map(Held::ids).collect();
        let held = Held::new(joined(before.map(Held::into_preview), preview, most_points));
        let ids: BTreeSet<ObjectId> = held.ids().collect();
        let taken = if ids_before.is_disjoint(&ids) { self.taken } else { taken };
        self.hands.insert(slot, Hand { held: Some(held), hush, taken });
        self.unhold(slot, &ids_before);
        for id in &ids {
            self.holders.entry(*id).or_default().insert(slot);
        }
        &ids_before | &ids
    }

    /// The hand is empty. Its hush stays: the older preview may come again.
    fn forget(&mut self, slot: Slot) -> BTreeSet<ObjectId> {
        let Some(hand) = self.hands.get_mut(&slot) else { return BTreeSet::new() };
        let ids = hand.held.take().iter().flat_map(Held::ids).collect();
        if hand.hush.is_none() {
            self.hands.remove(&slot);
        }
        self.unhold(slot, &ids);
        ids
    }

    fn unhold(&mut self, slot: Slot, ids: &BTreeSet<ObjectId>) {
        for id in ids {
            if let Some(slots) = self.holders.get_mut(id) {
                slots.remove(&slot);
                if slots.is_empty() {
                    self.holders.remove(id);
                }
            }
        }
    }
}

impl Hand {
    fn is_shown(&self) -> bool {
        let hush = self.hush.as_ref();
        hush.is_none_or(|(_, ids)| {
            !self.held.iter().flat_map(Held::ids).any(|id| ids.contains(&id))
        })
    }
}

/// A preview with what is known of it from before: the earlier points of the same stroke, as far as
/// they were seen, at most so many.
fn joined(before: Option<Preview>, after: Preview, most_points: usize) -> Preview {
    let Preview::Stroke { object, tint, width, from, points } = after else { return after };
    let mut known: Vec<InkPoint> = match before {
        Some(Preview::Stroke { object: known, from: first, points: mut earlier, .. })
            if known == object =>
        {
            // Of two points of the same number the later one counts.
            let end = u64::from(first) + earlier.len() as u64;
            let overlap = end.saturating_sub(from.into()).min(earlier.len() as u64);
            earlier.truncate(earlier.len() - overlap as usize);
            earlier
        }
        _ => Vec::new(),
    };
    let end = u64::from(from) + points.len() as u64;
    known.extend(points);
    let surplus = known.len().saturating_sub(most_points);
    known.drain(..surplus);
    // Some may never have been seen: their numbers are counted from the end.
    let from = u32::try_from(end.saturating_sub(known.len() as u64)).unwrap_or(u32::MAX);
    Preview::Stroke { object, tint, width, from, points: known }
}
