//! `/chat`: what a client of that namespace may say, and how it is answered.

use futures_util::FutureExt;
use serde_json::{Value, json};
use socketioxide::extract::AckSender;
use starling_protocol::{Action, ErrorCode, MessageBody, MessageId, Point, UserId};

use super::failure::Failure;
use super::line::Held;
use super::said::Said;
use super::session::{Answer, Session};
use crate::posting::post_with_file;
use crate::refusal::Refusal;
use crate::room_task::RoomCommand;
use crate::store::Posted;

impl Session {
    pub(super) async fn take_chat(&mut self, mut said: Said) {
        let ack = said.ack.take();
        let done = match said.event.as_str() {
            // Rare and large: on its own, it does not make every session's task as large.
            "room:join" => Box::pin(self.room_join(&said)).await,
            "room:leave" => self.room_leave(&said),
            "message:send" => match self.message_send(&said) {
                Ok((id, posted)) => {
                    let done = posted.map(move |posted| {
                        let outcome = posted.map(|_| sent(id)).map_err(Failure::from);
                        Answer::of_store(ack, outcome)
                    });
                    return self.answers.push_back(done.boxed());
                }
                Err(failure) => Err(failure),
            },
            "message:private" => match self.message_private(&said) {
                Ok(answer) => return self.answer_later(answer, ack, said.held),
                Err(failure) => Err(failure),
            },
            "typing:start" => self.typing(&said, true).await,
            "typing:stop" => self.typing(&said, false).await,
            "cursor:move" => self.cursor_move(&said).await,
            "file:upload" => match self.file_upload(&said) {
                Ok(answer) => return self.answer_later(answer, ack, said.held),
                Err(failure) => Err(failure),
            },
            _ => return self.refuse_unknown(ack),
        };
        self.reply(ack, done);
    }

    /// Answers when it is done. What it was asked with may be large, and is here until then.
    fn answer_later(
        &mut self,
        answer: impl Future<Output = Answer> + Send + 'static,
        ack: Option<AckSender>,
        held: Held,
    ) {
        let answer = answer.map(move |answer| {
            drop(held);
            Answer { ack, ..answer }
        });
        self.answers.push_back(answer.boxed());
    }

    async fn room_join(&mut self, said: &Said) -> Result<Value, Failure> {
        let room_id = said.required("roomId", "Room ID")?;
        self.join_room(room_id).await?;
        Ok(entered(room_id, "Joined"))
    }

    fn room_leave(&mut self, said: &Said) -> Result<Value, Failure> {
        let room_id = said.required("roomId", "Room ID")?;
        let slug = self.room(room_id)?.0.clone();
        if let Some(room) = self.leave_room(&slug) {
            room.seat.leave();
        }
        Ok(entered(room_id, "Left"))
    }

    /// Hands a message to the store. A client may make its id, and send again under it what it does not know
    /// to have arrived.
    fn message_send(
        &self,
        said: &Said,
    ) -> Result<(MessageId, impl Future<Output = Result<Posted, Refusal>> + Send + use<>), Failure>
    {
        let room_id = said.required("roomId", "Room ID")?;
        let content = said.content()?;
        let (id, file) = (said.id()?, said.file()?);
        let (_, room) = self.room(room_id)?;
        let room = room.seat.room;
        Ok((id, post_with_file(&self.app, self.actor, room, id, content, file)?))
    }

    /// Opens the conversation of two, if need be, and says something in it.
    fn message_private(
        &self,
        said: &Said,
    ) -> Result<impl Future<Output = Answer> + Send + use<>, Failure> {
        let recipient = said.required("recipientId", "Recipient ID")?;
        let content = said.content()?.to_owned();
        let file = said.file()?;
        if file.is_none() {
            MessageBody::parse(&content, &self.app.limits)?;
        }
        let nobody = || Refusal::new(ErrorCode::NoSuchPerson, "");
        let recipient: UserId = recipient.parse().map_err(|_| nobody())?;
        let id = said.id()?;
        // It may make a room, and counts as entering one.
        self.app.rates.join(self.user.id)?;
        let (app, actor) = (self.app.clone(), self.actor);
        let opened = self.app.store.open_direct(actor, recipient);
        Ok(async move {
            let posted = match opened.await {
                Ok(opened) => post_with_file(&app, actor, opened.room.id, id, &content, file),
                Err(error) => return Answer::of_store_if_its_own(Failure::from(error)),
            };
            match posted {
                Ok(posted) => {
                    let outcome = posted.await.map(|_| sent(id)).map_err(Failure::from);
                    Answer::of_store(None, outcome)
                }
                Err(refusal) => Answer::new(None, Err(refusal.into())),
            }
        })
    }

    async fn typing(&mut self, said: &Said, active: bool) -> Result<Value, Failure> {
        let (_, room) = self.room(said.required("roomId", "Room ID")?)?;
        let seat = &room.seat;
        if seat.rights.include(Action::Post) || !active {
            seat.tell(RoomCommand::SetTyping { slot: seat.slot, active }).await;
        }
        Ok(json!({ "success": true }))
    }

    async fn cursor_move(&mut self, said: &Said) -> Result<Value, Failure> {
        self.count_cursor();
        let (_, room) = self.room(said.required("roomId", "Room ID")?)?;
        let number = |name: &str| said.payload().get(name).and_then(Value::as_f64);
        let point = number("x").zip(number("y")).and_then(|(x, y)| Point::from_units(x, y));
        let Some(point) = point else {
            return Err(Failure::payload("x and y are numbers from 0 to 16384", "BAD_CURSOR"));
        };
        let seat = &room.seat;
        if seat.rights.include(Action::Point) {
            seat.tell(RoomCommand::Point { slot: seat.slot, point: Some(point) }).await;
        }
        Ok(json!({ "success": true }))
    }
}

fn entered(room_id: &str, what: &str) -> Value {
    json!({ "success": true, "roomId": room_id, "message": format!("{what} room {room_id}") })
}

fn sent(id: MessageId) -> Value {
    json!({ "success": true, "messageId": id })
}
