//! Private rooms: for whoever does not belong to them there are none, whichever way they look.

use reqwest::Response;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use starling_client::protocol::Slug;

use crate::support::{Guest, Server, http};

/// The address of the private room, and one of the same length where nobody has made a room.
const PRIVATE: &str = "den";
const NONE: &str = "nix";

/// An answer as whoever asked sees it, without what differs each time.
async fn whole(answer: Response, slug: &str) -> String {
    let status = answer.status();
    let mut headers: Vec<String> = answer
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = answer.text().await.unwrap();
    let told = format!("{status}\n{}\n\n{body}", headers.join("\n"));
    without_nonces(&told).replace(slug, "SLUG")
}

/// Pages may carry a number that is used once, in their scripts and in a header.
fn without_nonces(text: &str) -> String {
    let mut rest = text;
    let mut without = String::new();
    while let Some(at) = rest.find("nonce") {
        let (before, after) = rest.split_at(at + "nonce".len());
        without.push_str(before);
        rest = after
            .trim_start_matches(['=', '-', '"'])
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c));
    }
    without + rest
}

async fn private_room(server: &Server) -> Guest {
    let ada = server.guest("Ada", "Den").await;
    assert_eq!(ada.room.as_str(), PRIVATE);
    make(server, &ada, "private").await;
    ada
}

async fn make(server: &Server, ada: &Guest, visibility: &str) {
    let form = [("visibility", visibility), ("visitors_talk", "true")];
    let answer = server.submit(&ada.cookie, "/r/den/settings/access", &form).await;
    assert_eq!(answer.status(), 303);
}

#[tokio::test]
async fn a_private_room_answers_as_one_that_nobody_has_made() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    // Somebody who has been there, and somebody who never was.
    let been = server.guest("Been", "Den").await;
    make(&server, &ada, "private").await;
    let never = server.guest("Never", "Attic").await;
    let page = server.get_as(&ada, "/r/den").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains(">private<"));

    let id = uuid::Uuid::now_v7().to_string();
    for cookie in ["", &been.cookie, &never.cookie] {
        let get = |path: String| {
            let request = http().get(server.url(&path)).header("cookie", cookie);
            async move { request.send().await.unwrap() }
        };
        let mut compared = 0;
        for place in ["", "/settings", "/settings?heir=1", "/messages", "/settings/name"] {
            let [private, none] = [PRIVATE, NONE].map(|slug| get(format!("/r/{slug}{place}")));
            let (private, none) =
                (whole(private.await, PRIVATE).await, whole(none.await, NONE).await);
            assert_eq!(private, none, "{place}");
            compared += 1;
        }
        let message = vec![("id", id.as_str()), ("body", "anybody here?")];
        for (place, form) in [
            ("messages", message),
            ("settings/name", vec![("name", "Mine")]),
            ("settings/access", vec![("visibility", "public")]),
            ("settings/invite", vec![("lasts", "day")]),
            ("settings/lock", vec![("locked", "true")]),
            ("settings/archive", vec![("archived", "true")]),
            ("settings/delete", vec![("confirm", "Den")]),
        ] {
            let [private, none] = [PRIVATE, NONE].map(|slug| format!("/r/{slug}/{place}"));
            let private = whole(server.submit(cookie, &private, &form).await, PRIVATE).await;
            let none = whole(server.submit(cookie, &none, &form).await, NONE).await;
            assert_eq!(private, none, "{place}");
            assert!(private.starts_with("404"), "{place}: {private}");
            compared += 1;
        }
        let [private, none] = [PRIVATE, NONE].map(|slug| [("name", "Eve"), ("slug", slug)]);
        let private = whole(server.submit(cookie, "/join", &private).await, PRIVATE).await;
        let none = whole(server.submit(cookie, "/join", &none).await, NONE).await;
        assert_eq!(private, none, "joining");
        assert_eq!(compared, 12);
    }
    for guest in [&been, &never] {
        let mut socket = server.socket(guest).await;
        let mut refusals = Vec::new();
        for slug in [PRIVATE, NONE] {
            for event in [
                json!({"type": "join", "ref": 1, "room": slug}),
                json!({"type": "history", "ref": 1, "room": slug, "before": 9, "limit": 5}),
                json!({"type": "post", "ref": 1, "room": slug, "id": id, "body": "x"}),
                json!({"type": "lock", "ref": 1, "room": slug, "locked": true}),
            ] {
                socket.send(&event).await;
                refusals.push(socket.event_of("error").await);
            }
        }
        let (private, none) = refusals.split_at(4);
        assert_eq!(private, none);
        assert_eq!(private[0]["code"], "no_such_room");
    }
}

