//! Who follows whom, and what those who are followed see of the board. It is not kept, and of each
//! person only the newest counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use starling_protocol::{ServerEvent, Slot, Slug, UserId, View};

use super::publication::{Text, Viewing, Viewings};

/// Why somebody cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CannotFollow {
    /// They are not here.
    NotHere,
    /// It is oneself, or somebody who follows this one: each would look where the other one looks.
    InCircle,
}

/// What somebody saw last, and in which of their tabs.
#[derive(Clone, Copy, Debug)]
struct Looking {
    slot: Slot,
    view: View,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Following {
    /// Whom people follow, with each of their participants.
    follows: BTreeMap<UserId, BTreeMap<Slot, UserId>>,
    /// By how many participants somebody is followed.
    followed: BTreeMap<UserId, usize>,
    looking: BTreeMap<UserId, Looking>,
    told: BTreeMap<UserId, Viewing>,
    /// How often something was told.
    number: u64,
    changed: bool,
}

impl Following {
    /// A participant follows somebody from now on, or nobody.
    pub(super) fn follow(
        &mut self,
        slot: Slot,
        follower: UserId,
        whom: Option<UserId>,
    ) -> Result<(), CannotFollow> {
        if whom.is_some_and(|whom| self.leads_to(whom, follower)) {
            return Err(CannotFollow::InCircle);
        }
        self.unfollow(slot, follower);
        if let Some(whom) = whom {
            self.follows.entry(follower).or_default().insert(slot, whom);
            *self.followed.entry(whom).or_default() += 1;
            self.changed = true;
        }
        Ok(())
    }

    /// Whether looking where one person looks means looking where another one looks.
    fn leads_to(&self, from: UserId, to: UserId) -> bool {
        let (mut reached, mut next) = (BTreeSet::from([from]), vec![from]);
        while let Some(user) = next.pop() {
            if user == to {
                return true;
            }
            let followed = self.follows.get(&user).into_iter().flat_map(BTreeMap::values);
            next.extend(followed.filter(|whom| reached.insert(**whom)));
        }
        false
    }

    fn unfollow(&mut self, slot: Slot, follower: UserId) {
        let Some(follows) = self.follows.get_mut(&follower) else { return };
        let Some(whom) = follows.remove(&slot) else { return };
        if follows.is_empty() {
            self.follows.remove(&follower);
        }
        if let Some(count) = self.followed.get_mut(&whom) {
            *count -= 1;
            if *count == 0 {
                self.followed.remove(&whom);
            }
        }
        self.changed = true;
    }

    /// A participant sees this now.
    pub(super) fn look(&mut self, slot: Slot, user: UserId, view: View) {
        self.looking.insert(user, Looking { slot, view });
        self.changed |= self.followed.contains_key(&user)
            && self.told.get(&user).is_none_or(|told| told.view != view);
    }

    /// A participant is gone. Who follows that person goes on, as it may be a reload.
    pub(super) fn forget(&mut self, slot: Slot, user: UserId) {
        if self.looking.get(&user).is_some_and(|looking| looking.slot == slot) {
            self.looking.remove(&user);
        }
        self.unfollow(slot, user);
    }

    pub(super) fn has_changes(&self) -> bool {
        self.changed
    }

    /// Everyone who is followed.
    pub(super) fn followed(&self) -> impl ExactSizeIterator<Item = UserId> {
        self.followed.keys().copied()
    }

    /// What all who are followed see, if that is not what it was.
    pub(super) fn publish(&mut self, room: &Slug) -> Option<Viewings> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        let mut before = std::mem::take(&mut self.told);
        for user in self.followed.keys().copied() {
            let told = before.remove(&user);
            let view = self.looking.get(&user).map(|looking| looking.view);
            let told = match (told, view) {
                (Some(told), view) if view.is_none_or(|view| view == told.view) => told,
                (_, Some(view)) => {
                    self.number += 1;
                    let event = ServerEvent::Viewing { room: room.clone(), user, view };
                    Viewing { number: self.number, view, text: Text::new(&event) }
                }
                (_, None) => continue,
            };
            self.told.insert(user, told);
        }
        Some(Arc::new(self.told.clone()))
    }

    #[cfg(test)]
    pub(super) fn check_invariants(&self) {
        let mut followed: BTreeMap<UserId, usize> = BTreeMap::new();
        for whom in self.follows.values().flat_map(BTreeMap::values) {
            *followed.entry(*whom).or_default() += 1;
        }
        assert_eq!(followed, self.followed, "who is followed, counted anew");
        for user in self.follows.keys() {
            let whom: Vec<UserId> = self.follows[user].values().copied().collect();
            assert!(whom.iter().all(|whom| !self.leads_to(*whom, *user)), "a circle");
        }
    }
}
