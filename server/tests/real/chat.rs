//! People in a room: they talk, type, point, come and go.

use serde_json::json;
use starling_client::Connection;
use starling_client::protocol::{Point, Status};
use tokio_tungstenite::tungstenite::Message;

use crate::support::Server;

#[tokio::test]
async fn two_people_talk() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    ada.say("hello");
    ada.until_heard(&["hello"]).await;
    bob.until_heard(&["hello"]).await;
    bob.say("<b>hi</b>\nthere");
    bob.until_heard(&["hello", "<b>hi</b>\nthere"]).await;
    ada.until_heard(&["hello", "<b>hi</b>\nthere"]).await;
    assert_eq!(ada.state().pending().count(), 0);
    let authors: Vec<&str> = ada.state().messages().map(|m| m.author.name.as_str()).collect();
    assert_eq!(authors, ["Ada", "Bob"]);
    server.stop().await;
}

#[tokio::test]
async fn typing_comes_and_goes() {
    let server = Server::start(&["--typing-seconds", "0.3"]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    let room = ada.room.clone();
    ada.client.act(|core, now| core.typing(now, &room, true));
    ada.until(|room| room.typing().count == 1).await;
    bob.until(|room| room.typing().people.len() == 1).await;
    bob.until(|room| room.typing().count == 0).await;
    ada.client.act(|core, now| core.typing(now, &room, false));
    ada.client.act(|core, now| core.typing(now, &room, true));
    ada.until(|room| room.typing().count == 1).await;
    ada.say("done");
    ada.until_heard(&["done"]).await;
    ada.until(|room| room.typing().count == 0).await;
}

#[tokio::test]
async fn a_cursor_arrives_where_it_points_and_goes_with_its_person() {
    let server = Server::start(&["--leave-after", "0.2"]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    ada.until(|room| room.people().len() == 2).await;
    let room = ada.room.clone();
    let point = Point::from_units(1_234.5, 15_000.25);
    ada.client.act(|core, now| core.point(now, &room, point));
    // Both must move on: the one sends while the other waits.
    tokio::select! {
        () = bob.until(|room| room.cursors().count() == 1) => {}
        () = ada.until(|_| false) => {}
    }
    let (_, glide, person) = bob.state().cursors().next().unwrap();
    assert_eq!(person.name.as_str(), "Ada");
    assert_eq!(glide.position(u64::MAX, 1.0), (1_234.5, 15_000.25));
    assert_eq!(ada.state().cursors().count(), 0, "one's own cursor is not drawn");
    drop(ada);
    bob.until(|room| room.cursors().count() == 0 && room.people().len() == 2).await;
    bob.until(|room| room.people().len() == 1).await;
}

#[tokio::test]
async fn a_newcomer_sees_the_cursors_that_are_there() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let room = ada.room.clone();
    ada.client.act(|core, now| core.point(now, &room, Point::from_units(1.0, 2.0)));
    let guest = server.guest("Bob", "Den").await;
    let mut bob = server.connect(&guest);
    tokio::select! {
        () = bob.until(|room| room.cursors().count() == 1) => {}
        () = ada.until(|_| false) => {}
    }
}

#[tokio::test]
async fn hidden_tabs_get_no_cursors_and_afterwards_all() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let (mut ada, mut bob) = (server.socket(&ada).await, server.socket(&bob).await);
    let den = starling_client::protocol::Slug::new("den");
    ada.join(&den).await;
    let joined = bob.join(&den).await;
    let channel = u32::try_from(joined["channel"].as_u64().unwrap()).unwrap();
    let mut point = vec![1];
    point.extend(channel.to_le_bytes());
    point.extend([1, 0, 2, 0]);
    bob.send(&json!({"type": "status", "status": "away"})).await;
    bob.event_of("people_changed").await;
    ada.send_frame(Message::binary(point)).await;
    // What Ada says next is told after her cursor would have been.
    ada.send(
        &json!({"type": "post", "ref": 2, "room": "den", "id": uuid::Uuid::now_v7(), "body": "x"}),
    )
    .await;
    loop {
        match bob.frame().await {
            Message::Binary(_) => panic!("a hidden tab got a cursor"),
            Message::Text(text) if text.contains("\"message\"") => break,
            _ => {}
        }
    }
    bob.send(&json!({"type": "status", "status": "active"})).await;
    loop {
        if let Message::Binary(frame) = bob.frame().await {
            assert_eq!(frame[0], 0x82, "not all cursors: {frame:?}");
            break;
        }
    }
}

