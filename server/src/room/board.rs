//! The board of a room: the end of its stream, what participants have in hand, and what they point out.
//! What lies on the board only the store knows.

use starling_protocol::{Slot, Slug};

use super::previews::Previews;
use super::publication::BoardPublication;
use super::signals::Signals;
use super::stream::{LoggedOperation, Stream};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Board {
    pub(super) stream: Stream<LoggedOperation>,
    pub(super) previews: Previews,
    pub(super) signals: Signals,
}

impl Board {
    /// A participant is gone.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.previews.hold(slot, None);
        self.signals.forget(slot);
    }

    pub(super) fn has_changes(&self) -> bool {
        self.stream.has_changes() || self.previews.has_changes() || self.signals.has_changes()
    }

    pub(super) fn publish(&mut self, room: &Slug) -> BoardPublication {
        BoardPublication {
            stream: self.stream.publish(room),
            previews: self.previews.publish(room),
            signals: self.signals.publish(room),
            lasting: self.signals.publish_lasting(room),
        }
    }

    /// Whoever is told of here; for tests.
    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.previews.slots().chain(self.signals.slots())
    }
}
