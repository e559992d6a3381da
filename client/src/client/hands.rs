//! What the person's hands do, told while it lasts: where they point, and that they write.

use starling_protocol::{ClientEvent, CursorInput, Point, Slug};

use super::{Client, Frame, Output};
use crate::{Millis, RoomState};

impl Client {
    /// The person is writing, or stopped.
    pub fn typing(&mut self, now: Millis, room: &Slug, active: bool) {
        if self.rooms.get_mut(room).is_some_and(|state| state.note_typing(now, active)) {
            self.send(&ClientEvent::Typing { room: room.clone(), active });
        }
    }

    /// The person points there, or (`None`) not at the board any more. Sent at the room's rate,
    /// the newest always in the end.
    pub fn point(&mut self, now: Millis, room: &Slug, point: Option<Point>) {
        if let Some(state) = self.rooms.get_mut(room) {
            state.point(point);
        }
        self.send_cursors(now);
    }

    /// While the socket does not drain, no cursor is sent, and afterwards the newest.
    pub fn set_congested(&mut self, now: Millis, congested: bool) {
        self.congested = congested;
        self.send_cursors(now);
    }

    pub(super) fn tell_typing(&mut self, now: Millis) {
        let due = |state: &RoomState| state.typing_due().is_some_and(|at| at <= now);
        for room in self.rooms.keys().cloned().collect::<Vec<_>>() {
            if self.rooms.get(&room).is_some_and(due) {
                self.typing(now, &room, true);
            }
        }
    }

    pub(super) fn send_cursors(&mut self, now: Millis) {
        if self.congested {
            return;
        }
        for state in self.rooms.values_mut() {
            if let Some((channel, point)) = state.take_cursor(now) {
                let input = match point {
                    Some(point) => CursorInput::Move { channel, point },
                    None => CursorInput::Hide { channel },
                };
                self.outputs.push_back(Output::Send(Frame::Binary(input.encode())));
            }
        }
    }
}
