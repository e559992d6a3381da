//! What a room has published, for its sessions to pull from.
//!
//! Nothing is pushed into queues of sessions: each one keeps a [`Reader`], its own place in the
//! feed, wakes when something newer is there, and takes as much as its socket drains. A slow
//! reader costs nothing but its own lag:
//! - of the stream it misses nothing; what the ring has forgotten it reads from the store,
//! - of the presence it gets the missing diffs or, too far behind, the whole,
//! - the same of the board, if it has opened that,
//! - of cursors only the newest, in a large room those that its viewer is shown; of typing, too, only the
//!   newest, and of what moderators' programs tell the latest few,
//! - and whether what it may do has changed, which it then looks up.

mod board;
mod cursors;
mod ring;
#[cfg(test)]
mod tests;
mod viewer;

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::Mutex;
use starling_protocol::{Revision, Seq, UserId};
use tokio::sync::watch;

use crate::room::{PresencePublication, Publication, Text, Viewings};

use board::Board;
pub(crate) use board::BoardPlace;
use cursors::Cursors;
use ring::Ring;
pub(crate) use viewer::Viewer;

/// How many presence diffs and changes of rights are kept for readers that skipped a tick.
const DIFFS: usize = 64;

/// How many of the latest events of moderators' programs are kept for readers that skipped a tick.
const CUSTOMS: usize = 64;

/// A room's feed; the room's task writes, sessions read.
#[derive(Debug)]
pub(crate) struct Feed {
    state: Mutex<State>,
    /// Counts publications.
    version: watch::Sender<u64>,
    ring: usize,
}

#[derive(Debug, Default)]
struct State {
    chat: Ring,
    board: Board,
    revision: Revision,
    diffs: VecDeque<Text>,
    snapshot: Option<Text>,
    typing: Numbered<Text>,
    /// The latest; the number counts them all.
    customs: Numbered<VecDeque<Text>>,
    cursors: Cursors,
    viewings: Viewings,
    /// The latest changes of rights, and whom each concerned; `None`: everyone.
    rights: Numbered<VecDeque<Option<UserId>>>,
}

#[derive(Debug, Default)]
struct Numbered<T> {
    number: u64,
    value: T,
}

/// One session's place in a feed.
#[derive(Debug)]
pub(crate) struct Reader {
    /// The last stream event that was taken.
    pub(crate) seq: Seq,
    /// An event that is known to exist, though this feed may never have seen it.
    owed: Seq,
    revision: Option<Revision>,
    typing: u64,
    /// How many of the events of moderators' programs are behind it; before the first reading, all.
    customs: Option<u64>,
    rights: u64,
    /// Set while it has the room's board open.
    pub(crate) board: Option<BoardPlace>,
}

/// What a reader is handed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Text(Text),
    Binary(Bytes),
}

/// How far a reader got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has everything.
    Current,
    /// There is more; it had its share.
    More,
    /// The next stream events are in the store only.
    InStore {
        /// The last one there is, at least.
        head: Seq,
    },
}

impl Reader {
    /// A reader that has the stream up to `seq`, of which it is owed at least up to `owed`, and
    /// nothing else.
    pub(crate) fn new(seq: Seq, owed: Seq) -> Self {
        Self { seq, owed, revision: None, typing: 0, customs: None, rights: 0, board: None }
    }
}

impl Feed {
    /// A feed that keeps that many of the latest stream events.
    pub(crate) fn new(ring: usize) -> Self {
        Self { state: Mutex::default(), version: watch::Sender::new(0), ring }
    }

    /// Tells when something was published.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// What somebody may do in the room, or everyone (`None`), may be something else now.
    pub(crate) fn rights_changed(&self, user: Option<UserId>) {
        {
            let rights = &mut self.state.lock().rights;
            rights.number += 1;
            rights.value.push_back(user);
            let surplus = rights.value.len().saturating_sub(DIFFS);
            rights.value.drain(..surplus);
        }
        self.version.send_modify(|version| *version += 1);
    }

