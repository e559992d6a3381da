//! What participants pointed out since the last tick. None of it is ever stored.

use starling_protocol::board::{BoardEvent, Signal, SlotSignal};
use starling_protocol::{Slot, Slug};

use super::publication::Text;

/// How many one tick tells of; further ones are dropped.
const MOST: usize = 100;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Signals {
    signals: Vec<SlotSignal>,
}

impl Signals {
    /// A participant points something out. What stands at their cursor, and whether it leaves a trail,
    /// takes the place of what was said of it in the same tick.
    pub(super) fn add(&mut self, slot: Slot, signal: Signal) {
        self.signals.retain(|it| it.slot != slot || !replaces(&signal, &it.signal));
        if self.signals.len() < MOST {
            self.signals.push(SlotSignal { slot, signal });
        }
    }

    /// A participant is gone, and what they pointed out with them.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.signals.retain(|it| it.slot != slot);
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.signals.is_empty()
    }

    pub(super) fn publish(&mut self, room: &Slug) -> Option<Text> {
        if self.signals.is_empty() {
            return None;
        }
        let signals = std::mem::take(&mut self.signals);
        Some(Text::of_board(&BoardEvent::Signals { room: room.clone(), signals }))
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.signals.iter().map(|signal| signal.slot)
    }
}

fn replaces(new: &Signal, old: &Signal) -> bool {
    matches!(
        (new, old),
        (Signal::Say { .. }, Signal::Say { .. }) | (Signal::Laser { .. }, Signal::Laser { .. })
    )
}
