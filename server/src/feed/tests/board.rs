//! What those who have opened a board get of it, and nobody else.

use super::*;
use crate::feed::BoardPlace;
use crate::room::{BoardPublication, LazyText, PreviewsPublication};

fn on_board(board: BoardPublication) -> Publication {
    Publication { board, ..Publication::default() }
}

fn operations(seqs: std::ops::RangeInclusive<u64>) -> Publication {
    on_board(BoardPublication { stream: stream(seqs, false).stream, ..BoardPublication::default() })
}

fn previews(tick: u64) -> Publication {
    let all = LazyText::new(move || text("all", tick));
    let previews = PreviewsPublication { changes: text("changes", tick), all };
    on_board(BoardPublication { previews: Some(previews), ..BoardPublication::default() })
}

fn signals(tick: u64) -> Publication {
    let signals = Some(text("signals", tick));
    on_board(BoardPublication { signals, ..BoardPublication::default() })
}

fn lasting(tick: Option<u64>) -> Publication {
    let lasting = Some(tick.map(|tick| LazyText::new(move || text("lasting", tick))));
    on_board(BoardPublication { lasting, ..BoardPublication::default() })
}

fn opened(seq: u64, owed: u64) -> Reader {
    let board = Some(BoardPlace::new(Seq(seq), Seq(owed)));
    Reader { board, ..Reader::new(Seq(0), Seq(0)) }
}

fn read_live(feed: &Feed, reader: &mut Reader, live: bool) -> (Progress, Vec<Item>) {
    let mut items = Vec::new();
    let progress = feed.read_board(reader, usize::MAX, live, &mut items);
    (progress, items)
}

fn read_all(feed: &Feed, reader: &mut Reader) -> (Progress, Vec<Item>) {
    read_live(feed, reader, true)
}

fn items(kind: &str, numbers: impl IntoIterator<Item = u64>) -> Vec<Item> {
    numbers.into_iter().map(|number| Item::Text(text(kind, number))).collect()
}

#[test]
fn only_who_has_opened_the_board_gets_anything_of_it() {
    let feed = Feed::new(8);
    let (mut stranger, mut reader) = (Reader::new(Seq(0), Seq(0)), opened(1, 1));
    feed.publish(operations(1..=3));
    feed.publish(previews(1));
    feed.publish(signals(1));
    assert_eq!(read_all(&feed, &mut stranger), (Progress::Current, vec![]));
    assert_eq!(read(&feed, &mut reader), (Progress::Current, vec![]), "the chat is another stream");
    let mut expected = items("event", [2, 3]);
    expected.extend(items("all", [1]));
    assert_eq!(read_all(&feed, &mut reader), (Progress::Current, expected), "signals are of now");
    feed.publish(signals(2));
    assert_eq!(read_all(&feed, &mut reader).1, items("signals", [2]));
    reader.board = None;
    feed.publish(operations(4..=4));
    assert_eq!(read_all(&feed, &mut reader), (Progress::Current, vec![]));
}

#[test]
fn what_the_ring_forgot_or_never_saw_of_a_board_is_in_the_store() {
    let feed = Feed::new(2);
    let mut reader = opened(0, 5);
    assert_eq!(read_all(&feed, &mut reader).0, Progress::InStore { head: Seq(5) });
    feed.publish(operations(6..=9));
    assert_eq!(read_all(&feed, &mut reader).0, Progress::InStore { head: Seq(9) });
    reader.board = Some(BoardPlace::new(Seq(7), Seq(5)));
    assert_eq!(read_all(&feed, &mut reader), (Progress::Current, items("event", [8, 9])));
}

