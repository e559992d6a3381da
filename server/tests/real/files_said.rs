//! Messages with files: one file, one message, and whoever may read the message may have the file.

use serde_json::{Value, json};
use starling_protocol::Slug;
use uuid::Uuid;

use crate::support::database::change;
use crate::support::program::Program;
use crate::support::{Guest, RawSocket, Server, http};
use crate::uploads::{stored, until_stored};

/// Somebody in the room, with a socket.
struct Someone {
    guest: Guest,
    socket: RawSocket,
}

impl Someone {
    async fn enters(server: &Server, name: &str, room: &str) -> Self {
        let guest = server.guest(name, room).await;
        let mut socket = server.socket(&guest).await;
        socket.join(&guest.room).await;
        Self { guest, socket }
    }

    /// Asks, and returns the ack's seq or the code of the refusal.
    async fn asks(&mut self, mut event: Value) -> Result<u64, String> {
        event["ref"] = json!(77);
        event["room"] = json!(self.guest.room);
        self.socket.send(&event).await;
        loop {
            let event = self.socket.event().await;
            match event["type"].as_str().unwrap() {
                "ack" => return Ok(event["seq"].as_u64().unwrap_or_default()),
                "error" => return Err(event["code"].as_str().unwrap().to_owned()),
                _ => {}
            }
        }
    }

    async fn posts(&mut self, id: Uuid, body: &str, file: &Value) -> Result<u64, String> {
        self.asks(json!({"type": "post", "id": id, "body": body, "file": file["id"]})).await
    }

    async fn says(&mut self, file: &Value) -> u64 {
        self.posts(Uuid::now_v7(), "", file).await.unwrap()
    }

    /// How the server answers when they want a file.
    async fn gets(&self, server: &Server, file: &Value) -> u16 {
        server.get_as(&self.guest, &path(file)).await.status().into()
    }
}

fn path(file: &Value) -> String {
    format!("/files/{}/{}", file["id"].as_str().unwrap(), file["name"].as_str().unwrap())
}

#[tokio::test]
async fn a_message_has_a_file_live_later_and_on_the_page() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada", "Den").await;
    let mut bob = Someone::enters(&server, "Bob", "Den").await;
    let file = server.send_file(&ada.guest, "notes.txt", b"x").await;
    assert_eq!(bob.gets(&server, &file).await, 404, "it is hers until she has said it");
    assert_eq!(ada.gets(&server, &file).await, 200);
    ada.says(&file).await;
    let heard = bob.socket.event_of("message").await;
    assert_eq!((&heard["message"]["body"], &heard["message"]["file"]), (&json!(""), &file));
    assert_eq!(bob.gets(&server, &file).await, 200);
    let anyone = http().get(server.url(&path(&file))).send().await.unwrap();
    assert_eq!(anyone.status(), 200, "whoever has the link of a room reads it");
    // What comes after it is asked of the store.
    bob.asks(json!({"type": "post", "id": Uuid::now_v7(), "body": "Thanks"})).await.unwrap();
    bob.socket.send(&json!({"type": "history", "ref": 5, "room": "den", "before": 2})).await;
    assert_eq!(bob.socket.event_of("history").await["messages"][0]["file"], file);
    let mut eve = server.socket(&server.guest("Eve", "Den").await).await;
    eve.send(&json!({"type": "join", "ref": 1, "room": "den"})).await;
    assert_eq!(eve.event_of("joined").await["messages"][0]["file"], file);
    // It can be given words, and keeps its file.
    let edit = json!({"type": "edit", "message": 1, "body": "My notes"});
    ada.asks(edit).await.unwrap();
    bob.socket.send(&json!({"type": "history", "ref": 6, "room": "den", "before": 2})).await;
    let edited = bob.socket.event_of("history").await["messages"][0].clone();
    assert_eq!((&edited["body"], &edited["file"]), (&json!("My notes"), &file));
}

