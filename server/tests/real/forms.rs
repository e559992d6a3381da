//! Saying something by form, and what a page comes with for its reader.

use starling_protocol::{MessageId, Slug};
use uuid::Uuid;

use crate::support::{Guest, Server, http};

fn new_id() -> String {
    MessageId::new(Uuid::now_v7()).to_string()
}

#[tokio::test]
async fn a_form_says_what_a_socket_would_and_says_it_once() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    let id = new_id();
    // Browsers end lines of forms so.
    let form = [("id", id.as_str()), ("body", " two\r\nlines ")];
    for _ in 0..2 {
        let answer = server.post_message(&server.url(""), &bob, &form).await;
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers()["location"], "/r/den");
    }
    ada.until_heard(&["two\nlines"]).await;
    assert_eq!(ada.bodies().len(), 1);

    let other = [("id", id.as_str()), ("body", "something else")];
    let answer = server.post_message(&server.url(""), &bob, &other).await;
    assert_eq!(answer.status(), 409);
    let page = answer.text().await.unwrap();
    assert!(page.contains("something else"), "what was typed is kept");
    assert!(page.contains("something else was said before"), "{page}");
    assert!(!page.contains(&format!(r#"name="id" value="{id}""#)), "it can be sent now");
}

#[tokio::test]
async fn the_address_of_a_refused_form_leads_back() {
    let server = Server::start(&[]).await;
    server.guest("Ada", "星の部屋").await;
    for (path, place) in [
        (
            "/r/%E6%98%9F%E3%81%AE%E9%83%A8%E5%B1%8B/messages",
            "/r/%E6%98%9F%E3%81%AE%E9%83%A8%E5%B1%8B",
        ),
        ("/join", "/"),
    ] {
        let answer = http().get(server.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        assert_eq!(answer.headers()["location"], place);
    }
}

#[tokio::test]
async fn a_form_is_refused_for_the_same_reasons_as_a_socket() {
    let server = Server::start(&["--message-chars", "10", "--chat-burst", "1"]).await;
    let ada = server.guest("Ada", "Den").await;
    let own = server.url("");
    let stranger = Guest { cookie: String::new(), ..server.guest("Eve", "Attic").await };
    let elsewhere = Guest { room: Slug::new("den"), ..server.guest("Cy", "Attic").await };
    let nowhere = Guest { room: Slug::new("nowhere"), ..server.guest("Dan", "Attic").await };
    let id = new_id();
    let (good, long) = ([("id", id.as_str()), ("body", "ten chars!")], "eleven char");
    for (origin, guest, form, status, says) in [
        ("https://evil.example", &ada, good, 403, "came from another site"),
        ("", &ada, good, 403, "came from another site"),
        (&own, &stranger, good, 404, "There is no such room"),
        (&own, &elsewhere, good, 403, "Join the room first."),
        (&own, &nowhere, good, 404, "There is no such room."),
        (&own, &ada, [("id", "1"), ("body", "x")], 400, "This form could not be read."),
        (&own, &ada, [("id", &id), ("body", long)], 422, "A message has 1 to 10 characters"),
        (&own, &ada, [("id", &id), ("body", " ")], 422, "A message has 1 to 10 characters."),
        (&own, &ada, good, 303, ""),
        (&own, &ada, [("id", &new_id()), ("body", "more")], 429, "Slow down"),
    ] {
        let guest = match guest.cookie.as_str() {
            "" => &Guest {
                room: Slug::new("no-such-room"),
                name: String::new(),
                cookie: String::new(),
            },
            _ => guest,
        };
        let answer = server.post_message(origin, guest, &form).await;
        assert_eq!(answer.status(), status, "{origin} {} {form:?}", guest.name);
        assert!(answer.text().await.unwrap().contains(says), "{origin} {} {form:?}", guest.name);
    }
}

#[tokio::test]
async fn a_page_has_its_readers_clock_rooms_and_who_is_online() {
    let server = Server::start(&[]).await;
    let ada = server.person("Ada", "Open house").await;
    let bob = server.guest("Bob", "Secret garden").await;
    let page = async |path: &str, cookie: &str| {
        let answer = http().get(server.url(path)).header("cookie", cookie).send().await.unwrap();
        answer.text().await.unwrap()
    };
    let lobby = page("/", "").await;
    assert!(lobby.contains("1 person is online right now."));
    assert!(!lobby.contains("Your rooms"));
    drop(ada);
    let lobby = page("/", &bob.cookie).await;
    assert!(lobby.contains("Your rooms") && lobby.contains("Secret garden"));

    let form = [("id", &*new_id()), ("body", "hello")];
    assert_eq!(server.post_message(&server.url(""), &bob, &form).await.status(), 303);
    let known = format!("{}; starling-zone=Asia/Kathmandu", bob.cookie);
    assert!(page("/r/secret-garden", &known).await.contains(">now<"), "relative to the reader");
    let unknown = page("/r/secret-garden", &bob.cookie).await;
    assert!(!unknown.contains(">now<"), "absolute where nothing is known of them");
}
