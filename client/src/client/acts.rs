//! What not everyone may do in a room, whose refusals come back as [`Change::Refused`](crate::Change),
//! and showing a new token.

use starling_protocol::{ClientEvent, Measure, Ref, Seq, Slug, UserId};

use super::{Client, Request};
use crate::RoomState;

impl Client {
    /// Deletes a message. Without a connection nothing happens.
    pub fn delete_message(&mut self, room: &Slug, message: Seq) {
        self.act(room, |reference, room| ClientEvent::DeleteMessage { reference, room, message });
    }

    /// Does something about somebody. Without a connection nothing happens.
    pub fn moderate(
        &mut self,
        room: &Slug,
        user: UserId,
        measure: Measure,
        reason: String,
        seconds: Option<u64>,
    ) {
        self.act(room, |reference, room| ClientEvent::Moderate {
            reference,
            room,
            user,
            measure,
            reason,
            seconds,
        });
    }

    /// Locks a room or unlocks it. Without a connection nothing happens.
    pub fn lock(&mut self, room: &Slug, locked: bool) {
        self.act(room, |reference, room| ClientEvent::Lock { reference, room, locked });
    }

    /// Shows the server a new token of the same person, before the old one ends. Without a connection
    /// nothing happens: the transport shows it at the next one.
    pub fn authenticate(&mut self, token: String) {
        if self.link.is_open() {
            let reference = self.request(Request::Authenticate);
            self.send(&ClientEvent::Authenticate { reference, token });
        }
    }

    fn act(&mut self, room: &Slug, event: impl FnOnce(Ref, Slug) -> ClientEvent) {
        if self.rooms.get(room).is_some_and(RoomState::is_joined) {
            let reference = self.request(Request::Act { room: room.clone() });
            self.send(&event(reference, room.clone()));
        }
    }
}
