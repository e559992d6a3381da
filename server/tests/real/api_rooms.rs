//! Rooms over the REST API: made, found, read with who is there, changed, kept in order and deleted.

use serde_json::{Value, json};
use starling_protocol::Slug;

use crate::support::Server;
use crate::support::program::Program;

async fn start() -> Server {
    Server::with_secret(&["--chat-burst", "100000", "--searches-per-minute", "100000"]).await
}

#[tokio::test]
async fn a_room_is_made_found_read_changed_and_deleted() {
    let server = start().await;
    let ann = Program::of(&server, "ann", "read write manage");
    let nobody = Program::of_nobody(&server);

    let made = ann.post("/api/v1/rooms", json!({"name": "Café", "visibility": "public"})).await;
    assert_eq!((made.status, &made.body["slug"]), (201, &json!("café")), "{made:?}");
    assert_eq!(made.header("location"), "/api/v1/rooms/caf%C3%A9");
    let place = made.header("location").to_owned();
    let again = ann.post("/api/v1/rooms", json!({"name": "Café"})).await;
    assert_eq!((again.status, &again.body), (200, &made.body), "it is there already");

    let mut socket = {
        let guest = server.guest("Ada", "Café").await;
        let mut socket = server.socket(&guest).await;
        // A guest knows the address as it stands in links.
        socket.join(&Slug::new("café")).await;
        socket
    };
    let seen = nobody.get(&place).await;
    assert_eq!((seen.status, seen.body["rights"]["role"].as_str()), (200, Some("visitor")));
    assert_eq!(seen.body["people"].as_array().unwrap().len(), 1, "{seen:?}");
    let people = nobody.get(&format!("{place}/people")).await.body;
    assert_eq!(people["people"][0]["name"], "Ada");
    assert_eq!(nobody.get("/api/v1/presence").await.body, json!({"people": 1}));
    let listed = nobody.get("/api/v1/rooms").await.body;
    assert_eq!(
        (&listed["rooms"][0]["slug"], &listed["rooms"][0]["people"]),
        (&json!("café"), &json!(1))
    );

    // Whoever has it already is not sent it again, and whoever changes it says what they think it is.
    let tag = seen.header("etag").to_owned();
    let known = nobody.with("if-none-match", &tag).get(&place).await;
    assert_eq!((known.status, known.text.as_str(), known.header("etag")), (304, "", tag.as_str()));
    let head = nobody.ask("HEAD", "/api/v1/rooms", None).await;
    assert_eq!(head.header("etag"), nobody.get("/api/v1/rooms").await.header("etag"));
    let careful = ann.with("if-match", ann.get(&place).await.header("etag"));
    let change = json!({"name": "Tea room", "locked": true});
    let changed = careful.ask("PATCH", &place, Some(change.clone())).await;
    assert_eq!((changed.status, &changed.body["name"]), (200, &json!("Tea room")), "{changed:?}");
    let outdated = careful.ask("PATCH", &place, Some(change)).await;
    assert_eq!((outdated.status, outdated.outcome().as_str()), (412, "changed"));
    assert_eq!(careful.ask("DELETE", &place, None).await.status, 412);
    let live = loop {
        let rights = socket.event_of("rights").await;
        if rights["locked"] == true {
            break rights;
        }
    };
    assert_eq!(live["name"], "Tea room", "it is seen live");

    assert_eq!(ann.ask("PATCH", &place, Some(json!({}))).await.outcome(), "bad_request");
    assert_eq!(nobody.ask("DELETE", &place, None).await.outcome(), "no_identity");
    let bob = Program::of(&server, "bob", "read write manage");
    assert_eq!(bob.ask("DELETE", &place, None).await.outcome(), "forbidden");
    assert_eq!(ann.ask("DELETE", &place, None).await.status, 204);
    assert_eq!(socket.event_of("removed").await["code"], "room_deleted");
    assert_eq!(ann.get(&place).await.outcome(), "no_such_room");
}

#[tokio::test]
async fn rooms_are_listed_by_their_address_and_ones_own() {
    let server = start().await;
    let ann = Program::of(&server, "ann", "read write manage");
    for (name, visibility) in
        [("c", "public"), ("a", "public"), ("b", "public"), ("d", "unlisted"), ("e", "private")]
    {
        let wanted = json!({"name": name, "visibility": visibility});
        assert_eq!(ann.post("/api/v1/rooms", wanted).await.status, 201);
    }
    let slugs = |list: Value| -> (Vec<String>, bool) {
        let rooms = list["rooms"].as_array().unwrap().iter();
        let slugs = rooms.map(|room| room["slug"].as_str().unwrap().to_owned()).collect();
        (slugs, list["more"].as_bool().unwrap())
    };
    let nobody = Program::of_nobody(&server);
    let first = slugs(nobody.get("/api/v1/rooms?limit=2").await.body);
    assert_eq!(first, (vec!["a".to_owned(), "b".to_owned()], true));
    let rest = slugs(nobody.get("/api/v1/rooms?limit=2&after=b").await.body);
    assert_eq!(rest, (vec!["c".to_owned()], false));
    let own = slugs(ann.get("/api/v1/rooms?of=mine").await.body).0;
    assert_eq!(own.len(), 5, "{own:?}");
    assert_eq!(nobody.get("/api/v1/rooms?of=mine").await.outcome(), "no_identity");
    let writer = Program::of(&server, "ann", "write");
    assert_eq!(writer.get("/api/v1/rooms?of=mine").await.outcome(), "scope_missing");
    for bad in ["limit=0", "limit=101", "limit=x", "of=theirs"] {
        let refused = nobody.get(&format!("/api/v1/rooms?{bad}")).await;
        assert_eq!((refused.status, refused.outcome().as_str()), (400, "bad_request"), "{bad}");
    }
}

