//! What people may do in a room, and what becomes of it when that changes under their hands.

use serde_json::{Value, json};
use starling_client::protocol::Slug;

use crate::support::{Guest, RawSocket, Server};

/// Somebody in the room, with what they were told of their rights.
struct Someone {
    guest: Guest,
    socket: RawSocket,
    id: String,
    rights: Value,
}

impl Someone {
    async fn enters(server: &Server, name: &str) -> Self {
        let guest = server.guest(name, "Den").await;
        let mut socket = server.open(&server.url(""), &guest.cookie).await.unwrap();
        let hello = socket.event().await;
        let id = hello["user"]["id"].as_str().unwrap().to_owned();
        socket.join(&guest.room).await;
        let rights = socket.event_of("rights").await;
        Self { guest, socket, id, rights }
    }

    fn may(&self, action: &str) -> bool {
        self.rights["may"].as_array().unwrap().iter().any(|it| it == action)
    }

    /// Asks, and returns the code of the refusal, or "ack".
    async fn asks(&mut self, mut event: Value) -> String {
        event["ref"] = json!(77);
        event["room"] = json!(self.guest.room);
        self.socket.send(&event).await;
        loop {
            let event = self.socket.event().await;
            match event["type"].as_str().unwrap() {
                "ack" => return "ack".to_owned(),
                "error" => return event["code"].as_str().unwrap().to_owned(),
                "rights" => self.rights = event,
                _ => {}
            }
        }
    }

    async fn says(&mut self, body: &str) -> String {
        self.asks(json!({"type": "post", "id": uuid::Uuid::now_v7(), "body": body})).await
    }

    async fn moderates(&mut self, user: &str, measure: &str, seconds: Option<u64>) -> String {
        self.asks(json!({"type": "moderate", "user": user, "measure": measure,
            "reason": "Shouting", "seconds": seconds}))
            .await
    }

    async fn until_rights(&mut self, so: impl Fn(&Self) -> bool) {
        while !so(self) {
            self.rights = self.socket.event_of("rights").await;
        }
    }

    async fn is_removed(&mut self) -> String {
        self.socket.event_of("removed").await["code"].as_str().unwrap().to_owned()
    }
}

async fn owner_and_visitor(server: &Server) -> (Someone, Someone) {
    (Someone::enters(server, "Ada").await, Someone::enters(server, "Bob").await)
}

#[tokio::test]
async fn who_made_the_room_owns_it_and_others_are_offered_what_they_may() {
    let server = Server::start(&[]).await;
    let (ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!((&ada.rights["role"], &bob.rights["role"]), (&json!("owner"), &json!("visitor")));
    assert!(ada.may("delete_room") && ada.may("ban"));
    assert_eq!(bob.rights["may"], json!(["read", "post", "point", "delete_own"]));
    let measure = bob.moderates(&ada.id, "ban", None).await;
    assert_eq!(measure, "forbidden");
    assert_eq!(bob.asks(json!({"type": "lock", "locked": true})).await, "forbidden");
}

#[tokio::test]
async fn the_muted_are_told_and_refused_and_talk_again_when_it_ends() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.moderates(&bob.id, "mute", None).await, "ack");
    bob.until_rights(|bob| !bob.may("post")).await;
    assert_eq!(bob.rights["silenced"], json!("You are muted in this room."));
    assert_eq!(bob.says("let me").await, "muted");
    assert_eq!(ada.moderates(&bob.id, "unmute", None).await, "ack");
    bob.until_rights(|bob| bob.may("post")).await;
    assert_eq!(bob.says("thank you").await, "ack");
    // Of itself, too.
    assert_eq!(ada.moderates(&bob.id, "mute", Some(1)).await, "ack");
    bob.until_rights(|bob| !bob.may("post")).await;
    bob.until_rights(|bob| bob.may("post")).await;
}

#[tokio::test]
async fn the_banned_are_out_at_once_and_stay_out() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.moderates(&bob.id, "ban", None).await, "ack");
    assert_eq!(bob.is_removed().await, "banned");
    assert_eq!(bob.says("still here?").await, "banned");
    assert_eq!(server.get_as(&bob.guest, "/r/den").await.status(), 403);
    let mut socket = server.socket(&bob.guest).await;
    socket.send(&json!({"type": "join", "ref": 1, "room": "den"})).await;
    assert_eq!(socket.event_of("error").await["code"], "banned");
    assert_eq!(ada.moderates(&bob.id, "unban", None).await, "ack");
    socket.join(&Slug::new("den")).await;
}

#[tokio::test]
async fn the_kicked_are_out_and_told_when_they_may_come_back() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.moderates(&bob.id, "kick", None).await, "ack");
    let removed = bob.socket.event_of("removed").await;
    assert_eq!(removed["code"], "kicked");
    assert!(removed["message"].as_str().unwrap().contains("You can come back in"));
    let people = loop {
        let event = ada.socket.event_of("people_changed").await;
        if !event["left"].as_array().unwrap().is_empty() {
            break event;
        }
    };
    assert_eq!(people["left"], json!([bob.id]));
}

#[tokio::test]
async fn in_a_locked_room_only_its_keepers_talk() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.asks(json!({"type": "lock", "locked": true})).await, "ack");
    bob.until_rights(|bob| !bob.may("post")).await;
    assert_eq!(bob.says("hello?").await, "room_locked");
    assert_eq!(ada.says("silence, please").await, "ack");
    assert_eq!(ada.asks(json!({"type": "lock", "locked": false})).await, "ack");
    bob.until_rights(|bob| bob.may("post")).await;
    assert_eq!(bob.says("ah").await, "ack");
}

#[tokio::test]
async fn a_deleted_message_is_gone_for_everyone_and_keeps_its_place() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(bob.says("one").await, "ack");
    assert_eq!(ada.says("two").await, "ack");
    let delete = |message: u64| json!({"type": "delete_message", "message": message});
    assert_eq!(bob.asks(delete(2)).await, "forbidden");
    assert_eq!(bob.asks(delete(9)).await, "forbidden", "of what is not there nothing is told");
    assert_eq!(bob.asks(delete(1)).await, "ack");
    let deleted = ada.socket.event_of("message_deleted").await;
    assert_eq!((&deleted["seq"], &deleted["message"]), (&json!(3), &json!(1)));
    assert_eq!(deleted["by"], json!(bob.id));
    assert_eq!(ada.asks(delete(1)).await, "no_such_message");

    let carol = server.guest("Carol", "Den").await;
    let mut socket = server.socket(&carol).await;
    let joined = socket.join(&carol.room).await;
    assert_eq!(joined["position"]["seq"], json!(3));
    let bodies: Vec<&Value> =
        joined["messages"].as_array().unwrap().iter().map(|message| &message["body"]).collect();
    assert_eq!(bodies, [&Value::Null, &json!("two")]);
    // Who comes back after the message and before its end gets the deletion, in order.
    let position = json!({"epoch": joined["position"]["epoch"], "seq": 1});
    let mut socket = server.socket(&carol).await;
    socket.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": position})).await;
    assert_eq!(socket.event_of("joined").await["recovered"], json!(true));
    assert_eq!(socket.event_of("message").await["message"]["seq"], json!(2));
    assert_eq!(socket.event_of("message_deleted").await["seq"], json!(3));
    let page = server.get("/r/den").await.text().await.unwrap();
    assert!(page.contains("This message was deleted.") && page.contains("two"));
}
