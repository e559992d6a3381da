//! Undo and redo of one's own acts.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{BoardRequest, Change, Object, Operation};
use starling_protocol::{ObjectId, OperationId, Ref, Slot};

use super::server::some_changes;
use super::{
    acked, alone, at, board, came, delete, hears, id, moved, note, opened, opened_from, opening,
    operation, put, says, sent, x,
};
use crate::board::history::STEPS;
use crate::board::{BoardClient, HISTORY};

#[test]
fn undoing_and_redoing_go_back_and_forth() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    client.operate(2, vec![delete(1)]).unwrap();
    assert!(client.undo(3, &alone));
    assert_eq!(x(&client, 1), 500);
    assert!(client.undo(4, &alone));
    assert_eq!(x(&client, 1), 100);
    assert!(!client.can_undo() && client.can_redo());
    assert!(client.redo(5, &alone) && client.redo(6, &alone));
    assert_eq!(client.shown(id(1)), None);
    assert!(!client.can_redo());
    client.undo(7, &alone);
    client.operate(8, vec![moved(1, 600)]).unwrap();
    assert!(!client.can_redo(), "something was done since");
}

#[test]
fn what_somebody_else_changed_later_stays() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500), says(1, "mine")]).unwrap();
    hears(&mut client, 2, &came(11, None, vec![]));
    // Later than ours in the end; for this client ours is on top as long as it is on its way.
    let (_, own) = operation(&mut client);
    hears(&mut client, 3, &came(12, Some(&own), vec![]));
    hears(&mut client, 4, &came(13, None, vec![says(1, "theirs")]));
    assert!(client.undo(5, &alone));
    assert_eq!(x(&client, 1), 100);
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("theirs"));
}

#[test]
fn an_act_of_which_nothing_is_left_is_passed_over() {
    let mut client = opened(vec![note(1, "a"), note(2, "b")]);
    client.operate(1, vec![moved(2, 700)]).unwrap();
    client.operate(2, vec![moved(1, 500)]).unwrap();
    hears(&mut client, 3, &came(11, None, vec![delete(1)]));
    assert!(client.undo(4, &alone));
    assert_eq!(x(&client, 2), 100);
    assert!(!client.undo(5, &alone));
}

#[test]
fn undoing_a_put_deletes_and_undoing_that_puts_back_what_was_there() {
    let mut client = opened(vec![]);
    client.operate(1, vec![put(note(1, "a"))]).unwrap();
    let (_, own) = operation(&mut client);
    hears(&mut client, 2, &came(11, Some(&own), vec![]));
    assert!(client.undo(3, &alone));
    assert_eq!(client.count(), 0);
    assert!(client.redo(4, &alone));
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("a"));
}

#[test]
fn what_somebody_else_has_gone_on_with_is_not_deleted_by_undoing_that_it_was_put_there() {
    let mut client = opened(vec![note(3, "c")]);
    client.operate(1, vec![moved(3, 500)]).unwrap();
    let (_, own) = operation(&mut client);
    hears(&mut client, 2, &came(11, Some(&own), vec![]));
    client.operate(3, vec![put(note(1, "a")), put(note(2, "b"))]).unwrap();
    let (_, own) = operation(&mut client);
    hears(&mut client, 4, &came(12, Some(&own), vec![]));
    hears(&mut client, 5, &came(13, None, vec![says(1, "theirs")]));
    assert!(client.undo(6, &alone));
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("theirs"));
    assert_eq!(client.object(id(2)), None, "of that one there is nothing to lose");
    let (_, own) = operation(&mut client);
    hears(&mut client, 7, &came(14, Some(&own), vec![]));
    hears(&mut client, 8, &came(15, None, vec![put(note(2, "theirs, too"))]));
    assert!(!client.redo(9, &alone));
    assert!(client.undo(10, &alone));
    assert_eq!((x(&client, 3), client.count()), (100, 3));
}

