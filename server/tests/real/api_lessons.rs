//! The addresses that lessons teach, in exactly their shapes.

use serde_json::{Value, json};

use crate::support::Server;
use crate::support::program::Program;

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_client_of_a_lesson_does_all_it_has_learnt() {
    let server = Server::with_secret(&[]).await;
    let ann = Program::of(&server, "ann", "read write manage");
    let nobody = Program::of_nobody(&server);

    let made = ann.post("/chat/rooms", json!({"name": "General", "description": "ignored"})).await;
    assert_eq!((made.status, keys(&made.body)), (201, vec!["room"]), "{made:?}");
    assert_eq!(
        (&made.body["room"]["id"], &made.body["room"]["name"]),
        (&json!("general"), &json!("General"))
    );
    let place = made.header("location").to_owned();
    assert_eq!(place, "/chat/rooms/general");
    let rooms = nobody.get("/chat/rooms").await;
    assert_eq!((rooms.status, keys(&rooms.body)), (200, vec!["rooms"]));
    assert_eq!(rooms.body["rooms"], json!([made.body["room"]]));

    let guest = server.guest("Ada", "General").await;
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;
    let seen = nobody.get(&place).await;
    assert_eq!(keys(&seen.body), ["memberCount", "members", "room"]);
    assert_eq!(
        (&seen.body["memberCount"], &seen.body["members"][0]["username"]),
        (&json!(1), &json!("Ada"))
    );

    for body in ["Hello world", "Hello again", "Goodbye"] {
        ann.post("/api/v1/rooms/general/messages", json!({"body": body})).await;
    }
    ann.ask("DELETE", "/api/v1/rooms/general/messages/3", None).await;
    let messages = nobody.get("/chat/rooms/general/messages?limit=2").await;
    assert_eq!(keys(&messages.body), ["messages"]);
    let all = nobody.get("/chat/rooms/general/messages").await.body;
    let contents: Vec<&Value> =
        all["messages"].as_array().unwrap().iter().map(|message| &message["content"]).collect();
    assert_eq!(contents, ["Hello world", "Hello again"]);
    let first = &all["messages"][0];
    assert_eq!(keys(first), ["content", "id", "roomId", "timestamp", "userId", "username"]);
    assert_eq!((&first["roomId"], &first["username"]), (&json!("general"), &json!("ann")));
    let at: jiff::Timestamp = first["timestamp"].as_str().unwrap().parse().unwrap();
    let stored = ann.get("/api/v1/rooms/general/messages/1").await.body;
    assert_eq!(at.as_millisecond(), stored["at"].as_i64().unwrap());

    let found = nobody.get("/chat/rooms/general/messages/search?q=hello").await;
    assert_eq!(keys(&found.body), ["count", "messages"]);
    assert_eq!(
        (&found.body["count"], &found.body["messages"][0]["content"]),
        (&json!(2), &json!("Hello again"))
    );
    let stats = nobody.get("/chat/rooms/general/stats").await.body;
    assert_eq!(
        (keys(&stats), keys(&stats["stats"])),
        (vec!["stats"], vec!["byUser", "firstMessage", "lastMessage", "total"])
    );
    assert_eq!(
        (&stats["stats"]["total"], &stats["stats"]["byUser"]),
        (&json!(2), &json!({"ann": 2}))
    );
    assert_eq!(stats["stats"]["firstMessage"], first["timestamp"]);

    let event = json!({"event": "announcement", "data": {"text": "soon"}});
    assert_eq!(nobody.post(&format!("{place}/broadcast"), event.clone()).await.status, 401);
    let told = ann.post(&format!("{place}/broadcast"), event.clone()).await;
    assert_eq!(
        (told.status, keys(&told.body), &told.body["success"]),
        (200, vec!["message", "success"], &json!(true))
    );
    let custom = socket.event_of("custom").await;
    assert_eq!((&custom["event"], &custom["data"]), (&event["event"], &event["data"]));

    assert_eq!(nobody.post("/chat/rooms", json!({"name": "Other"})).await.status, 401);
    assert_eq!(nobody.ask("DELETE", &place, None).await.status, 401);
    let gone = ann.ask("DELETE", &place, None).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(nobody.get(&place).await.outcome(), "no_such_room");
    let private = ann.post("/chat/rooms", json!({"name": "Club", "isPrivate": true})).await;
    assert_eq!((private.status, &private.body["room"]["isPrivate"]), (201, &json!(true)));
    assert_eq!(nobody.get("/chat/rooms/club/messages").await.outcome(), "no_such_room");
    assert_eq!(nobody.get("/chat/rooms").await.body, json!({"rooms": []}));
}
