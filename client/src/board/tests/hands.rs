//! What people have in hand and point out.

use starling_protocol::board::{
    BoardEvent, BoardRequest, Change, Content, InkPoint, Preview, Signal, SlotPreview, SlotSignal,
    Tint,
};
use starling_protocol::{ObjectId, Point, Slot};

use super::{
    acked, came, delete, den, hears, id, moved, note, opened, operation, outputs, put, says, sent,
    x,
};
use crate::board::{BoardClient, BoardOutput};

fn hold(changes: Vec<Change>) -> Option<Preview> {
    Some(Preview::Hold { changes })
}

fn stroke(object: ObjectId, from: u32, xs: impl Iterator<Item = u16>) -> Preview {
    let points = xs.map(|x| InkPoint { x, y: 50, pressure: 128 }).collect();
    Preview::Stroke { object, tint: Tint(3), width: 16, from, points }
}

fn previews(slot: u16, preview: Option<Preview>) -> BoardEvent {
    let previews = vec![SlotPreview { slot: Slot(slot), preview }];
    BoardEvent::Previews { room: den(), complete: false, previews }
}

/// What is told of the own hand.
fn told(client: &mut BoardClient) -> Vec<Option<Preview>> {
    let previews = sent(client).into_iter().filter_map(|request| match request {
        BoardRequest::Preview { preview, .. } => Some(preview),
        _ => None,
    });
    previews.collect()
}

/// The stroke's points as it is drawn.
fn drawn(client: &BoardClient, object: ObjectId) -> Vec<u16> {
    let object = client.shown(object).expect("it is drawn");
    let Content::Ink { points, .. } = &object.content else { panic!("it is no ink") };
    points.iter().map(|point| point.x + object.at.x).collect()
}

#[test]
fn a_hand_is_told_twenty_times_a_second_and_the_newest_wins() {
    let mut client = opened(vec![note(1, "a")]);
    for step in 0..100 {
        client.hold(1_000 + step, hold(vec![moved(1, 200 + step as u16)]));
    }
    assert_eq!(x(&client, 1), 299, "the own hand is seen at once");
    let seen = told(&mut client);
    assert_eq!(seen, [hold(vec![moved(1, 200)]), hold(vec![moved(1, 250)])]);
    assert_eq!(client.next_timer(), Some(1_100));
    client.timer(1_100);
    assert_eq!(told(&mut client), [hold(vec![moved(1, 299)])]);
    assert_eq!(client.next_timer(), None);
}

#[test]
fn letting_go_is_told_once_the_operation_is_stored() {
    let mut client = opened(vec![note(1, "a")]);
    client.hold(0, hold(vec![moved(1, 200)]));
    assert_eq!(told(&mut client).len(), 1);
    client.operate(60, vec![moved(1, 300)]).unwrap();
    client.hold(60, None);
    let (reference, _) = operation(&mut client);
    assert_eq!(x(&client, 1), 300);
    client.timer(500);
    assert_eq!(told(&mut client), []);
    hears(&mut client, 600, &acked(reference, 11));
    assert_eq!(told(&mut client), [None]);
}

#[test]
fn an_empty_hand_that_nobody_saw_full_is_not_told() {
    let mut client = opened(vec![note(1, "a")]);
    client.hold(0, None);
    client.timer(100);
    assert_eq!(told(&mut client), []);
}

#[test]
fn others_are_seen_with_what_they_hold() {
    let mut client = opened(vec![note(1, "a")]);
    hears(&mut client, 1, &previews(2, hold(vec![moved(1, 700), put(note(9, "new"))])));
    assert_eq!(outputs(&mut client), [BoardOutput::Objects { ids: vec![id(1), id(9)] }]);
    assert_eq!(x(&client, 1), 700);
    assert_eq!(client.object(id(1)).map(|it| it.at.x), Some(100), "nothing is stored");
    assert!(client.shown_ids().contains(&id(9)));
    assert_eq!(client.holder(id(1)), Some(Slot(2)));
    // Another one takes it, too: the later hand shows, also when the first one moves on.
    hears(&mut client, 2, &previews(3, hold(vec![moved(1, 800)])));
    hears(&mut client, 3, &previews(2, hold(vec![moved(1, 710)])));
    assert_eq!((x(&client, 1), client.holder(id(1))), (800, Some(Slot(3))));
    assert_eq!(client.shown(id(9)), None);
    hears(&mut client, 4, &previews(3, None));
    assert_eq!((x(&client, 1), client.holder(id(1))), (710, Some(Slot(2))));
    hears(&mut client, 5, &BoardEvent::Previews { room: den(), complete: true, previews: vec![] });
    assert_eq!((x(&client, 1), client.holder(id(1))), (100, None));
}