#[test]
fn an_act_that_was_not_sent_is_taken_back_and_nothing_of_it_goes_out() {
    let mut client = opened(vec![note(1, "a"), note(2, "b")]);
    client.disconnected();
    client.operate(1, vec![delete(1)]).unwrap();
    client.operate(2, vec![moved(2, 500)]).unwrap();
    assert!(client.undo(3, &alone) && client.undo(4, &alone));
    assert_eq!(client.pending().count(), 0);
    // What others have done to it meanwhile stays.
    client.joined(5, Slot(1));
    let (reference, _) = opening(&mut client);
    hears(&mut client, 6, &board(Some(reference), at(11), vec![note(1, "theirs"), note(2, "b")]));
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("theirs"));
    // So it is not deleted after all; the other one moves again.
    assert!(client.redo(7, &alone));
    assert_eq!((x(&client, 2), client.count()), (500, 2));
    assert!(!client.redo(8, &alone));
}

#[test]
fn what_may_have_been_sent_is_undone_by_another_operation() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![delete(1)]).unwrap();
    client.disconnected();
    assert!(client.undo(2, &alone));
    assert_eq!(client.pending().count(), 2);
    // Unless that one was not sent.
    assert!(client.redo(3, &alone));
    assert_eq!(client.pending().count(), 1);
    assert_eq!(client.count(), 0);
}

/// A page that did that without a connection, and another one of the same person that has taken over so many
/// of these acts, which are said, too.
fn two_pages(
    acts: &[Change],
    taken_over: usize,
) -> (BoardClient, BoardClient, BTreeSet<OperationId>) {
    let mut first = opened(vec![]);
    first.disconnected();
    for act in acts {
        first.operate(1, vec![act.clone()]).unwrap();
    }
    let saved: Vec<Operation> = first.pending().take(taken_over).cloned().collect();
    let mut second = opened_from(8, vec![]);
    second.take_over(2, saved.clone());
    (first, second, saved.iter().map(|it| it.id).collect())
}

/// The first operation that it sends over a new connection, whose board has these objects.
fn comes_back(client: &mut BoardClient, seq: u64, objects: Vec<Object>) -> (Ref, Operation) {
    client.joined(4, Slot(1));
    let requests = sent(client);
    let [
        BoardRequest::OpenBoard { reference: opens, .. },
        BoardRequest::Operate { reference, operation, .. },
    ] = &requests[..]
    else {
        panic!("it sends {requests:?}")
    };
    hears(client, 4, &board(Some(*opens), at(seq), objects));
    (*reference, operation.clone())
}

#[test]
fn what_another_page_has_stored_is_undone_there_too() {
    let (mut first, mut second, taken) = two_pages(&[put(note(1, "a"))], 1);
    let (reference, put) = operation(&mut second);
    // The first page hears nothing of it before the person undoes it.
    hears(&mut second, 2, &acked(reference, 11));
    hears(&mut second, 2, &came(11, Some(&put), vec![]));
    assert!(first.undo(3, &|id| taken.contains(&id)));
    assert_eq!((first.count(), first.pending().count()), (0, 2));
    let (reference, again) = comes_back(&mut first, 11, vec![note(1, "a")]);
    assert_eq!((again, first.count()), (put, 0), "it does not come back meanwhile");
    hears(&mut first, 5, &acked(reference, 11));
    let (_, deletion) = operation(&mut first);
    assert_eq!((&deletion.changes[..], first.count()), (&[delete(1)][..], 0));
    hears(&mut second, 6, &came(12, Some(&deletion), vec![]));
    assert_eq!(second.count(), 0);
}

#[test]
fn what_another_page_has_not_sent_yet_is_undone_there_too() {
    for first_stores in [false, true] {
        let (mut first, mut second, taken) = two_pages(&[put(note(1, "a"))], 1);
        let (late, _) = operation(&mut second);
        assert!(first.undo(3, &|id| taken.contains(&id)));
        let (reference, put) = comes_back(&mut first, 10, vec![]);
        // Either of them is the first one whom the server hears; the other gets the same number.
        let answers = |client: &mut BoardClient, reference| {
            hears(client, 5, &acked(reference, 11));
        };
        if first_stores {
            answers(&mut first, reference);
            hears(&mut second, 5, &came(11, Some(&put), vec![]));
            answers(&mut second, late);
        } else {
            answers(&mut second, late);
            hears(&mut second, 5, &came(11, Some(&put), vec![]));
            answers(&mut first, reference);
        }
        assert_eq!((first.count(), second.count()), (0, 1));
        let (reference, deletion) = operation(&mut first);
        hears(&mut first, 6, &came(11, Some(&put), vec![]));
        assert_eq!(first.count(), 0, "it does not come back meanwhile");
        hears(&mut first, 6, &acked(reference, 12));
        for client in [&mut first, &mut second] {
            hears(client, 7, &came(12, Some(&deletion), vec![]));
            assert_eq!((client.count(), client.unsaved().count()), (0, 0));
        }
    }
}

