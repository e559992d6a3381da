//! A session's socket without a WebSocket: server-sent events down, the bodies of posts up.
//!
//! A connection is known by a secret, which its first event tells. Its posts are numbered, so that one
//! that is sent again counts once and none overtakes another. Of the answer that the events are, only
//! so much is written as the client takes; that it takes nothing is judged by whoever writes it
//! (`serving/patience.rs`).

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes};
use parking_lot::Mutex;
use starling_protocol::CloseReason;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::refusal::Refusal;
use crate::secret::Secret;

/// What has no place in JSON stands in a line of its own, after this and in base64.
const BINARY: &[u8] = b"binary ";
/// A post waits so long for those before it to be read.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);

/// Why a post was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ws) enum NotTaken {
    /// There is no such connection, or it has ended.
    NoConnection,
    /// One before it has not come.
    TooEarly,
    /// Those before it are not read yet.
    Busy,
}

/// All connections of this kind; clones share them.
#[derive(Clone, Default)]
pub(crate) struct EventSockets {
    inboxes: Arc<Mutex<HashMap<SecretHash, Inbox>>>,
}

/// Of a connection's secret there is only the hash, so that no comparison tells how much of a guess was
/// right.
type SecretHash = [u8; 32];

/// Where the posts of a connection go.
#[derive(Clone)]
struct Inbox {
    posts: mpsc::Sender<Bytes>,
    /// The number of the last one.
    last: Arc<Mutex<u64>>,
}

impl EventSockets {
    /// A connection that nobody has posted to yet, and what goes down it.
    ///
    /// # Errors
    /// A [`Refusal`] when the system gives no random bytes.
    pub(in crate::ws) fn open(&self) -> Result<(EventSocket, mpsc::Receiver<Bytes>), Refusal> {
        let Secret { text: secret, hash } = Secret::new()?;
        let (posts, inbox) = mpsc::channel(1);
        let (down, taken) = mpsc::channel(1);
        self.inboxes.lock().insert(hash, Inbox { posts, last: Arc::default() });
        let mut socket = EventSocket {
            down,
            queued: Vec::new(),
            posts: inbox,
            post: Bytes::new(),
            _entry: Entry { sockets: self.clone(), hash },
        };
        socket.queue("connection", secret.as_bytes());
        Ok((socket, taken))
    }

    /// Hands a connection its next post; one that it has already is taken again, to no effect. Waits
    /// while the one before is not read. Safe to cancel: a post is handed over whole or not at all.
    pub(in crate::ws) async fn take(
        &self,
        secret: &str,
        number: u64,
        post: Bytes,
    ) -> Result<(), NotTaken> {
        let inbox =
            Secret::hash_of(secret).and_then(|hash| self.inboxes.lock().get(&hash).cloned());
        let inbox = inbox.ok_or(NotTaken::NoConnection)?;
        // Nobody has to wait to hear this.
        if inbox.has(number)? {
            return Ok(());
        }
        let place = timeout(TAKEN_WITHIN, inbox.posts.reserve()).await;
        let place = place.map_err(|_| NotTaken::Busy)?.map_err(|_| NotTaken::NoConnection)?;
        // The same one may have come twice, and waited beside itself.
        let mut last = inbox.last.lock();
        if *last < number {
            *last = number;
            place.send(post);
        }
        Ok(())
    }
}

impl Inbox {
    fn has(&self, number: u64) -> Result<bool, NotTaken> {
        let last = *self.last.lock();
        if number > last + 1 { Err(NotTaken::TooEarly) } else { Ok(number <= last) }
    }
}

pub(crate) struct EventSocket {
    down: mpsc::Sender<Bytes>,
    queued: Vec<u8>,
    posts: mpsc::Receiver<Bytes>,
    /// What is left of the post that is being read.
    post: Bytes,
    _entry: Entry,
}

/// Takes the connection out of all when it ends.
struct Entry {
    sockets: EventSockets,
    hash: SecretHash,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.sockets.inboxes.lock().remove(&self.hash);
    }
}

impl EventSocket {
    /// The next frame; `None` when the client has gone. A post without a frame is a sign of life.
    pub(super) async fn recv(&mut self) -> Option<Message> {
        if let Some(frame) = self.next_in_post() {
            return Some(frame);
        }
        tokio::select! {
            // What was posted before the client went counts.
            biased;
            Some(post) = self.posts.recv() => {
                self.post = post;
                Some(self.next_in_post().unwrap_or(Message::Pong(Bytes::new())))
            }
            () = self.down.closed() => None,
        }
    }

    fn next_in_post(&mut self) -> Option<Message> {
        while !self.post.is_empty() {
            let end = self.post.iter().position(|byte| *byte == b'\n');
            let line = self.post.split_to(end.unwrap_or(self.post.len()));
            self.post.advance(usize::from(end.is_some()));
            if line.is_empty() {
                continue;
            }
            return Some(match line.strip_prefix(BINARY) {
                // What is not base64 is as unreadable as an empty frame.
                Some(base64) => Message::Binary(STANDARD.decode(base64).unwrap_or_default().into()),
                None => Message::Text(Utf8Bytes::try_from(line).unwrap_or_default()),
            });
        }
        // Nothing of what was read stays behind.
        self.post = Bytes::new();
        None
    }

