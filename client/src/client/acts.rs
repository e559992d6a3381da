//! What not everyone may do in a room, and showing a new token. What comes of an act is told as
//! [`Change::Done`](crate::Change) or `Refused`; if the connection breaks before, as neither.

use starling_protocol::{ClientEvent, Emoji, Measure, MessageBody, Ref, Seq, Slug, UserId, View};

use super::{Act, Change, Client, Request};
use crate::RoomState;

impl Client {
    /// Deletes a message. Refused at once by who is not in the room.
    pub fn delete_message(&mut self, room: &Slug, message: Seq) {
        self.act(room, Act::Delete, |reference, room| ClientEvent::DeleteMessage {
            reference,
            room,
            message,
        });
    }

    /// Changes what a message of one's own says. Refused at once by who is not in the room.
    pub fn edit(&mut self, room: &Slug, message: Seq, body: &MessageBody) {
        let body = body.to_string();
        self.act(room, Act::Edit { message }, |reference, room| ClientEvent::Edit {
            reference,
            room,
            message,
            body,
        });
    }

    /// Reacts to a message, or takes that back. Refused at once by who is not in the room.
    pub fn react(&mut self, room: &Slug, message: Seq, emoji: &Emoji, active: bool) {
        let emoji = emoji.to_string();
        self.act(room, Act::React, |reference, room| ClientEvent::React {
            reference,
            room,
            message,
            emoji,
            active,
        });
    }

    /// Opens the conversation with somebody: [`Change::DirectOpened`] or `DirectRefused` follows,
    /// without a connection at once.
    pub fn open_direct(&mut self, user: UserId) {
        if self.link.is_open() {
            let reference = self.request(Request::Direct);
            self.send(&ClientEvent::Direct { reference, user });
        } else {
            let message = "You are not connected right now. Try again in a moment.".to_owned();
            self.changed(Change::DirectRefused { message });
        }
    }

    /// Does something about somebody. Refused at once by who is not in the room.
    pub fn moderate(
        &mut self,
        room: &Slug,
        user: UserId,
        measure: Measure,
        reason: String,
        seconds: Option<u64>,
    ) {
        self.act(room, Act::Moderate, |reference, room| ClientEvent::Moderate {
            reference,
            room,
            user,
            measure,
            reason,
            seconds,
        });
    }

    /// Locks a room or unlocks it. Refused at once by who is not in the room.
    pub fn lock(&mut self, room: &Slug, locked: bool) {
        self.act(room, Act::Lock, |reference, room| ClientEvent::Lock { reference, room, locked });
    }

    /// Brings everyone to a part of the board. Refused at once by who is not in the room.
    pub fn gather(&mut self, room: &Slug, view: View) {
        self.act(room, Act::Gather, |reference, room| ClientEvent::Gather {
            reference,
            room,
            view,
        });
    }

    /// Shows the server a new token of the same person, before the old one ends. Without a connection
    /// nothing happens: the transport shows it at the next one.
    pub fn authenticate(&mut self, token: String) {
        if self.link.is_open() {
            let reference = self.request(Request::Authenticate);
            self.send(&ClientEvent::Authenticate { reference, token });
        }
    }

    fn act(&mut self, room: &Slug, act: Act, event: impl FnOnce(Ref, Slug) -> ClientEvent) {
        if self.rooms.get(room).is_some_and(RoomState::is_joined) {
            let reference = self.request(Request::Act { room: room.clone(), act });
            self.send(&event(reference, room.clone()));
        } else {
            let message = "You are not in the room right now. Try again in a moment.".to_owned();
            self.changed(Change::Refused { room: room.clone(), act, message });
        }
    }
}
