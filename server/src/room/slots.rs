//! The numbers that participants have in cursor frames.

use std::collections::VecDeque;

use starling_protocol::Slot;

use super::Millis;

/// A client that lags behind must not draw a newcomer under somebody else's name.
const REST: Millis = 60_000;

/// Hands out slots; one that came back rests before somebody else gets it, unless none else is
/// left.
#[derive(Debug)]
pub(super) struct Slots {
    most: u16,
    fresh: u16,
    taken: u16,
    resting: VecDeque<(Millis, Slot)>,
}

impl Slots {
    pub(super) fn new(most: u16) -> Self {
        Self { most, fresh: 0, taken: 0, resting: VecDeque::new() }
    }

    pub(super) fn take(&mut self, now: Millis) -> Option<Slot> {
        if self.taken >= self.most {
            return None;
        }
        let rested = self.resting.front().is_some_and(|(since, _)| now >= since + REST);
        let slot = if rested || self.fresh == u16::MAX {
            self.resting.pop_front()?.1
        } else {
            self.fresh += 1;
            Slot(self.fresh - 1)
        };
        self.taken += 1;
        Some(slot)
    }

    pub(super) fn give_back(&mut self, now: Millis, slot: Slot) {
        self.taken -= 1;
        self.resting.push_back((now, slot));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_rests_for_a_minute() {
        let mut slots = Slots::new(10);
        let first = slots.take(0).unwrap();
        slots.give_back(1_000, first);
        assert_ne!(slots.take(60_999), Some(first));
        assert_eq!(slots.take(61_000), Some(first));
    }

    #[test]
    fn a_full_room_takes_nobody_until_somebody_leaves() {
        let mut slots = Slots::new(2);
        let first = slots.take(0).unwrap();
        assert!(slots.take(0).is_some());
        assert_eq!(slots.take(0), None);
        slots.give_back(0, first);
        assert!(slots.take(0).is_some());
        assert_eq!(slots.take(0), None);
    }

    #[test]
    fn a_busy_room_reuses_early_rather_than_refuse() {
        let mut slots = Slots::new(10);
        for _ in 0..200_000 {
            let slot = slots.take(0).unwrap();
            slots.give_back(0, slot);
        }
    }
}
