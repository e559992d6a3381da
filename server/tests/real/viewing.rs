//! A room that is large: everyone is sent the cursors in their view; and people follow each other, in
//! rooms of any size.

use serde_json::json;
use starling_client::protocol::{CursorInput, Point, Slug, Status, View};
use starling_client::{Act, Change};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{PATIENCE, Person, RawSocket, Server};

/// Besides those whose clients are watched.
const CROWD: u16 = 107;

fn view(left: u16, right: u16) -> View {
    View::new(left, left, right, right).unwrap()
}

/// A room of 110 connections. The crowd looks away, and points: 37 of them at the top left, 70 at the
/// bottom right.
async fn crowded(server: &Server) -> (Vec<Person>, Vec<RawSocket>) {
    let mut people = Vec::new();
    for name in ["Ada", "Bob", "Cyd"] {
        people.push(server.person(name, "Den").await);
    }
    let guest = server.guest("Crowd", "Den").await;
    let mut crowd = Vec::new();
    for number in 0..CROWD {
        let mut socket = server.socket(&guest).await;
        let joined = socket.join(&Slug::new("den")).await;
        socket.send(&json!({"type": "status", "status": "away"})).await;
        let channel = serde_json::from_value(joined["channel"].clone()).unwrap();
        let edge = if number < 37 { 100 } else { 60_000 };
        let input = CursorInput::Move { channel, point: Point { x: edge + number, y: edge } };
        socket.send_frame(Message::binary(input.encode())).await;
        crowd.push(socket);
    }
    (people, crowd)
}

