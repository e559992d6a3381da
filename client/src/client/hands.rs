//! What the person's hands and eyes do, told while it lasts: where they point, that they write, what they
//! see of the board and whom they follow.

use starling_protocol::{ClientEvent, CursorInput, Point, Slug, UserId, View};

use super::{Client, Frame, Output, Request};
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

    /// The person sees this part of the board. Sent five times a second at most, the newest always in
    /// the end, and again over the next connection.
    pub fn look_at(&mut self, now: Millis, room: &Slug, view: View) {
        if let Some(state) = self.rooms.get_mut(room) {
            state.look_at(view);
        }
        self.send_cursors(now);
    }

    /// The person looks where somebody else looks, or (`None`) where they want. They are told by
    /// [`Change::Viewing`](super::Change), and by `Change::Following` when it ends by itself: that one
    /// left, or it was refused. It goes on over the next connection.
    pub fn follow(&mut self, room: &Slug, user: Option<UserId>) {
        let Some(state) = self.rooms.get_mut(room) else { return };
        if state.follow(user) && state.is_joined() {
            self.send_follow(room, user);
        }
    }

    pub(super) fn send_follow(&mut self, room: &Slug, user: Option<UserId>) {
        let reference = self.request(Request::Follow { room: room.clone(), user });
        self.send(&ClientEvent::Follow { reference, room: room.clone(), user });
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
            if let Some((channel, view)) = state.take_view(now) {
                let input = CursorInput::Look { channel, view };
                self.outputs.push_back(Output::Send(Frame::Binary(input.encode())));
            }
        }
    }
}
