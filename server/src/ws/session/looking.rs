//! What a client says of the board: where its person points, what they see of it, whom they follow, and
//! that everyone is to come.

use starling_protocol::{Action, CursorInput, ErrorCode, Ref, ServerEvent, Slug, UserId, View};
use tokio::sync::oneshot;

use super::Session;
use crate::permission;
use crate::refusal::Refusal;
use crate::room::{CannotFollow, Text};
use crate::room_task::RoomCommand;
use crate::store::StoreError;

impl Session {
    pub(super) async fn take_cursor(&mut self, bytes: &[u8]) {
        let input = match CursorInput::decode(bytes) {
            Ok(input) => input,
            Err(error) => {
                let sentence = format!("This frame is no cursor: {error}.");
                self.refuse(None, Refusal::new(ErrorCode::BadFrame, sentence));
                return;
            }
        };
        let (CursorInput::Move { channel, .. }
        | CursorInput::Hide { channel }
        | CursorInput::Look { channel, .. }) = input;
        // A cursor for a room that was just left is late, not wrong.
        let Some(seat) = self.seats.values_mut().find(|seat| seat.channel == channel) else {
            return;
        };
        let slot = seat.slot;
        let point = match input {
            CursorInput::Move { point, .. } => Some(point),
            CursorInput::Hide { .. } => None,
            CursorInput::Look { view, .. } => {
                seat.viewer.look(view);
                seat.tell(RoomCommand::Look { slot, view }).await;
                return;
            }
        };
        // Who may not point was told so; what is on its way meanwhile is late, too.
        if seat.rights.include(Action::Point) {
            seat.tell(RoomCommand::Point { slot, point }).await;
        }
        if let Err(not_until) = self.cursor_rate.check() {
            self.pause_reading(&not_until);
        }
    }

    /// Whom they follow is the viewer's to know at once, and the room's to allow.
    pub(super) async fn follow(&mut self, reference: Ref, room: &Slug, user: Option<UserId>) {
        let Some(seat) = self.seats.get_mut(room) else {
            self.refuse_stranger(reference, room).await;
            return;
        };
        let (reply, allowed) = oneshot::channel();
        seat.tell(RoomCommand::Follow { slot: seat.slot, user, reply }).await;
        match allowed.await {
            Ok(Ok(followed)) => {
                seat.viewer.follow(followed);
                self.queue(&ServerEvent::Ack { reference, seq: None });
            }
            Ok(Err(cannot)) => self.refuse(Some(reference), refusal(cannot)),
            // The room has ended.
            Err(_) => self.refuse(Some(reference), StoreError::Unavailable.into()),
        }
    }

    pub(super) async fn gather(&mut self, reference: Ref, room: &Slug, view: View) {
        let Some(seat) = self.seats.get(room) else {
            self.refuse_stranger(reference, room).await;
            return;
        };
        // Everybody is told, as of a message.
        if let Err(refusal) = self.app.rates.message(self.user) {
            return self.refuse(Some(reference), refusal);
        }
        let turn = self.app.turns.next().await;
        let allowed = permission::may(&self.app, self.actor, seat.room, Action::Gather).await;
        drop(turn);
        if let Err(refusal) = allowed {
            return self.refuse(Some(reference), refusal);
        }
        let event = ServerEvent::Gathered { room: room.clone(), by: self.user, view };
        seat.tell(RoomCommand::Custom { event: Text::new(&event) }).await;
        self.queue(&ServerEvent::Ack { reference, seq: None });
    }
}

fn refusal(cannot: CannotFollow) -> Refusal {
    match cannot {
        CannotFollow::NotHere => Refusal::new(ErrorCode::NoSuchPerson, "They are not here."),
        CannotFollow::InCircle => Refusal::new(
            ErrorCode::CannotFollow,
            "You cannot follow yourself, nor somebody who follows you.",
        ),
    }
}
