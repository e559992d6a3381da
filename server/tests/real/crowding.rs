//! How many connections, WebSockets, guests, joins and forms one address or person may have: so many,
//! and not one more, and nobody else pays for it.

use reqwest::Response;
use serde_json::json;
use starling_client::protocol::CloseReason;
use tokio::net::TcpStream;

use crate::support::browser::Browser;
use crate::support::raw::{connect_from, is_served, rest};
use crate::support::{PATIENCE, RawSocket, Server, http, post_join};

const HERE: [u8; 4] = [127, 0, 0, 1];
const THERE: [u8; 4] = [127, 0, 0, 2];

/// Connects until it is let in, as the server notices only after a while that a place is free.
async fn let_in(server: &Server) -> TcpStream {
    let trying = async {
        loop {
            let mut stream = connect_from(HERE, server.address).await;
            if is_served(&mut stream).await {
                return stream;
            }
        }
    };
    tokio::time::timeout(PATIENCE, trying).await.expect("its places stay taken")
}

#[tokio::test]
async fn an_address_has_so_many_connections() {
    let server = Server::start(&["--connections-per-address", "3"]).await;
    let mut places = Vec::new();
    for _ in 0..3 {
        let mut stream = connect_from(HERE, server.address).await;
        assert!(is_served(&mut stream).await);
        places.push(stream);
    }
    let answer = rest(&mut connect_from(HERE, server.address).await).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{answer}");
    assert!(body.ends_with("Close some and retry.\n"), "{answer}");
    assert!(is_served(&mut connect_from(THERE, server.address).await).await);
    for place in &mut places {
        assert!(is_served(place).await, "who was let in stays");
    }
    drop(places.pop());
    places.push(let_in(&server).await);
}

#[tokio::test]
async fn a_websocket_keeps_the_place_of_its_connection() {
    let server = Server::start(&["--connections-per-address", "2"]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = open_at_last(&server, &guest.cookie).await;
    let place = let_in(&server).await;
    let answer = rest(&mut connect_from(HERE, server.address).await).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    socket.socket.close(None).await.unwrap();
    let again = let_in(&server).await;
    drop((place, again));
}

/// Opens a WebSocket as soon as the connection of whoever joined is gone.
async fn open_at_last(server: &Server, cookie: &str) -> RawSocket {
    loop {
        if let Ok(socket) = server.open(&server.url(""), cookie).await {
            return socket;
        }
    }
}

#[tokio::test]
async fn a_trusted_proxy_may_have_any_number_and_its_clients_are_counted_alone() {
    let flags = [
        "--trusted-proxies",
        "127.0.0.1",
        "--connections-per-address",
        "1",
        "--newcomers-per-address",
        "1",
    ];
    let server = Server::start(&flags).await;
    let mut connections = Vec::new();
    for _ in 0..5 {
        let mut stream = connect_from(HERE, server.address).await;
        assert!(is_served(&mut stream).await);
        connections.push(stream);
    }
    for (client, status) in [("10.0.0.1", 303), ("10.0.0.1", 429), ("10.0.0.2", 303)] {
        let form = http()
            .post(server.url("/join"))
            .header("origin", server.url(""))
            .header("x-forwarded-for", client)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("name=Ada&room=Den");
        assert_eq!(form.send().await.unwrap().status(), status, "{client}");
    }
}

#[tokio::test]
async fn an_address_and_a_person_have_so_many_websockets() {
    let flags = ["--sockets-per-address", "3", "--sockets-per-user", "2"];
    let server = Server::start(&flags).await;
    let (ada, bob) = (server.guest("Ada", "Den").await, server.guest("Bob", "Den").await);
    let first = server.socket(&ada).await;
    let mut second = server.socket(&ada).await;
    let mut third = server.open(&server.url(""), &ada.cookie).await.unwrap();
    assert_eq!(third.close_code().await, CloseReason::TooMuch.code(), "of one person");
    let _bobs = server.socket(&bob).await;
    let mut fourth = server.open(&server.url(""), &bob.cookie).await.unwrap();
    assert_eq!(fourth.close_code().await, CloseReason::TooMuch.code(), "of one address");
    // Those who were let in go on, and a place that is left is given again.
    second.join(&ada.room).await;
    drop(first);
    let again = async {
        let mut greeted = false;
        while !greeted {
            let mut socket = server.open(&server.url(""), &ada.cookie).await.unwrap();
            greeted = socket.frame().await.is_text();
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("its place stays taken");
}

#[tokio::test]
async fn an_address_makes_so_many_guests_and_those_who_are_there_stay() {
    let server = Server::start(&["--newcomers-per-address", "2"]).await;
    let ada = server.guest("Ada", "Den").await;
    server.guest("Bob", "Den").await;
    let form = [("name", "Cyd"), ("room", "Den")];
    let refused = server.post_join(&server.url(""), "", &form).await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=1_801).contains(&wait), "{wait}");
    assert!(!refused.headers().contains_key("set-cookie"));
    let page = refused.text().await.unwrap();
    assert!(page.contains("Slow down: ") && page.contains("Cyd"), "{page}");
    // The same form by somebody who is known, or from somewhere else.
    let known = server.post_join(&server.url(""), &ada.cookie, &form).await;
    assert_eq!(known.status(), 303);
    let elsewhere = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .local_address(Some(THERE.into()))
        .build()
        .unwrap();
    let other = post_join(&elsewhere, server.address, &server.url(""), "", &form).await;
    assert_eq!(other.status(), 303);
}

#[tokio::test]
async fn a_person_enters_rooms_so_many_times_a_minute() {
    let server = Server::start(&["--joins-per-minute", "2"]).await;
    let ada = server.guest("Ada", "Den").await;
    let bob = server.guest("Bob", "Den").await;
    // Over several connections.
    server.socket(&ada).await.join(&ada.room).await;
    let mut socket = server.socket(&ada).await;
    socket.join(&ada.room).await;
    socket.send(&json!({"type": "leave", "ref": 2, "room": "den"})).await;
    socket.event_of("ack").await;
    socket.send(&json!({"type": "join", "ref": 3, "room": "den"})).await;
    let refused = socket.event_of("error").await;
    assert_eq!((&refused["ref"], &refused["code"]), (&json!(3), &json!("slow_down")));
    assert!((1..=30_001).contains(&refused["retry_after_ms"].as_u64().unwrap()), "{refused}");
    server.socket(&bob).await.join(&bob.room).await;
}

/// Of so many answers to the same person the last is refused for being too much, and says for how long.
async fn assert_last_is_slowed_down(what: &str, answers: Vec<Response>, longest: u64) {
    let last = answers.len() - 1;
    for (number, answer) in answers.into_iter().enumerate() {
        let status = answer.status().as_u16();
        if number < last {
            assert!([200, 201, 303].contains(&status), "{what}, {number}: {status}");
            continue;
        }
        assert_eq!(status, 429, "{what}");
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=longest).contains(&wait), "{what}: {wait}");
        assert!(answer.text().await.unwrap().contains("Slow down: "), "{what}");
    }
}