#[tokio::test]
async fn one_person_with_two_tabs_is_one_person() {
    let server = Server::start(&["--leave-after", "0.2"]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut first = server.connect(&guest);
    let mut second = server.connect(&guest);
    let two_slots = |room: &starling_client::RoomState| {
        room.people().next().is_some_and(|person| person.slots.len() == 2)
    };
    tokio::join!(first.until(two_slots), second.until(two_slots));
    assert_eq!(first.state().people().len(), 1);
    second.client.act(|core, _| core.set_status(Status::Away));
    drop(second);
    first.until(|room| room.people().all(|person| person.slots.len() == 1)).await;
    let statuses: Vec<Status> = first.state().people().map(|person| person.status).collect();
    assert_eq!(statuses, [Status::Active]);
}

#[tokio::test]
async fn leaving_on_purpose_counts_at_once_and_names_can_change() {
    let server = Server::start(&["--leave-after", "600"]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    ada.until(|room| room.people().len() == 2).await;
    bob.client.act(|core, _| core.rename("Robert".to_owned()));
    let room = bob.room.clone();
    let renamed = |room: &starling_client::RoomState| {
        room.people().any(|person| person.name.as_str() == "Robert")
    };
    tokio::join!(ada.until(renamed), bob.until(renamed));
    bob.say("it is me");
    bob.until_heard(&["it is me"]).await;
    ada.until_heard(&["it is me"]).await;
    assert_eq!(ada.state().messages().last().unwrap().author.name.as_str(), "Robert");
    bob.client.act(|core, _| core.leave(&room));
    tokio::select! {
        () = ada.until(|room| room.people().len() == 1) => {}
        _ = async { loop { bob.client.changed().await; } } => {}
    }
}

#[tokio::test]
async fn one_connection_is_in_several_rooms() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Hall").await;
    let hall = bob.room.clone();
    ada.client.act(|core, now| core.join(now, &hall));
    ada.say("in the den");
    ada.until_heard(&["in the den"]).await;
    bob.say("in the hall");
    bob.until_heard(&["in the hall"]).await;
    ada.client.until(|core| core.room(&hall).is_some_and(|room| room.messages().len() == 1)).await;
    assert_eq!(ada.bodies(), ["in the den"]);
    assert_eq!(bob.bodies(), ["in the hall"]);
}

#[tokio::test]
async fn a_newcomer_does_not_see_the_cursor_of_somebody_who_left() {
    let server = Server::start(&["--leave-after", "0"]).await;
    let mut bob = server.person("Bob", "Den").await;
    let mut ada = server.person("Ada", "Den").await;
    let room = ada.room.clone();
    ada.client.act(|core, now| core.point(now, &room, Point::from_units(1.0, 2.0)));
    tokio::select! {
        () = bob.until(|room| room.cursors().count() == 1) => {}
        () = ada.until(|_| false) => {}
    }
    drop(ada);
    bob.until(|room| room.people().len() == 1).await;
    let guest = server.guest("Cyd", "Den").await;
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;
    let frame = loop {
        if let Message::Binary(frame) = socket.frame().await {
            break frame;
        }
    };
    assert_eq!((frame[0], frame.len()), (0x82, 9), "not a complete frame of nobody: {frame:?}");
}

#[tokio::test]
async fn who_closes_gets_an_answer() {
    let server = Server::start(&[]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&guest).await;
    socket.socket.close(None).await.unwrap();
    assert!(matches!(socket.frame().await, Message::Close(_)));
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = Server::start(&["--ping-after", "0.1", "--pong-within", "2"]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut lively = server.connect(&guest);
    lively.until(|room| room.is_joined()).await;
    // A raw TCP stream answers no ping.
    let mut dead = server.socket(&guest).await;
    let tcp = dead.socket.get_mut();
    let mut buffer = [0; 4_096];
    let closed = tokio::time::timeout(crate::support::PATIENCE, async {
        use tokio::io::AsyncReadExt;
        let mut seen = Vec::new();
        while !seen.ends_with(b"silent for too long") {
            let read = tcp.read(&mut buffer).await.unwrap();
            assert_ne!(read, 0, "closed without a reason");
            seen.extend_from_slice(&buffer[..read]);
        }
    });
    tokio::select! {
        closed = closed => closed.expect("it was not closed"),
        () = lively.until(|_| false) => {}
    }
    assert_eq!(lively.core().connection(), Connection::Online);
}
