//! What the command line does beside a running server reaches those who are connected.

use serde_json::{Value, json};
use starling_client::protocol::{Role, Seq, Slug, UserId};
use starling_server::store::{Actor, Ending, RoomChange, StoreError, at_console};

use crate::support::{RawSocket, Server};

/// Somebody in the room, and all that they were told, in whatever order.
struct Someone {
    id: UserId,
    socket: RawSocket,
    told: Vec<Value>,
}

impl Someone {
    async fn enters(server: &Server, name: &str) -> Self {
        let guest = server.guest(name, "Den").await;
        let mut socket = server.open(&server.url(""), &guest.cookie).await.unwrap();
        let hello = socket.event().await;
        let id = serde_json::from_value(hello["user"]["id"].clone()).unwrap();
        socket.join(&guest.room).await;
        Self { id, socket, told: Vec::new() }
    }

    async fn until(&mut self, kind: &str, so: impl Fn(&Value) -> bool) -> Value {
        let fits = |event: &&Value| event["type"] == kind && so(event);
        while !self.told.iter().any(|event| fits(&event)) {
            self.told.push(self.socket.event().await);
        }
        self.told.iter().find(fits).unwrap().clone()
    }

    async fn says(&mut self, body: &str) {
        let id = uuid::Uuid::now_v7();
        let post = json!({"type": "post", "ref": 2, "room": "den", "id": id, "body": body});
        self.socket.send(&post).await;
    }
}

#[tokio::test]
async fn what_the_console_does_is_seen_at_once() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada").await;
    let mut bob = Someone::enters(&server, "Bob").await;
    ada.says("Hello").await;
    bob.until("message", |_| true).await;

    let (owner, visitor) = (ada.id, bob.id);
    let done = at_console(server.data(), async |store| {
        let room = store.room(&Slug::new("den")).await?.id;
        let locked = RoomChange { locked: Some(true), ..RoomChange::default() };
        store.change_room(Actor::Console, room, locked).await?;
        store.set_role(Actor::Console, room, visitor, Role::Moderator).await?;
        store.delete_message(Actor::Console, room, Seq(1), None).await
    });
    done.await.unwrap().unwrap();
    ada.until("rights", |event| event["locked"] == true).await;
    let rights = bob.until("rights", |event| event["role"] == "moderator").await;
    assert!(rights["silenced"].is_null(), "a moderator talks in a locked room: {rights}");
    for someone in [&mut ada, &mut bob] {
        let deleted = someone.until("message_deleted", |_| true).await;
        assert_eq!((&deleted["seq"], &deleted["message"]), (&2.into(), &1.into()));
    }
    ada.until("people_changed", |event| event["changed"][0]["role"] == "moderator").await;

    at_console(server.data(), async |store| store.sign_out(owner, Ending::All).await)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ada.socket.close_code().await, 4402);
    bob.says("Still here").await;
    bob.until("message", |event| event["message"]["seq"] == 3).await;
    server.stop().await;
}

#[tokio::test]
async fn the_console_needs_no_server() {
    let folder = tempfile::TempDir::new().unwrap();
    let found = at_console(folder.path(), async |store| store.room(&Slug::new("den")).await).await;
    assert_eq!(found.unwrap().unwrap_err(), StoreError::NotFound);
    let server = Server::start_with(folder).await;
    server.guest("Ada", "Den").await;
    server.stop().await;
}