#[tokio::test]
async fn a_private_room_stands_in_no_list_of_others() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let names = async |cookie: &str| {
        let answer = http().get(server.url("/")).header("cookie", cookie).send().await.unwrap();
        answer.text().await.unwrap().contains("Den")
    };
    assert!(names("").await && names(&bob.cookie).await);
    make(&server, &ada, "private").await;
    assert!(!names("").await, "the lobby");
    assert!(!names(&bob.cookie).await, "the rooms of somebody who was there");
    assert!(names(&ada.cookie).await, "the rooms of its owner");
    server.guest("Bob", "Attic").await;
    let rail = server.get_as(&server.guest("Cy", "Attic").await, "/r/attic").await;
    assert!(!rail.text().await.unwrap().contains("/r/den"));
}

#[tokio::test]
async fn who_makes_a_room_of_a_hidden_name_gets_one_of_their_own() {
    let server = Server::start(&[]).await;
    private_room(&server).await;
    let form = [("name", "Eve"), ("room", "Den")];
    let mut places = Vec::new();
    for _ in 0..2 {
        let answer = server.post_join(&server.url(""), "", &form).await;
        assert_eq!(answer.status(), 303);
        assert!(answer.headers().contains_key(SET_COOKIE));
        let place = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        assert!(place.starts_with("/r/den-") && place.len() == "/r/den-k3f9x".len(), "{place}");
        let eve = Guest::new("Eve", &answer);
        let page = server.get_as(&eve, &place).await;
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("Den"));
        let settings = server.get_as(&eve, &format!("{place}/settings")).await;
        assert_eq!(settings.status(), 200, "it is theirs");
        places.push(place);
    }
    assert_ne!(places[0], places[1]);
    let capped = Server::start(&["--rooms-per-address", "1"]).await;
    private_room(&capped).await;
    for room in ["Den", "Nix"] {
        let form = [("name", "Eve"), ("room", room)];
        let answer = capped.post_join(&capped.url(""), "", &form).await;
        assert_eq!(answer.status(), 429, "{room}");
    }
}

#[tokio::test]
async fn who_is_removed_loses_the_room_at_once_and_everywhere() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let mut socket = server.open(&server.url(""), &bob.cookie).await.unwrap();
    let hello = socket.event().await;
    let id = hello["user"]["id"].as_str().unwrap();
    let role = async |role: &str| {
        let form = [("user", id), ("role", role)];
        let answer = server.submit(&ada.cookie, "/r/den/settings/role", &form).await;
        assert_eq!(answer.status(), 303);
    };
    role("member").await;
    make(&server, &ada, "private").await;
    socket.join(&bob.room).await;
    let own = async || server.get_as(&bob, "/").await.text().await.unwrap().contains("/r/den");
    assert!(own().await);
    role("visitor").await;
    let removed: Value = socket.event_of("removed").await;
    assert_eq!(removed["room"], json!(Slug::new("den")));
    assert!(!own().await, "it has left their list");
    assert_eq!(server.get_as(&bob, "/r/den").await.status(), 404);
    socket.send(&json!({"type": "join", "ref": 5, "room": "den"})).await;
    assert_eq!(socket.event_of("error").await["code"], "no_such_room");
}
