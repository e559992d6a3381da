//! Where no WebSocket gets through: events down and posts up, with the same guarantees.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use starling_client::RoomState;
use starling_client::protocol::{Point, codec};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::events::{Down, EventSocket};
use crate::support::{PATIENCE, Server};

fn say(reference: u64, body: &str) -> String {
    let id = uuid::Uuid::now_v7();
    json!({"type": "post", "ref": reference, "room": "den", "id": id, "body": body}).to_string()
}

/// The binary frames that come until one is as wanted.
async fn until_binary(socket: &mut EventSocket, wanted: impl Fn(&[u8]) -> bool) {
    loop {
        if let Down::Binary(bytes) = socket.down().await
            && wanted(&bytes)
        {
            return;
        }
    }
}

#[tokio::test]
async fn both_kinds_of_connection_talk_and_point_in_one_room() {
    let server = Server::start(&[]).await;
    let mut bob = server.person("Bob", "Den").await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.events_of(&ada).await;
    let joined = socket.join(&ada.room).await;
    bob.until(|room| room.people().len() == 2).await;

    bob.say("over a WebSocket");
    bob.until_heard(&["over a WebSocket"]).await;
    let heard = socket.event_of("message").await;
    assert_eq!(heard["message"]["body"], "over a WebSocket");
    // Several frames in one post, with empty lines between them.
    socket.post(&format!("{}\n\n{}\n", say(7, "by a post"), say(8, "ünd \u{2028} another"))).await;
    bob.until_heard(&["by a post", "ünd \u{2028} another"]).await;
    assert_eq!(socket.event_of("ack").await, json!({"type": "ack", "ref": 7, "seq": 2}));

    let room = bob.room.clone();
    bob.client.act(|core, now| core.point(now, &room, Point::from_units(1.0, 2.0)));
    let seen = until_binary(&mut socket, |bytes| !bytes.is_empty());
    tokio::select! {
        () = seen => {}
        () = bob.until(|_| false) => {}
    }
    let channel = u32::try_from(joined["channel"].as_u64().unwrap()).unwrap();
    let channel = starling_protocol::Channel(channel);
    let point = starling_protocol::CursorInput::Move {
        channel,
        point: Point::from_units(3.0, 4.0).unwrap(),
    };
    socket.post(&format!("binary {}", STANDARD.encode(point.encode()))).await;
    bob.until(|room| room.cursors().any(|(_, _, person)| person.name.as_str() == "Ada")).await;
}

#[tokio::test]
async fn a_post_counts_once_and_none_overtakes_another() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.events_of(&ada).await;
    socket.join(&ada.room).await;
    let [second, third] = [say(2, "second"), say(3, "third")];
    let early = socket.post_as(3, &third).await;
    assert_eq!(early, (409, json!("out_of_order")));
    for _ in 0..3 {
        assert_eq!(socket.post_as(2, &second).await.0, 204);
    }
    // What is under a number that was taken is not looked at again.
    assert_eq!(socket.post_as(1, "nonsense").await.0, 204);
    assert_eq!(socket.post_as(3, &third).await.0, 204);
    let acks = [socket.event_of("ack").await, socket.event_of("ack").await];
    assert_eq!(acks.map(|ack| ack["seq"].clone()), [json!(1), json!(2)]);
    let other = server.url("/events/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    for wrong in [&other, &format!("{}x", socket.address)] {
        let (status, problem) = socket.post_from(wrong, 1, &[], "{}").await;
        assert_eq!((status, &problem["code"]), (404, &json!("no_such_connection")));
        assert_eq!(problem["status"], 404, "{problem}");
    }
}

