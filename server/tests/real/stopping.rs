//! Stopping: whom the server serves it serves on, until their moment comes; who is new is refused.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use futures_util::SinkExt;
use futures_util::future::join_all;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{PATIENCE, RawSocket, Server, http};

const SOCKETS: usize = 120;

/// The numbers of messages by their ids.
type Acked = BTreeMap<String, u64>;

/// A form to join with, of which a part is still to come. While it is missing, the server has to wait.
struct HalfForm {
    stream: TcpStream,
}

impl HalfForm {
    const BODY: &str = "name=Bob&room=Hall";

    async fn send(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let length = Self::BODY.len();
        let head = format!(
            "POST /join HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
             expect: 100-continue\r\ncontent-length: {length}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // It is read: so the server has begun with it.
        let mut answer = [0; 25];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream }
    }

    /// Sends the rest, and returns all that is answered until the connection ends.
    async fn finish(mut self) -> String {
        self.stream.write_all(Self::BODY.as_bytes()).await.unwrap();
        read_to_end(&mut self.stream).await
    }
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    let reading = stream.read_to_string(&mut answer);
    tokio::time::timeout(PATIENCE, reading).await.expect("it stays open").unwrap();
    answer
}

#[tokio::test]
async fn what_is_new_is_told_to_wait_and_what_runs_is_finished() {
    let mut server = Server::start(&[]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;
    let form = HalfForm::send(server.address).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut kept = http();
    assert_eq!(kept.get(server.url("/healthz")).send().await.unwrap().status(), 200);

    server.begin_stopping();
    let goodbye = socket.event_of("goodbye").await;
    assert_eq!(goodbye["reconnect_after_ms"], json!(502), "of one connection among 500 a second");
    assert_eq!(socket.close_code().await, 1012);

    for path in ["/", "/r/den", "/healthz", "/nowhere"] {
        // Over a connection from before first, and then over a new one.
        for client in [std::mem::replace(&mut kept, http()), http()] {
            let answer = client.get(server.url(path)).send().await.unwrap();
            assert_eq!(answer.status(), 503, "{path}");
            assert_eq!(answer.headers()["retry-after"], "1", "{path}");
            assert_eq!(answer.headers()["connection"], "close", "{path}");
            assert!(answer.text().await.unwrap().ends_with("Try again in a moment.\n"), "{path}");
        }
    }
    // A browser gets a page, and comes back by itself.
    let asked = http().get(server.url("/r/den")).header("accept", "text/html,*/*");
    let page = asked.send().await.unwrap();
    assert_eq!((page.status().as_u16(), &page.headers()["refresh"]), (503, &"1".parse().unwrap()));
    let page = page.text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("stopping"), "{page}");
    let form_of_another = [("name", "Eve"), ("room", "Evil")];
    assert_eq!(server.post_join(&server.url(""), "", &form_of_another).await.status(), 503);
    let Err(Error::Http(refused)) = server.open(&server.url(""), &guest.cookie).await.map(drop)
    else {
        panic!("a socket was let in")
    };
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (503, &"1".parse().unwrap())
    );

    let answer = form.finish().await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    let server = server.restart().await;
    assert!(read_to_end(&mut idle).await.ends_with("ok\n"), "nothing more was said there");
    assert_eq!(server.get("/r/hall").await.status(), 200, "what was answered is stored");
    assert_eq!(server.get("/r/evil").await.status(), 404);
}

/// What the sockets of a test have come to, all together.
#[derive(Default)]
struct Progress {
    acked: Cell<usize>,
    goodbyes: Cell<usize>,
    /// How many messages were acked that were sent after the first goodbye.
    served_after: Cell<usize>,
}