#[tokio::test]
async fn keepers_keep_order_and_send_events_of_their_own() {
    let server = start().await;
    let ann = Program::of(&server, "ann", "read write manage");
    let bob = Program::of(&server, "bob", "read write manage");
    let bob_id = bob.id().await;
    ann.post("/api/v1/rooms", json!({"name": "Den", "visibility": "public"})).await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;

    let said = json!({"body": "x"});
    let event = json!({"event": "score", "data": {"home": 3, "away": [1, null]}});
    assert_eq!(bob.post("/api/v1/rooms/den/broadcast", event.clone()).await.outcome(), "forbidden");
    let role = |role: &str| Some(json!({"role": role}));
    let member = format!("/api/v1/rooms/den/members/{bob_id}");
    assert_eq!(bob.ask("PUT", &member, role("moderator")).await.outcome(), "forbidden");
    assert_eq!(ann.ask("PUT", &member, role("moderator")).await.status, 204);
    let told = bob.post("/api/v1/rooms/den/broadcast", event.clone()).await;
    assert_eq!((told.status, &told.body), (200, &json!({"people": 1})));
    let custom = socket.event_of("custom").await;
    assert_eq!(
        (&custom["event"], &custom["data"], &custom["by"]),
        (&event["event"], &event["data"], &json!(bob_id))
    );
    let large = json!({"event": "large", "data": "x".repeat(20_000)});
    assert_eq!(bob.post("/api/v1/rooms/den/broadcast", large).await.status, 413);
    let unnamed = json!({"event": ""});
    assert_eq!(bob.post("/api/v1/rooms/den/broadcast", unnamed).await.outcome(), "bad_request");
    // Socket.IO clients would take these for Starling's own.
    for event in ["message:private", "server:shutdown", "users:list", "message", "disconnect"] {
        for path in ["/api/v1/rooms/den/broadcast", "/chat/rooms/den/broadcast"] {
            let forged = bob.post(path, json!({"event": event, "data": {}})).await;
            assert_eq!(
                (forged.status, forged.outcome()),
                (400, "bad_request".to_owned()),
                "{event}"
            );
            assert!(forged.body["detail"].as_str().unwrap().contains("another one"), "{forged:?}");
        }
    }

    assert_eq!(ann.ask("PUT", &member, role("member")).await.status, 204);
    let mute = json!({"user": bob_id, "measure": "mute", "reason": "too loud", "seconds": 60});
    assert_eq!(bob.post("/api/v1/rooms/den/measures", mute.clone()).await.outcome(), "forbidden");
    assert_eq!(ann.post("/api/v1/rooms/den/measures", mute).await.status, 204);
    let refused = bob.post("/api/v1/rooms/den/messages", said).await;
    assert_eq!((refused.status, refused.outcome().as_str()), (403, "muted"));
    assert!(refused.body["detail"].as_str().unwrap().contains("too loud"));
}

#[tokio::test]
async fn a_hidden_room_answers_as_none_does_whatever_is_asked() {
    let server = start().await;
    let ann = Program::of(&server, "ann", "read write manage");
    let hidden = json!({"name": "Hidden", "visibility": "private"});
    assert_eq!(ann.post("/api/v1/rooms", hidden).await.status, 201);
    ann.post("/api/v1/rooms/hidden/messages", json!({"body": "secret words"})).await;
    let bob = Program::of(&server, "bob", "read write manage");
    let ann_id = ann.id().await;
    let guest = Program::of_guest(&server, &server.guest("Ada", "Den").await);
    let member = format!("/members/{ann_id}");
    let word = || Some(json!({"body": "x"}));
    for (method, path, body) in [
        ("GET", "", None),
        ("PATCH", "", Some(json!({"name": "Mine"}))),
        ("PATCH", "", Some(json!({"name": ""}))),
        ("DELETE", "", None),
        ("GET", "/people", None),
        ("GET", "/messages", None),
        ("GET", "/messages?before=1&after=1", None),
        ("POST", "/messages", word()),
        ("POST", "/messages", Some(json!({"body": ""}))),
        ("GET", "/messages/1", None),
        ("PATCH", "/messages/1", word()),
        ("DELETE", "/messages/1", None),
        ("PUT", "/messages/1/reactions/%E2%98%85", None),
        ("DELETE", "/messages/1/reactions/x", None),
        ("GET", "/messages/search?q=secret", None),
        ("GET", "/messages/search?q=", None),
        ("GET", "/stats", None),
        ("POST", "/broadcast", Some(json!({"event": "x"}))),
        ("POST", "/measures", Some(json!({"user": ann_id, "measure": "ban"}))),
        ("PUT", &member, Some(json!({"role": "visitor"}))),
        ("POST", "/uploads", Some(json!({"name": "x", "size": 1}))),
        ("POST", "/uploads", Some(json!({"name": "x", "size": 0}))),
    ] {
        for program in [&bob, &guest, &Program::of_nobody(&server)] {
            let [there, nowhere] = ["hidden", "nowhere"].map(|slug| {
                let path = format!("/api/v1/rooms/{slug}{path}");
                let body = body.clone();
                async move { program.ask(method, &path, body).await }
            });
            let (there, nowhere) = (there.await, nowhere.await);
            assert_eq!(
                (there.status, &there.text),
                (nowhere.status, &nowhere.text),
                "{method} {path}"
            );
            assert!(there.status >= 400, "{method} {path}: {there:?}");
        }
    }
    let lists = ["/api/v1/rooms", "/chat/rooms", "/api/v1/rooms?of=mine"];
    for list in lists {
        assert!(!bob.get(list).await.text.contains("hidden"), "{list}");
    }
}