#[test]
fn a_hand_holds_many_things_in_any_order_and_some_of_them_twice() {
    let mut client = opened(vec![note(1, "a"), note(2, "b"), note(3, "c"), note(4, "d")]);
    let changes = [moved(3, 300), moved(1, 400), says(1, "x"), delete(4), moved(1, 150)];
    client.hold(0, hold(changes.to_vec()));
    assert_eq!([1, 2, 3].map(|number| x(&client, number)), [150, 100, 300]);
    assert_eq!(client.shown(id(1)).and_then(|it| it.text().map(str::to_owned)).unwrap(), "x");
    assert_eq!(client.shown(id(4)), None);
    assert_eq!(told(&mut client), [hold(changes.to_vec())], "told as it was given");
}

#[test]
fn the_own_hand_is_not_seen_twice() {
    let mut client = opened(vec![note(1, "a")]);
    hears(&mut client, 1, &previews(1, hold(vec![moved(1, 700)])));
    assert_eq!((x(&client, 1), client.holder(id(1))), (100, None));
}

#[test]
fn who_leaves_or_loses_the_connection_holds_nothing() {
    let mut client = opened(vec![note(1, "a")]);
    hears(&mut client, 1, &previews(2, hold(vec![moved(1, 700)])));
    client.set_people([(Slot(1), super::user(1))]);
    assert_eq!(x(&client, 1), 100);
    client.set_people([(Slot(1), super::user(1)), (Slot(2), super::user(2))]);
    hears(&mut client, 1, &previews(2, hold(vec![moved(1, 700)])));
    client.disconnected();
    assert_eq!(x(&client, 1), 100);
}

#[test]
fn an_operation_ends_what_was_held_and_older_previews_that_come_after_it() {
    let mut client = opened(vec![note(1, "a")]);
    hears(&mut client, 1_000, &previews(2, hold(vec![moved(1, 700)])));
    hears(&mut client, 1_010, &came(11, None, vec![moved(1, 800)]));
    assert_eq!((x(&client, 1), client.holder(id(1))), (800, None));
    hears(&mut client, 1_020, &previews(2, hold(vec![moved(1, 750)])));
    assert_eq!((x(&client, 1), client.holder(id(1))), (800, None), "it does not jump back");
    // Whoever holds it still after a while has taken it anew.
    let due = client.next_timer().expect("it looks again");
    client.timer(due);
    assert_eq!((x(&client, 1), client.holder(id(1))), (750, Some(Slot(2))));
}

#[test]
fn somebody_elses_operation_leaves_what_one_holds() {
    let mut client = opened(vec![note(1, "a")]);
    hears(&mut client, 1, &previews(3, hold(vec![moved(1, 700)])));
    hears(&mut client, 2, &came(11, None, vec![moved(1, 800)]));
    assert_eq!((x(&client, 1), client.holder(id(1))), (700, Some(Slot(3))));
}

#[test]
fn of_a_stroke_the_latest_points_are_told() {
    let mut client = opened(vec![]);
    client.hold(0, Some(stroke(id(5), 0, 0..100)));
    assert_eq!(told(&mut client), [Some(stroke(id(5), 36, 36..100))]);
    assert_eq!(drawn(&client, id(5)), (0..100).collect::<Vec<_>>());
}

