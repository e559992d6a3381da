//! What participants have in hand at the board: the newest of each, gathered for a tick. None of it is
//! ever stored.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::board::{BoardEvent, Preview, SlotPreview};
use starling_protocol::{Slot, Slug};

use super::publication::{PreviewsPublication, Text};

/// How many bytes all previews of a room may have together, as they came. Whose preview does not fit any
/// more is shown with empty hands.
const MOST_BYTES: usize = 256 * 1_024;

/// A preview, and how many bytes it came in.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) preview: Preview,
    pub(crate) bytes: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Previews {
    held: BTreeMap<Slot, Held>,
    bytes: usize,
    changed: BTreeSet<Slot>,
}

impl Previews {
    /// A participant has something in hand, or nothing any more.
    pub(super) fn hold(&mut self, slot: Slot, held: Option<Held>) {
        let before = self.held.remove(&slot);
        self.bytes -= before.as_ref().map_or(0, |before| before.bytes);
        let fits = |held: &Held| self.bytes + held.bytes <= MOST_BYTES;
        let held = held.filter(fits);
        let changed = held.as_ref().map(|it| &it.preview) != before.as_ref().map(|it| &it.preview);
        if let Some(held) = held {
            self.bytes += held.bytes;
            self.held.insert(slot, held);
        }
        if changed {
            self.changed.insert(slot);
        }
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    pub(super) fn publish(&mut self, room: &Slug) -> Option<PreviewsPublication> {
        if self.changed.is_empty() {
            return None;
        }
        let text = |complete, previews| {
            Text::of_board(&BoardEvent::Previews { room: room.clone(), complete, previews })
        };
        let told = |slot: &Slot| {
            let preview = self.held.get(slot).map(|held| held.preview.clone());
            SlotPreview { slot: *slot, preview }
        };
        let publication = PreviewsPublication {
            changes: text(false, self.changed.iter().map(told).collect()),
            all: text(true, self.held.keys().map(told).collect()),
        };
        self.changed.clear();
        Some(publication)
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        let bytes: usize = self.held.values().map(|held| held.bytes).sum();
        assert_eq!(bytes, self.bytes, "the bytes of previews are counted wrong");
        self.held.keys().copied()
    }
}
