//! What participants pointed out since the last tick, and what of it lasts: light. None of it is ever
//! stored.

use std::collections::BTreeSet;

use starling_protocol::board::{BoardEvent, Signal, SlotSignal};
use starling_protocol::{Slot, Slug};

use super::publication::{LazyText, Text};

/// How many one tick tells of; further ones are dropped.
const MOST: usize = 100;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Signals {
    signals: Vec<SlotSignal>,
    /// Whose cursor leaves a trail of light.
    lasers: BTreeSet<Slot>,
    lasers_changed: bool,
}

impl Signals {
    /// A participant points something out. What stands at their cursor, and whether it leaves a trail,
    /// takes the place of what was said of it in the same tick.
    pub(super) fn add(&mut self, slot: Slot, signal: Signal) {
        if let Signal::Laser { active } = signal {
            self.lasers_changed |=
                if active { self.lasers.insert(slot) } else { self.lasers.remove(&slot) };
        }
        self.signals.retain(|it| it.slot != slot || !replaces(&signal, &it.signal));
        if self.signals.len() < MOST {
            self.signals.push(SlotSignal { slot, signal });
        }
    }

    /// A participant is gone, and what they pointed out with them.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.signals.retain(|it| it.slot != slot);
        self.lasers_changed |= self.lasers.remove(&slot);
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.signals.is_empty() || self.lasers_changed
    }

    pub(super) fn publish(&mut self, room: &Slug) -> Option<Text> {
        if self.signals.is_empty() {
            return None;
        }
        let signals = std::mem::take(&mut self.signals);
        Some(Text::of_board(&BoardEvent::Signals { room: room.clone(), signals }))
    }

    /// What lasts, if it is not what it was.
    pub(super) fn publish_lasting(&mut self, room: &Slug) -> Option<Option<LazyText>> {
        if !std::mem::take(&mut self.lasers_changed) {
            return None;
        }
        if self.lasers.is_empty() {
            return Some(None);
        }
        let (room, lasers) = (room.clone(), self.lasers.clone());
        Some(Some(LazyText::new(move || {
            let light = |slot| SlotSignal { slot, signal: Signal::Laser { active: true } };
            let signals = lasers.into_iter().map(light).collect();
            Text::of_board(&BoardEvent::Signals { room, signals })
        })))
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.signals.iter().map(|signal| signal.slot).chain(self.lasers.iter().copied())
    }
}

fn replaces(new: &Signal, old: &Signal) -> bool {
    matches!(
        (new, old),
        (Signal::Say { .. }, Signal::Say { .. }) | (Signal::Laser { .. }, Signal::Laser { .. })
    )
}