#[test]
fn a_stroke_grows_over_what_is_told_twice_and_what_was_missed() {
    let mut client = opened(vec![]);
    hears(&mut client, 1, &previews(2, Some(stroke(id(5), 0, 0..10))));
    hears(&mut client, 2, &previews(2, Some(stroke(id(5), 5, 5..20))));
    assert_eq!(drawn(&client, id(5)), (0..20).collect::<Vec<_>>());
    hears(&mut client, 3, &previews(2, Some(stroke(id(5), 30, 30..32))));
    let with_gap: Vec<u16> = (0..20).chain(30..32).collect();
    assert_eq!(drawn(&client, id(5)), with_gap);
    hears(&mut client, 4, &previews(2, Some(stroke(id(5), 31, 31..33))));
    let with_gap: Vec<u16> = (0..20).chain(30..33).collect();
    assert_eq!(drawn(&client, id(5)), with_gap);
    assert_eq!(client.holder(id(5)), Some(Slot(2)));
    // Another stroke starts anew.
    hears(&mut client, 5, &previews(2, Some(stroke(id(6), 0, 7..9))));
    assert_eq!(drawn(&client, id(6)), [7, 8]);
    assert_eq!(client.shown(id(5)), None);
}

#[test]
fn a_stroke_without_an_end_and_one_with_absurd_numbers_stay_bounded() {
    let mut client = opened(vec![]);
    for part in 0..100 {
        let from = part * 64;
        let xs = (from as u16)..(from as u16 + 64);
        hears(&mut client, 1, &previews(2, Some(stroke(id(5), from, xs))));
    }
    assert_eq!(drawn(&client, id(5)), (4_400..6_400).collect::<Vec<_>>());
    hears(&mut client, 1, &previews(2, Some(stroke(id(5), u32::MAX, 0..64))));
    hears(&mut client, 1, &previews(2, Some(stroke(id(5), u32::MAX, 0..64))));
    assert!(drawn(&client, id(5)).len() <= 2_000);
}

#[test]
fn a_stroke_that_is_stored_is_the_object_and_no_preview() {
    let mut client = opened(vec![]);
    hears(&mut client, 1, &previews(2, Some(stroke(id(5), 0, 0..10))));
    hears(&mut client, 2, &came(11, None, vec![put(note(5, "as if"))]));
    assert_eq!(client.shown(id(5)).and_then(|it| it.text().map(str::to_owned)).unwrap(), "as if");
    assert_eq!(client.holder(id(5)), None);
}

#[test]
fn after_a_cut_the_hand_is_told_again() {
    let mut client = opened(vec![note(1, "a")]);
    client.hold(0, hold(vec![moved(1, 200)]));
    assert_eq!(told(&mut client).len(), 1);
    client.disconnected();
    client.joined(1_000, Slot(8));
    let (reference, _) = super::opening(&mut client);
    hears(&mut client, 1_000, &super::board(Some(reference), super::at(10), vec![note(1, "a")]));
    assert_eq!(told(&mut client), [hold(vec![moved(1, 200)])]);
}

#[test]
fn signals_go_at_the_servers_rate_and_the_last_words_are_never_lost() {
    let mut client = opened(vec![]);
    let beacon = |x| Signal::Beacon { at: Point { x, y: 0 } };
    for x in 0..20 {
        client.signal(0, beacon(x)).unwrap();
    }
    for text in ["h", "he", "hey"] {
        client.signal(0, Signal::Say { text: text.to_owned() }).unwrap();
    }
    let mut signals = Vec::new();
    let mut now = 0;
    loop {
        signals.extend(sent(&mut client).into_iter().map(|request| match request {
            BoardRequest::Signal { signal, .. } => signal,
            other => panic!("it sends {other:?}"),
        }));
        let Some(due) = client.next_timer() else { break };
        assert!(due >= now + 110);
        now = due;
        client.timer(now);
    }
    let said = Signal::Say { text: "hey".to_owned() };
    let expected: Vec<Signal> = (0..6).map(beacon).chain([said]).collect();
    assert_eq!(signals, expected);
    assert!(client.signal(0, Signal::Say { text: "x".repeat(42) }).is_ok());
    assert!(client.signal(0, Signal::Say { text: "x".repeat(43) }).is_err());
}

#[test]
fn others_signals_are_told_and_the_own_are_not() {
    let mut client = opened(vec![]);
    let beacon =
        |slot| SlotSignal { slot: Slot(slot), signal: Signal::Beacon { at: Point { x: 1, y: 2 } } };
    let signals = vec![beacon(1), beacon(2)];
    hears(&mut client, 0, &BoardEvent::Signals { room: den(), signals });
    assert_eq!(outputs(&mut client), [BoardOutput::Signals { signals: vec![beacon(2)] }]);
}