    pub(super) fn queue_text(&mut self, text: &[u8]) {
        // The codec writes no line breaks.
        for piece in [b"data: ", text, b"\n\n"] {
            self.queued.extend_from_slice(piece);
        }
    }

    pub(super) fn queue_binary(&mut self, bytes: &[u8]) {
        self.queue("binary", STANDARD.encode(bytes).as_bytes());
    }

    /// Unlike a comment, an event can be answered.
    pub(super) fn queue_ping(&mut self) {
        self.queue("ping", b"post");
    }

    pub(super) fn queue_close(&mut self, reason: CloseReason) {
        self.queue("close", format!("{} {}", reason.code(), reason.text()).as_bytes());
    }

    pub(super) fn queued_bytes(&self) -> usize {
        self.queued.len()
    }

    /// Hands all that is queued to whoever writes it, and waits until they have taken it. Fails when
    /// there is nobody any more.
    pub(super) async fn flush(&mut self) -> Result<(), mpsc::error::SendError<()>> {
        if !self.queued.is_empty() {
            // Before anything is awaited: what is cancelled is not sent twice.
            let place = self.down.reserve().await?;
            place.send(mem::take(&mut self.queued).into());
        }
        self.down.reserve().await.map(drop)
    }

    fn queue(&mut self, kind: &str, data: &[u8]) {
        for piece in [b"event: ", kind.as_bytes(), b"\ndata: ", data, b"\n\n"] {
            self.queued.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// A connection, its secret, and what goes down it.
    async fn opened(sockets: &EventSockets) -> (EventSocket, String, mpsc::Receiver<Bytes>) {
        let (mut socket, mut down) = sockets.open().unwrap();
        let (flushed, first) = tokio::join!(socket.flush(), down.recv());
        flushed.unwrap();
        let first = String::from_utf8(first.unwrap().to_vec()).unwrap();
        let secret = first.strip_prefix("event: connection\ndata: ").unwrap();
        (socket, secret.trim_end().to_owned(), down)
    }

    fn post(body: &str) -> Bytes {
        Bytes::copy_from_slice(body.as_bytes())
    }

    #[tokio::test]
    async fn posts_count_once_and_in_order_and_say_what_they_hold() {
        let sockets = EventSockets::default();
        let (mut socket, secret, _down) = opened(&sockets).await;
        let take = |number, body| sockets.take(&secret, number, post(body));
        assert_eq!(take(2, "early").await, Err(NotTaken::TooEarly));
        assert_eq!(take(1, "{}\n\nbinary AQI=\nbinary #\n").await, Ok(()));
        for _ in 0..2 {
            assert_eq!(take(1, "once").await, Ok(()), "a repeat");
        }
        assert_eq!(socket.recv().await, Some(Message::text("{}")));
        assert_eq!(socket.recv().await, Some(Message::binary(vec![1, 2])));
        assert_eq!(socket.recv().await, Some(Message::binary(vec![])), "unreadable");
        assert_eq!(take(2, "").await, Ok(()));
        assert_eq!(socket.recv().await, Some(Message::Pong(Bytes::new())), "a sign of life");
        assert!(socket.recv().now_or_never().is_none(), "there is more");
    }

    #[tokio::test(start_paused = true)]
    async fn a_post_waits_for_the_one_before_it_and_not_for_ever() {
        let sockets = EventSockets::default();
        let (mut socket, secret, _down) = opened(&sockets).await;
        let take = |number, body| sockets.take(&secret, number, post(body));
        assert_eq!(take(1, "a").await, Ok(()));
        assert_eq!(take(2, "b").await, Err(NotTaken::Busy));
        // The same one, sent again while it waits.
        let twice = async { tokio::join!(take(2, "b"), take(2, "b")) };
        let reading = async {
            tokio::task::yield_now().await;
            let texts = [socket.recv().await, socket.recv().await];
            assert_eq!(texts, [Some(Message::text("a")), Some(Message::text("b"))]);
            assert!(socket.recv().now_or_never().is_none(), "a post counted twice");
        };
        let (taken, ()) = tokio::join!(twice, reading);
        assert_eq!(taken, (Ok(()), Ok(())));
    }

    #[tokio::test]
    async fn what_has_ended_takes_nothing_and_is_forgotten() {
        let sockets = EventSockets::default();
        let (mut socket, secret, down) = opened(&sockets).await;
        let other = Secret::new().unwrap().text;
        for wrong in ["", "x", &other, &secret[1..]] {
            let taken = sockets.take(wrong, 1, post("{}")).await;
            assert_eq!(taken, Err(NotTaken::NoConnection), "{wrong}");
        }
        assert_eq!(sockets.take(&secret, 1, post("last")).await, Ok(()));
        drop(down);
        assert_eq!(socket.recv().await, Some(Message::text("last")));
        assert_eq!(socket.recv().await, None);
        socket.queue_ping();
        assert!(socket.flush().await.is_err());
        drop(socket);
        assert_eq!(sockets.take(&secret, 2, post("late")).await, Err(NotTaken::NoConnection));
        assert!(sockets.inboxes.lock().is_empty());
    }
}
