//! What the server does not take: not now, or not at all.

use starling_protocol::board::{BoardRequest, Change, Operation};
use starling_protocol::{ErrorCode, Slot};

use super::{
    acked, delete, hears, id, moved, note, opened, opened_from, operation, outputs, put, refused,
    says, sent, x,
};
use crate::Millis;
use crate::board::outbox::REFUSED;
use crate::board::{BoardClient, BoardOutput};

#[test]
fn what_was_refused_is_taken_back_told_and_kept_for_another_try() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    client.operate(1, vec![says(1, "b")]).unwrap();
    let (reference, first) = operation(&mut client);
    hears(&mut client, 2, &refused(reference, ErrorCode::BoardFull, None));
    assert_eq!(x(&client, 1), 100);
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("b"), "it blocks no other");
    let told = outputs(&mut client);
    assert!(
        told.iter().any(|it| matches!(it, BoardOutput::Problem { code: ErrorCode::BoardFull, .. }))
    );
    let kept: Vec<_> = client.refused().map(|it| it.operation.clone()).collect();
    assert_eq!(kept, [first]);
    client.retry(3);
    assert_eq!(x(&client, 1), 500);
    assert_eq!(client.refused().count(), 0);
    assert_eq!(client.pending().count(), 2);
}

#[test]
fn a_server_that_cannot_keep_up_is_asked_again_when_it_says() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    let (reference, first) = operation(&mut client);
    hears(&mut client, 2, &refused(reference, ErrorCode::SlowDown, Some(70)));
    assert_eq!(client.next_timer(), Some(72));
    client.operate(3, vec![says(1, "b")]).unwrap();
    client.timer(71);
    assert!(sent(&mut client).is_empty(), "nothing overtakes it");
    client.timer(72);
    assert_eq!(operation(&mut client).1, first);
}

/// A client of somebody who did so much without a connection comes back to a server that takes 40 operations at
/// once and 20 a second; what is said is under way for so long. How often it was refused, and how long all
/// of it took.
fn merged(count: u16, trip: Millis) -> (usize, Millis) {
    const EVERY: Millis = 50;
    let mut client = opened(vec![note(1, "a")]);
    client.disconnected();
    for number in 0..count {
        client.operate(1, vec![moved(1, number)]).unwrap();
    }
    let start = 1_000;
    client.joined(start, Slot(1));
    // When all that was taken so far would have been, one after the other.
    let (mut now, mut taken) = (start, start);
    let (mut seq, mut refusals) = (10, 0);
    let mut answer = None;
    loop {
        for request in sent(&mut client) {
            let BoardRequest::Operate { reference, .. } = request else { continue };
            let arrives = now + trip;
            let wait = taken.saturating_sub(arrives + 39 * EVERY);
            let event = if wait == 0 {
                taken = taken.max(arrives) + EVERY;
                seq += 1;
                acked(reference, seq)
            } else {
                refusals += 1;
                refused(reference, ErrorCode::SlowDown, Some(wait + 1))
            };
            answer = Some((arrives + trip, event));
        }
        match answer.take() {
            Some((at, event)) => {
                now = at;
                hears(&mut client, now, &event);
            }
            None => match client.next_timer() {
                Some(due) => {
                    assert!(due >= now, "it would hurry for nothing");
                    now = due;
                    client.timer(now);
                }
                None => {
                    assert_eq!(client.pending().count(), 0);
                    return (refusals, now - start);
                }
            },
        }
    }
}

#[test]
fn what_was_done_without_a_connection_goes_out_as_fast_as_the_server_takes_it() {
    for trip in [0, 1, 7, 20, 24, 40, 200] {
        let (refusals, took) = merged(300, trip);
        assert!(refusals <= 3, "over {trip} ms it is refused {refusals} times");
        let longest = 260 * 56.max(2 * trip) + 40 * 2 * trip + 1_000;
        assert!(took <= longest, "over {trip} ms it takes {took}");
    }
}

