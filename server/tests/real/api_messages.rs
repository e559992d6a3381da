//! Messages over the REST API: said once, read by the page, changed, found and reacted to; and private
//! ones. What happens here is seen live.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Server;
use crate::support::program::Program;

const DEN: &str = "/api/v1/rooms/den/messages";

async fn start() -> (Server, Program) {
    let server = Server::with_secret(&["--chat-burst", "1000", "--searches-per-minute", "3"]).await;
    let ann = Program::of(&server, "ann", "read write manage");
    let wanted = json!({"name": "Den", "visibility": "public"});
    assert_eq!(ann.post("/api/v1/rooms", wanted).await.status, 201);
    (server, ann)
}

fn seqs(page: &Value) -> Vec<u64> {
    let messages = page["messages"].as_array().unwrap().iter();
    messages.map(|message| message["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_message_is_said_once_seen_live_changed_and_deleted() {
    let (server, ann) = start().await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&guest).await;
    socket.join(&guest.room).await;

    let key = Uuid::now_v7().to_string();
    let keyed = ann.with("idempotency-key", &key);
    let first = keyed.post(DEN, json!({"body": "  hello "})).await;
    assert_eq!((first.status, &first.body["body"]), (201, &json!("hello")), "{first:?}");
    assert_eq!(first.body["id"], json!(key));
    assert_eq!(first.header("location"), "/api/v1/rooms/den/messages/1");
    let again = keyed.post(DEN, json!({"body": "hello"})).await;
    assert_eq!((again.status, &again.body), (201, &first.body), "it was not said again");
    assert_eq!(keyed.post(DEN, json!({"body": "other"})).await.outcome(), "conflict");
    let word = ann.with("idempotency-key", "\"run 7, step 3\"");
    assert_eq!(word.post(DEN, json!({"body": "two"})).await.body["seq"], 2);
    let bare = ann.with("idempotency-key", "run 7, step 3");
    assert_eq!(bare.post(DEN, json!({"body": "two"})).await.body["seq"], 2);
    assert_eq!(socket.event_of("message").await["message"]["body"], "hello");
    assert_eq!(socket.event_of("message").await["message"]["body"], "two");

    let one = format!("{DEN}/1");
    let read = ann.get(&one).await;
    assert_eq!(read.body, first.body);
    let careful = ann.with("if-match", read.header("etag"));
    let edited = careful.ask("PATCH", &one, Some(json!({"body": "hello, all"}))).await;
    assert_eq!((edited.status, &edited.body["body"]), (200, &json!("hello, all")));
    assert!(edited.body["edited_at"].is_i64());
    assert_eq!(socket.event_of("message_edited").await["body"], "hello, all");
    assert_eq!(careful.ask("PATCH", &one, Some(json!({"body": "no"}))).await.outcome(), "changed");
    let bob = Program::of(&server, "bob", "read write manage");
    let theirs = bob.ask("PATCH", &one, Some(json!({"body": "mine"}))).await;
    assert_eq!(theirs.status, 403, "{theirs:?}");

    for method in ["PUT", "PUT", "DELETE"] {
        let reaction = format!("{one}/reactions/%F0%9F%91%8D");
        assert_eq!(bob.ask(method, &reaction, None).await.status, 204);
        let counted = ann.get(&one).await.body["reactions"].as_array().map_or(0, Vec::len);
        assert_eq!(counted, usize::from(method == "PUT"));
    }
    for active in [true, false] {
        let reacted = socket.event_of("reacted").await;
        assert_eq!((&reacted["emoji"], &reacted["active"]), (&json!("👍"), &json!(active)));
    }
    assert_eq!(bob.ask("PUT", &format!("{one}/reactions/ab"), None).await.outcome(), "bad_emoji");

    assert_eq!(bob.ask("DELETE", &one, None).await.outcome(), "forbidden");
    assert_eq!(ann.ask("DELETE", &one, None).await.status, 204);
    socket.event_of("message_deleted").await;
    let gone = ann.get(&one).await;
    assert_eq!((gone.status, gone.body.get("body")), (200, None), "{gone:?}");
    assert_eq!(ann.ask("DELETE", &one, None).await.outcome(), "no_such_message");
    for none in ["99", "3"] {
        assert_eq!(ann.get(&format!("{DEN}/{none}")).await.outcome(), "no_such_message", "{none}");
    }
    assert_eq!(ann.get(&format!("{DEN}/x")).await.outcome(), "no_such_address");
}

#[tokio::test]
async fn of_several_changes_of_what_they_have_read_one_is_made() {
    let (_server, ann) = start().await;
    for number in 1..=4 {
        let said = ann.post(DEN, json!({"body": "one"})).await;
        assert_eq!(said.status, 201);
        let one = said.header("location").to_owned();
        let careful = ann.with("if-match", ann.get(&one).await.header("etag"));
        let changes = (0..8).map(|text| {
            let change = json!({"body": format!("change {text} of {number}")});
            careful.ask("PATCH", &one, Some(change))
        });
        let changed = futures_util::future::join_all(changes).await;
        let mut outcomes: Vec<_> = changed.iter().map(|answer| answer.outcome()).collect();
        outcomes.sort_unstable();
        assert_eq!(outcomes, [&["changed"; 7][..], &["done"]].concat(), "{changed:?}");
        assert_eq!(careful.ask("DELETE", &one, None).await.outcome(), "changed");
        let any = ann.with("if-match", "*");
        assert_eq!(any.ask("DELETE", &one, None).await.outcome(), "done");
    }
}

#[tokio::test]
async fn messages_are_read_by_the_page_and_found_by_their_words() {
    let (server, ann) = start().await;
    for number in 1..=7 {
        let said = ann.post(DEN, json!({"body": format!("message {number} of the Café")})).await;
        assert_eq!(said.status, 201);
    }
    let nobody = Program::of_nobody(&server);
    for (query, found, more) in [
        ("", &[1, 2, 3, 4, 5, 6, 7][..], false),
        ("?limit=2", &[6, 7], true),
        ("?limit=2&before=6", &[4, 5], true),
        ("?limit=9&before=3", &[1, 2], false),
        ("?limit=2&after=0", &[1, 2], true),
        ("?after=5", &[6, 7], false),
        ("?after=7", &[], false),
        ("?before=1", &[], false),
    ] {
        let page = nobody.get(&format!("{DEN}{query}")).await;
        assert_eq!(
            (seqs(&page.body), &page.body["more"]),
            (found.to_vec(), &json!(more)),
            "{query}"
        );
        assert_eq!(page.body["position"]["seq"], 7, "{query}");
    }
    for bad in ["?before=1&after=2", "?limit=0", "?before=-1", "?before=x"] {
        assert_eq!(nobody.get(&format!("{DEN}{bad}")).await.outcome(), "bad_request", "{bad}");
    }

    let hits = nobody.get(&format!("{DEN}/search?q=cafe+mess&limit=2")).await;
    assert_eq!((seqs(&hits.body), &hits.body["more"]), (vec![7, 6], &json!(true)), "{hits:?}");
    let rest = nobody.get(&format!("{DEN}/search?q=cafe+mess&before=6")).await;
    assert_eq!(seqs(&rest.body), [5, 4, 3, 2, 1]);
    // The third is the last within a minute, of this one as of the statistics.
    let stats = nobody.get("/api/v1/rooms/den/stats").await.body;
    assert_eq!((&stats["total"], &stats["by_user"][0]["messages"]), (&json!(7), &json!(7)));
    assert_eq!(stats["by_user"][0]["user"]["name"], "ann");
    assert!(stats["last_at"].as_i64().unwrap() >= stats["first_at"].as_i64().unwrap());
    let refused = nobody.get(&format!("{DEN}/search?q=cafe")).await;
    assert_eq!((refused.status, refused.outcome().as_str()), (429, "slow_down"));
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{refused:?}");
    assert_eq!(
        (refused.header("ratelimit-limit"), refused.header("ratelimit-remaining")),
        ("3", "0")
    );
    let ann_finds = ann.get(&format!("{DEN}/search?q=cafe")).await;
    assert_eq!(ann_finds.status, 200, "people are counted apart");
    assert!(ann_finds.header("ratelimit").contains("\"searches\";r=2;"), "{ann_finds:?}");
    assert!(ann_finds.header("ratelimit-policy").contains("\"searches\";q=3;w=60"));
    for bad in ["", "?q=", &format!("?q={}", "x".repeat(201))] {
        assert_eq!(ann.get(&format!("{DEN}/search{bad}")).await.outcome(), "bad_request", "{bad}");
    }
}

#[tokio::test]
async fn private_messages_are_between_two() {
    let (server, ann) = start().await;
    let bob = Program::of(&server, "bob", "read write");
    let eve = Program::of(&server, "eve", "read write manage");
    let (ann_id, bob_id) = (ann.id().await, bob.id().await);
    let said =
        ann.post(&format!("/api/v1/directs/{bob_id}/messages"), json!({"body": "psst"})).await;
    assert_eq!((said.status, &said.body["seq"]), (201, &json!(1)), "{said:?}");
    let place = said.header("location").to_owned();
    let listed = bob.get("/api/v1/directs").await.body;
    let direct = &listed["directs"][0];
    assert_eq!((&direct["with"]["id"], &direct["seq"]), (&json!(ann_id), &json!(1)));
    let opened = bob.post("/api/v1/directs", json!({"user": ann_id})).await;
    assert_eq!((opened.status, &opened.body["room"]), (200, &direct["room"]));
    let room = direct["room"].as_str().unwrap();
    let answered =
        bob.post(&format!("/api/v1/rooms/{room}/messages"), json!({"body": "yes?"})).await;
    assert_eq!(answered.status, 201);
    assert_eq!(ann.get(&place).await.body["body"], "psst");
    for path in [place.as_str(), &format!("/api/v1/rooms/{room}"), &format!("/chat/rooms/{room}")] {
        assert_eq!(eve.get(path).await.outcome(), "no_such_room", "{path}");
    }
    assert_eq!(eve.get("/api/v1/directs").await.body, json!({"directs": []}));
    let oneself = ann.post("/api/v1/directs", json!({"user": ann_id})).await;
    assert_eq!(oneself.outcome(), "forbidden");
    let unknown = ann.post("/api/v1/directs", json!({"user": Uuid::now_v7()})).await;
    assert_eq!((unknown.status, unknown.outcome().as_str()), (404, "no_such_person"));
    assert_eq!(Program::of_nobody(&server).get("/api/v1/directs").await.status, 401);
}

#[tokio::test]
async fn a_guest_talks_from_the_servers_own_pages_and_a_token_by_its_scopes() {
    let (server, _) = start().await;
    let guest = Program::of_guest(&server, &server.guest("Ada", "Den").await);
    let said = guest.post(DEN, json!({"body": "by cookie"})).await;
    assert_eq!((said.status, &said.body["author"]["name"]), (201, &json!("Ada")), "{said:?}");
    let mut elsewhere = guest.clone();
    elsewhere.headers[1].1 = "https://evil.example".to_owned();
    assert_eq!(elsewhere.post(DEN, json!({"body": "x"})).await.outcome(), "wrong_origin");
    elsewhere.headers.truncate(1);
    assert_eq!(elsewhere.post(DEN, json!({"body": "x"})).await.outcome(), "wrong_origin");
    let nobody = Program::of_nobody(&server);
    assert_eq!(nobody.post(DEN, json!({"body": "x"})).await.outcome(), "no_identity");
    let page = nobody.with("origin", "https://evil.example");
    assert_eq!(page.post(DEN, json!({"body": "x"})).await.outcome(), "wrong_origin");
    let reader = Program::of(&server, "bob", "read");
    assert_eq!(reader.post(DEN, json!({"body": "x"})).await.outcome(), "scope_missing");
    assert_eq!(reader.get(DEN).await.status, 200);
    let writer = Program::of(&server, "bob", "write");
    assert_eq!(writer.get(DEN).await.outcome(), "scope_missing");
    let room = json!({"name": "Another"});
    assert_eq!(reader.post("/api/v1/rooms", room).await.outcome(), "scope_missing");
    let none = nobody.with("authorization", "Bearer nonsense");
    assert_eq!(none.get(DEN).await.outcome(), "bad_token");
}
