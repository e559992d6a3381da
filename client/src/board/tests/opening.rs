//! How a board comes, and comes again after something was missing.

use starling_protocol::board::{BoardEvent, BoardLimits, BoardRequest, Operation};
use starling_protocol::{ErrorCode, OperationId, Position, Seq, Slot};
use uuid::Uuid;

use super::{
    acked, at, board, came, delete, den, epoch, hears, id, moved, note, opened, opening, operation,
    outputs, put, recovered, refused, says, sent, x,
};
use crate::board::{BoardClient, BoardOutput};

#[test]
fn a_gap_is_mended_from_where_the_board_is_known_and_not_in_a_hurry() {
    let mut client = opened(vec![note(1, "a")]);
    hears(&mut client, 100, &came(12, None, vec![moved(1, 500)]));
    let (reference, resume) = opening(&mut client);
    assert_eq!(resume, Some(at(10)));
    // Late news of before.
    hears(&mut client, 101, &came(13, None, vec![moved(1, 600)]));
    assert_eq!(x(&client, 1), 100);
    hears(&mut client, 102, &board(Some(reference), at(13), vec![note(2, "b")]));
    assert_eq!(client.shown_ids().into_iter().collect::<Vec<_>>(), [id(2)]);
    hears(&mut client, 103, &came(15, None, vec![]));
    assert!(sent(&mut client).is_empty());
    assert_eq!(client.next_timer(), Some(5_100));
    client.timer(5_100);
    assert_eq!(opening(&mut client).1, Some(at(13)));
}

#[test]
fn a_board_in_pages_shows_once_it_is_whole() {
    let mut client = BoardClient::new(den(), 7);
    client.joined(0, Slot(1));
    let (reference, _) = opening(&mut client);
    let page = |number: u128, whole| BoardEvent::Board {
        reference: Some(reference),
        room: den(),
        position: at(10),
        recovered: false,
        objects: vec![note(number, "a")],
        whole,
        limits: BoardLimits { objects: 3, ..BoardLimits::default() },
    };
    hears(&mut client, 0, &page(1, false));
    assert!(!client.is_open());
    assert_eq!(client.count(), 0);
    hears(&mut client, 0, &page(2, true));
    assert_eq!(client.count(), 2);
    assert!(outputs(&mut client).contains(&BoardOutput::Reset));
    client.operate(0, vec![put(note(3, "c"))]).unwrap();
    assert!(client.operate(0, vec![put(note(4, "d"))]).is_err(), "it is full");
    assert!(client.operate(0, vec![delete(3), put(note(4, "d"))]).is_ok());
}

#[test]
fn a_board_that_cannot_be_sent_now_is_asked_for_later() {
    for pages in 0..2 {
        let mut client = BoardClient::new(den(), 7);
        client.joined(0, Slot(1));
        let (reference, _) = opening(&mut client);
        if pages == 1 {
            let mut page = board(Some(reference), at(10), vec![note(1, "a")]);
            if let BoardEvent::Board { whole, .. } = &mut page {
                *whole = false;
            }
            hears(&mut client, 0, &page);
        }
        hears(&mut client, 0, &refused(reference, ErrorCode::SlowDown, Some(20_000)));
        assert_eq!(client.next_timer(), Some(20_000));
        client.timer(20_000);
        let (reference, _) = opening(&mut client);
        hears(&mut client, 20_000, &refused(reference, ErrorCode::Forbidden, None));
        let told = outputs(&mut client);
        assert!(matches!(told[..], [BoardOutput::Problem { code: ErrorCode::Forbidden, .. }]));
        assert_eq!(client.next_timer(), None);
    }
}

#[test]
fn a_server_may_start_the_client_over() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![says(1, "mine")]).unwrap();
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2, &acked(reference, 40));
    let snapshot = vec![note(1, "b"), note(2, "c")];
    hears(&mut client, 3, &board(None, at(30), snapshot.clone()));
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("mine"), "it comes later");
    hears(&mut client, 4, &board(None, at(50), snapshot));
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("b"), "the snapshot has it");
}

#[test]
fn what_another_history_has_stored_is_sent_again() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![says(1, "mine")]).unwrap();
    let (reference, first) = operation(&mut client);
    hears(&mut client, 2, &acked(reference, 11));
    client.disconnected();
    client.joined(3, Slot(1));
    let (reference, _) = opening(&mut client);
    let position = Position { epoch: epoch(2), seq: Seq(20) };
    hears(&mut client, 4, &board(Some(reference), position, vec![note(1, "a")]));
    assert_eq!(operation(&mut client).1, first);
}

#[test]
fn what_was_stored_before_the_place_where_the_board_goes_on_is_no_change_on_its_way() {
    let mut client = opened(vec![note(1, "a")]);
    client.disconnected();
    // Another tab has sent it long ago, and somebody moved the note back since.
    let id = OperationId::new(Uuid::from_u128(99));
    client.take_over(1, vec![Operation { id, changes: vec![moved(1, 500)] }]);
    client.joined(2, Slot(1));
    let requests = sent(&mut client);
    let [BoardRequest::OpenBoard { reference: opens, .. }, BoardRequest::Operate { reference, .. }] =
        requests[..]
    else {
        panic!("it sends {requests:?}")
    };
    hears(&mut client, 3, &acked(reference, 9));
    hears(&mut client, 3, &recovered(opens, at(10)));
    assert!(client.is_open());
    assert_eq!(client.outbox.changes().count(), 0);
    assert_eq!(x(&client, 1), 100);
}

#[test]
fn an_ack_of_a_history_that_was_never_known_counts_for_nothing_in_the_next_one() {
    let mut client = BoardClient::new(den(), 7);
    client.operate(0, vec![put(note(1, "a"))]).unwrap();
    client.joined(1, Slot(1));
    let requests = sent(&mut client);
    let [_, BoardRequest::Operate { reference, operation, .. }] = &requests[..] else {
        panic!("it sends {requests:?}")
    };
    hears(&mut client, 2, &acked(*reference, 5));
    client.disconnected();
    client.joined(3, Slot(1));
    let requests = sent(&mut client);
    let [BoardRequest::OpenBoard { reference, .. }, BoardRequest::Operate { operation: again, .. }] =
        &requests[..]
    else {
        panic!("it sends {requests:?}")
    };
    assert_eq!(again, operation);
    let position = Position { epoch: epoch(2), seq: Seq(7) };
    hears(&mut client, 4, &board(Some(*reference), position, vec![]));
    assert_eq!((client.count(), client.pending().count()), (1, 1));
}
