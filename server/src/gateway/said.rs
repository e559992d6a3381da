//! What a Socket.IO client says: an event, its arguments, and whether it wants an answer. They wait in order
//! for their session, which is not asked to take more than it can.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessage, FromMessageParts};
use socketioxide::socket::Socket;
use starling_protocol::MessageId;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::failure::Failure;
use super::line::{Full, Held, Line};

/// With so many events waiting, nothing more is read from the client.
const ENOUGH: usize = 64;
/// With so many, it is disconnected: that many fit only into the body of a client that polls.
const MOST: usize = 4_096;

/// An event as it came. It is copied, as it may be a part of something much larger that would stay with it, and
/// read when its turn comes, as it takes several times as much memory then.
pub(super) struct Unread {
    text: String,
    binaries: Vec<Bytes>,
    ack: Option<AckSender>,
}

/// An event.
pub(super) struct Said {
    pub(super) event: String,
    pub(super) arguments: Vec<Value>,
    pub(super) binaries: Vec<Bytes>,
    /// There if the client wants an answer.
    pub(super) ack: Option<AckSender>,
    /// Goes with whatever keeps any of its bytes.
    pub(super) held: Held,
}

impl FromMessage<LocalAdapter> for Unread {
    type Error = Infallible;

    fn from_message(
        socket: Arc<Socket<LocalAdapter>>,
        mut value: socketioxide_core::Value,
        ack: Option<i64>,
    ) -> Result<Self, Infallible> {
        let sender = AckSender::from_message_parts(&socket, &mut value, &ack)?;
        let ack = ack.map(|_| sender);
        let (text, binaries) = match value {
            socketioxide_core::Value::Str(text, binaries) => (text, binaries.unwrap_or_default()),
            socketioxide_core::Value::Bytes(_) => Default::default(),
        };
        let binaries = binaries.iter().map(|bytes| Bytes::copy_from_slice(bytes)).collect();
        Ok(Self { text: text.as_str().to_owned(), binaries, ack })
    }
}

impl Unread {
    fn bytes(&self) -> usize {
        self.text.len() + self.binaries.iter().map(Bytes::len).sum::<usize>()
    }
}

impl Said {
    /// What is no JSON, which only a client gone wrong sends, is an event without a name.
    fn read(Unread { text, binaries, ack }: Unread, held: Held) -> Self {
        let mut parts: VecDeque<Value> = serde_json::from_str(&text).unwrap_or_default();
        let event = match parts.pop_front() {
            Some(Value::String(event)) => event,
            _ => String::new(),
        };
        Self { event, arguments: parts.into(), binaries, ack, held }
    }

    /// The first argument.
    pub(super) fn payload(&self) -> &Value {
        self.arguments.first().unwrap_or(&Value::Null)
    }

    /// A text in the payload; `None` if it is missing, or something else.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.payload().get(field).and_then(Value::as_str)
    }

    /// A text that has to be there and have something in it.
    pub(super) fn required(&self, field: &str, what: &str) -> Result<&str, Failure> {
        self.text(field).filter(|text| !text.trim().is_empty()).ok_or_else(|| {
            let code = what.to_uppercase().replace(' ', "_");
            Failure::payload(&format!("{what} is required"), &format!("{code}_REQUIRED"))
        })
    }

    /// What a message says. Whether it is too much is decided where all messages are.
    pub(super) fn content(&self) -> Result<&str, Failure> {
        let has_file = self.payload().get("fileId").is_some_and(|id| !id.is_null());
        match self.payload().get("content") {
            Some(Value::String(content)) => Ok(content),
            // A message that has a file need not say anything.
            None if has_file => Ok(""),
            _ => Err(Failure::payload("Message content is required", "MESSAGE_EMPTY")),
        }
    }

    /// The id of a message, which the client may make.
    pub(super) fn id(&self) -> Result<MessageId, Failure> {
        match self.payload().get("id") {
            None | Some(Value::Null) => Ok(MessageId::new(Uuid::now_v7())),
            Some(id) => id
                .as_str()
                .and_then(|id| id.parse().ok())
                .ok_or_else(|| Failure::payload("The id is no UUID", "BAD_ID")),
        }
    }

    /// The bytes that stand in that field.
    pub(super) fn bytes(&self, field: &str) -> Option<&Bytes> {
        let place = self.payload().get(field)?;
        let is_place = place.get("_placeholder").and_then(Value::as_bool).unwrap_or_default();
        let number = place.get("num").and_then(Value::as_u64).filter(|_| is_place)?;
        self.binaries.get(usize::try_from(number).ok()?)
    }
}

