//! Pointing something out, no more often than the server takes it.

use std::collections::VecDeque;

use starling_protocol::board::Signal;

use crate::Millis;

/// The server takes ten a second.
const EVERY: Millis = 110;
/// Of more beacons and reactions at once the others see only these.
const WAITING: usize = 5;

/// What this client's person points out.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Of what stands at the cursor and of the laser only the newest waits, and is never left out.
    waiting: VecDeque<Signal>,
    told: Option<Millis>,
}

impl Signals {
    pub(super) fn push(&mut self, signal: Signal) {
        let kind = std::mem::discriminant(&signal);
        if is_state(&signal) {
            self.waiting.retain(|waiting| std::mem::discriminant(waiting) != kind);
        } else if self.waiting.iter().filter(|waiting| !is_state(waiting)).count() >= WAITING {
            return;
        }
        self.waiting.push_back(signal);
    }

    /// Nobody sees it any more.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(super) fn next_timer(&self) -> Option<Millis> {
        (!self.waiting.is_empty()).then(|| self.told.map_or(0, |told| told + EVERY))
    }

    /// What to tell now, if something.
    pub(super) fn take(&mut self, now: Millis) -> Option<Signal> {
        if self.next_timer().is_none_or(|due| now < due) {
            return None;
        }
        self.told = Some(now);
        self.waiting.pop_front()
    }
}

/// Whether it holds until another one comes.
fn is_state(signal: &Signal) -> bool {
    matches!(signal, Signal::Say { .. } | Signal::Laser { .. })
}
