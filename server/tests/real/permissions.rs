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
    /// What they were told when they were refused last.
    refusal: String,
}

impl Someone {
    async fn enters(server: &Server, name: &str) -> Self {
        let guest = server.guest(name, "Den").await;
        let mut socket = server.open(&server.url(""), &guest.cookie).await.unwrap();
        let hello = socket.event().await;
        let id = hello["user"]["id"].as_str().unwrap().to_owned();
        socket.join(&guest.room).await;
        let rights = socket.event_of("rights").await;
        Self { guest, socket, id, rights, refusal: String::new() }
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
                "joined" => return "joined".to_owned(),
                "error" => {
                    self.refusal = event["message"].as_str().unwrap().to_owned();
                    return event["code"].as_str().unwrap().to_owned();
                }
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
    assert_eq!(
        bob.rights["may"],
        json!(["read", "post", "point", "draw", "delete_own", "edit_own", "react"])
    );
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
    assert_eq!(bob.rights["silenced"], json!("You are muted in this room. Reason: Shouting"));
    assert_eq!(bob.rights["silenced_until"], Value::Null, "it does not end by itself");
    assert_eq!(bob.says("let me").await, "muted");
    assert_eq!(bob.refusal, "You are muted in this room. Reason: Shouting");
    assert_eq!(ada.moderates(&bob.id, "unmute", None).await, "ack");
    bob.until_rights(|bob| bob.may("post")).await;
    assert_eq!(bob.says("thank you").await, "ack");
    // Of itself, too.
    assert_eq!(ada.moderates(&bob.id, "mute", Some(1)).await, "ack");
    bob.until_rights(|bob| !bob.may("post")).await;
    assert!(bob.rights["silenced_until"].as_i64().unwrap() > 1_700_000_000_000);
    bob.until_rights(|bob| bob.may("post")).await;
    // Told when asked, it says for how long from then.
    assert_eq!(ada.moderates(&bob.id, "mute", Some(600)).await, "ack");
    bob.until_rights(|bob| !bob.may("post")).await;
    assert_eq!(bob.says("but").await, "muted");
    assert_eq!(bob.refusal, "You are muted in this room for another 10 minutes. Reason: Shouting");
}

#[tokio::test]
async fn the_banned_are_out_at_once_and_stay_out() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.moderates(&bob.id, "ban", None).await, "ack");
    let removed = bob.socket.event_of("removed").await;
    let sentence = "You are banned from this room. Reason: Shouting";
    assert_eq!((&removed["code"], &removed["message"]), (&json!("banned"), &json!(sentence)));
    assert_eq!(bob.says("still here?").await, "banned");
    assert_eq!(bob.refusal, sentence);
    let page = server.get_as(&bob.guest, "/r/den").await;
    assert_eq!(page.status(), 403);
    assert!(page.text().await.unwrap().contains(sentence));
    let id = uuid::Uuid::now_v7().to_string();
    let form = [("id", id.as_str()), ("body", "by form")];
    let answer = server.post_message(&server.url(""), &bob.guest, &form).await;
    assert_eq!(answer.status(), 403);
    assert!(answer.text().await.unwrap().contains(sentence));
    let mut socket = server.socket(&bob.guest).await;
    socket.send(&json!({"type": "join", "ref": 1, "room": "den"})).await;
    assert_eq!(socket.event_of("error").await["code"], "banned");
    assert_eq!(ada.moderates(&bob.id, "unban", None).await, "ack");
    socket.join(&Slug::new("den")).await;
}

#[tokio::test]
async fn a_ban_ends_by_itself_for_whoever_comes_back() {
    // They ask until it has ended.
    let server = Server::start(&["--joins-per-minute", "1000000"]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.moderates(&bob.id, "ban", Some(1)).await, "ack");
    assert_eq!(bob.is_removed().await, "banned");
    let join = json!({"type": "join"});
    while bob.asks(join.clone()).await == "banned" {}
    bob.until_rights(|bob| bob.may("post")).await;
    assert_eq!(bob.says("so here I am").await, "ack");
}

