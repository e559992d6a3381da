//! Undo and redo of one's own acts.

use std::collections::BTreeMap;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::ObjectId;
use starling_protocol::board::Object;

use super::server::some_changes;
use super::{came, delete, hears, id, moved, note, opened, put, says, x};
use crate::board::{BoardClient, HISTORY};

#[test]
fn undoing_and_redoing_go_back_and_forth() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    client.operate(2, vec![delete(1)]).unwrap();
    assert!(client.undo(3));
    assert_eq!(x(&client, 1), 500);
    assert!(client.undo(4));
    assert_eq!(x(&client, 1), 100);
    assert!(!client.can_undo() && client.can_redo());
    assert!(client.redo(5) && client.redo(6));
    assert_eq!(client.shown(id(1)), None);
    assert!(!client.can_redo());
    client.undo(7);
    client.operate(8, vec![moved(1, 600)]).unwrap();
    assert!(!client.can_redo(), "something was done since");
}

#[test]
fn what_somebody_else_changed_later_stays() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500), says(1, "mine")]).unwrap();
    hears(&mut client, 2, &came(11, None, vec![]));
    // Later than ours in the end; for this client ours is on top as long as it is on its way.
    let (_, own) = super::operation(&mut client);
    hears(&mut client, 3, &came(12, Some(&own), vec![]));
    hears(&mut client, 4, &came(13, None, vec![says(1, "theirs")]));
    assert!(client.undo(5));
    assert_eq!(x(&client, 1), 100);
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("theirs"));
}

#[test]
fn an_act_of_which_nothing_is_left_is_passed_over() {
    let mut client = opened(vec![note(1, "a"), note(2, "b")]);
    client.operate(1, vec![moved(2, 700)]).unwrap();
    client.operate(2, vec![moved(1, 500)]).unwrap();
    hears(&mut client, 3, &came(11, None, vec![delete(1)]));
    assert!(client.undo(4));
    assert_eq!(x(&client, 2), 100);
    assert!(!client.undo(5));
}

#[test]
fn undoing_a_put_deletes_and_undoing_a_deletion_puts_back_what_was_there() {
    let mut client = opened(vec![]);
    client.operate(1, vec![put(note(1, "a"))]).unwrap();
    let (_, own) = super::operation(&mut client);
    hears(&mut client, 2, &came(11, Some(&own), vec![]));
    hears(&mut client, 3, &came(12, None, vec![says(1, "theirs")]));
    assert!(client.undo(4));
    assert_eq!(client.count(), 0);
    assert!(client.redo(5));
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("theirs"));
}

#[test]
fn the_oldest_acts_are_forgotten() {
    let mut client = opened(vec![note(1, "a")]);
    for step in 0..=HISTORY {
        client.operate(1, vec![moved(1, 200 + step as u16)]).unwrap();
    }
    let undone = (0..).take_while(|_| client.undo(2)).count();
    assert_eq!(undone, HISTORY);
    assert_eq!(x(&client, 1), 200);
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
        while client.undo(100) {}
        assert_eq!(all(&client), start, "seed {seed}");
        while client.redo(200) {}
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
    assert!(client.undo(4));
    assert_eq!((client.count(), x(&client, 1)), (1, 100), "the act before it is undone");
    assert!(!client.can_undo());
    client.operate(5, vec![delete(1)]).unwrap();
    client.forget_made(id(1));
    assert!(client.undo(6), "what was there before comes back");
}