#[tokio::test]
async fn what_is_counted_over_a_websocket_is_counted_by_form_and_for_programs_too() {
    let flags = ["--chat-burst", "2", "--chat-per-minute", "1"];
    let server = Server::start(&flags).await;
    for (number, (path, form)) in [
        ("/account/profile", vec![("name", "N"), ("hue", "3")]),
        ("/settings/name", vec![("name", "N")]),
        ("/settings/lock", vec![("locked", "true")]),
        ("/settings/invite", vec![("lasts", "week"), ("uses", "1")]),
        ("/account/tokens", vec![("name", "N"), ("read", "on")]),
        ("/api/v1/tickets", vec![]),
        ("/join", vec![("name", "N"), ("room", "Den")]),
    ]
    .into_iter()
    .enumerate()
    {
        // Each with a room of their own, to be its owner.
        let mut guest = Browser::default();
        let room = format!("room-{number}");
        if path == "/account/tokens" {
            guest.sign_up(&server, "ada").await;
        } else {
            guest.join(&server, "Ada", &room).await;
        }
        let path = match path.starts_with("/settings") {
            true => format!("/r/{room}{path}"),
            false => path.to_owned(),
        };
        let mut answers = Vec::new();
        for try_number in 0..3 {
            let name = format!("Name {try_number}");
            let form: Vec<_> =
                form.iter().map(|(key, it)| (*key, if *it == "N" { &*name } else { it })).collect();
            answers.push(server.submit(&guest.cookie, &path, &form).await);
        }
        assert_last_is_slowed_down(&path, answers, 61).await;
        let account = guest.get(&server, "/account").await.text;
        assert!(!account.contains("Name 2"), "{path} did what it refused");
    }
}

#[tokio::test]
async fn joins_by_form_are_counted_with_those_over_websockets() {
    let server = Server::start(&["--joins-per-minute", "2"]).await;
    let ada = server.guest("Ada", "Den").await;
    server.socket(&ada).await.join(&ada.room).await;
    let mut answers = Vec::new();
    for _ in 0..2 {
        let form = [("name", "Ada"), ("slug", "den")];
        answers.push(server.submit(&ada.cookie, "/join", &form).await);
    }
    assert_last_is_slowed_down("/join", answers, 31).await;
    let code = "A".repeat(43);
    let invited = server.submit(&ada.cookie, "/invite", &[("name", "Ada"), ("code", &code)]).await;
    assert_last_is_slowed_down("/invite", vec![invited], 31).await;
}

#[tokio::test]
async fn tokens_and_codes_are_tried_so_often() {
    let flags = ["--chat-burst", "1", "--chat-per-minute", "1", "--sign-ins-per-address", "2"];
    let server = Server::start(&flags).await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&ada).await;
    for (reference, code) in [(1, "bad_token"), (2, "slow_down")] {
        socket.send(&json!({"type": "authenticate", "ref": reference, "token": "x"})).await;
        let refused = socket.event_of("error").await;
        assert_eq!((&refused["ref"], &refused["code"]), (&json!(reference), &json!(code)));
    }
    for status in [404, 404, 429] {
        let request = http()
            .post(server.url("/invite/look"))
            .header("origin", server.url(""))
            .header("content-type", "application/json")
            .body(json!({ "code": "x" }).to_string());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers().contains_key("retry-after"), status == 429);
    }
}

#[tokio::test]
async fn nobody_becomes_a_guest_of_a_room_that_is_not_there() {
    let server = Server::start(&["--newcomers-per-address", "1"]).await;
    let form = [("name", "Ada"), ("slug", "nowhere")];
    for _ in 0..2 {
        assert_eq!(server.submit("", "/join", &form).await.status(), 404);
    }
    server.guest("Ada", "Den").await;
}
