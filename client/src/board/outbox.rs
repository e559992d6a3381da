//! Operations on their way: sent one at a time, in order, until the server has acked them; kept until
//! they come back in the board's stream.

use std::collections::VecDeque;

use starling_protocol::board::{Change, Operation};
use starling_protocol::{OperationId, Ref, Seq};

use crate::Millis;

#[derive(Debug)]
struct Entry {
    operation: Operation,
    progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Waiting,
    Sent {
        reference: Ref,
    },
    /// Acked; it comes in the stream under this number, or has been in a snapshot.
    Stored {
        seq: Seq,
    },
}

/// One board's operations on their way.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    entries: VecDeque<Entry>,
    hold_until: Option<Millis>,
}

impl Outbox {
    pub(super) fn push(&mut self, operation: Operation) {
        self.entries.push_back(Entry { operation, progress: Progress::Waiting });
    }

    /// Puts something before everything else, as it was done before.
    pub(super) fn push_first(&mut self, operations: Vec<Operation>) {
        for operation in operations.into_iter().rev() {
            self.entries.push_front(Entry { operation, progress: Progress::Waiting });
        }
    }

    pub(super) fn contains(&self, id: OperationId) -> bool {
        self.entries.iter().any(|entry| entry.operation.id == id)
    }

    /// What all of it changes, in order.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.entries.iter().flat_map(|entry| &entry.operation.changes)
    }

    pub(super) fn unstored(&self) -> impl Iterator<Item = &Operation> {
        let unstored = |entry: &&Entry| !matches!(entry.progress, Progress::Stored { .. });
        self.entries.iter().filter(unstored).map(|entry| &entry.operation)
    }

    /// The last operation that is not stored, if there is one.
    pub(super) fn last_unstored(&self) -> Option<OperationId> {
        self.unstored().last().map(|operation| operation.id)
    }

    pub(super) fn is_unstored(&self, id: OperationId) -> bool {
        self.unstored().any(|operation| operation.id == id)
    }

    /// Takes the next operation to send under that number, if none is under way.
    pub(super) fn start_next(&mut self, now: Millis, reference: Ref) -> Option<Operation> {
        let is_under_way = |entry: &Entry| matches!(entry.progress, Progress::Sent { .. });
        if self.hold_until.is_some_and(|until| now < until) || self.entries.iter().any(is_under_way)
        {
            return None;
        }
        self.hold_until = None;
        let next = self.entries.iter_mut().find(|entry| entry.progress == Progress::Waiting)?;
        next.progress = Progress::Sent { reference };
        Some(next.operation.clone())
    }

    /// When what waits may be sent.
    pub(super) fn next_timer(&self) -> Option<Millis> {
        self.hold_until.filter(|_| self.last_unstored().is_some())
    }

    /// It is stored under that number. What the confirmed objects have already is handed back.
    pub(super) fn acked(
        &mut self,
        reference: Ref,
        seq: Option<Seq>,
        confirmed: Option<Seq>,
    ) -> Option<Operation> {
        let at = self.sent(reference)?;
        match seq {
            Some(seq) if confirmed.is_none_or(|confirmed| seq > confirmed) => {
                self.entries[at].progress = Progress::Stored { seq };
                None
            }
            _ => self.entries.remove(at).map(|entry| entry.operation),
        }
    }

    /// The server cannot take it right now; nothing overtakes it.
    pub(super) fn delayed(&mut self, reference: Ref, until: Millis) {
        if let Some(at) = self.sent(reference) {
            self.entries[at].progress = Progress::Waiting;
            self.hold_until = Some(until);
        }
    }

    /// It goes again under another id.
    pub(super) fn rename(&mut self, reference: Ref, id: OperationId) {
        if let Some(at) = self.sent(reference) {
            self.entries[at].progress = Progress::Waiting;
            self.entries[at].operation.id = id;
        }
    }

    /// Hands back what was sent under that number.
    pub(super) fn take(&mut self, reference: Ref) -> Option<Operation> {
        let at = self.sent(reference)?;
        self.entries.remove(at).map(|entry| entry.operation)
    }

    /// It came in the stream.
    pub(super) fn came(&mut self, id: OperationId) {
        self.entries.retain(|entry| entry.operation.id != id);
    }

    /// What was under way on a broken connection is sent again.
    pub(super) fn disconnected(&mut self) {
        self.hold_until = None;
        for entry in &mut self.entries {
            if matches!(entry.progress, Progress::Sent { .. }) {
                entry.progress = Progress::Waiting;
            }
        }
    }

    /// A snapshot that reaches up to `seq` takes the place of what was known. What it has needs no
    /// place here. The acks of another history mean nothing in this one, so what they were for is
    /// sent again.
    pub(super) fn start_over(&mut self, up_to: Seq, other_history: bool) {
        self.entries.retain_mut(|entry| match entry.progress {
            Progress::Stored { .. } if other_history => {
                entry.progress = Progress::Waiting;
                true
            }
            Progress::Stored { seq } => seq > up_to,
            Progress::Waiting | Progress::Sent { .. } => true,
        });
    }

    fn sent(&self, reference: Ref) -> Option<usize> {
        self.entries.iter().position(|entry| entry.progress == Progress::Sent { reference })
    }
}