#[test]
fn who_has_rested_may_send_many_at_once_again() {
    let mut client = opened(vec![note(1, "a")]);
    for place in 200..206 {
        client.operate(1, vec![moved(1, place)]).unwrap();
    }
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2, &refused(reference, ErrorCode::SlowDown, Some(70)));
    client.timer(72);
    let (reference, _) = operation(&mut client);
    hears(&mut client, 73, &acked(reference, 11));
    assert_eq!(client.next_timer(), Some(143), "as far apart as it had to wait");
    client.timer(143);
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2_213, &acked(reference, 12));
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2_213, &acked(reference, 13));
    assert_eq!(client.next_timer(), Some(2_284));
    client.timer(4_284);
    let (reference, _) = operation(&mut client);
    hears(&mut client, 4_284, &acked(reference, 14));
    operation(&mut client);
}

#[test]
fn what_cannot_be_stored_now_is_told_stays_and_is_sent_again_later_and_later() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(0, vec![moved(1, 500)]).unwrap();
    client.operate(0, vec![says(1, "b")]).unwrap();
    let mut now = 0;
    let (mut reference, first) = operation(&mut client);
    let codes = [ErrorCode::Unavailable, ErrorCode::StorageFull];
    for (code, wait) in codes.into_iter().cycle().zip([1, 2, 4, 8, 16, 32, 60, 60]) {
        hears(&mut client, now, &refused(reference, code, None));
        let told = outputs(&mut client);
        let is_told =
            |it: &BoardOutput| matches!(it, BoardOutput::Problem { code: why, .. } if *why == code);
        assert!(told.iter().any(is_told), "{told:?}");
        assert_eq!((x(&client, 1), client.refused().count()), (500, 0));
        assert_eq!(client.next_timer(), Some(now + wait * 1_000));
        client.timer(now + wait * 1_000 - 1);
        assert_eq!(sent(&mut client), []);
        now += wait * 1_000;
        client.timer(now);
        let (again, same) = operation(&mut client);
        assert_eq!(same, first, "nothing overtakes it");
        reference = again;
    }
    hears(&mut client, now, &acked(reference, 11));
    let (reference, _) = operation(&mut client);
    hears(&mut client, now, &refused(reference, ErrorCode::Unavailable, None));
    assert_eq!(client.next_timer(), Some(now + 1_000), "that was another time");
    // A new connection may be to a server that can.
    client.disconnected();
    client.joined(now, Slot(1));
    assert_eq!(sent(&mut client).len(), 2);
}

#[test]
fn a_busy_server_is_asked_again_without_a_word() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(0, vec![moved(1, 500)]).unwrap();
    let (reference, _) = operation(&mut client);
    hears(&mut client, 5, &refused(reference, ErrorCode::Busy, Some(1_000)));
    assert_eq!(outputs(&mut client), [BoardOutput::Pending]);
    assert_eq!(client.next_timer(), Some(1_005));
    client.timer(1_005);
    let (reference, _) = operation(&mut client);
    hears(&mut client, 1_006, &refused(reference, ErrorCode::Busy, None));
    assert_eq!(client.next_timer(), Some(2_006), "also if it does not say when");
}

#[test]
fn what_was_refused_is_saved_with_what_is_on_its_way_and_the_next_page_tries_it_again() {
    let mut client = opened(vec![note(1, "a")]);
    for place in [500, 600, 700] {
        client.operate(1, vec![moved(1, place)]).unwrap();
    }
    let done: Vec<Operation> = client.pending().cloned().collect();
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2, &acked(reference, 11));
    let (reference, _) = operation(&mut client);
    hears(&mut client, 3, &refused(reference, ErrorCode::RoomLocked, None));
    assert_eq!((client.refused().count(), client.pending().count()), (1, 1));
    let saved: Vec<Operation> = client.unsaved().cloned().collect();
    assert_eq!(saved, done[1..]);
    let mut next = opened_from(8, vec![note(1, "a")]);
    next.take_over(4, saved.clone());
    assert_eq!(x(&next, 1), 700);
    let (reference, again) = operation(&mut next);
    assert_eq!(again, saved[0]);
    hears(&mut next, 5, &refused(reference, ErrorCode::RoomLocked, None));
    assert!(next.unsaved().eq(&saved), "it is saved as before");
    next.take_over(6, saved.clone());
    assert!(next.unsaved().eq(&saved), "and there once");
    next.give_up();
    assert!(next.unsaved().eq(&saved[1..]));
}

