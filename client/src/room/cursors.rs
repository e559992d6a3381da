//! What is known of others' cursors: the fold of the server's frames.

use starling_protocol::{CursorFrame, CursorState, OLDEST_MS, Person, Slot, UserId};

use super::RoomState;
use crate::glide::IDLE_AFTER;
use crate::{Glide, Millis};

impl RoomState {
    /// Other participants' cursors with whom they belong to, by slot. In a large room these are some of
    /// those in and around what the person sees; see [`Self::others`].
    pub fn cursors(&self) -> impl Iterator<Item = (Slot, &Glide, &Person)> {
        self.people
            .values()
            .flat_map(|person| person.slots.iter().map(move |slot| (*slot, person)))
            .filter_map(|(slot, person)| Some((slot, self.cursors.get(&slot)?, person)))
    }

    /// How many more cursors are in and around what the person sees, which the server does not show.
    #[must_use]
    pub fn others(&self) -> usize {
        self.others
    }

    /// Whom the person follows.
    #[must_use]
    pub fn following(&self) -> Option<UserId> {
        self.following
    }

    /// Folds a cursor frame in; true if the set of cursors is another one now, or how many others
    /// there are.
    pub(crate) fn apply_cursors(&mut self, now: Millis, frame: &CursorFrame) -> bool {
        let (Some(seat), Some(revision)) = (self.seat, self.revision) else { return false };
        if frame.channel != seat.channel || frame.revision > revision {
            return false;
        }
        let before = (self.cursors.len(), self.others);
        self.others = frame.others.map_or(0, usize::from);
        let mut changed = false;
        if frame.complete {
            self.cursors.retain(|slot, _| frame.records.iter().any(|it| it.slot == *slot));
        }
        let interval = self.cursor_interval();
        for record in frame.records.iter().filter(|record| record.slot != seat.slot) {
            match record.state {
                CursorState::Hidden => changed |= self.cursors.remove(&record.slot).is_some(),
                CursorState::At { point, age_ms } => {
                    let at = now.saturating_sub(u64::from(age_ms));
                    match self.cursors.get_mut(&record.slot) {
                        // A complete frame repeats where resting cursors are.
                        Some(glide) if frame.complete && glide.newest() == point => {}
                        Some(glide) => glide.push(at, point, interval),
                        // The frame can be older than the presence: of somebody who has left.
                        None if !self.people.values().any(|p| p.slots.contains(&record.slot)) => {}
                        None => {
                            let resting = age_ms == OLDEST_MS;
                            let at = if resting { at.saturating_sub(IDLE_AFTER) } else { at };
                            self.cursors.insert(record.slot, Glide::new(at, point));
                            changed = true;
                        }
                    }
                }
            }
        }
        changed || (self.cursors.len(), self.others) != before
    }

    /// Who has left has no cursor, and is followed no more.
    pub(super) fn forget_gone(&mut self) {
        self.following = self.following.filter(|user| self.people.contains_key(user));
        // Where there are many people, a server sends few cursors, unless it was set to send more.
        self.cursors.retain(|slot, _| self.people.values().any(|it| it.slots.contains(slot)));
    }
}
