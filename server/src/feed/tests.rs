//! What readers get of a feed, however far behind they are.

mod board;
mod crowd;
mod viewers;

use starling_protocol::{CursorFrame, Deletion, Edit, Logged, ServerEvent, Slot, Slug};

use super::*;
use crate::room::{CursorsPublication, StreamEvent, StreamPublication};

fn event(seq: u64) -> StreamEvent {
    StreamEvent { seq: Seq(seq), rewrites: None, text: text("event", seq) }
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
        cursors: Some(CursorsPublication::ToAll {
            changes: Bytes::from(vec![tick]),
            all: Bytes::from(vec![tick, 255]),
        }),
        ..Publication::default()
    }
}

fn read(feed: &Feed, reader: &mut Reader) -> (Progress, Vec<Item>) {
    let mut items = Vec::new();
    let progress = feed.read(reader, usize::MAX, None, &mut items);
    (progress, items)
}

/// What a viewer gets who has all else.
fn watch(feed: &Feed, viewer: &mut Viewer) -> Vec<Item> {
    let mut items = Vec::new();
    feed.read(&mut Reader::new(Seq(0), Seq(0)), usize::MAX, Some(viewer), &mut items);
    items
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
        let progress = feed.read(&mut reader, 0, None, &mut items);
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
    let mut viewer = Viewer::new(Slot(0));
    feed.publish(cursors(1));
    assert_eq!(watch(&feed, &mut viewer), [Item::Binary(Bytes::from_static(&[1, 255]))]);
    assert_eq!(watch(&feed, &mut viewer), []);
    feed.publish(cursors(2));
    assert_eq!(watch(&feed, &mut viewer), [Item::Binary(Bytes::from_static(&[2]))]);
    // A hidden tab watches nothing.
    feed.publish(cursors(3));
    assert_eq!(read(&feed, &mut Reader::new(Seq(0), Seq(0))).1, []);
    feed.publish(cursors(4));
    assert_eq!(watch(&feed, &mut viewer), [Item::Binary(Bytes::from_static(&[4, 255]))]);
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_is_told_how_long_cursors_have_rested() {
    use starling_protocol::{Channel, CursorRecord, CursorState, OLDEST_MS, Point};
    let frame = |age_ms| CursorFrame {
        channel: Channel(1),
        revision: Revision(1),
        complete: true,
        others: None,
        records: vec![CursorRecord {
            slot: Slot(3),
            state: CursorState::At { point: Point { x: 1, y: 2 }, age_ms },
        }],
    };
    let feed = Feed::new(8);
    feed.publish(Publication {
        cursors: Some(CursorsPublication::ToAll {
            changes: Bytes::new(),
            all: Bytes::from(frame(5).encode()),
        }),
        ..Publication::default()
    });
    for (waited, age) in [(0, 5), (100, 105), (5_000, OLDEST_MS)] {
        tokio::time::advance(std::time::Duration::from_millis(waited)).await;
        let expected = Item::Binary(Bytes::from(frame(age).encode()));
        assert_eq!(watch(&feed, &mut Viewer::new(Slot(0))), [expected]);
    }
}

/// The stream up to those events, of which the last one rewrites that message.
fn rewriting(seqs: std::ops::RangeInclusive<u64>, message: u64) -> Publication {
    let mut publication = stream(seqs, false);
    let events = &mut publication.stream.as_mut().unwrap().events;
    events.last_mut().unwrap().rewrites = Some(Seq(message));
    publication
}

#[test]
fn what_a_message_said_before_it_was_changed_or_deleted_is_read_here_by_nobody() {
    let feed = Feed::new(10);
    feed.publish(stream(1..=4, false));
    feed.publish(rewriting(5..=6, 3));
    for (seq, in_store) in [(0, true), (2, true), (3, false), (5, false)] {
        let (progress, items) = read(&feed, &mut Reader::new(Seq(seq), Seq(0)));
        let from_store = matches!(progress, Progress::InStore { .. });
        assert_eq!((from_store, items.is_empty()), (in_store, in_store), "after {seq}");
    }
}

#[test]
fn of_a_message_that_was_changed_twice_only_the_last_text_is_left() {
    let feed = Feed::new(10);
    feed.publish(stream(1..=2, false));
    feed.publish(rewriting(3..=4, 2));
    feed.publish(rewriting(5..=5, 2));
    for (seq, in_store) in [(2, true), (3, true), (4, false)] {
        let (progress, _) = read(&feed, &mut Reader::new(Seq(seq), Seq(0)));
        assert_eq!(matches!(progress, Progress::InStore { .. }), in_store, "after {seq}");
    }
    // Also when all of it happens within one tick.
    let feed = Feed::new(10);
    let mut publication = rewriting(1..=3, 1);
    publication.stream.as_mut().unwrap().events[1].rewrites = Some(Seq(1));
    feed.publish(publication);
    assert!(matches!(read(&feed, &mut Reader::new(Seq(0), Seq(0))).0, Progress::InStore { .. }));
    assert_eq!(read(&feed, &mut Reader::new(Seq(2), Seq(0))).1, [Item::Text(event(3).text)]);
}

#[test]
fn an_edit_itself_rewrites_its_message() {
    let edit = Edit { seq: Seq(2), message: Seq(1), body: None, at: 0 };
    let room = Slug::new("den");
    assert_eq!(StreamEvent::new(&room, &Logged::Edited(edit)).rewrites, Some(Seq(1)));
    let deletion = Deletion { seq: Seq(3), message: Seq(1), by: None, at: 0 };
    assert_eq!(StreamEvent::new(&room, &Logged::Deleted(deletion)).rewrites, Some(Seq(1)));
}

#[test]
fn while_rights_are_in_doubt_nothing_is_read() {
    let feed = Feed::new(10);
    let mut reader = Reader::new(Seq(0), Seq(0));
    feed.publish(stream(1..=1, false));
    feed.rights_changed(None);
    assert!(matches!(read(&feed, &mut reader), (Progress::More, items) if items.is_empty()));
    assert!(feed.takes_rights(&mut reader, UserId::new(uuid::Uuid::nil())));
    assert_eq!(read(&feed, &mut reader).1.len(), 1);
}
