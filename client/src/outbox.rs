//! Messages on their way: sent one at a time, in order, until the server has acked them.

use std::collections::VecDeque;

use starling_protocol::{Attachment, ErrorCode, FileId, MessageBody, MessageId, Seq};

use crate::Millis;

/// A message that is not in the room's stream yet, as far as this client knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Made once; a repeat under the same id is the same message.
    pub id: MessageId,
    /// What it says.
    pub body: MessageBody,
    /// The file that it has; it is on the server already.
    pub file: Option<Box<Attachment>>,
    /// How far it got.
    pub delivery: Delivery,
}

/// How far a pending message got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not sent, or sent over a connection that broke.
    Waiting,
    /// Sent, not acked.
    Sending,
    /// Acked; it will appear in the stream under this number.
    Stored {
        /// Its number.
        seq: Seq,
    },
    /// Refused for good; the person decides.
    Failed {
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
    },
}

/// One room's messages on their way.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    entries: VecDeque<Pending>,
    hold_until: Millis,
}

impl Outbox {
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        self.entries.iter()
    }

    pub(crate) fn push(&mut self, pending: Pending) {
        self.entries.push_back(pending);
    }

    /// Takes the next message to send, if none is under way.
    pub(crate) fn start_next(
        &mut self,
        now: Millis,
    ) -> Option<(MessageId, MessageBody, Option<FileId>)> {
        if now < self.hold_until || self.entries.iter().any(|e| e.delivery == Delivery::Sending) {
            return None;
        }
        let next = self.entries.iter_mut().find(|e| e.delivery == Delivery::Waiting)?;
        next.delivery = Delivery::Sending;
        Some((next.id, next.body.clone(), next.file.as_ref().map(|file| file.id)))
    }

    /// When a held message may be sent, if there is one.
    pub(crate) fn next_timer(&self, now: Millis) -> Option<Millis> {
        (self.hold_until > now && self.entries.iter().any(|e| e.delivery == Delivery::Waiting))
            .then_some(self.hold_until)
    }

    pub(crate) fn acked(&mut self, id: MessageId, seq: Seq) {
        self.set(id, Delivery::Stored { seq });
    }

    /// The server cannot take it right now; nothing overtakes it.
    pub(crate) fn delayed(&mut self, id: MessageId, until: Millis) {
        self.hold_until = until;
        self.set(id, Delivery::Waiting);
    }

    pub(crate) fn refused(&mut self, id: MessageId, code: ErrorCode, message: String) {
        self.set(id, Delivery::Failed { code, message });
    }

    /// The room takes nothing: what waits will not be sent by itself.
    pub(crate) fn refuse_all(&mut self, code: ErrorCode, message: &str) {
        for entry in &mut self.entries {
            if entry.delivery == Delivery::Waiting {
                entry.delivery = Delivery::Failed { code, message: message.to_owned() };
            }
        }
    }

    pub(crate) fn retry(&mut self, id: MessageId) {
        self.set(id, Delivery::Waiting);
    }

    pub(crate) fn discard(&mut self, id: MessageId) {
        self.entries.retain(|e| e.id != id);
    }

    /// What was under way on a broken connection is sent again.
    pub(crate) fn disconnected(&mut self) {
        self.hold_until = 0;
        for entry in &mut self.entries {
            if entry.delivery == Delivery::Sending {
                entry.delivery = Delivery::Waiting;
            }
        }
    }

    /// The room's snapshot reaches up to `seq`: what is stored until there needs no place here.
    pub(crate) fn caught_up(&mut self, up_to: Seq) {
        self.entries.retain(|e| !matches!(e.delivery, Delivery::Stored { seq } if seq <= up_to));
    }

    /// A snapshot that reaches up to `seq` takes the place of what was known. The acks of another
    /// history mean nothing in this one, so what they were for is sent again.
    pub(crate) fn start_over(&mut self, up_to: Seq, other_history: bool) {
        if other_history {
            for entry in &mut self.entries {
                if matches!(entry.delivery, Delivery::Stored { .. }) {
                    entry.delivery = Delivery::Waiting;
                }
            }
        }
        self.caught_up(up_to);
    }

    fn set(&mut self, id: MessageId, delivery: Delivery) {
        if let Some(entry) = self.entries.iter_mut().find(|e| e.id == id) {
            entry.delivery = delivery;
        }
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::Limits;
    use uuid::Uuid;

    use super::*;

    fn waiting(id: u128) -> Pending {
        let body = MessageBody::parse("x", &Limits::default()).unwrap();
        Pending {
            id: MessageId::new(Uuid::from_u128(id)),
            body,
            file: None,
            delivery: Delivery::Waiting,
        }
    }

    #[test]
    fn a_refused_message_goes_again_when_told_to_and_before_what_was_said_later() {
        let mut outbox = Outbox::default();
        let [first, second] = [waiting(1), waiting(2)];
        outbox.push(first.clone());
        outbox.push(second.clone());
        outbox.start_next(0);
        outbox.refused(first.id, ErrorCode::StorageFull, "full".into());
        outbox.retry(first.id);
        assert_eq!(outbox.start_next(0).map(|(id, ..)| id), Some(first.id));
        assert_eq!(outbox.start_next(0), None, "one at a time");
        outbox.refused(first.id, ErrorCode::StorageFull, "full".into());
        assert_eq!(outbox.start_next(0).map(|(id, ..)| id), Some(second.id));
    }

    #[test]
    fn a_message_discarded_on_its_way_does_not_hold_up_the_next() {
        let mut outbox = Outbox::default();
        let [first, second] = [waiting(1), waiting(2)];
        outbox.push(first.clone());
        outbox.push(second.clone());
        outbox.start_next(0);
        outbox.discard(first.id);
        assert_eq!(outbox.start_next(0).map(|(id, ..)| id), Some(second.id));
        // Its answer still comes.
        outbox.acked(first.id, Seq(1));
        assert_eq!(outbox.entries().count(), 1);
    }

    #[test]
    fn what_another_history_has_stored_is_sent_again() {
        let stored = Delivery::Stored { seq: Seq(9) };
        let mut outbox = Outbox::default();
        let id = waiting(1).id;
        outbox.push(Pending { delivery: stored.clone(), ..waiting(1) });
        outbox.start_over(Seq(8), false);
        assert_eq!(outbox.entries[0].delivery, stored);
        outbox.start_over(Seq(20), true);
        assert_eq!(outbox.entries[0].delivery, Delivery::Waiting);
        outbox.acked(id, Seq(20));
        outbox.start_over(Seq(20), false);
        assert!(outbox.entries.is_empty());
    }
}
