//! What a room has published, for its sessions to pull from.
//!
//! Nothing is pushed into queues of sessions: each one keeps a [`Reader`], its own place in the
//! feed, wakes when something newer is there, and takes as much as its socket drains. A slow
//! reader costs nothing but its own lag:
//! - of the stream it misses nothing; what the ring has forgotten it reads from the store,
//! - of the presence it gets the missing diffs or, too far behind, the whole,
//! - the same of the board, if it has opened that,
//! - of cursors and typing only the newest, of what moderators' programs tell the latest few,
//! - and whether what it may do has changed, which it then looks up.

mod board;
mod ring;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::Mutex;
use starling_protocol::{CursorFrame, Revision, Seq, UserId};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::room::{CursorsPublication, PresencePublication, Publication, Text};

use board::Board;
pub(crate) use board::BoardPlace;
use ring::Ring;

/// How many presence diffs and changes of rights are kept for readers that skipped a tick.
const DIFFS: usize = 64;

/// How many of the latest events of moderators' programs are kept for readers that skipped a tick.
const CUSTOMS: usize = 64;

/// A complete cursor frame older than this is made anew with the ages of the moment.
const STALE_MS: u64 = 50;

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
    cursors: Numbered<Cursors>,
    /// The latest changes of rights, and whom each concerned; `None`: everyone.
    rights: Numbered<VecDeque<Option<UserId>>>,
}

#[derive(Debug, Default)]
struct Numbered<T> {
    number: u64,
    value: T,
}

#[derive(Debug, Default)]
struct Cursors {
    changes: Bytes,
    all: Bytes,
    published: Option<Instant>,
}

impl Cursors {
    /// All cursors, as old as they are by now: most rest while nothing is published.
    fn all_now(&self) -> Bytes {
        let age = self.published.map_or(0, |published| published.elapsed().as_millis() as u64);
        match CursorFrame::decode(&self.all) {
            Ok(frame) if age > STALE_MS => Bytes::from(frame.aged(age).encode()),
            _ => self.all.clone(),
        }
    }
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
    /// The last tick it has; before the first, it needs all cursors.
    cursors: Option<u64>,
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
        Self {
            seq,
            owed,
            revision: None,
            typing: 0,
            customs: None,
            cursors: None,
            rights: 0,
            board: None,
        }
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
            if let Some(CursorsPublication { changes, all }) = publication.cursors {
                state.cursors.number += 1;
                state.cursors.value = Cursors { changes, all, published: Some(Instant::now()) };
            }
        }
        self.version.send_modify(|version| *version += 1);
    }

    /// Hands the reader what is newer than its place: stream events until they pass `budget`
    /// bytes, then presence, typing and, if wanted, cursors.
    pub(crate) fn read(
        &self,
        reader: &mut Reader,
        budget: usize,
        cursors: bool,
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
        let tick = state.cursors.number;
        if cursors && tick != 0 && reader.cursors != Some(tick) {
            let next = reader.cursors.is_some_and(|last| last + 1 == tick);
            reader.cursors = Some(tick);
            let frames = &state.cursors.value;
            let frame = if next { frames.changes.clone() } else { frames.all_now() };
            items.push(Item::Binary(frame));
        }
        progress
    }
}

impl State {
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
