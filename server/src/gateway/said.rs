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
use super::line::{Full, Line};

/// With so many events waiting, nothing more is read from the client.
const ENOUGH: usize = 64;
/// With so many, it is disconnected: that many fit only into the body of a client that polls.
const MOST: usize = 4_096;

/// An event.
pub(super) struct Said {
    pub(super) event: String,
    /// Up to the first one that is no JSON, which only a client gone wrong sends.
    pub(super) arguments: Vec<Value>,
    pub(super) binaries: VecDeque<Bytes>,
    /// There if the client wants an answer.
    pub(super) ack: Option<AckSender>,
}

impl FromMessage<LocalAdapter> for Said {
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
        let mut parts: VecDeque<Value> = serde_json::from_str(&text).unwrap_or_default();
        let event = match parts.pop_front() {
            Some(Value::String(event)) => event,
            _ => String::new(),
        };
        Ok(Self { event, arguments: parts.into(), binaries, ack })
    }
}

impl Said {
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
        match self.text("id") {
            Some(id) => id.parse().map_err(|_| Failure::payload("The id is no UUID", "BAD_ID")),
            None => Ok(MessageId::new(Uuid::now_v7())),
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
    sender: mpsc::Sender<Said>,
    full: Mutex<Option<Full>>,
}

impl Inlet {
    pub(super) fn new(line: Arc<Line>) -> (Arc<Self>, mpsc::Receiver<Said>) {
        let (sender, receiver) = mpsc::channel(MOST);
        (Arc::new(Self { line, sender, full: Mutex::default() }), receiver)
    }

    /// Takes one; a client that does not wait at all is cut.
    pub(super) fn put(&self, said: Said) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.sender.try_send(said) {
            self.line.cut();
        }
        self.look();
    }

    /// Stops or goes on reading from the client, as there is room.
    pub(super) fn look(&self) {
        let waiting = MOST - self.sender.capacity();
        let mut full = self.full.lock();
        if waiting < ENOUGH || self.sender.is_closed() {
            *full = None;
        } else if full.is_none() {
            *full = Some(self.line.fill());
        }
    }
}
