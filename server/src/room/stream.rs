//! The end of a durable stream, as far as it was announced: of the chat, or of the board. It says
//! nothing twice and leaves nothing out; what it has missed is read from the log.

use std::collections::VecDeque;
use std::sync::Arc;

use starling_protocol::board::Operated;
use starling_protocol::{Logged, Seq, Slug};

use super::publication::{StreamEvent, StreamPublication};

/// An event of a stream.
pub(crate) trait Streamed {
    /// Its number there.
    fn seq(&self) -> Seq;

    /// As those in the room are told of it.
    fn told(&self, room: &Slug) -> StreamEvent;
}

impl Streamed for Logged {
    fn seq(&self) -> Seq {
        Logged::seq(self)
    }

    fn told(&self, room: &Slug) -> StreamEvent {
        StreamEvent::new(room, self)
    }
}

/// An operation, and the last one before it that tells less from now on.
#[derive(Debug)]
pub(super) struct LoggedOperation {
    pub(super) operated: Arc<Operated>,
    pub(super) rewrites: Option<Seq>,
}

impl Streamed for LoggedOperation {
    fn seq(&self) -> Seq {
        self.operated.seq
    }

    fn told(&self, room: &Slug) -> StreamEvent {
        StreamEvent { rewrites: self.rewrites, ..StreamEvent::operated(room, &self.operated) }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Stream<E> {
    head: Option<Seq>,
    unpublished: VecDeque<Arc<E>>,
    /// Something was missed: what is published next replaces the feed's ring.
    behind: bool,
    replaces: bool,
}

impl<E> Default for Stream<E> {
    fn default() -> Self {
        Self { head: None, unpublished: VecDeque::new(), behind: false, replaces: false }
    }
}

impl<E: Streamed> Stream<E> {
    /// The store committed an event. Repeats are ignored; after a gap the stream is behind. True if the
    /// event is new and is published next.
    pub(super) fn committed(&mut self, event: Arc<E>) -> bool {
        match self.head {
            Some(head) if event.seq() <= head => return false,
            Some(head) if event.seq() != head.next() => {
                self.fall_behind();
                return false;
            }
            _ => {}
        }
        self.head = Some(event.seq());
        self.unpublished.push_back(event);
        true
    }

    /// An announcement could not be delivered.
    pub(super) fn fall_behind(&mut self) {
        self.behind = true;
    }

    /// Whether the end has to be read from the log, for [`Self::caught_up`]. Asking takes the mark away, so
    /// that what is missed during that reading asks for another one.
    pub(super) fn take_behind(&mut self) -> bool {
        std::mem::take(&mut self.behind)
    }

    /// The end of the log, oldest first; `head` is its end. False if nothing of it is new.
    pub(super) fn caught_up(&mut self, head: Seq, tail: Vec<E>) -> bool {
        if self.head.is_some_and(|known| known >= head) {
            return false;
        }
        self.head = Some(head);
        self.unpublished = tail.into_iter().map(Arc::new).collect();
        self.replaces = true;
        true
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.unpublished.is_empty() || self.replaces
    }

    pub(super) fn publish(&mut self, slug: &Slug) -> Option<StreamPublication> {
        if !self.has_changes() {
            return None;
        }
        Some(StreamPublication {
            head: self.head.unwrap_or_default(),
            replaces: std::mem::take(&mut self.replaces),
            events: self.unpublished.drain(..).map(|event| event.told(slug)).collect(),
        })
    }

    /// The events that are not published yet; for tests.
    #[cfg(test)]
    pub(super) fn unpublished(&self) -> impl Iterator<Item = &E> {
        self.unpublished.iter().map(|event| &**event)
    }
}
