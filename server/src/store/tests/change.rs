//! What becomes of messages: whoever follows, whoever comes back and whoever comes new sees the same.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::{Emoji, Message};

use super::*;
use crate::store::RoomChange;

fn emoji(text: &str) -> Emoji {
    Emoji::parse(text).unwrap()
}

/// What somebody sees who has seen all of these events.
fn seen(events: &[Logged]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for event in events {
        let mut change = |seq: Seq, change: &dyn Fn(&mut Message)| {
            change(messages.iter_mut().find(|it| it.seq == seq).unwrap());
        };
        match event {
            Logged::Deleted(it) => change(it.message, &|message| message.delete(it.by)),
            Logged::Edited(it) => {
                change(it.message, &|message| message.edit(it.body.clone(), it.at))
            }
            Logged::Reacted(it) => {
                change(it.message, &|message| message.react(&it.emoji, it.user, it.active))
            }
            Logged::Message(message) => messages.push(message.clone()),
        }
    }
    messages
}

#[tokio::test]
async fn who_follows_comes_back_or_comes_new_sees_the_same() {
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut rng = SmallRng::seed_from_u64(seed);
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let mut people = Vec::new();
    for name in ["Ada", "Bob", "Cyd"] {
        people.push(running.guest(name).await.id);
    }
    let room = running.room(people[0], "den").await;
    let mut said = Vec::new();
    for step in 0..400 {
        let who = people[rng.random_range(0..people.len())];
        let me = Actor::person(who);
        if said.len() < 3 || rng.random_bool(0.1) {
            let message = new_message(room, who, step + 1, &format!("said {step}"));
            said.push((running.store.post(message).await.unwrap().seq, who));
            continue;
        }
        let (seq, author) = said[rng.random_range(0..said.len())];
        // What is refused, because it was deleted, changes nothing.
        let _ = match rng.random_range(0..20) {
            0 => running.store.delete_message(Actor::person(author), room, seq, None).await,
            1..5 => {
                let body = message_body(&format!("edited {step}"));
                running.store.edit_message(Actor::person(author), room, seq, body, None).await
            }
            _ => {
                let sign = emoji(["👍", "★", "❤️"][rng.random_range(0..3)]);
                running.store.react(me, room, seq, sign, rng.random_bool(0.6)).await
            }
        };
    }
    let followed: Vec<Logged> = running
        .announced
        .lock()
        .unwrap()
        .iter()
        .filter_map(|it| match it {
            Committed::Logged { event, .. } => Some((**event).clone()),
            _ => None,
        })
        .collect();
    let tail = running.store.tail(room, 1_000).await.unwrap();
    let replayed = running.store.after(room, Seq(0), 1_000).await.unwrap();
    assert_eq!(followed.len(), replayed.len());
    let same = |seen: &[Message], who: &str| {
        assert_eq!(seen.len(), tail.messages.len(), "{who}");
        seen.iter()
            .zip(&tail.messages)
            .for_each(|(seen, stored)| assert_eq!(seen, stored, "{who}"));
    };
    same(&seen(&followed), "who followed");
    same(&seen(&replayed), "who came back");
    let from = rng.random_range(0..followed.len());
    let kept = followed[..from].iter().cloned().chain(replayed[from..].iter().cloned());
    same(&seen(&kept.collect::<Vec<_>>()), &format!("who came back after {from}"));
    running.close().await;
}

