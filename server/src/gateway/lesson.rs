//! The default namespace: what first lessons about such servers teach. Its rooms are rooms like all others.

use futures_util::FutureExt;
use serde_json::{Value, json};
use socketioxide::extract::AckSender;
use starling_protocol::MessageId;
use uuid::Uuid;

use super::failure::Failure;
use super::said::Said;
use super::session::{Answer, Session, user_joined};
use crate::posting::post_message;

const SENT: &str = "Message sent";

impl Session {
    pub(super) async fn take_lesson(&mut self, mut said: Said) {
        let ack = said.ack.take();
        match said.event.as_str() {
            "joinRoom" => {
                let done = Box::pin(self.join_room_of(&said)).await.map(|room| {
                    self.outlet.event("userJoined", user_joined(self.user.name.as_str(), &room));
                    json!({ "success": true, "roomId": room })
                });
                self.reply(ack, done);
            }
            "join" => {
                let done = Box::pin(self.join_room_of(&said)).await.map(|room| {
                    self.outlet.event("joined", Value::from(room.as_str()));
                    Value::from(room)
                });
                self.reply(ack, done);
            }
            "sendMessage" => {
                let done = json!({ "success": true });
                self.send(ack, &said, "text", done, Vec::new());
            }
            "message" if said.payload().is_object() => {
                let besides = vec![("message", Value::from(SENT))];
                self.send(ack, &said, "message", Value::from(SENT), besides);
            }
            "message" => {
                let done = match said.payload().as_str() {
                    Some(text) => Ok(Value::from(received(text))),
                    None => Err(Failure::payload("Message content is required", "MESSAGE_EMPTY")),
                };
                self.reply(ack, done);
            }
            _ => self.refuse_unknown(ack),
        }
    }

    /// Enters the room whose name is the payload.
    async fn join_room_of(&mut self, said: &Said) -> Result<String, Failure> {
        let room = said.payload().as_str().filter(|room| !room.trim().is_empty());
        let room = room.ok_or_else(|| Failure::payload("Room is required", "ROOM_REQUIRED"))?;
        self.join_room(room).await?;
        Ok(room.to_owned())
    }

    /// Says something in a room. What follows comes when the room, the sender included, has heard it.
    fn send(
        &mut self,
        ack: Option<AckSender>,
        said: &Said,
        field: &str,
        done: Value,
        besides: Vec<(&'static str, Value)>,
    ) {
        let id = MessageId::new(Uuid::now_v7());
        let posted = said.required("room", "Room").and_then(|room| {
            let text = said
                .text(field)
                .ok_or_else(|| Failure::payload("Message content is required", "MESSAGE_EMPTY"))?;
            let (slug, room) = self.room(room)?;
            let posted = post_message(&self.app, self.actor, room.seat.room, id, text)?;
            Ok((slug.clone(), posted))
        });
        match posted {
            Ok((slug, posted)) => {
                let answer = posted.map(move |posted| match posted {
                    Ok(posted) => {
                        Answer { ack, outcome: Ok(done), besides, after: Some((slug, posted.seq)) }
                    }
                    Err(refusal) => Answer::of_store(ack, Err(refusal.into())),
                });
                self.answers.push_back(answer.boxed());
            }
            Err(failure) => self.reply(ack, Err(failure)),
        }
    }
}

/// What a lesson's echo answers.
pub(super) fn received(text: &str) -> String {
    format!("Received: {text}")
}