impl Progress {
    /// Reads until the goodbye, and posts one message after the other meanwhile. Returns when to come
    /// back, and the number of each message that was acked.
    async fn until_goodbye(&self, socket: &mut RawSocket, posts: bool) -> (u64, Acked) {
        let mut acked = Acked::new();
        let mut under_way: Option<(String, bool)> = None;
        loop {
            if posts && under_way.is_none() {
                let id = uuid::Uuid::now_v7().to_string();
                let post = json!({"type": "post", "ref": 2, "room": "den", "id": id, "body": "x"});
                // One that has closed takes nothing, and what it said before is still to be read.
                let _ = socket.socket.send(Message::text(post.to_string())).await;
                under_way = Some((id, self.goodbyes.get() > 0));
            }
            let event = socket.event().await;
            match event["type"].as_str() {
                Some("ack") => {
                    let (id, after) = under_way.take().unwrap();
                    acked.insert(id, event["seq"].as_u64().unwrap());
                    self.acked.set(self.acked.get() + 1);
                    self.served_after.set(self.served_after.get() + usize::from(after));
                }
                Some("goodbye") => {
                    self.goodbyes.set(self.goodbyes.get() + 1);
                    return (event["reconnect_after_ms"].as_u64().unwrap(), acked);
                }
                Some("error") => panic!("{event}"),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn closes_are_spread_and_what_was_acked_meanwhile_is_stored() {
    let flags = [
        "--closes-per-second",
        "40",
        "--chat-burst",
        "100000",
        "--frames-per-second",
        "10000",
        "--sockets-per-user",
        "1000",
    ];
    let mut server = Server::start(&flags).await;
    let guest = server.guest("Ada", "Den").await;
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        let mut socket = server.socket(&guest).await;
        socket.join(&guest.room).await;
        sockets.push(socket);
    }
    let progress = Progress::default();
    server.begin_stopping();
    let served = sockets.iter_mut().enumerate().map(async |(number, socket)| {
        let (back_after, acked) = progress.until_goodbye(socket, number % 6 == 0).await;
        assert_eq!(back_after, 3_500, "three seconds of closes, and the restart");
        assert_eq!(socket.close_code().await, 1012);
        acked
    });
    let (acked, server) = tokio::join!(join_all(served), server.restart());

    // The others were served while some were closed already.
    let served = progress.served_after.get();
    assert!(served >= 5, "closed at once: {served} messages were taken after the first goodbye");

    let acked: Acked = acked.into_iter().flatten().collect();
    assert_eq!(acked.len(), progress.acked.get());
    let mut socket = server.socket(&guest).await;
    let joined = socket.join(&guest.room).await;
    let mut before = joined["position"]["seq"].as_u64().unwrap() + 1;
    let mut stored = Acked::new();
    while before > 1 {
        let asked = json!({"type": "history", "ref": 3, "room": "den", "before": before});
        socket.send(&asked).await;
        let history = socket.event_of("history").await;
        for message in history["messages"].as_array().unwrap() {
            let seq = message["seq"].as_u64().unwrap();
            before = before.min(seq);
            stored.insert(message["id"].as_str().unwrap().to_owned(), seq);
        }
    }
    for (id, seq) in acked {
        assert_eq!(stored.get(&id), Some(&seq), "an acked message is missing, or has moved");
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_half_a_request_for_ever() {
    let server = Server::start(&["--drain-within", "0.3"]).await;
    let form = HalfForm::send(server.address).await;
    let guest = server.guest("Ada", "Den").await;
    let mut ada = server.connect(&guest);
    ada.until(|room| room.is_joined()).await;
    drop(ada);
    let server = server.restart().await;
    assert_eq!(server.get("/r/den").await.status(), 200);
    drop(form);
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_request_that_has_not_begun() {
    // So long that the test would give up first.
    let server = Server::start(&["--drain-within", "3600"]).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HT").await.unwrap();
    // Who comes later and is answered shows that it was read.
    assert_eq!(server.get("/healthz").await.status(), 200);
    server.stop().await;
}

/// The binary, as an operator runs it.
#[cfg(target_os = "linux")]
mod program {
    use std::fs::{self, File};
    use std::process::Command;

    use super::*;
    use crate::support::process::{ServerProcess, signal, with_arguments};

    async fn start(folder: &TempDir) -> ServerProcess {
        let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
        with_arguments(&mut command, "127.0.0.9:0".parse().unwrap(), folder.path(), &[]);
        let log = File::create(folder.path().join("log")).unwrap();
        ServerProcess::run(command.stderr(log)).await
    }

    /// Its exit code and what it logged, once it has ended.
    async fn ended(mut server: ServerProcess, folder: &TempDir) -> (Option<i32>, String) {
        let ending = tokio::task::spawn_blocking(move || server.wait());
        let status = tokio::time::timeout(PATIENCE, ending).await.expect("it goes on").unwrap();
        (status.code(), fs::read_to_string(folder.path().join("log")).unwrap())
    }

    #[tokio::test]
    async fn who_is_told_once_finishes_and_who_is_told_twice_does_not() {
        let folder = TempDir::new().unwrap();
        let server = start(&folder).await;
        let form = HalfForm::send(server.address).await;
        signal("TERM", server.id());
        assert!(form.finish().await.starts_with("HTTP/1.1 303"));
        let (code, log) = ended(server, &folder).await;
        assert_eq!(code, Some(0), "{log}");

        let server = start(&folder).await;
        let form = HalfForm::send(server.address).await;
        signal("TERM", server.id());
        let health = format!("http://{}/healthz", server.address);
        let stopping = async { while http().get(&health).send().await.unwrap().status() != 503 {} };
        tokio::time::timeout(PATIENCE, stopping).await.expect("it does not stop");
        signal("TERM", server.id());
        let (code, log) = ended(server, &folder).await;
        assert_eq!(code, Some(1), "{log}");
        assert!(log.contains("told twice to stop"), "{log}");
        drop(form);
    }
}
