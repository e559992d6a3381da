//! What a token allows, by every way: the WebSocket, forms and the API. The table is
//! `Standing::may`'s; here it is asked whether every way asks it.

use serde_json::json;
use starling_protocol::{Scopes, Slug, Visibility};
use starling_server::store::{Actor, RoomChange, at_console};
use uuid::Uuid;

use crate::support::tokens::{claims, hs, sign, with};
use crate::support::{Server, http};

const SETS: [&str; 8] = [
    "",
    "read",
    "write",
    "manage",
    "read write",
    "read manage",
    "write manage",
    "read write manage",
];

fn token(subject: &str, scope: &str) -> String {
    sign(&hs(), &with(claims(subject), json!({"scope": scope})))
}

#[tokio::test]
async fn over_the_websocket_a_token_does_what_its_scopes_say() {
    let server =
        Server::with_secret(&["--chat-burst", "1000", "--chat-per-minute", "100000"]).await;
    let ada = server.guest("Ada", "Den").await;
    let own = server.api("GET", "/me", &[("cookie", &ada.cookie)], None).await.1;
    for (number, scope) in SETS.into_iter().enumerate() {
        let scopes = Scopes::known_in(scope);
        // An owner, so that nothing but the scopes is in the way.
        let owner = token("ann", "read write manage");
        let room = format!("Room {number}");
        assert_eq!(join(&server, &owner, "ann", &room).await, 303);
        let slug = format!("room-{number}");
        let (mut socket, _) = server.socket_with(&token("ann", scope)).await;
        socket.send(&json!({"type": "join", "ref": 1, "room": slug})).await;
        if !scopes.read {
            assert_eq!(socket.event_of("error").await["code"], "scope_missing", "{scope:?}");
            socket.send(&json!({"type": "rename", "ref": 2, "name": "ann"})).await;
            let answer = loop {
                let event = socket.event().await;
                if event["ref"] == 2 {
                    break event;
                }
            };
            assert_eq!(answer["type"] == "ack", scopes.manage, "{scope:?}: {answer}");
            continue;
        }
        socket.event_of("joined").await;
        let rights = socket.event_of("rights").await;
        let may: Vec<&str> =
            rights["may"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        for action in starling_protocol::Action::ALL {
            let name = serde_json::to_value(action).unwrap();
            let offered = may.contains(&name.as_str().unwrap());
            assert_eq!(offered, scopes.include(*action), "{scope:?}: {name}");
        }
        for (event, allowed) in [
            (json!({"type": "post", "id": Uuid::now_v7(), "body": "x"}), scopes.write),
            (json!({"type": "lock", "locked": true}), scopes.manage),
            (
                json!({"type": "moderate", "user": own["user"]["id"], "measure": "mute"}),
                scopes.manage,
            ),
            (json!({"type": "rename", "name": "ann"}), scopes.manage),
            (json!({"type": "history", "before": 2}), scopes.read),
        ] {
            let mut event = event;
            event["ref"] = json!(7);
            event["room"] = json!(slug);
            socket.send(&event).await;
            let answer = loop {
                let answer = socket.event().await;
                if answer["ref"] == 7 {
                    break answer;
                }
            };
            match allowed {
                true => assert_ne!(answer["type"], "error", "{scope:?}: {event} {answer}"),
                false => assert_eq!(answer["code"], "scope_missing", "{scope:?}: {event}"),
            }
        }
    }
}

#[tokio::test]
async fn by_form_and_api_a_token_does_what_its_scopes_say() {
    let server =
        Server::with_secret(&["--chat-burst", "1000", "--chat-per-minute", "100000"]).await;
    server.guest("Ada", "Den").await;
    assert_eq!(join(&server, &token("ann", "read write manage"), "ann", "Den").await, 303);
    server.guest("Ada", "Hidden").await;
    let private = RoomChange { visibility: Some(Visibility::Private), ..RoomChange::default() };
    let hide = at_console(server.data(), async |store| {
        let room = store.room(&Slug::new("hidden")).await?.id;
        store.change_room(Actor::Console, room, private).await
    });
    hide.await.unwrap().unwrap();
    for scope in SETS {
        let scopes = Scopes::known_in(scope);
        let token = token("ann", scope);
        let refused = |allowed: bool, status: u16| if allowed { status } else { 403 };
        let page = http().get(server.url("/r/den")).bearer_auth(&token).send().await.unwrap();
        assert_eq!(page.status(), refused(scopes.read, 200), "{scope:?}");
        let form = format!("id={}&body=x", Uuid::now_v7());
        let said = post(&server, &token, "/r/den/messages", form).await;
        assert_eq!(said, refused(scopes.read && scopes.write, 303), "{scope:?}");
        assert_eq!(
            join(&server, &token, "ann", "Den").await,
            refused(scopes.read, 303),
            "{scope:?}"
        );
        let renamed = join(&server, &token, "Ann", "Den").await;
        assert_eq!(renamed, refused(scopes.read && scopes.manage, 303), "{scope:?}");
        // Who this is does not depend on it.
        let me = server.me(&token).await.unwrap();
        assert_eq!(me["scopes"], json!(scopes.names().collect::<Vec<_>>()));
        assert_eq!(me["user"]["name"], "ann", "the name in the token holds");
        let made = join(&server, &token, "ann", &format!("New {}", scope.replace(' ', "-"))).await;
        assert_eq!(made, refused(scopes.manage, 303), "{scope:?}");
        let beside = join(&server, &token, "ann", "Hidden").await;
        assert_eq!(beside, made, "a hidden room is like none: {scope:?}");
        let lobby = http().get(server.url("/")).bearer_auth(&token).send().await.unwrap();
        let lobby = lobby.text().await.unwrap();
        assert_eq!(lobby.contains("Your rooms"), scopes.read, "{scope:?}");
    }
}

async fn join(server: &Server, token: &str, name: &str, room: &str) -> u16 {
    post(server, token, "/join", format!("name={name}&room={}", room.replace(' ', "+"))).await
}

async fn post(server: &Server, token: &str, path: &str, form: String) -> u16 {
    let request = http().post(server.url(path)).bearer_auth(token);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form).send().await.unwrap().status().as_u16()
}