    /// Whether a reader's person is concerned by a change of rights since it last asked. One that
    /// fell too far behind to tell is.
    pub(crate) fn takes_rights(&self, reader: &mut Reader, user: UserId) -> bool {
        let state = self.state.lock();
        let missed = (state.rights.number - reader.rights) as usize;
        reader.rights = state.rights.number;
        let known = state.rights.value.len();
        missed > known
            || state
                .rights
                .value
                .iter()
                .skip(known - missed)
                .any(|it| it.is_none_or(|it| it == user))
    }

    pub(crate) fn publish(&self, publication: Publication) {
        {
            let mut state = self.state.lock();
            if let Some(stream) = publication.stream {
                state.chat.publish(stream, self.ring);
            }
            state.board.publish(publication.board, self.ring);
            if let Some(PresencePublication { revision, diff, snapshot }) = publication.presence {
                state.revision = revision;
                state.snapshot = Some(snapshot);
                state.diffs.push_back(diff);
                let surplus = state.diffs.len().saturating_sub(DIFFS);
                state.diffs.drain(..surplus);
            }
            if let Some(typing) = publication.typing {
                state.typing.number += 1;
                state.typing.value = typing;
            }
            let customs = &mut state.customs;
            customs.number += publication.customs.len() as u64;
            customs.value.extend(publication.customs);
            let surplus = customs.value.len().saturating_sub(CUSTOMS);
            customs.value.drain(..surplus);
            if let Some(cursors) = publication.cursors {
                state.cursors.publish(cursors);
            }
            if let Some(viewings) = publication.viewings {
                state.viewings = viewings;
            }
        }
        self.version.send_modify(|version| *version += 1);
    }

    /// Hands the reader what is newer than its place: stream events until they pass `budget`
    /// bytes, then presence, typing and, to a viewer, cursors and what those see whom they follow.
    pub(crate) fn read(
        &self,
        reader: &mut Reader,
        budget: usize,
        viewer: Option<&mut Viewer>,
        items: &mut Vec<Item>,
    ) -> Progress {
        let state = self.state.lock();
        // Whether they may still hear what is said is looked at first, and then they come again.
        if reader.rights != state.rights.number {
            return Progress::More;
        }
        let progress = state.chat.read(&mut reader.seq, reader.owed, budget, items);
        state.read_presence(reader, items);
        if reader.typing != state.typing.number {
            reader.typing = state.typing.number;
            items.push(Item::Text(state.typing.value.clone()));
        }
        state.read_customs(reader, items);
        if let Some(viewer) = viewer {
            state.read_viewing(viewer, items);
            let frame = state.cursors.read(viewer);
            // To choose takes a while, in which others may read.
            drop(state);
            let frame = frame.and_then(|frame| frame.map_or_else(|it| it.frame(viewer), Some));
            items.extend(frame.map(Item::Binary));
        }
        progress
    }
}

impl State {
    fn read_viewing(&self, viewer: &mut Viewer, items: &mut Vec<Item>) {
        let Some(viewing) = viewer.follows().and_then(|whom| self.viewings.get(&whom)) else {
            return;
        };
        if viewer.viewing != Some(viewing.number) {
            viewer.viewing = Some(viewing.number);
            items.push(Item::Text(viewing.text.clone()));
        }
    }

    fn read_customs(&self, reader: &mut Reader, items: &mut Vec<Item>) {
        let customs = &self.customs;
        let missing = (customs.number - reader.customs.unwrap_or(customs.number)) as usize;
        let kept = customs.value.len();
        items.extend(
            customs.value.iter().skip(kept.saturating_sub(missing)).cloned().map(Item::Text),
        );
        reader.customs = Some(customs.number);
    }

    fn read_presence(&self, reader: &mut Reader, items: &mut Vec<Item>) {
        let Some(snapshot) = &self.snapshot else { return };
        let missing = reader.revision.map(|revision| (self.revision.0 - revision.0) as usize);
        match missing {
            Some(missing) if missing <= self.diffs.len() => {
                let diffs = self.diffs.iter().skip(self.diffs.len() - missing);
                items.extend(diffs.cloned().map(Item::Text));
            }
            _ => items.push(Item::Text(snapshot.clone())),
        }
        reader.revision = Some(self.revision);
    }
}