#[tokio::test]
async fn programs_say_something_with_a_file_in_rooms_and_in_private() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let mut bob = Someone::enters(&server, "Bob", "Den").await;
    let program = Program::of_guest(&server, &ada);
    let bob_id = Program::of_guest(&server, &bob.guest).id().await;
    let file = server.send_file(&ada, "notes.txt", b"x").await;
    let den = "/api/v1/rooms/den/messages";
    let keyed = program.with("idempotency-key", "notes");
    let said = keyed.post(den, json!({"file": file["id"]})).await;
    assert_eq!((said.status, &said.body["body"], &said.body["file"]), (201, &json!(""), &file));
    assert_eq!(keyed.post(den, json!({"file": file["id"]})).await.body, said.body, "a repeat");
    assert_eq!(keyed.post(den, json!({"body": "x"})).await.outcome(), "conflict");
    assert_eq!(bob.socket.event_of("message").await["message"]["file"], file);
    let again = program.post(den, json!({"body": "x", "file": file["id"]})).await;
    assert_eq!(again.outcome(), "no_such_file");
    assert_eq!(program.post(den, json!({})).await.outcome(), "message_empty");

    let opened = program.post("/api/v1/directs", json!({"user": bob_id})).await.body;
    let room = Slug::new(opened["room"].as_str().unwrap());
    let file = server.send_file(&Guest { room, ..ada }, "secret.txt", b"x").await;
    let wanted = json!({"body": "for you", "file": file["id"]});
    let said = program.post(&format!("/api/v1/directs/{bob_id}/messages"), wanted).await;
    assert_eq!((said.status, &said.body["file"]), (201, &file), "{said:?}");
    assert_eq!(bob.gets(&server, &file).await, 200);
    let eve = server.guest("Eve", "Den").await;
    assert_eq!(server.get_as(&eve, &path(&file)).await.status(), 404);
}

#[tokio::test]
async fn a_file_is_for_one_message_of_its_sender_in_its_room() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada", "Den").await;
    let mut bob = Someone::enters(&server, "Bob", "Den").await;
    let file = server.send_file(&ada.guest, "x", b"x").await;
    let elsewhere = server.guest_of(&ada.guest, "Attic").await;
    let other_room = server.send_file(&elsewhere, "x", b"x").await;
    let unfinished = json!({"id": server.announced(&ada.guest, "x", 1).await});
    let unknown = json!({"id": Uuid::new_v4()});
    let (id, refused) = (Uuid::now_v7(), Err("no_such_file".to_owned()));
    for wrong in [&other_room, &unfinished, &unknown] {
        assert_eq!(ada.posts(id, "Look", wrong).await, refused);
    }
    assert_eq!(bob.posts(id, "Mine", &file).await, refused);
    assert_eq!(ada.posts(id, "", &json!({})).await, Err("message_empty".to_owned()));
    let first = ada.posts(id, " \u{200b}", &file).await;
    assert_eq!(first, Ok(1), "what was refused has left no hole");
    assert_eq!(ada.posts(id, "", &file).await, first, "a repeat");
    let conflict = Err("conflict".to_owned());
    assert_eq!(ada.posts(id, "Look", &file).await, conflict);
    assert_eq!(ada.posts(id, "x", &json!({})).await, conflict);
    assert_eq!(ada.posts(Uuid::now_v7(), "", &file).await, refused, "it has a message already");
    let upload = format!("/uploads/{}", file["id"].as_str().unwrap());
    for method in ["GET", "DELETE"] {
        assert_eq!(server.api_as(&ada.guest, method, &upload, None).await.0, 404);
    }
    ada.asks(json!({"type": "delete_message", "message": 1})).await.unwrap();
    assert_eq!(ada.posts(id, "", &file).await, first, "a repeat of what was deleted");
}