#[test]
fn a_ring_is_bounded_by_bytes_too_and_keeps_the_last_event() {
    let feed = Feed::new(1_000);
    let large =
        |seq: u64| StreamEvent { text: text(&"x".repeat(1_024 * 1_024), seq), ..event(seq) };
    let publish = |events: Vec<StreamEvent>| {
        let head = events.last().unwrap().seq;
        let stream = Some(StreamPublication { head, replaces: false, events });
        feed.publish(on_board(BoardPublication { stream, ..BoardPublication::default() }));
    };
    publish((1..=9).map(large).collect());
    assert!(matches!(read_all(&feed, &mut opened(5, 0)).0, Progress::InStore { .. }));
    assert_eq!(read_all(&feed, &mut opened(6, 0)).1.len(), 3);
    let huge = StreamEvent { text: text(&"x".repeat(9 * 1_024 * 1_024), 10), ..event(10) };
    publish(vec![huge]);
    assert_eq!(read_all(&feed, &mut opened(9, 0)).1.len(), 1);
    assert!(matches!(read_all(&feed, &mut opened(8, 0)).0, Progress::InStore { .. }));
    publish(vec![event(11)]);
    assert_eq!(read_all(&feed, &mut opened(10, 0)).1.len(), 1);
    assert!(matches!(read_all(&feed, &mut opened(9, 0)).0, Progress::InStore { .. }));
}

#[test]
fn after_a_skipped_tick_all_previews_come_and_the_latest_signals() {
    let feed = Feed::new(8);
    let mut reader = opened(0, 0);
    read_all(&feed, &mut reader);
    feed.publish(previews(1));
    assert_eq!(read_all(&feed, &mut reader).1, items("all", [1]));
    feed.publish(previews(2));
    assert_eq!(read_all(&feed, &mut reader).1, items("changes", [2]));
    feed.publish(previews(3));
    feed.publish(previews(4));
    assert_eq!(read_all(&feed, &mut reader).1, items("all", [4]));
    for tick in 1..=20 {
        feed.publish(signals(tick));
    }
    assert_eq!(read_all(&feed, &mut reader).1, items("signals", 5..=20));
}

#[test]
fn a_hidden_tab_gets_what_was_done_and_nothing_else() {
    let feed = Feed::new(8);
    let mut reader = opened(0, 0);
    for tick in 1..=2 {
        feed.publish(previews(tick));
        feed.publish(signals(tick));
        feed.publish(operations(tick..=tick));
        assert_eq!(read_live(&feed, &mut reader, false).1, items("event", [tick]));
    }
    assert_eq!(read_all(&feed, &mut reader).1, items("all", [2]));
}

#[test]
fn what_lasts_is_told_to_newcomers_and_to_tabs_that_were_hidden() {
    let feed = Feed::new(8);
    let mut early = opened(0, 0);
    read_all(&feed, &mut early);
    feed.publish(signals(1));
    feed.publish(lasting(Some(1)));
    assert_eq!(read_all(&feed, &mut early).1, items("signals", [1]), "they heard it begin");
    let mut late = opened(0, 0);
    assert_eq!(read_all(&feed, &mut late).1, items("lasting", [1]));
    assert_eq!(read_all(&feed, &mut late).1, []);
    feed.publish(lasting(Some(2)));
    assert_eq!(read_live(&feed, &mut late, false).1, []);
    assert_eq!(read_all(&feed, &mut late).1, items("lasting", [2]));
    feed.publish(signals(2));
    feed.publish(lasting(None));
    assert_eq!(read_all(&feed, &mut opened(0, 0)).1, []);
    assert_eq!(read_all(&feed, &mut late).1, items("signals", [2]));
}

#[test]
fn all_previews_are_encoded_only_if_somebody_needs_them() {
    let feed = Feed::new(8);
    let mut reader = opened(0, 0);
    read_all(&feed, &mut reader);
    feed.publish(previews(1));
    read_all(&feed, &mut reader);
    let all = LazyText::new(|| panic!("nobody needs it"));
    let previews = PreviewsPublication { changes: text("changes", 2), all };
    feed.publish(on_board(BoardPublication {
        previews: Some(previews),
        ..BoardPublication::default()
    }));
    assert_eq!(read_all(&feed, &mut reader).1, items("changes", [2]));
}

#[test]
fn while_rights_are_in_doubt_nothing_of_a_board_is_read() {
    let feed = Feed::new(8);
    let mut reader = opened(0, 0);
    feed.publish(operations(1..=1));
    feed.rights_changed(None);
    assert_eq!(read_all(&feed, &mut reader), (Progress::More, vec![]));
    assert!(feed.takes_rights(&mut reader, UserId::new(uuid::Uuid::nil())));
    assert_eq!(read_all(&feed, &mut reader).1, items("event", [1]));
}
