//! A connection over server-sent events and posts, without a client behind it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client as Http, Response};
use serde_json::{Value, json};
use starling_protocol::Slug;

use super::{Guest, PATIENCE, Server, http};

/// What comes down.
#[derive(Debug, PartialEq)]
pub(crate) enum Down {
    Event(Value),
    Binary(Vec<u8>),
    Ping,
    Close(u16),
}

/// A connection that says what the test wants said.
pub(crate) struct EventSocket {
    http: Http,
    answer: Response,
    /// What came of the answer and was not looked at.
    read: String,
    /// Where frames are posted, without the number.
    pub(crate) address: String,
    /// How many posts were made.
    posted: u64,
}

impl Server {
    /// A connection with that query and those headers; the status if it is refused.
    pub(crate) async fn events(
        &self,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Result<EventSocket, u16> {
        let http = http();
        let mut request = http.get(self.url(&format!("/events{query}")));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        if answer.status() != 200 {
            return Err(answer.status().as_u16());
        }
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        assert!(!answer.headers().contains_key("content-encoding"));
        let address = self.url("/events/");
        let mut socket = EventSocket { http, answer, read: String::new(), address, posted: 0 };
        let (kind, secret) = socket.raw().await.expect("nothing came");
        assert_eq!(kind, "connection");
        socket.address += &secret;
        Ok(socket)
    }

    /// A connection of a guest, after its hello.
    pub(crate) async fn events_of(&self, guest: &Guest) -> EventSocket {
        let origin = self.url("");
        let headers = [("cookie", guest.cookie.as_str()), ("origin", &origin)];
        let mut socket = self.events("", &headers).await.unwrap();
        socket.event_of("hello").await;
        socket
    }
}

impl EventSocket {
    /// The kind of the next event, and its data; none when the answer has ended.
    async fn raw(&mut self) -> Option<(String, String)> {
        while !self.read.contains("\n\n") {
            let chunk = tokio::time::timeout(PATIENCE, self.answer.chunk()).await;
            let chunk = chunk.expect("nothing comes").ok().flatten()?;
            self.read += std::str::from_utf8(&chunk).unwrap();
        }
        let (event, rest) = self.read.split_once("\n\n").unwrap();
        let field = |name| event.lines().find_map(|line| line.strip_prefix(name));
        let kind = field("event: ").unwrap_or("message").to_owned();
        let data = field("data: ").unwrap().to_owned();
        self.read = rest.to_owned();
        Some((kind, data))
    }

    /// Whatever comes next.
    pub(crate) async fn down(&mut self) -> Down {
        let (kind, data) = self.raw().await.expect("it ended");
        match kind.as_str() {
            "message" => Down::Event(serde_json::from_str(&data).unwrap()),
            "binary" => Down::Binary(STANDARD.decode(data).unwrap()),
            "ping" => Down::Ping,
            "close" => Down::Close(data.split(' ').next().unwrap().parse().unwrap()),
            other => panic!("an event called {other}"),
        }
    }

    /// The next event of that type; others are passed over.
    pub(crate) async fn event_of(&mut self, kind: &str) -> Value {
        loop {
            match self.down().await {
                Down::Event(event) if event["type"] == kind => return event,
                Down::Close(code) => panic!("closed with {code} before a {kind}"),
                _ => {}
            }
        }
    }

    /// With what it is closed, after which nothing comes.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Down::Close(code) = self.down().await {
                assert_eq!(self.raw().await, None, "after the close");
                return code;
            }
        }
    }

    /// Posts frames, one to a line.
    pub(crate) async fn post(&mut self, frames: &str) {
        self.posted += 1;
        assert_eq!(self.post_as(self.posted, frames).await, (204, Value::Null));
    }

    pub(crate) async fn send(&mut self, event: &Value) {
        self.post(&event.to_string()).await;
    }

    /// Posts frames under a number, and returns the status and the code of a refusal.
    pub(crate) async fn post_as(&self, number: u64, frames: &str) -> (u16, Value) {
        let (status, problem) = self.post_from(&self.address, number, &[], frames).await;
        (status, problem["code"].clone())
    }

    /// The same to another connection, with headers; the whole of a refusal.
    pub(crate) async fn post_from(
        &self,
        address: &str,
        number: u64,
        headers: &[(&str, &str)],
        frames: &str,
    ) -> (u16, Value) {
        let mut request = self.http.post(format!("{address}/{number}")).body(frames.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    pub(crate) async fn join(&mut self, room: &Slug) -> Value {
        self.send(&json!({"type": "join", "ref": 1, "room": room})).await;
        self.event_of("joined").await
    }
}