#[tokio::test]
async fn who_may_not_read_the_room_gets_no_file_of_it() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada", "Den").await;
    let bob = Someone::enters(&server, "Bob", "Den").await;
    let file = server.send_file(&ada.guest, "x", b"secret").await;
    ada.says(&file).await;
    let banned = "INSERT INTO measures (room_id, user_id, kind, reason, at) \
                  SELECT 1, id, 'ban', '', 0 FROM users WHERE name = 'Bob'";
    change(server.data(), banned).await;
    assert_eq!(bob.gets(&server, &file).await, 403);
    assert_eq!(ada.gets(&server, &file).await, 200);

    // Of a private room not even that there is something.
    change(server.data(), "DELETE FROM measures").await;
    change(server.data(), "UPDATE rooms SET visibility = 'private'").await;
    let none = format!("/files/{}/x", Uuid::new_v4());
    for cookie in [bob.guest.cookie.as_str(), ""] {
        let hidden = server.get_with(cookie, &path(&file)).await;
        let unknown = server.get_with(cookie, &none).await;
        assert_eq!(
            (hidden.status(), unknown.status()),
            (404.try_into().unwrap(), 404.try_into().unwrap())
        );
        let without_nonce = |text: String| text.split("nonce=\"").next().unwrap().to_owned();
        assert_eq!(hidden.headers().len(), unknown.headers().len());
        let (hidden, unknown) = (hidden.text().await.unwrap(), unknown.text().await.unwrap());
        assert_eq!(hidden.len(), unknown.len());
        assert_eq!(without_nonce(hidden), without_nonce(unknown));
    }
    assert_eq!(ada.gets(&server, &file).await, 200, "its members have it");
    // What a browser kept does not count: it asks each time.
    let etag = server.get_as(&ada.guest, &path(&file)).await.headers()["etag"].clone();
    let kept = http().get(server.url(&path(&file))).header("if-none-match", etag).send().await;
    assert_eq!(kept.unwrap().status(), 404);
}

#[tokio::test]
async fn what_is_deleted_takes_its_file_along() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada", "Den").await;
    let first = server.send_file(&ada.guest, "x", b"first").await;
    let second = server.send_file(&ada.guest, "x", b"second").await;
    let message = ada.says(&first).await;
    ada.says(&second).await;
    assert_eq!(stored(server.data()).len(), 2);
    ada.asks(json!({"type": "delete_message", "message": message})).await.unwrap();
    assert_eq!(ada.gets(&server, &first).await, 404);
    assert_eq!(ada.gets(&server, &second).await, 200);
    until_stored(server.data(), 1).await;
    ada.socket.send(&json!({"type": "history", "ref": 5, "room": "den", "before": 9})).await;
    let deleted = ada.socket.event_of("history").await["messages"][0].clone();
    assert!(deleted.get("file").is_none() && deleted.get("body").is_none(), "{deleted}");

    let (address, folder, flags) = server.stop().await;
    // Beside a running server or not: the next one removes what a deleted room leaves.
    let data = folder.path().to_owned();
    let deleting = tokio::task::spawn_blocking(move || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_starling"));
        command.args(["room", "delete", "den", "--yes", "--data-dir"]).arg(data).status().unwrap()
    });
    assert!(deleting.await.unwrap().success());
    assert_eq!(stored(folder.path()).len(), 1);
    let server = Server::start_at(address, folder, flags).await;
    assert_eq!(ada.gets(&server, &second).await, 404);
    until_stored(server.data(), 0).await;
}

impl Server {
    /// The same person in another room.
    async fn guest_of(&self, guest: &Guest, room: &str) -> Guest {
        let form = [("name", guest.name.as_str()), ("room", room)];
        let answer = self.post_join(&self.url(""), &guest.cookie, &form).await;
        let place = answer.headers()["location"].to_str().unwrap();
        let room = starling_protocol::Slug::new(place.trim_start_matches("/r/"));
        Guest { name: guest.name.clone(), cookie: guest.cookie.clone(), room }
    }
}
