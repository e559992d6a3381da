//! What a client is told that is not about a room it is in.

use std::sync::Arc;

use serde_json::{Value, json};
use starling_protocol::{Message, User, Visibility};
use tokio::sync::broadcast::error::RecvError;

use super::{Namespace, Session};
use crate::news::Bulletin;
use crate::permission;
use crate::store::RoomId;
use crate::timestamp::timestamp;

/// So many rooms' ends are remembered.
const MOST_GONE: usize = 16;
/// So many people are listed at most.
const MOST_LISTED: usize = 1_000;

impl Session {
    /// What it is told first.
    pub(super) fn greet(&mut self) {
        if self.namespace == Namespace::Chat {
            let people = self.app.news.people(MOST_LISTED);
            let people: Vec<Value> = people
                .iter()
                .map(|user| json!({ "id": user.id, "username": user.name.as_str() }))
                .collect();
            self.outlet.event("users:list", Value::from(people));
        }
    }

    pub(super) async fn take_bulletin(&mut self, bulletin: Result<Arc<Bulletin>, RecvError>) {
        let bulletin = match bulletin {
            Ok(bulletin) => bulletin,
            // It missed who came and went.
            Err(RecvError::Lagged(_)) => return self.greet(),
            Err(RecvError::Closed) => return std::future::pending().await,
        };
        match (self.namespace, &*bulletin) {
            (Namespace::Chat, Bulletin::Connected(user)) => self.tell_of("user:connected", user),
            (Namespace::Chat, Bulletin::Disconnected(user)) => {
                self.tell_of("user:disconnected", user);
            }
            // Who has made it is all its members.
            (Namespace::Chat, Bulletin::RoomMade { room, by })
                if room.visibility == Visibility::Public || *by == self.user.id =>
            {
                self.outlet.event(
                    "room:created",
                    json!({ "roomId": room.slug, "name": room.name.as_str() }),
                );
            }
            (Namespace::Chat, Bulletin::RoomGone(room)) => {
                // Of a room that is no more nobody is a member any more.
                let here = self.rooms.get(&room.slug).map(|here| here.room_id.clone());
                if room.visibility == Visibility::Public || here.is_some() {
                    let room_id = here.unwrap_or_else(|| room.slug.to_string());
                    self.tell_gone(room.id, &room_id, room.name.as_str());
                }
            }
            (Namespace::Notifications, Bulletin::Naming { room, message }) => {
                self.take_naming(*room, message).await;
            }
            _ => {}
        }
    }

    /// Tells once of a room's end, of which who is in it hears on two ways.
    pub(super) fn tell_gone(&mut self, room: RoomId, room_id: &str, name: &str) {
        let told = self.told_gone.len();
        self.told_gone.retain(|other| *other != room);
        if self.told_gone.len() < told || self.namespace != Namespace::Chat {
            return;
        }
        if self.told_gone.len() == MOST_GONE {
            self.told_gone.remove(0);
        }
        self.told_gone.push(room);
        self.outlet.event("room:deleted", json!({ "roomId": room_id, "name": name }));
    }

    fn tell_of(&mut self, event: &'static str, user: &User) {
        if user.id != self.user.id {
            let told = json!({ "userId": user.id, "username": user.name.as_str() });
            self.outlet.event(event, told);
        }
    }

    /// Tells the person of a message that names them, in a room that they have been in and may read.
    async fn take_naming(&mut self, room: RoomId, message: &Message) {
        if message.author.id == self.user.id || !self.is_named(message.text()) {
            return;
        }
        let _turn = self.app.turns.next().await;
        let store = &self.app.store;
        if !store.has_visited(self.user.id, room).await.unwrap_or_default() {
            return;
        }
        let Ok(record) = store.room_of(room).await else { return };
        // What is said in a conversation of two is told as that.
        if record.direct {
            return;
        }
        if permission::admit(&self.app, self.actor, &record.slug).await.is_err() {
            return;
        }
        let told = json!({
            "messageId": message.id,
            "roomId": record.slug,
            "userId": message.author.id,
            "username": message.author.name.as_str(),
            "content": message.text(),
            "timestamp": timestamp(message.at),
        });
        self.outlet.event("mention", told);
    }

    fn is_named(&self, text: &str) -> bool {
        names(text, self.user.name.as_str())
            || self.handle.as_ref().is_some_and(|handle| names(text, handle.as_str()))
    }
}

/// Whether a text has `@name` in it, not as the beginning of a longer one.
fn names(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    text.match_indices('@').any(|(at, _)| {
        let rest = text[at + 1..].strip_prefix(&name);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_named_whole() {
        for text in ["@ada", "hi @Ada!", "a@b @ADA, look", "@ada."] {
            assert!(names(text, "Ada"), "{text}");
        }
        for text in ["ada", "@adam", "@ ada", "@ada_b", "", "@"] {
            assert!(!names(text, "Ada"), "{text}");
        }
        assert!(names("see @Ada Lovelace there", "Ada Lovelace"));
    }
}
