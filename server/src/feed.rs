//! What a room has published, for its sessions to pull from.
//!
//! Nothing is pushed into queues of sessions: each one keeps a [`Reader`], its own place in the
//! feed, wakes when something newer is there, and takes as much as its socket drains. A slow
//! reader costs nothing but its own lag:
//! - of the stream it misses nothing; what the ring has forgotten it reads from the store,
//! - of the presence it gets the missing diffs or, too far behind, the whole,
//! - of cursors and typing only the newest.

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::Mutex;
use starling_protocol::{CursorFrame, Revision, Seq};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::room::{CursorsPublication, PresencePublication, Publication, StreamEvent, Text};

/// How many presence diffs are kept for readers that skipped a tick.
const DIFFS: usize = 64;

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
    head: Seq,
    events: VecDeque<StreamEvent>,
    revision: Revision,
    diffs: VecDeque<Text>,
    snapshot: Option<Text>,
    typing: Numbered<Text>,
    cursors: Numbered<Cursors>,
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
    /// The last tick it has; before the first, it needs all cursors.
    cursors: Option<u64>,
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
        Self { seq, owed, revision: None, typing: 0, cursors: None }
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

    pub(crate) fn publish(&self, publication: Publication) {
        {
            let mut state = self.state.lock();
            if let Some(stream) = publication.stream {
                if stream.replaces {
                    state.events.clear();
                }
                state.head = stream.head;
                state.events.extend(stream.events);
                let surplus = state.events.len().saturating_sub(self.ring);
                state.events.drain(..surplus);
            }
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
        let progress = state.read_stream(reader, budget, items);
        state.read_presence(reader, items);
        if reader.typing != state.typing.number {
            reader.typing = state.typing.number;
            items.push(Item::Text(state.typing.value.clone()));
        }
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
    fn read_stream(&self, reader: &mut Reader, budget: usize, items: &mut Vec<Item>) -> Progress {
        let head = self.head.max(reader.owed);
        if reader.seq >= head {
            return Progress::Current;
        }
        let wanted = reader.seq.next();
        let skip = match (self.events.front(), self.events.back()) {
            (Some(oldest), Some(newest)) if (oldest.seq..=newest.seq).contains(&wanted) => {
                usize::try_from(wanted.0 - oldest.seq.0).unwrap_or(usize::MAX)
            }
            _ => return Progress::InStore { head },
        };
        let mut taken = 0;
        for event in self.events.iter().skip(skip) {
            if taken > budget {
                break;
            }
            let text = event.text.clone();
            taken += text.bytes().len();
            reader.seq = event.seq;
            items.push(Item::Text(text));
        }
        if reader.seq < head { Progress::More } else { Progress::Current }
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

#[cfg(test)]
mod tests {
    use starling_protocol::ServerEvent;

    use super::*;
    use crate::room::StreamPublication;

    fn event(seq: u64) -> StreamEvent {
        StreamEvent { seq: Seq(seq), text: text("event", seq) }
    }

    fn text(kind: &str, number: u64) -> Text {
        Text::new(&ServerEvent::Error {
            reference: None,
            code: starling_protocol::ErrorCode::Busy,
            message: kind.to_owned(),
            retry_after_ms: Some(number),
        })
    }

    fn stream(seqs: std::ops::RangeInclusive<u64>, replaces: bool) -> Publication {
        Publication {
            stream: Some(StreamPublication {
                head: Seq(*seqs.end()),
                replaces,
                events: seqs.map(event).collect(),
            }),
            ..Publication::default()
        }
    }

    fn presence(revision: u32) -> Publication {
        Publication {
            presence: Some(PresencePublication {
                revision: Revision(revision),
                diff: text("diff", revision.into()),
                snapshot: text("snapshot", revision.into()),
            }),
            ..Publication::default()
        }
    }

    fn cursors(tick: u8) -> Publication {
        Publication {
            cursors: Some(CursorsPublication {
                changes: Bytes::from(vec![tick]),
                all: Bytes::from(vec![tick, 255]),
            }),
            ..Publication::default()
        }
    }

    fn read(feed: &Feed, reader: &mut Reader) -> (Progress, Vec<Item>) {
        let mut items = Vec::new();
        let progress = feed.read(reader, usize::MAX, true, &mut items);
        (progress, items)
    }

    #[test]
    fn a_reader_gets_every_event_once() {
        let feed = Feed::new(8);
        let mut reader = Reader::new(Seq(0), Seq(0));
        feed.publish(stream(1..=2, false));
        feed.publish(stream(3..=3, false));
        let (progress, items) = read(&feed, &mut reader);
        assert_eq!(progress, Progress::Current);
        assert_eq!(items, [1, 2, 3].map(|seq| Item::Text(event(seq).text)));
        assert_eq!(read(&feed, &mut reader), (Progress::Current, vec![]));
    }

    #[test]
    fn a_share_ends_at_the_budget_and_goes_on_from_there() {
        let feed = Feed::new(8);
        let mut reader = Reader::new(Seq(0), Seq(0));
        feed.publish(stream(1..=3, false));
        for seq in 1..=3 {
            let mut items = Vec::new();
            let progress = feed.read(&mut reader, 0, false, &mut items);
            assert_eq!(items, [Item::Text(event(seq).text)]);
            assert_eq!(progress, if seq < 3 { Progress::More } else { Progress::Current });
        }
    }

    #[test]
    fn what_the_ring_forgot_is_in_the_store() {
        let feed = Feed::new(2);
        let mut reader = Reader::new(Seq(0), Seq(0));
        feed.publish(stream(1..=4, false));
        assert_eq!(read(&feed, &mut reader), (Progress::InStore { head: Seq(4) }, vec![]));
        reader.seq = Seq(2);
        assert_eq!(read(&feed, &mut reader).0, Progress::Current);
        assert_eq!(reader.seq, Seq(4));
    }

    #[test]
    fn what_a_feed_never_saw_is_in_the_store() {
        let feed = Feed::new(8);
        let mut reader = Reader::new(Seq(3), Seq(5));
        assert_eq!(read(&feed, &mut reader), (Progress::InStore { head: Seq(5) }, vec![]));
        feed.publish(stream(4..=4, false));
        assert_eq!(read(&feed, &mut reader).0, Progress::More);
        assert_eq!(read(&feed, &mut reader), (Progress::InStore { head: Seq(5) }, vec![]));
        reader.seq = Seq(5);
        assert_eq!(read(&feed, &mut reader), (Progress::Current, vec![]));
    }

    #[test]
    fn after_a_gap_nothing_from_before_it_is_handed_out() {
        let feed = Feed::new(8);
        feed.publish(stream(1..=2, false));
        feed.publish(stream(5..=6, true));
        let mut reader = Reader::new(Seq(1), Seq(1));
        assert_eq!(read(&feed, &mut reader).0, Progress::InStore { head: Seq(6) });
        reader.seq = Seq(4);
        assert_eq!(read(&feed, &mut reader).0, Progress::Current);
    }

    #[test]
    fn presence_comes_as_diffs_or_to_a_laggard_as_a_whole() {
        let feed = Feed::new(8);
        let mut reader = Reader::new(Seq(0), Seq(0));
        feed.publish(presence(1));
        assert_eq!(read(&feed, &mut reader).1, [Item::Text(text("snapshot", 1))]);
        feed.publish(presence(2));
        feed.publish(presence(3));
        let diffs = [2, 3].map(|revision| Item::Text(text("diff", revision)));
        assert_eq!(read(&feed, &mut reader).1, diffs);
        for revision in 4..=4 + DIFFS as u32 {
            feed.publish(presence(revision));
        }
        let whole = [Item::Text(text("snapshot", 4 + DIFFS as u64))];
        assert_eq!(read(&feed, &mut reader).1, whole);
    }

    #[test]
    fn after_a_skipped_tick_the_frame_is_complete() {
        let feed = Feed::new(8);
        let mut reader = Reader::new(Seq(0), Seq(0));
        feed.publish(cursors(1));
        assert_eq!(read(&feed, &mut reader).1, [Item::Binary(Bytes::from_static(&[1, 255]))]);
        feed.publish(cursors(2));
        assert_eq!(read(&feed, &mut reader).1, [Item::Binary(Bytes::from_static(&[2]))]);
        feed.publish(cursors(3));
        feed.publish(cursors(4));
        assert_eq!(read(&feed, &mut reader).1, [Item::Binary(Bytes::from_static(&[4, 255]))]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_newcomer_is_told_how_long_cursors_have_rested() {
        use starling_protocol::{Channel, CursorRecord, CursorState, OLDEST_MS, Point, Slot};
        let frame = |age_ms| CursorFrame {
            channel: Channel(1),
            revision: Revision(1),
            complete: true,
            records: vec![CursorRecord {
                slot: Slot(3),
                state: CursorState::At { point: Point { x: 1, y: 2 }, age_ms },
            }],
        };
        let feed = Feed::new(8);
        feed.publish(Publication {
            cursors: Some(CursorsPublication {
                changes: Bytes::new(),
                all: Bytes::from(frame(5).encode()),
            }),
            ..Publication::default()
        });
        for (waited, age) in [(0, 5), (100, 105), (5_000, OLDEST_MS)] {
            tokio::time::advance(std::time::Duration::from_millis(waited)).await;
            let mut newcomer = Reader::new(Seq(0), Seq(0));
            let expected = Item::Binary(Bytes::from(frame(age).encode()));
            assert_eq!(read(&feed, &mut newcomer).1, [expected]);
        }
    }

    #[test]
    fn who_wants_no_cursors_gets_a_complete_frame_when_they_do_again() {
        let feed = Feed::new(8);
        let mut reader = Reader::new(Seq(0), Seq(0));
        feed.publish(cursors(1));
        read(&feed, &mut reader);
        for tick in 2..=3 {
            feed.publish(cursors(tick));
            let mut items = Vec::new();
            feed.read(&mut reader, usize::MAX, false, &mut items);
            assert_eq!(items, []);
        }
        assert_eq!(read(&feed, &mut reader).1, [Item::Binary(Bytes::from_static(&[3, 255]))]);
    }
}