#[test]
fn only_what_another_page_has_taken_over_is_sent_before_it_is_undone() {
    let (mut first, second, taken) = two_pages(&[put(note(1, "a")), put(note(2, "b"))], 1);
    assert_eq!(second.count(), 1);
    assert!(first.undo(3, &|id| taken.contains(&id)));
    assert_eq!((first.count(), first.pending().count()), (1, 1), "of this one nobody knows");
    assert!(first.undo(3, &|id| taken.contains(&id)));
    assert_eq!((first.count(), first.pending().count()), (0, 2));
    // Nobody has taken over what undoes it.
    assert!(first.redo(3, &|id| taken.contains(&id)));
    assert_eq!((first.count(), first.pending().count()), (1, 1));
    assert!(first.undo(3, &|id| taken.contains(&id)));
    assert!(first.redo(3, &|_| true));
    assert_eq!((first.count(), first.pending().count()), (1, 3));
}

#[test]
fn the_oldest_acts_are_forgotten() {
    let mut client = opened(vec![note(1, "a")]);
    for step in 0..=HISTORY {
        client.operate(1, vec![moved(1, 200 + step as u16)]).unwrap();
    }
    let undone = (0..).take_while(|_| client.undo(2, &alone)).count();
    assert_eq!(undone, HISTORY);
    assert_eq!(x(&client, 1), 200);
}

#[test]
fn with_acts_of_many_changes_fewer_of_them_are_remembered() {
    let undoable = |more: bool| {
        let mut client = opened(vec![]);
        let many = STEPS as u128 / 2;
        let puts = (0..many).map(|number| put(note(number, "a"))).collect();
        client.operate(1, puts).unwrap();
        let moves = (0..many).map(|number| moved(number, 500)).collect();
        client.operate(2, moves).unwrap();
        if more {
            client.operate(3, vec![moved(0, 600)]).unwrap();
        }
        let undone = (0..).take_while(|_| client.undo(4, &alone)).count();
        (undone, client.count())
    };
    assert_eq!(undoable(false), (2, 0), "as many as there may be");
    assert_eq!(undoable(true), (2, STEPS / 2), "the first act is forgotten");
}

#[test]
fn an_act_with_more_changes_than_are_remembered_can_be_undone() {
    let mut client = opened(vec![]);
    client.limits.objects = STEPS + 1;
    let puts = (0..=STEPS as u128).map(|number| put(note(number, "a"))).collect();
    client.operate(1, puts).unwrap();
    assert!(client.undo(2, &alone));
    assert_eq!(client.count(), 0);
}

fn all(client: &BoardClient) -> BTreeMap<ObjectId, Object> {
    client.objects().map(|object| (object.id, object.clone())).collect()
}

#[test]
fn whoever_is_alone_gets_back_to_the_start_and_to_the_end_again() {
    for seed in 0..300 {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut client = opened((1..4).map(|number| note(number, "a")).collect());
        let start = all(&client);
        for now in 0..rng.random_range(1..60) {
            let changes = some_changes(&mut rng);
            // What does not fit is refused, and no act.
            let _ = client.operate(now, changes);
        }
        let end = all(&client);
        while client.undo(100, &alone) {}
        assert_eq!(all(&client), start, "seed {seed}");
        while client.redo(200, &alone) {}
        assert_eq!(all(&client), end, "seed {seed}");
    }
}

#[test]
fn what_was_made_and_deleted_at_once_can_be_forgotten() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    client.operate(2, vec![put(note(2, ""))]).unwrap();
    client.forget_made(id(2));
    client.operate(3, vec![delete(2)]).unwrap();
    client.forget_made(id(1));
    client.forget_made(id(2));
    assert!(client.undo(4, &alone));
    assert_eq!((client.count(), x(&client, 1)), (1, 100), "the act before it is undone");
    assert!(!client.can_undo());
    client.operate(5, vec![delete(1)]).unwrap();
    client.forget_made(id(1));
    assert!(client.undo(6, &alone), "what was there before comes back");
}