#[tokio::test]
async fn rights_change_before_anything_that_is_said_after() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    let mut tab = server.open(&server.url(""), &bob.guest.cookie).await.unwrap();
    tab.event().await;
    tab.join(&bob.guest.room).await;
    tab.event_of("rights").await;
    let lock = |locked: bool| json!({"type": "lock", "locked": locked});
    let moderate = |measure: &str| {
        json!({"type": "moderate", "user": bob.id,
        "measure": measure, "reason": ""})
    };
    for (number, (act, may)) in [
        (moderate("mute"), false),
        (moderate("unmute"), true),
        (lock(true), false),
        (lock(false), true),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(ada.asks(act.clone()).await, "ack");
        let said = format!("after {number}");
        assert_eq!(ada.says(&said).await, "ack");
        for socket in [&mut bob.socket, &mut tab] {
            let mut told = Vec::new();
            loop {
                let event = socket.event().await;
                match event["type"].as_str().unwrap() {
                    "rights" => {
                        told.push(event["may"].as_array().unwrap().contains(&json!("post")))
                    }
                    "message" => {
                        assert_eq!(event["message"]["body"], json!(said));
                        break;
                    }
                    _ => {}
                }
            }
            assert_eq!(told, [may], "{act}");
        }
    }
    // Who is sent out hears nothing of it at all, in no tab.
    assert_eq!(ada.asks(moderate("ban")).await, "ack");
    assert_eq!(ada.says("we are alone").await, "ack");
    for socket in [&mut bob.socket, &mut tab] {
        let removed = loop {
            let event = socket.event().await;
            assert_ne!(event["type"], "message");
            if event["type"] == "removed" {
                break event;
            }
        };
        assert_eq!(removed["code"], "banned");
        // It stays so: the answer to a ping is the next thing they hear.
        socket.send(&json!({"type": "ping"})).await;
        assert_eq!(socket.event().await["type"], "pong");
    }
}

#[tokio::test]
async fn who_left_and_came_back_deletes_what_they_said() {
    let server = Server::start(&[]).await;
    let (_ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(bob.says("oh dear").await, "ack");
    let Someone { guest, socket, .. } = bob;
    drop(socket);
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;
    socket.send(&json!({"type": "delete_message", "ref": 5, "room": "den", "message": 1})).await;
    assert_eq!(socket.event_of("ack").await["ref"], json!(5));
    let page = server.get("/r/den").await.text().await.unwrap();
    assert!(page.contains("Deleted by its author.") && !page.contains("oh dear"));
}

#[tokio::test]
async fn the_kicked_are_out_and_told_when_they_may_come_back() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = owner_and_visitor(&server).await;
    assert_eq!(ada.moderates(&bob.id, "kick", None).await, "ack");
    let removed = bob.socket.event_of("removed").await;
    assert_eq!(removed["code"], "kicked");
    let sentence = removed["message"].as_str().unwrap();
    assert!(sentence.starts_with("You were kicked out of this room. You can come back in"));
    assert!(sentence.ends_with(". Reason: Shouting"), "{sentence}");
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
    assert_eq!(joined["messages"][0]["deleted_by"], json!(bob.id));
    // Nobody gets to see what it said, also not who says that they have been away since before.
    let position = json!({"epoch": joined["position"]["epoch"], "seq": 0});
    let mut socket = server.socket(&carol).await;
    socket.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": position})).await;
    assert_eq!(socket.event_of("joined").await["recovered"], json!(true));
    let first = socket.event_of("message").await;
    assert_eq!((&first["message"]["seq"], &first["message"]["body"]), (&json!(1), &Value::Null));
    // Who comes back after the message and before its end gets the deletion, in order.
    let position = json!({"epoch": joined["position"]["epoch"], "seq": 1});
    let mut socket = server.socket(&carol).await;
    socket.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": position})).await;
    assert_eq!(socket.event_of("joined").await["recovered"], json!(true));
    assert_eq!(socket.event_of("message").await["message"]["seq"], json!(2));
    assert_eq!(socket.event_of("message_deleted").await["seq"], json!(3));
    let page = server.get("/r/den").await.text().await.unwrap();
    assert!(page.contains("Deleted by its author.") && page.contains("two"));
}
