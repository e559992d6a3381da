//! The fold: what a room is after an event.

use starling_protocol::{Message, Seq, ServerEvent};

use super::{Gap, RoomChange, RoomState, Seat, Typing};

impl RoomState {
    /// Folds one event in. Events of other rooms and of none must not come here.
    pub(crate) fn apply(&mut self, event: ServerEvent) -> Result<Option<RoomChange>, Gap> {
        match event {
            // Late news of a stay that has ended: the next one starts with its own `joined`.
            ServerEvent::Message { .. }
            | ServerEvent::MessageDeleted { .. }
            | ServerEvent::MessageEdited { .. }
            | ServerEvent::Reacted { .. }
            | ServerEvent::NewerInStream { .. }
            | ServerEvent::Rights { .. }
            | ServerEvent::People { .. }
            | ServerEvent::PeopleChanged { .. }
            | ServerEvent::Typing { .. }
                if self.seat.is_none() =>
            {
                Ok(None)
            }
            ServerEvent::Joined { channel, slot, position, recovered, messages, more, .. } => {
                self.seat = Some(Seat { channel, slot });
                self.problem = None;
                if !recovered {
                    let other = self.position.is_some_and(|known| known.epoch != position.epoch);
                    self.seed(position, messages, more);
                    self.outbox.start_over(position.seq, other);
                }
                Ok(Some(RoomChange::Messages))
            }
            ServerEvent::Message { message, .. } => {
                if !self.counts(message.seq)? {
                    return Ok(None);
                }
                self.outbox.discard(message.id);
                self.messages.push_back(message);
                Ok(Some(RoomChange::Messages))
            }
            ServerEvent::MessageDeleted { seq, message, by, .. } => {
                self.change(seq, message, |it| it.delete(by))
            }
            ServerEvent::MessageEdited { seq, message, body, at, .. } => {
                self.change(seq, message, |it| it.edit(body, at))
            }
            ServerEvent::Reacted { seq, message, emoji, user, active, .. } => {
                self.change(seq, message, |it| it.react(&emoji, user, active))
            }
            ServerEvent::NewerInStream { seq, .. } => {
                self.counts(seq)?;
                Ok(None)
            }
            ServerEvent::Rights(rights) => {
                self.rights = Some(rights);
                Ok(Some(RoomChange::Rights))
            }
            ServerEvent::Removed { code, message, .. } => {
                self.disconnected();
                // A map made of a list is sorted first, by code that a page would have to load.
                self.people.clear();
                self.following = None;
                self.rights = None;
                self.removed = true;
                self.problem = Some((code, message));
                Ok(Some(RoomChange::Removed))
            }
            ServerEvent::History { messages, more, .. } => {
                // A snapshot may have replaced what these were the past of.
                let asked = self.loading_before.take();
                let fits = asked.is_some() && asked == self.messages.front().map(|it| it.seq);
                if fits {
                    self.more = more;
                    for message in messages.into_iter().rev() {
                        self.messages.push_front(message);
                    }
                }
                Ok(Some(RoomChange::Messages))
            }
            ServerEvent::People { revision, people, cursor_hz, .. } => {
                self.people.clear();
                self.people.extend(people.into_iter().map(|person| (person.id, person)));
                self.revision = Some(revision);
                self.cursor_hz = cursor_hz;
                self.forget_gone();
                Ok(Some(RoomChange::People))
            }
            ServerEvent::PeopleChanged { revision, changed, left, cursor_hz, .. } => {
                match self.revision {
                    Some(known) if known >= revision => return Ok(None),
                    Some(known) if known.next() == revision => {}
                    _ => return Err(Gap),
                }
                for person in changed {
                    self.people.insert(person.id, person);
                }
                for id in left {
                    self.people.remove(&id);
                }
                self.revision = Some(revision);
                self.cursor_hz = cursor_hz;
                self.forget_gone();
                Ok(Some(RoomChange::People))
            }
            ServerEvent::Typing { people, count, .. } => {
                self.typing = Typing { people, count };
                Ok(Some(RoomChange::Typing))
            }
            ServerEvent::Hello { .. }
            | ServerEvent::Ack { .. }
            | ServerEvent::Error { .. }
            | ServerEvent::Direct { .. }
            | ServerEvent::Directs { .. }
            | ServerEvent::Custom { .. }
            | ServerEvent::Viewing { .. }
            | ServerEvent::Gathered { .. }
            | ServerEvent::Pong {}
            | ServerEvent::Goodbye { .. }
            | ServerEvent::Unknown => Ok(None),
        }
    }

    /// Takes an event of the stream that changes a message, if that is here.
    fn change(
        &mut self,
        seq: Seq,
        message: Seq,
        change: impl FnOnce(&mut Message),
    ) -> Result<Option<RoomChange>, Gap> {
        if !self.counts(seq)? {
            return Ok(None);
        }
        if let Ok(at) = self.messages.binary_search_by_key(&message, |it| it.seq) {
            change(&mut self.messages[at]);
        }
        Ok(Some(RoomChange::Messages))
    }

    /// Takes the next number of the stream; false if it was there before.
    fn counts(&mut self, seq: Seq) -> Result<bool, Gap> {
        let Some(position) = &mut self.position else { return Err(Gap) };
        if seq <= position.seq {
            return Ok(false);
        }
        if seq != position.seq.next() {
            return Err(Gap);
        }
        position.seq = seq;
        Ok(true)
    }
}
