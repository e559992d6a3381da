//! What participants have in hand at the board: the newest of each, gathered for a tick. None of it is
//! ever stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use starling_protocol::board::{BoardEvent, Preview, SlotPreview};
use starling_protocol::{Slot, Slug};

use super::publication::{LazyText, PreviewsPublication, Text};

/// How many bytes one preview may have, as it came. Whose is larger is shown with empty hands.
const MOST_OF_ONE: usize = 32 * 1_024;
/// How many bytes all previews of a room may have together. Where there is no room for one more, the largest
/// gives way to it, so that a few leave room for the others; a largest one is itself shown as an empty hand.
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
    held: BTreeMap<Slot, (Arc<Preview>, usize)>,
    sizes: BTreeSet<(usize, Slot)>,
    bytes: usize,
    changed: BTreeSet<Slot>,
}

impl Previews {
    /// A participant has something in hand, or nothing any more.
    pub(super) fn hold(&mut self, slot: Slot, held: Option<Held>) {
        let before = self.let_go(slot);
        let held = held.filter(|held| held.bytes <= MOST_OF_ONE && self.has_room(held.bytes));
        if held.as_ref().map(|held| &held.preview) != before.as_deref() {
            self.changed.insert(slot);
        }
        if let Some(Held { preview, bytes }) = held {
            self.bytes += bytes;
            self.sizes.insert((bytes, slot));
            self.held.insert(slot, (Arc::new(preview), bytes));
        }
    }

    fn let_go(&mut self, slot: Slot) -> Option<Arc<Preview>> {
        let (preview, bytes) = self.held.remove(&slot)?;
        self.sizes.remove(&(bytes, slot));
        self.bytes -= bytes;
        Some(preview)
    }

    /// Whether there is room for so many bytes more, if need be after a larger preview gave way.
    fn has_room(&mut self, bytes: usize) -> bool {
        if self.bytes + bytes <= MOST_BYTES {
            return true;
        }
        let larger = self.sizes.last().copied().filter(|(most, _)| *most > bytes);
        let Some((_, slot)) = larger else { return false };
        self.let_go(slot);
        self.changed.insert(slot);
        true
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    pub(super) fn publish(&mut self, room: &Slug) -> Option<PreviewsPublication> {
        if self.changed.is_empty() {
            return None;
        }
        let changed = std::mem::take(&mut self.changed).into_iter();
        let told = |slot| SlotPreview {
            slot,
            preview: self.held.get(&slot).map(|(preview, _)| Preview::clone(preview)),
        };
        let changes = text(room.clone(), false, changed.map(told).collect());
        let held = self.held.iter().map(|(slot, (preview, _))| (*slot, Arc::clone(preview)));
        let (room, held) = (room.clone(), held.collect::<Vec<_>>());
        let all = LazyText::new(move || {
            let told = |(slot, preview): (Slot, Arc<Preview>)| SlotPreview {
                slot,
                preview: Some(Arc::unwrap_or_clone(preview)),
            };
            text(room, true, held.into_iter().map(told).collect())
        });
        Some(PreviewsPublication { changes, all })
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        let bytes: usize = self.held.values().map(|(_, bytes)| bytes).sum();
        assert_eq!(bytes, self.bytes, "the bytes of previews are counted wrong");
        let sizes = self.held.iter().map(|(slot, (_, bytes))| (*bytes, *slot));
        assert_eq!(self.sizes, sizes.collect(), "the sizes of previews");
        self.held.keys().copied()
    }
}

fn text(room: Slug, complete: bool, previews: Vec<SlotPreview>) -> Text {
    Text::of_board(&BoardEvent::Previews { room, complete, previews })
}
