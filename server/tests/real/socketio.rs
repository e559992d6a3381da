//! What Socket.IO clients may do that no library of theirs does: post without reading, post twice at once,
//! never take what they are sent. What they say and hear otherwise, `end2end/` asks with such libraries.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use reqwest::Client as Http;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{PATIENCE, Server, http};

const CONNECTED: &str = "40/chat";

/// A client that polls, and does nothing by itself.
pub(crate) struct Poller {
    http: Http,
    pub(crate) url: String,
}

impl Poller {
    /// One that is in no namespace yet.
    pub(crate) async fn open(base: &str) -> Self {
        let url = format!("{base}/socket.io/?EIO=4&transport=polling");
        let mut poller = Self { http: http(), url };
        let opening: Value = serde_json::from_str(&poller.poll().await[0][1..]).unwrap();
        poller.url += &format!("&sid={}", opening["sid"].as_str().unwrap());
        poller
    }

    /// One in the namespace for chats, which knows who is there.
    async fn chat(server: &Server) -> Self {
        let poller = Self::open(&server.url("")).await;
        assert_eq!(poller.post(CONNECTED).await, 200);
        poller.polls_list().await;
        poller
    }

    /// Polls until it is told who is there.
    async fn polls_list(&self) {
        let is_list = |packet: &String| packet.starts_with("42/chat,[\"users:list\"");
        while !self.poll().await.iter().any(is_list) {}
    }

    /// What has come, packet by packet.
    pub(crate) async fn poll(&self) -> Vec<String> {
        let answer =
            timeout(PATIENCE, self.http.get(&self.url).send()).await.expect("nothing comes");
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap().split('\u{1e}').map(str::to_owned).collect()
    }

    pub(crate) async fn post(&self, packets: impl Into<reqwest::Body>) -> u16 {
        self.http.post(&self.url).body(packets).send().await.unwrap().status().into()
    }
}

/// Connects to the namespace for chats as somebody new, and leaves.
async fn come_and_go(address: SocketAddr) {
    let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    socket.send(Message::from(CONNECTED)).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if message.into_text().unwrap().starts_with(CONNECTED) {
            return;
        }
    }
    panic!("not connected");
}

#[tokio::test]
async fn what_is_said_and_not_handled_is_bounded_by_its_bytes() {
    let flags = ["--socketio-bytes", "2048", "--socketio-waiting", "1024", "--stall-after", "10"];
    let server = Server::start(&flags).await;
    let client = Poller::open(&server.url("")).await;
    assert_eq!(client.post("40").await, 200);
    // Its answers are not taken, so that after a few the session takes no more.
    let echo = format!("420[\"message\",\"{}\"]", "x".repeat(1_500));
    let mut taken = 0;
    while client.post(echo.clone()).await == 200 {
        taken += 1;
    }
    // One waited, until the client was given up that took nothing. By their number alone 64 would be taken.
    assert!(taken < 20, "{taken} posts were taken");
}

#[tokio::test]
async fn one_post_at_a_time_is_taken() {
    let server = Server::start(&[]).await;
    let client = Poller::open(&server.url("")).await;
    assert_eq!(client.post("40").await, 200);
    let path = client.url.strip_prefix(&server.url("")).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: starling\r\ncontent-length: 10\r\n\r\n4");
    let mut unfinished = TcpStream::connect(server.address).await.unwrap();
    unfinished.write_all(head.as_bytes()).await.unwrap();
    // A pong is welcome at any time, as long as nobody posts.
    while client.post("3").await == 200 {}
    assert_eq!(client.post("3").await, 400);
    drop(unfinished);
    while client.post("3").await != 200 {}
}

#[tokio::test]
async fn what_concerns_everybody_does_not_pile_up_for_who_takes_nothing() {
    // However long the others need to come and go here: the client, which is pinged at once, is not given up
    // meanwhile for its silence.
    let flags = ["--socketio-waiting", "1024", "--stall-after", "3600", "--pong-within", "3600"];
    let server = Server::start(&flags).await;
    let client = Poller::chat(&server).await;
    let address = server.address;
    // Each is told of twice, and 1,024 pieces of news are kept.
    let others = futures_util::stream::iter(0..600).map(|_| come_and_go(address));
    others.buffer_unordered(16).collect::<Vec<()>>().await;
    // Who missed some gets the list anew.
    client.polls_list().await;
}
