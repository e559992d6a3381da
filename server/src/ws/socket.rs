//! A session's socket: frames in, frames out. It is a WebSocket or, where a network lets none through,
//! server-sent events down and posts up; who uses it sees no difference. Knows nothing of events.

mod event_socket;
mod web_socket;

use std::time::Duration;

use bytes::Bytes;
use starling_protocol::CloseReason;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};

pub(crate) use event_socket::EventSocket;
pub(crate) use event_socket::EventSockets;
pub(super) use event_socket::NotTaken;
pub(crate) use web_socket::WebSocket;

use super::handshake::Connection;

/// How long a client has to take the server's farewell and answer it.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// Why a flush did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// The connection broke.
    Gone,
    /// The client took nothing for too long.
    Stalled,
}

#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are WebSockets, and those take no more room for the few that are not"
)]
pub(crate) enum Socket {
    Web(WebSocket<Connection>),
    Events(Box<EventSocket>),
}

impl Socket {
    /// The next frame; `None` when the connection has ended. Safe to cancel.
    pub(crate) async fn recv(&mut self) -> Option<Result<Message, Error>> {
        match self {
            Self::Web(socket) => socket.recv().await,
            Self::Events(socket) => socket.recv().await.map(Ok),
        }
    }

    pub(crate) fn queue_text(&mut self, text: Bytes) {
        match self {
            Self::Web(socket) => socket.queue_text(text),
            Self::Events(socket) => socket.queue_text(&text),
        }
    }

    pub(crate) fn queue_binary(&mut self, bytes: Bytes) {
        match self {
            Self::Web(socket) => socket.queue_binary(bytes),
            Self::Events(socket) => socket.queue_binary(&bytes),
        }
    }

    pub(crate) fn queue_ping(&mut self) {
        match self {
            Self::Web(socket) => socket.queue_ping(),
            Self::Events(socket) => socket.queue_ping(),
        }
    }

    pub(crate) fn has_queued(&self) -> bool {
        match self {
            Self::Web(socket) => socket.has_queued(),
            Self::Events(socket) => socket.queued_bytes() > 0,
        }
    }

    /// How much waits for the next flush.
    pub(crate) fn queued_bytes(&self) -> usize {
        match self {
            Self::Web(socket) => socket.queued_bytes(),
            Self::Events(socket) => socket.queued_bytes(),
        }
    }

    /// Sends all that is queued. A slow client takes something now and then; only one that takes
    /// nothing for so long is stalled.
    pub(crate) async fn flush(&mut self, stall_after: Duration) -> Result<(), SendError> {
        match self {
            Self::Web(socket) => socket.flush(stall_after).await,
            // Here the connection itself is given up, as that of any answer that nobody takes.
            Self::Events(socket) => socket.flush().await.map_err(|_| SendError::Gone),
        }
    }

    /// Says why, and waits for the answer. A peer that is gone already does not mind.
    pub(crate) async fn close(&mut self, reason: CloseReason) {
        match self {
            Self::Web(socket) => {
                if matches!(timeout(CLOSE_WITHIN, socket.send_close(reason)).await, Ok(Ok(()))) {
                    self.see_off().await;
                }
            }
            Self::Events(socket) => {
                socket.queue_close(reason);
                let _ = timeout(CLOSE_WITHIN, socket.flush()).await;
            }
        }
    }

    /// Reads on until both sides have closed, as the close frame of one side is answered by reading.
    pub(crate) async fn see_off(&mut self) {
        if let Self::Web(socket) = self {
            let reading = async { while let Some(Ok(_)) = socket.recv().await {} };
            let _ = timeout(CLOSE_WITHIN, reading).await;
        }
    }
}