/// Where events of one namespace go in.
pub(super) struct Inlet {
    line: Arc<Line>,
    sender: mpsc::Sender<(Unread, Held)>,
    full: Mutex<Option<Full>>,
}

/// Where they come out.
pub(super) struct Hearing {
    inlet: Arc<Inlet>,
    receiver: mpsc::Receiver<(Unread, Held)>,
}

impl Inlet {
    pub(super) fn new(line: Arc<Line>) -> (Arc<Self>, Hearing) {
        let (sender, receiver) = mpsc::channel(MOST);
        let inlet = Arc::new(Self { line, sender, full: Mutex::default() });
        (Arc::clone(&inlet), Hearing { inlet, receiver })
    }

    /// Takes one; a client that does not wait at all is cut.
    pub(super) fn put(&self, said: Unread) {
        let held = self.line.hold(said.bytes());
        if let Err(mpsc::error::TrySendError::Full(_)) = self.sender.try_send((said, held)) {
            self.line.cut();
        }
        self.look();
    }

    /// Stops or goes on reading from the client, as there is room.
    fn look(&self) {
        let waiting = MOST - self.sender.capacity();
        let mut full = self.full.lock();
        if waiting < ENOUGH || self.sender.is_closed() {
            *full = None;
        } else if full.is_none() {
            *full = Some(self.line.fill());
        }
    }
}

impl Hearing {
    /// The next one; nothing ever, when there can be no more.
    pub(super) async fn next(&mut self) -> Said {
        let Some((said, held)) = self.receiver.recv().await else { std::future::pending().await };
        self.inlet.look();
        Said::read(said, held)
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        // What is said now is not waited for.
        self.receiver.close();
        self.inlet.look();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use serde_json::json;

    use super::*;
    use crate::gateway::line::tests::line;

    fn unread(text: &str, binary: &'static [u8]) -> Unread {
        Unread { text: text.to_owned(), binaries: vec![Bytes::from_static(binary)], ack: None }
    }

    #[tokio::test]
    async fn what_was_said_counts_with_all_its_bytes_until_nothing_of_it_is_kept() {
        let line = line();
        let (inlet, mut hearing) = Inlet::new(Arc::clone(&line));
        inlet.put(unread(r#"["first", {"a": 1}]"#, &[7; 80]));
        assert!(line.is_readable(), "99 bytes are not too much");
        inlet.put(unread("[[[", b""));
        assert!(!line.is_readable());
        let first = hearing.next().await;
        assert_eq!((first.event.as_str(), first.payload()), ("first", &json!({ "a": 1 })));
        let kept = first.held;
        assert_eq!(hearing.next().await.event, "");
        assert!(line.is_readable());
        inlet.put(unread("", b"xx"));
        assert!(!line.is_readable(), "what is kept for an answer counts");
        drop(kept);
        assert!(line.is_readable());
    }

    #[tokio::test]
    async fn many_small_ones_stop_the_reading_until_they_are_taken_or_nobody_takes_them() {
        let line = line();
        let (inlet, mut hearing) = Inlet::new(Arc::clone(&line));
        for _ in 0..ENOUGH {
            assert!(line.is_readable());
            inlet.put(unread("", b""));
        }
        assert!(!line.is_readable());
        hearing.next().await;
        assert!(line.is_readable());
        inlet.put(unread("", b""));
        assert!(!line.is_readable());
        drop(hearing);
        assert!(line.is_readable());
        inlet.put(unread("", &[0; 200]));
        assert!(line.is_readable() && !line.token().is_cancelled());
    }

    #[tokio::test]
    async fn a_client_that_does_not_wait_at_all_is_cut() {
        let line = line();
        let (inlet, _hearing) = Inlet::new(Arc::clone(&line));
        for _ in 0..MOST {
            inlet.put(unread("", b""));
        }
        assert!(!line.token().is_cancelled());
        inlet.put(unread("", b""));
        assert!(line.token().is_cancelled() && line.readable().now_or_never().is_none());
    }
}
