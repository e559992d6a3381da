//! Bad input: an error or a throttle, never an end, and nobody else notices.

use serde_json::{Value, json};
use starling_client::protocol::CloseReason;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Guest, RawSocket, Server};

async fn joined(server: &Server, name: &str) -> (Guest, RawSocket, u64) {
    let guest = server.guest(name, "Den").await;
    let mut socket = server.socket(&guest).await;
    let channel = socket.join(&guest.room).await["channel"].as_u64().unwrap();
    (guest, socket, channel)
}

fn post(reference: u64, room: &str, body: &str) -> Value {
    let id = uuid::Uuid::now_v7();
    json!({"type": "post", "ref": reference, "room": room, "id": id, "body": body})
}

async fn error(socket: &mut RawSocket) -> (Value, String) {
    let error = socket.event_of("error").await;
    assert!(error["message"].as_str().unwrap().ends_with('.'), "no sentence: {error}");
    (error["ref"].clone(), error["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_mistake_gets_its_own_error_and_the_connection_goes_on() {
    let server = Server::start(&["--rooms-per-connection", "1"]).await;
    server.guest("Bob", "Hall").await;
    let (_, mut socket, _) = joined(&server, "Ada").await;
    let long = "x".repeat(4_001);
    for (frame, reference, code) in [
        (Message::text("{"), Value::Null, "bad_json"),
        (Message::text("[]"), Value::Null, "bad_json"),
        (Message::text(r#"{"type":"post","ref":7}"#), json!(7), "bad_json"),
        (Message::binary(vec![]), Value::Null, "bad_frame"),
        (Message::binary(vec![1, 2, 3]), Value::Null, "bad_frame"),
        (Message::binary(vec![0x81; 16]), Value::Null, "bad_frame"),
        (Message::text(post(8, "nowhere", "x").to_string()), json!(8), "no_such_room"),
        (Message::text(post(9, "hall", "x").to_string()), json!(9), "not_joined"),
        (Message::text(post(10, "den", " \n").to_string()), json!(10), "message_empty"),
        (Message::text(post(11, "den", &long).to_string()), json!(11), "message_too_long"),
        (
            Message::text(json!({"type": "join", "ref": 12, "room": "den"}).to_string()),
            json!(12),
            "already_joined",
        ),
        (
            Message::text(json!({"type": "join", "ref": 13, "room": "hall"}).to_string()),
            json!(13),
            "too_many_rooms",
        ),
        (
            Message::text(json!({"type": "rename", "ref": 14, "name": "x".repeat(41)}).to_string()),
            json!(14),
            "name_too_long",
        ),
        (
            Message::text(json!({"type": "leave", "ref": 15, "room": "hall"}).to_string()),
            json!(15),
            "not_joined",
        ),
        (
            Message::text(
                json!({"type": "history", "ref": 16, "room": "x", "before": 1}).to_string(),
            ),
            json!(16),
            "no_such_room",
        ),
    ] {
        socket.send_frame(frame.clone()).await;
        assert_eq!(error(&mut socket).await, (reference, code.to_owned()), "{frame:?}");
    }
    // Events of newer clients, unknown fields and unknown channels are no mistakes.
    socket.send(&json!({"type": "dance", "ref": 1})).await;
    socket.send_frame(Message::binary(vec![1, 99, 99, 99, 99, 0, 0, 0, 0])).await;
    let longest = json!({"type": "post", "ref": 20, "room": "den", "id": uuid::Uuid::now_v7(),
        "body": "😀".repeat(4_000), "mood": "good"});
    socket.send(&longest).await;
    assert_eq!(socket.event_of("ack").await["ref"], json!(20));
}

#[tokio::test]
async fn a_frame_has_at_most_64_kib() {
    let server = Server::start(&[]).await;
    let (guest, mut socket, _) = joined(&server, "Ada").await;
    let ping = |bytes: usize| format!("{}{}", r#"{"type":"ping"}"#, " ".repeat(bytes - 15));
    let fits = ping(65_536);
    socket.send_frame(Message::text(fits)).await;
    socket.event_of("pong").await;
    let too_big = ping(65_537);
    socket.send_frame(Message::text(too_big)).await;
    assert_eq!(socket.close_code().await, CloseReason::TooBig.code());
    server.socket(&guest).await.join(&guest.room).await;
}

#[tokio::test]
async fn who_sends_too_fast_is_told_to_slow_down_and_nobody_else_notices() {
    let patient = ["--frames-per-second", "1000", "--refusals-per-minute", "10000"];
    let server = Server::start(&patient).await;
    let mut bob = server.person("Bob", "Den").await;
    let (_, mut flooder, _) = joined(&server, "Ada").await;
    let flood = async {
        // The server reads no faster than it allows, so this also proves that it goes on.
        for number in 0..2_000 {
            flooder.send(&post(number, "den", "spam")).await;
        }
        let (mut acks, mut refused) = (0, 0);
        while acks + refused < 2_000 {
            let event = flooder.event().await;
            match event["type"].as_str() {
                Some("ack") => acks += 1,
                Some("error") => {
                    assert_eq!(event["code"], "slow_down");
                    assert!(event["retry_after_ms"].as_u64().unwrap() > 0);
                    refused += 1;
                }
                _ => {}
            }
        }
        (acks, refused)
    };
    let talk = async {
        for number in 0..10 {
            let body = format!("calm {number}");
            bob.say(&body);
            bob.until(|room| room.messages().any(|m| m.text() == body)).await;
        }
    };
    let ((acks, refused), ()) = tokio::join!(flood, talk);
    assert!((20..200).contains(&acks), "{acks} got through");
    assert!(refused > 1_000);
}

#[tokio::test]
async fn other_sites_and_strangers_are_refused() {
    let server = Server::start(&[]).await;
    let guest = server.guest("Ada", "Den").await;
    for origin in ["", "null", "http://evil.example", "http://127.0.0.1:1"] {
        let refused = server.open(origin, &guest.cookie).await.err();
        let Some(tokio_tungstenite::tungstenite::Error::Http(answer)) = refused else {
            panic!("{origin:?} was let in")
        };
        assert_eq!(answer.status(), 403, "{origin:?}");
        let form = [("name", "Eve"), ("room", "Evil")];
        let answer =
            server.post_join(if origin.is_empty() { "null" } else { origin }, "", &form).await;
        assert_eq!(answer.status(), 403, "{origin:?}");
    }
    assert_eq!(server.get("/r/evil").await.status(), 404);
    for cookie in ["", "starling=x", "starling=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let mut socket = server.open(&server.url(""), cookie).await.unwrap();
        assert_eq!(socket.close_code().await, CloseReason::NoIdentity.code(), "{cookie:?}");
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_the_message_stays_with_its_author() {
    let server = Server::start(&["--max-pages", "140"]).await;
    let mut ada = server.person("Ada", "Den").await;
    let body = "x".repeat(4_000);
    let mut failed = None;
    while failed.is_none() {
        let id = ada.say(&body);
        ada.until(|room| room.pending().all(|pending| pending.id != id || is_failed(pending)))
            .await;
        failed = ada.state().pending().find(|pending| is_failed(pending)).cloned();
    }
    let failed = failed.unwrap();
    let starling_client::Delivery::Failed { code, message } = &failed.delivery else { panic!() };
    assert_eq!(*code, starling_client::protocol::ErrorCode::StorageFull);
    assert!(message.contains("disk is full"), "{message}");
    assert_eq!(failed.body.as_str(), body);
    let heard = ada.state().messages().len();
    assert!(heard > 0);
    assert_eq!(server.get("/r/den").await.status(), 200, "the room still reads");
}

fn is_failed(pending: &starling_client::Pending) -> bool {
    matches!(pending.delivery, starling_client::Delivery::Failed { .. })
}
