//! How large a hand others are told of, and how much that others point out waits to be taken.

use starling_protocol::board::{BoardEvent, BoardRequest, Preview, Signal, SlotSignal};
use starling_protocol::{Point, Slot, codec};

use super::{den, hears, id, moved, note, opened, outputs, put, sent};
use crate::board::doing::PREVIEW_BYTES;
use crate::board::fold::SIGNALS;
use crate::board::{BoardClient, BoardOutput};

fn shows(preview: Option<Preview>) -> BoardRequest {
    BoardRequest::Preview { room: den(), preview }
}

/// Something in the hand whose frame has so many bytes.
fn hand(bytes: usize) -> Preview {
    let hand = |text: &str| Preview::Hold { changes: vec![put(note(5, text))] };
    let around = codec::encode_board_request(&shows(Some(hand("")))).len();
    hand(&"x".repeat(bytes - around))
}

#[test]
fn of_a_hand_that_is_too_large_the_others_see_nothing_and_not_what_was_in_it_before() {
    let mut client = opened(vec![note(1, "a")]);
    let largest = hand(PREVIEW_BYTES);
    client.hold(0, Some(largest.clone()));
    assert_eq!(sent(&mut client), [shows(Some(largest))]);
    let too_large = hand(PREVIEW_BYTES + 1);
    client.hold(100, Some(too_large.clone()));
    assert_eq!(sent(&mut client), [shows(None)]);
    assert_eq!(client.held(), Some(&too_large), "it is in the hand all the same");
    assert!(client.shown(id(5)).is_some());
    let small = Preview::Hold { changes: vec![moved(1, 300)] };
    client.hold(200, Some(small.clone()));
    assert_eq!(sent(&mut client), [shows(Some(small))]);
}

#[test]
fn of_very_many_signals_that_nobody_takes_the_newest_count() {
    let points = |client: &mut BoardClient, places: std::ops::Range<usize>| {
        let beacon = |x| Signal::Beacon { at: Point { x, y: 0 } };
        let signals = places.map(|x| SlotSignal { slot: Slot(2), signal: beacon(x as u16) });
        hears(client, 0, &BoardEvent::Signals { room: den(), signals: signals.collect() });
    };
    let taken = |client: &mut BoardClient| match &outputs(client)[..] {
        [BoardOutput::Signals { signals }] => {
            let Signal::Beacon { at } = signals[0].signal else { panic!("it is no beacon") };
            (usize::from(at.x), signals.len())
        }
        other => panic!("it tells {other:?}"),
    };
    let mut client = opened(vec![]);
    points(&mut client, 0..SIGNALS);
    assert_eq!(taken(&mut client), (0, SIGNALS));
    points(&mut client, 0..SIGNALS);
    points(&mut client, SIGNALS..SIGNALS + 1);
    assert_eq!(taken(&mut client), (1, SIGNALS));
}