/// The next change of that kind.
async fn told<T>(person: &mut Person, mut wanted: impl FnMut(Change) -> Option<T>) -> T {
    let waiting = async {
        loop {
            let change = person.client.changed().await;
            if let Some(found) = wanted(change) {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it is not told")
}

#[tokio::test]
async fn of_110_people_everyone_is_sent_those_in_their_view() {
    let flags = ["--sockets-per-user", "200", "--ping-after", "3600"];
    let server = Server::start(&flags).await;
    let (people, mut crowd) = crowded(&server).await;
    let [mut ada, mut bob, cyd] = <[Person; 3]>::try_from(people).ok().unwrap();
    let den = bob.room.clone();
    drop(cyd);

    // Who has not said what they see, sees the whole board.
    bob.until(|room| room.cursors().count() == 60 && room.others() == 47).await;
    bob.client.act(|core, now| core.look_at(now, &den, view(0, 4_000)));
    bob.until(|room| room.cursors().count() == 37 && room.others() == 0).await;
    bob.client.act(|core, now| core.look_at(now, &den, view(58_000, 65_535)));
    bob.until(|room| room.cursors().count() == 60 && room.others() == 10).await;
    let there = |room: &starling_client::RoomState| {
        room.cursors().all(|(_, glide, _)| glide.newest().x >= 60_000)
    };
    assert!(there(bob.state()), "who is elsewhere is gone from the view");
    bob.client.act(|core, now| core.look_at(now, &den, view(20_000, 30_000)));
    bob.until(|room| room.cursors().count() == 0 && room.others() == 0).await;

    // Whom one follows is always there.
    let ada_id = ada.core().user().unwrap().id;
    bob.client.act(|core, _| core.follow(&den, Some(ada_id)));
    ada.client.act(|core, now| core.point(now, &den, Some(Point { x: 5, y: 6 })));
    tokio::select! {
        () = bob.until(|room| room.cursors().count() == 1) => {}
        () = ada.until(|_| false) => {}
    }
    assert_eq!(bob.state().cursors().next().unwrap().2.id, ada_id);

    // Hidden tabs are sent none, and afterwards all that is there.
    bob.client.act(|core, _| core.set_status(Status::Away));
    let is_away = |room: &starling_client::RoomState| {
        room.people().any(|person| person.name.as_str() == "Bob" && person.status == Status::Away)
    };
    bob.until(is_away).await;
    ada.client.act(|core, now| core.point(now, &den, Some(Point { x: 7, y: 6 })));
    // The room has taken it when this comes back.
    ada.say("moved");
    ada.until_heard(&["moved"]).await;
    bob.until_heard(&["moved"]).await;
    assert_eq!(bob.state().cursors().next().unwrap().1.newest(), Point { x: 5, y: 6 });
    bob.client.act(|core, _| core.set_status(Status::Active));
    bob.until(|room| room.cursors().any(|(_, glide, _)| glide.newest() == Point { x: 7, y: 6 }))
        .await;

    // When most have left, everyone is sent every cursor.
    crowd.truncate(20);
    bob.until(|room| room.cursors().count() == 21 && room.others() == 0).await;
    server.stop().await;
}

#[tokio::test]
async fn a_follower_is_told_what_somebody_sees_until_they_leave() {
    let server = Server::start(&["--leave-after", "0.2"]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut ada = server.connect(&guest);
    let mut bob = server.person("Bob", "Den").await;
    ada.until(|room| room.people().len() == 2).await;
    let den = ada.room.clone();
    let [ada_id, bob_id] = [&ada, &bob].map(|person| person.core().user().unwrap().id);
    let viewing = |change| match change {
        Change::Viewing { user, view, .. } => Some((user, view)),
        _ => None,
    };
    ada.client.act(|core, now| core.look_at(now, &den, view(1, 2)));
    bob.client.act(|core, _| core.follow(&den, Some(ada_id)));
    tokio::select! {
        told = told(&mut bob, viewing) => assert_eq!(told, (ada_id, view(1, 2))),
        () = ada.until(|_| false) => {}
    }
    ada.client.act(|core, now| core.look_at(now, &den, view(3, 4)));
    tokio::select! {
        told = told(&mut bob, viewing) => assert_eq!(told, (ada_id, view(3, 4))),
        () = ada.until(|_| false) => {}
    }
    // Nobody follows who follows them.
    ada.client.act(|core, _| core.follow(&den, Some(bob_id)));
    told(&mut ada, |change| matches!(change, Change::Following { .. }).then_some(())).await;
    assert_eq!(ada.state().following(), None);
    drop(ada);
    told(&mut bob, |change| matches!(change, Change::Following { .. }).then_some(())).await;
    assert_eq!(bob.state().following(), None);

    // Who comes back can follow who followed them.
    let mut ada = server.connect(&guest);
    ada.until(|room| room.people().len() == 2).await;
    bob.client.act(|core, now| core.look_at(now, &den, view(5, 6)));
    ada.client.act(|core, _| core.follow(&den, Some(bob_id)));
    let outcome = |change| match change {
        Change::Viewing { user, view, .. } => Some(Some((user, view))),
        Change::Following { .. } => Some(None),
        _ => None,
    };
    tokio::select! {
        told = told(&mut ada, outcome) => assert_eq!(told, Some((bob_id, view(5, 6)))),
        () = bob.until(|_| false) => {}
    }
}

#[tokio::test]
async fn a_moderator_brings_everyone_to_a_place_and_a_visitor_nobody() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    let den = ada.room.clone();
    let ada_id = ada.core().user().unwrap().id;
    bob.client.act(|core, _| core.gather(&den, view(1, 2)));
    let refused = |change| match change {
        Change::Refused { act: Act::Gather, message, .. } => Some(message),
        _ => None,
    };
    let message = told(&mut bob, refused).await;
    assert_eq!(message, "Only moderators of this room may do that.");
    ada.client.act(|core, _| core.gather(&den, view(1, 2)));
    let done = |change| matches!(change, Change::Done { act: Act::Gather, .. }).then_some(());
    told(&mut ada, done).await;
    let gathered = |change| match change {
        Change::Gathered { by, view, .. } => Some((by, view)),
        _ => None,
    };
    assert_eq!(told(&mut bob, gathered).await, (ada_id, view(1, 2)));
}
