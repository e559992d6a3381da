//! Where participants point, and what a tick publishes of that: to everyone the same frames or, in a
//! large room, cells of which each viewer is shown some.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use starling_protocol::{Channel, CursorFrame, CursorRecord, CursorState, Point, Revision, Slot};

use super::cells::{self, Cells};
use super::publication::CursorsPublication;
use super::{Followed, Millis, RoomSettings};

/// A room stays large until it has at most so many in a hundred of the connections above which it
/// becomes large, so that somebody who comes and goes does not change it back and forth.
const STAYS_LARGE: usize = 90;

#[derive(Clone, Copy, Debug)]
struct Sample {
    point: Point,
    at: Millis,
}

/// The newest sample of each participant who points at the board.
#[derive(Debug)]
pub(super) struct Cursors {
    /// Up to how many participants everyone is sent every cursor.
    to_all: usize,
    /// How many cursors one viewer is shown in a large room.
    in_view: usize,
    is_large: bool,
    samples: BTreeMap<Slot, Sample>,
    changed: BTreeSet<Slot>,
    /// What was published has somebody who is gone, which a newcomer must not see; or who is
    /// followed is somebody else.
    outdated: bool,
}

impl Cursors {
    pub(super) fn new(settings: RoomSettings) -> Self {
        Self {
            to_all: settings.cursors_to_all,
            in_view: settings.cursors_in_view,
            is_large: false,
            samples: BTreeMap::new(),
            changed: BTreeSet::new(),
            outdated: false,
        }
    }

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

    /// There are so many participants now.
    pub(super) fn count(&mut self, participants: usize) {
        let most = if self.is_large { self.to_all * STAYS_LARGE / 100 } else { self.to_all };
        let is_large = participants > most;
        self.outdated |= is_large != self.is_large && !self.samples.is_empty();
        self.is_large = is_large;
    }

    /// Who is followed is somebody else now.
    pub(super) fn followed_changed(&mut self) {
        self.outdated |= self.is_large;
    }

    /// `followed` are the slots of those whom somebody follows.
    pub(super) fn publish(
        &mut self,
        now: Millis,
        channel: Channel,
        revision: Revision,
        followed: impl FnOnce() -> BTreeMap<Followed, Vec<Slot>>,
    ) -> Option<CursorsPublication> {
        if !self.has_changes() {
            return None;
        }
        self.outdated = false;
        let changed = std::mem::take(&mut self.changed);
        if self.is_large {
            let samples = self.samples.iter().map(|(slot, sample)| cells::Sample {
                slot: *slot,
                point: sample.point,
                at: sample.at,
                moved: changed.contains(slot),
            });
            let cells = Cells::new(now, (channel, revision), self.in_view, samples, followed());
            return Some(CursorsPublication::Cells(Arc::new(cells)));
        }
        let state = |sample: Option<&Sample>| match sample {
            Some(sample) => CursorState::At {
                point: sample.point,
                age_ms: u8::try_from(now.saturating_sub(sample.at)).unwrap_or(u8::MAX),
            },
            None => CursorState::Hidden,
        };
        let encode = |complete, records| {
            let frame = CursorFrame { channel, revision, complete, others: None, records };
            Bytes::from(frame.encode())
        };
        let changes = changed
            .into_iter()
            .map(|slot| CursorRecord { slot, state: state(self.samples.get(&slot)) })
            .collect();
        let all = self
            .samples
            .iter()
            .map(|(slot, sample)| CursorRecord { slot: *slot, state: state(Some(sample)) })
            .collect();
        Some(CursorsPublication::ToAll { changes: encode(false, changes), all: encode(true, all) })
    }

    #[cfg(test)]
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.samples.keys().copied()
    }
}