/// What the next operation does, which is acked.
fn goes(client: &mut BoardClient, seq: u64) -> Vec<Change> {
    let (reference, operation) = operation(client);
    hears(client, 9, &acked(reference, seq));
    operation.changes
}

#[test]
fn what_is_about_a_refused_thing_waits_with_it_and_goes_again_in_the_same_order() {
    let mut client = opened(vec![note(1, "a")]);
    let acts = [
        vec![put(note(2, "new"))],
        vec![says(2, "longer")],
        vec![moved(1, 500)],
        vec![put(note(3, "with it")), moved(2, 600)],
        vec![says(3, "as well")],
        vec![moved(1, 700)],
    ];
    for changes in &acts {
        client.operate(1, changes.clone()).unwrap();
    }
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2, &refused(reference, ErrorCode::BoardFull, None));
    assert_eq!((client.count(), x(&client, 1)), (1, 700));
    let waiting = [0, 1, 3, 4].map(|act: usize| &acts[act]);
    assert!(client.refused().map(|it| &it.operation.changes).eq(waiting));
    assert!(client.refused().all(|it| it.code == ErrorCode::BoardFull && !it.message.is_empty()));
    // It is under way when the person tries again: what was refused goes before what was not sent.
    client.retry(3);
    assert_eq!((client.count(), client.refused().count()), (3, 0));
    let mut sent = vec![];
    for seq in 11..17 {
        sent.push(goes(&mut client, seq));
    }
    assert_eq!(sent, [2, 0, 1, 3, 4, 5].map(|act: usize| acts[act].clone()));
    assert_eq!(client.object(id(2)).and_then(|it| it.text()), Some("longer"));
}

#[test]
fn what_somebody_goes_on_writing_in_a_refused_note_is_kept_with_it() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![put(note(2, ""))]).unwrap();
    let (reference, _) = operation(&mut client);
    hears(&mut client, 2, &refused(reference, ErrorCode::Muted, None));
    outputs(&mut client);
    client.operate(3, vec![says(2, "many words")]).unwrap();
    client.operate(3, vec![delete(7)]).unwrap();
    let told = outputs(&mut client);
    assert!(
        told.iter().any(|it| matches!(it, BoardOutput::Problem { code: ErrorCode::Muted, .. }))
    );
    assert_eq!((client.refused().count(), client.pending().count()), (2, 1));
    client.retry(4);
    assert_eq!(client.object(id(2)).and_then(|it| it.text()), Some("many words"));
    // What is there is not concerned.
    client.operate(5, vec![moved(2, 900)]).unwrap();
    assert_eq!(client.pending().count(), 4);
}

#[test]
fn with_many_refused_operations_the_next_ones_wait_for_the_person() {
    let refuse_all = |client: &mut BoardClient| {
        let mut refusals = 0;
        while let [BoardRequest::Operate { reference, .. }] = &sent(client)[..] {
            hears(client, 9, &refused(*reference, ErrorCode::RoomLocked, None));
            refusals += 1;
        }
        refusals
    };
    for more in [0, 1] {
        let mut client = opened(vec![note(1, "a")]);
        for place in 0..REFUSED + more {
            client.operate(1, vec![moved(1, place as u16)]).unwrap();
        }
        let done: Vec<Operation> = client.unsaved().cloned().collect();
        assert_eq!(refuse_all(&mut client), REFUSED);
        assert_eq!((client.refused().count(), client.pending().count()), (REFUSED, more));
        assert_eq!(client.next_timer(), None);
        assert!(client.unsaved().eq(&done), "nothing is forgotten");
        client.retry(9);
        assert_eq!(refuse_all(&mut client), REFUSED);
        client.give_up();
        client.timer(9);
        assert_eq!(refuse_all(&mut client), more);
    }
}
