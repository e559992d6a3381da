//! Who sends too much, or in crumbs: it is their own connection that suffers, and in the end is closed.

use serde_json::{Value, json};
use starling_client::protocol::CloseReason;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::{Person, RawSocket, Server};

fn post(reference: u64, body: &str) -> String {
    let id = uuid::Uuid::now_v7();
    json!({"type": "post", "ref": reference, "room": "den", "id": id, "body": body}).to_string()
}

/// Sends one message in pieces of so many bytes.
async fn send_in_pieces(socket: &mut RawSocket, text: &str, bytes: usize) {
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(bytes).collect();
    for (index, piece) in pieces.iter().enumerate() {
        let kind = if index == 0 { Data::Text } else { Data::Continue };
        let last = index + 1 == pieces.len();
        let frame = Frame::message(piece.to_vec(), OpCode::Data(kind), last);
        socket.send_frame(Message::Frame(frame)).await;
    }
}

/// A ping of so many bytes.
fn ping(bytes: usize) -> String {
    let ping = r#"{"type":"ping"}"#;
    format!("{ping}{}", " ".repeat(bytes - ping.len()))
}

#[tokio::test]
async fn a_message_may_come_in_any_pieces_and_counts_whole() {
    let server = Server::start(&["--frame-bytes", "50000"]).await;
    let mut bob = server.person("Bob", "Den").await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;
    send_in_pieces(&mut socket, &post(7, "crumb by crumb"), 1).await;
    assert_eq!(socket.event_of("ack").await["ref"], 7);
    bob.until_heard(&["crumb by crumb"]).await;
    // In the middle of a message there may be pings, and each of its pieces may be empty.
    let first = Frame::message(&br#"{"type":"#[..], OpCode::Data(Data::Text), false);
    socket.send_frame(Message::Frame(first)).await;
    for _ in 0..100 {
        socket.send_frame(Message::Ping("still here".into())).await;
        let nothing = Frame::message(&b""[..], OpCode::Data(Data::Continue), false);
        socket.send_frame(Message::Frame(nothing)).await;
    }
    let last = Frame::message(&br#""ping"}"#[..], OpCode::Data(Data::Continue), true);
    socket.send_frame(Message::Frame(last)).await;
    socket.event_of("pong").await;

    send_in_pieces(&mut socket, &ping(50_000), 1_000).await;
    socket.event_of("pong").await;
    send_in_pieces(&mut socket, &ping(50_001), 1_000).await;
    assert_eq!(socket.close_code().await, CloseReason::TooBig.code());
    // One that has no end is not kept whole either.
    let mut endless = server.socket(&guest).await;
    let piece = || Frame::message(vec![b' '; 1_000], OpCode::Data(Data::Continue), false);
    let begin = Frame::message(&b"{"[..], OpCode::Data(Data::Text), false);
    endless.send_frame(Message::Frame(begin)).await;
    for _ in 0..200 {
        endless.send_frame(Message::Frame(piece())).await;
    }
    assert_eq!(endless.close_code().await, CloseReason::TooBig.code());
}

/// Talks to each other, and hears all of it.
async fn talk(ada: &mut Person, bob: &mut Person) {
    for number in 0..15 {
        let [mine, yours] = ["a", "b"].map(|who| format!("{who} {number}"));
        ada.say(&mine);
        bob.say(&yours);
        let heard = |room: &starling_client::RoomState| {
            [&mine, &yours].iter().all(|body| room.messages().any(|it| it.text() == **body))
        };
        tokio::join!(ada.until(heard), bob.until(heard));
    }
}

#[tokio::test]
async fn ten_times_the_limit_of_every_kind_and_the_others_miss_nothing() {
    // The defaults, of which each flood sends ten times what is taken at once.
    const POSTS: u64 = 200;
    const FRAMES: u64 = 2_000;
    const CURSORS: u64 = 600;
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    let mut flooders = Vec::new();
    let mut channel = 0;
    for name in ["Posts", "Texts", "Cursors"] {
        let guest = server.guest(name, "Den").await;
        let mut socket = server.socket(&guest).await;
        channel = socket.join(&guest.room).await["channel"].as_u64().unwrap();
        flooders.push(socket);
    }
    let [posts, texts, cursors] = flooders.as_mut_slice() else { panic!() };
    let spam = async {
        for number in 0..POSTS {
            posts.send_frame(Message::text(post(number, "spam"))).await;
        }
        let (mut acks, mut refused) = (0, 0);
        loop {
            match posts.frame().await {
                Message::Text(text) => {
                    let event: Value = serde_json::from_str(&text).unwrap();
                    acks += u64::from(event["type"] == "ack");
                    refused += u64::from(event["code"] == "slow_down");
                }
                Message::Close(frame) => return (acks, refused, u16::from(frame.unwrap().code)),
                _ => {}
            }
        }
    };
    let pings = async {
        for _ in 0..FRAMES {
            texts.send_frame(Message::text(ping(15))).await;
        }
    };
    let points = async {
        let mut frame = vec![1];
        frame.extend((channel as u32).to_le_bytes());
        frame.extend([0; 4]);
        for number in 0..CURSORS {
            frame[5] = number as u8;
            cursors.send_frame(Message::binary(frame.clone())).await;
        }
    };
    let ((acks, refused, closed), (), (), ()) =
        tokio::join!(spam, pings, points, talk(&mut ada, &mut bob));
    assert_eq!(closed, CloseReason::TooMuch.code());
    assert!((1..=30).contains(&acks), "{acks} got through");
    assert!((50..=101).contains(&refused), "closed after {refused} refusals");
    assert_eq!(ada.bodies(), bob.bodies(), "somebody has missed something");
    // Those who are only slowed down are still served.
    texts.event_of("pong").await;
    assert_eq!(ada.state().people().len(), 5);
}

#[tokio::test]
async fn who_goes_on_is_closed_and_may_come_back() {
    let server = Server::start(&["--refusals-per-minute", "5", "--chat-burst", "1"]).await;
    let guest = server.guest("Ada", "Den").await;
    for broken in [Message::text("{"), Message::binary(vec![9]), Message::text(post(1, "spam"))] {
        let mut socket = server.socket(&guest).await;
        socket.join(&guest.room).await;
        if broken.to_text().is_ok_and(|text| text.contains("spam")) {
            socket.send_frame(Message::text(post(0, "all that is taken"))).await;
            socket.event_of("ack").await;
        }
        for _ in 0..5 {
            socket.send_frame(broken.clone()).await;
            socket.event_of("error").await;
        }
        // What is refused for other reasons does not count.
        socket.send(&json!({"type": "rename", "ref": 2, "name": ""})).await;
        assert_eq!(socket.event_of("error").await["code"], "name_empty");
        socket.send_frame(broken).await;
        assert_eq!(socket.close_code().await, CloseReason::TooMuch.code());
    }
}