#[tokio::test]
async fn only_its_author_edits_a_message_and_nothing_of_before_is_kept() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let [ada, bob] = [running.guest("Ada").await.id, running.guest("Bob").await.id];
    let room = running.room(ada, "den").await;
    running.store.post(new_message(room, bob, 1, "secret")).await.unwrap();
    let edit = |who, text| {
        running.store.edit_message(Actor::person(who), room, Seq(1), message_body(text), None)
    };
    assert_eq!(edit(ada, "mine now").await, Err(StoreError::NotYours), "not even the owner");
    edit(bob, "secret").await.unwrap();
    edit(bob, "open").await.unwrap();
    let events = running.store.after(room, Seq(0), 10).await.unwrap();
    let says: Vec<_> = events
        .iter()
        .map(|event| match event {
            Logged::Message(message) => message.text().to_owned(),
            Logged::Edited(edit) => edit.body.as_ref().unwrap().to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(says, ["open", "open"], "the edit that changed nothing is no event");
    let missing =
        running.store.edit_message(Actor::person(bob), room, Seq(9), message_body("x"), None);
    assert_eq!(missing.await, Err(StoreError::NoSuchMessage));
    running.store.delete_message(Actor::person(bob), room, Seq(1), None).await.unwrap();
    assert_eq!(edit(bob, "again").await, Err(StoreError::NoSuchMessage));
    running.close().await;
}

#[tokio::test]
async fn who_expects_something_else_than_is_there_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let store = &running.store;
    let ada = running.guest("Ada").await.id;
    let me = Actor::person(ada);
    let room = running.room(ada, "den").await;
    store.post(new_message(room, ada, 1, "one")).await.unwrap();
    let now = async || store.messages(room, &[Seq(1)]).await.unwrap().pop();
    let edit = |text, if_still| store.edit_message(me, room, Seq(1), message_body(text), if_still);

    let read = now().await;
    // Both have read the same, and the second does not know of the first.
    let (first, second) = (edit("two", read.clone()), edit("three", read.clone()));
    assert_eq!((first.await, second.await), (Ok(()), Err(StoreError::Changed)));
    let delete = store.delete_message(me, room, Seq(1), read);
    assert_eq!(delete.await, Err(StoreError::Changed));
    assert_eq!(now().await.unwrap().text(), "two");
    let read = now().await;
    store.react(me, room, Seq(1), emoji("★"), true).await.unwrap();
    assert_eq!(edit("three", read).await, Err(StoreError::Changed), "reactions are part of it");
    let read = now().await;
    edit("three", read).await.unwrap();
    let read = now().await;
    store.delete_message(me, room, Seq(1), read.clone()).await.unwrap();
    assert_eq!(edit("four", read).await, Err(StoreError::Changed));

    let read = store.room(&Slug::new("den")).await.unwrap();
    let change = RoomChange { locked: Some(true), ..RoomChange::default() };
    let changed = store.change_room(me, room, change).await.unwrap();
    assert_eq!(store.delete_room(me, room, Some(read)).await, Err(StoreError::Changed));
    store.delete_room(me, room, Some(changed)).await.unwrap();
    running.close().await;
}

#[tokio::test]
async fn a_message_takes_so_many_signs_and_reactions_and_no_more() {
    let folder = TempDir::new().unwrap();
    let reactions = ReactionLimits { signs: 2, reactions: 3 };
    let options = StoreOptions { reactions, ..OPTIONS };
    let (store, writer) = Store::open(folder.path(), &options).await.unwrap();
    let running = Running::run(store, writer);
    let mut people = Vec::new();
    for name in ["Ada", "Bob", "Cyd", "Dan"] {
        people.push(running.guest(name).await.id);
    }
    let room = running.room(people[0], "den").await;
    running.store.post(new_message(room, people[0], 1, "x")).await.unwrap();
    let react = |who: usize, sign, active| {
        running.store.react(Actor::person(people[who]), room, Seq(1), emoji(sign), active)
    };
    react(0, "👍", true).await.unwrap();
    react(0, "★", true).await.unwrap();
    assert_eq!(react(1, "❤️", true).await, Err(StoreError::TooManyReactions), "a third sign");
    react(1, "👍", true).await.unwrap();
    assert_eq!(react(2, "👍", true).await, Err(StoreError::TooManyReactions), "a fourth one");
    react(1, "👍", true).await.unwrap();
    react(0, "★", false).await.unwrap();
    react(2, "❤️", true).await.unwrap();
    let message = running.store.tail(room, 1).await.unwrap().messages.remove(0);
    let shown: Vec<_> =
        message.reactions.iter().map(|it| (it.emoji.as_str(), it.by.clone())).collect();
    assert_eq!(shown, [("❤️", vec![people[2]]), ("👍", vec![people[0], people[1]])]);
    running.close().await;
}
