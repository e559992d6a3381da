//! Where participants point, and the one frame per tick that says so.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use starling_protocol::{Channel, CursorFrame, CursorRecord, CursorState, Point, Revision, Slot};

use super::Millis;
use super::publication::CursorsPublication;

#[derive(Clone, Copy, Debug)]
struct Sample {
    point: Point,
    at: Millis,
}

/// The newest sample of each participant who points at the board.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    samples: BTreeMap<Slot, Sample>,
    changed: BTreeSet<Slot>,
    /// What was published has somebody who is gone, which a newcomer must not see.
    outdated: bool,
}

impl Cursors {
    pub(super) fn point(&mut self, at: Millis, slot: Slot, point: Option<Point>) {
        let moved = match point {
            Some(point) => {
                self.samples.insert(slot, Sample { point, at }).is_none_or(|old| old.point != point)
            }
            None => self.samples.remove(&slot).is_some(),
        };
        if moved {
            self.changed.insert(slot);
        }
    }

    /// A participant is gone. Who is here learns it from the presence.
    pub(super) fn forget(&mut self, slot: Slot) {
        self.outdated |= self.samples.remove(&slot).is_some();
        self.changed.remove(&slot);
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.changed.is_empty() || self.outdated
    }

    pub(super) fn publish(
        &mut self,
        now: Millis,
        channel: Channel,
        revision: Revision,
    ) -> Option<CursorsPublication> {
        if !self.has_changes() {
            return None;
        }
        self.outdated = false;
        let state = |sample: Option<&Sample>| match sample {
            Some(sample) => CursorState::At {
                point: sample.point,
                age_ms: u8::try_from(now.saturating_sub(sample.at)).unwrap_or(u8::MAX),
            },
            None => CursorState::Hidden,
        };
        let encode = |complete, records| {
            Bytes::from(CursorFrame { channel, revision, complete, records }.encode())
        };
        let changes = std::mem::take(&mut self.changed)
            .into_iter()
            .map(|slot| CursorRecord { slot, state: state(self.samples.get(&slot)) })
            .collect();
        let all = self
            .samples
            .iter()
            .map(|(slot, sample)| CursorRecord { slot: *slot, state: state(Some(sample)) })
            .collect();
        Some(CursorsPublication { changes: encode(false, changes), all: encode(true, all) })
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.samples.keys().copied()
    }
}
