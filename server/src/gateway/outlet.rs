//! What is told to a Socket.IO client: in order, and only so much at a time as it takes. Knows nothing of what
//! the events mean.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use socketioxide::extract::{AckSender, SocketRef};

use super::events;
use super::line::Line;

/// So many packets at most are handed over to be sent.
pub(super) const PACKETS: usize = 256;

enum Packet {
    Event { name: Cow<'static, str>, data: Value },
    Answer { ack: AckSender, data: Value },
}

/// What waits for one client in one namespace.
pub(super) struct Outlet {
    socket: SocketRef,
    line: Arc<Line>,
    /// So many bytes may wait to be taken.
    most: u64,
    queue: VecDeque<Packet>,
    /// The marks of what was sent and not taken yet.
    under_way: VecDeque<u64>,
}

/// The connection does not take what it should have had room for.
pub(super) struct Clogged;

impl Outlet {
    pub(super) fn new(socket: SocketRef, line: Arc<Line>, most: usize) -> Self {
        Self { socket, line, most: most as u64, queue: VecDeque::new(), under_way: VecDeque::new() }
    }

    /// Tells an event of the gateway's own.
    pub(super) fn event(&mut self, name: &'static str, data: Value) {
        debug_assert!(events::is_told(name), "{name} is in no table");
        self.queue.push_back(Packet::Event { name: name.into(), data });
    }

    /// Tells an event of somebody's program.
    pub(super) fn broadcast(&mut self, name: String, data: Value) {
        self.queue.push_back(Packet::Event { name: name.into(), data });
    }

    pub(super) fn answer(&mut self, ack: AckSender, data: Value) {
        self.queue.push_back(Packet::Answer { ack, data });
    }

    /// Whether more waits than should: then nothing more is taken in for this client.
    pub(super) fn is_behind(&self) -> bool {
        !self.queue.is_empty() || self.line.waiting() >= self.most
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.line.waiting() == 0
    }

    /// Hands over as much as there is room for.
    pub(super) fn pump(&mut self) -> Result<(), Clogged> {
        let taken = self.line.taken();
        while self.under_way.front().is_some_and(|mark| *mark <= taken) {
            self.under_way.pop_front();
        }
        while self.under_way.len() < PACKETS && self.line.waiting() < self.most {
            let Some(packet) = self.queue.pop_front() else { return Ok(()) };
            let bytes = match &packet {
                Packet::Event { name, data } => name.len() + data.to_string().len(),
                Packet::Answer { data, .. } => data.to_string().len(),
            };
            // Before it is sent, as it may have been taken when sending returns.
            let mark = self.line.send(bytes);
            let sent = match packet {
                Packet::Event { name, data } => self.socket.emit(name, &data),
                Packet::Answer { ack, data } => ack.send(&data),
            };
            if sent.is_err() {
                return Err(Clogged);
            }
            self.under_way.push_back(mark);
        }
        Ok(())
    }
}
