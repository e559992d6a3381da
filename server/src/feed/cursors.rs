//! The newest cursors of a room, and how each reader comes to them.

use std::sync::Arc;

use bytes::Bytes;
use starling_protocol::CursorFrame;
use tokio::time::Instant;

use super::viewer::{Step, Viewer};
use crate::room::{Cells, CursorsPublication};

/// A complete frame that is sent later than this is made with the ages of the moment.
const STALE_MS: u64 = 50;

#[derive(Debug, Default)]
pub(super) struct Cursors {
    /// Counts the ticks.
    number: u64,
    newest: Option<Newest>,
}

#[derive(Debug)]
struct Newest {
    cursors: CursorsPublication,
    at: Instant,
}

/// What a reader is owed of a large room, to be made when the feed is not locked any more.
#[derive(Debug)]
pub(super) struct Owed {
    cells: Arc<Cells>,
    step: Step,
    age: u64,
}

impl Cursors {
    pub(super) fn publish(&mut self, cursors: CursorsPublication) {
        self.number += 1;
        self.newest = Some(Newest { cursors, at: Instant::now() });
    }

    /// Brings a reader to the newest tick: with a frame that is the same for everyone, or with what
    /// theirs is to be made of.
    pub(super) fn read(&self, viewer: &mut Viewer) -> Option<Result<Bytes, Owed>> {
        let Newest { cursors, at } = self.newest.as_ref()?;
        let step = viewer.step_to(self.number);
        let age = || at.elapsed().as_millis() as u64;
        match cursors {
            CursorsPublication::ToAll { changes, all } => {
                let knew_all = viewer.is_shown_all();
                match step {
                    Step::None | Step::Look => None,
                    Step::Next if knew_all => Some(Ok(changes.clone())),
                    Step::Next | Step::Whole => Some(Ok(aged(all, age()))),
                }
            }
            CursorsPublication::Cells(_) if step == Step::None => None,
            CursorsPublication::Cells(cells) => {
                let age = Some(age()).filter(|age| *age > STALE_MS).unwrap_or_default();
                Some(Err(Owed { cells: Arc::clone(cells), step, age }))
            }
        }
    }
}

impl Owed {
    /// The reader's own frame, if anything is different for them.
    pub(super) fn frame(self, viewer: &mut Viewer) -> Option<Bytes> {
        viewer.frame(&self.cells, self.step, self.age)
    }
}

/// All cursors, as old as they are by now: most rest while nothing is published.
fn aged(all: &Bytes, age: u64) -> Bytes {
    match CursorFrame::decode(all) {
        Ok(frame) if age > STALE_MS => Bytes::from(frame.aged(age).encode()),
        _ => all.clone(),
    }
}