#[tokio::test]
async fn a_cut_connection_resumes_without_loss() {
    let server = Server::start(&[]).await;
    let mut bob = server.person("Bob", "Den").await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.events_of(&ada).await;
    let joined = socket.join(&ada.room).await;
    let said = say(2, "sent, and not acked");
    let address = socket.address.clone();
    assert_eq!(socket.post_as(2, &said).await.0, 204);
    drop(socket);
    bob.until_heard(&["sent, and not acked"]).await;
    for body in ["one", "two"] {
        bob.say(body);
    }
    bob.until_heard(&["one", "two"]).await;

    let mut socket = server.events_of(&ada).await;
    let resume = joined["position"].clone();
    socket.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": resume})).await;
    assert_eq!(socket.event_of("joined").await["recovered"], true);
    for body in ["sent, and not acked", "one", "two"] {
        assert_eq!(socket.event_of("message").await["message"]["body"], body);
    }
    socket.post(&said).await;
    assert_eq!(socket.event_of("ack").await["seq"], 1, "a repeat gets the first number");
    // Nobody else's connection is reached under the address of one that has ended.
    let (status, _) = socket.post_from(&address, 3, &[], &say(9, "late")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn who_does_not_answer_a_ping_is_closed_and_who_does_is_not() {
    let flags = ["--ping-after", "0.3", "--pong-within", "0.3", "--leave-after", "0"];
    let server = Server::start(&flags).await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.events_of(&ada).await;
    socket.join(&ada.room).await;
    for _ in 0..4 {
        while socket.down().await != Down::Ping {}
        socket.post("").await;
    }
    assert_eq!(socket.close_code().await, 4407);
}

#[tokio::test]
async fn who_reads_nothing_is_cut_off_and_hurts_nobody() {
    let server =
        Server::start(&["--stall-after", "0.5", "--leave-after", "0", "--chat-burst", "1000"])
            .await;
    let mut bob = server.person("Bob", "Den").await;
    let ada = server.guest("Ada", "Den").await;
    let mut stalled = open_and_stall(&server, &ada.cookie).await;
    bob.until(|room| room.people().len() == 2).await;
    let mut said = 0;
    while bob.state().people().len() == 2 {
        let body = "😀".repeat(4_000);
        bob.say(&body);
        said += 1;
        bob.until(|room| room.messages().len() >= said.min(1_000)).await;
        assert!(said < 900, "she is still there");
    }
    let all: Vec<u64> = bob.state().messages().map(|message| message.seq.0).collect();
    assert_eq!(all, (1..=said as u64).collect::<Vec<_>>(), "Bob missed something");
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stalled.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "her connection stays open");
}

/// A connection of Ada's that has joined the room and reads no more.
async fn open_and_stall(server: &Server, cookie: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1_024).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    let request = format!(
        "GET /events HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = String::new();
    while !head.contains("\"hello\"") {
        let mut bytes = [0; 1_024];
        let read = stream.read(&mut bytes).await.unwrap();
        assert!(read > 0, "{head}");
        head += std::str::from_utf8(&bytes[..read]).unwrap();
    }
    let (_, secret) = head.split_once("event: connection\ndata: ").unwrap();
    let secret = secret.lines().next().unwrap();
    let url = server.url(&format!("/events/{secret}/1"));
    let join = r#"{"type":"join","ref":1,"room":"den"}"#;
    let posted = crate::support::http().post(url).body(join).send().await.unwrap();
    assert_eq!(posted.status(), 204);
    stream
}

#[tokio::test]
async fn a_server_that_stops_serves_until_its_goodbye() {
    let mut server = Server::start(&["--closes-per-second", "10", "--drain-within", "5"]).await;
    let mut bob = server.person("Bob", "Den").await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.events_of(&ada).await;
    socket.join(&ada.room).await;
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(server.events_of(&ada).await);
    }
    server.begin_stopping();
    while server.get("/healthz").await.status() != 503 {}
    assert_eq!(server.events("", &[("cookie", &ada.cookie)]).await.err(), Some(503));
    // Whoever's moment has not come is served as ever.
    for other in &mut others {
        let (status, _) = other.post_as(1, r#"{"type":"ping"}"#).await;
        assert!(matches!(status, 204 | 404), "{status}");
    }
    let goodbye = socket.event_of("goodbye").await;
    assert!(goodbye["reconnect_after_ms"].as_u64().unwrap() >= 500, "{goodbye}");
    assert_eq!(socket.close_code().await, 1012);
    bob.until(|room| !room.is_joined()).await;
    server.stop().await;
}

/// Everything that a room's stream and people need is said over the fallback as over a WebSocket.
#[tokio::test]
async fn a_client_cannot_tell_the_difference() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let mut over_events = server.events_of(&ada).await;
    let mut over_socket = server.socket(&ada).await;
    let pairs = [over_events.join(&ada.room).await, over_socket.join(&ada.room).await];
    let shape = |event: &Value| codec::decode_server(&event.to_string()).map(|_| keys(event));
    assert_eq!(shape(&pairs[0]).unwrap(), shape(&pairs[1]).unwrap());
    for text in ["{", r#"{"type":"post"}"#, r#"{"type":"leave","ref":3,"room":"other"}"#] {
        over_events.post(text).await;
        over_socket.send_frame(tokio_tungstenite::tungstenite::Message::text(text)).await;
        assert_eq!(over_events.event_of("error").await, over_socket.event_of("error").await);
    }
    let both = |room: &RoomState| room.people().len() == 1;
    let mut bob = server.connect(&ada);
    bob.until(both).await;
}

fn keys(event: &Value) -> Vec<String> {
    event.as_object().unwrap().keys().cloned().collect()
}
