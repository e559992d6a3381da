//! Who may open a connection over events and post to it, and what becomes of those who send too much.

use serde_json::json;

use crate::support::Server;
use crate::support::events::Down;
use crate::support::tokens::{claims, hs, sign};

#[tokio::test]
async fn a_connection_comes_from_where_a_websocket_may() {
    let server = Server::with_secret(&["--allow-origin", "https://club.example"]).await;
    let ada = server.guest("Ada", "Den").await;
    let own = server.url("");
    let bearer = format!("Bearer {}", sign(&hs(), &claims("ann")));
    let cookie = ("cookie", ada.cookie.as_str());
    let token = ("authorization", bearer.as_str());
    for (from, with_cookie, with_token) in [
        (None, false, true),
        (Some(("origin", own.as_str())), true, true),
        (Some(("sec-fetch-site", "same-origin")), true, true),
        (Some(("sec-fetch-site", "same-site")), false, true),
        (Some(("sec-fetch-site", "cross-site")), false, true),
        (Some(("sec-fetch-site", "none")), false, true),
        (Some(("origin", "https://club.example")), false, true),
        (Some(("origin", "https://evil.org")), false, false),
        (Some(("origin", "null")), false, false),
    ] {
        let ticket = format!("?ticket={}", server.ticket(&[token]).await);
        for (query, shown, may) in
            [("", cookie, with_cookie), ("", token, with_token), (&ticket, cookie, with_token)]
        {
            let headers: Vec<_> = from.into_iter().chain([shown]).collect();
            match server.events(query, &headers).await {
                Ok(mut socket) => {
                    assert!(may, "{headers:?} {query}");
                    socket.event_of("hello").await;
                }
                Err(status) => assert_eq!((may, status), (false, 403), "{headers:?} {query}"),
            }
        }
    }
    // Who says so from another site is not believed.
    let both = [("origin", "https://evil.org"), ("sec-fetch-site", "same-origin"), cookie];
    assert_eq!(server.events("", &both).await.err(), Some(403));

    let mut socket = server.events_of(&ada).await;
    let address = socket.address.clone();
    for (number, origin, status) in [
        (1, "https://evil.org", 403),
        (1, "null", 403),
        (1, own.as_str(), 204),
        (2, "https://club.example", 204),
    ] {
        let origin = [("origin", origin)];
        let (answered, _) = socket.post_from(&address, number, &origin, r#"{"type":"ping"}"#).await;
        assert_eq!(answered, status, "{origin:?}");
    }
    for _ in 0..2 {
        socket.event_of("pong").await;
    }
}

#[tokio::test]
async fn who_is_nobody_or_one_too_many_is_told_by_a_close_code() {
    let server = Server::with_secret(&["--sockets-per-user", "2"]).await;
    let own = server.url("");
    let mut nobody = server.events("", &[("origin", &own)]).await.unwrap();
    assert_eq!(nobody.close_code().await, 4401);
    let mut nobody = server.events("?ticket=x", &[]).await.unwrap();
    assert_eq!(nobody.close_code().await, 4401);
    assert_eq!(server.events("", &[("authorization", "Bearer x")]).await.err(), Some(401));

    let ada = server.guest("Ada", "Den").await;
    let first = server.events_of(&ada).await;
    let _second = server.socket(&ada).await;
    let cookie = [("cookie", ada.cookie.as_str()), ("origin", &own)];
    let mut third = server.events("", &cookie).await.unwrap();
    assert_eq!(third.close_code().await, 4429);
    // There is room again when one has gone, which the server notices by itself.
    drop(first);
    loop {
        let mut again = server.events("", &cookie).await.unwrap();
        match again.down().await {
            Down::Event(hello) => break assert_eq!(hello["type"], "hello"),
            Down::Close(4429) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_token_may_come_as_the_first_frame_and_then_nothing_else_counts() {
    let server = Server::with_secret(&["--header-seconds", "1"]).await;
    let ada = server.guest("Ada", "Den").await;
    let own = server.url("");
    let token = sign(&hs(), &claims("ann"));
    let shown = |token: &str| json!({"type": "authenticate", "ref": 5, "token": token});
    let cookie = [("cookie", ada.cookie.as_str()), ("origin", own.as_str())];
    let query = "?identity=token";

    let mut socket = server.upgrade(query, &cookie).await.unwrap();
    socket.send(&shown(&token)).await;
    assert_eq!(socket.event().await, json!({"type": "ack", "ref": 5}));
    assert_eq!(socket.event_of("hello").await["user"]["name"], "ann");
    let mut events = server.events(query, &cookie).await.unwrap();
    events.send(&shown(&token)).await;
    assert_eq!(events.event_of("hello").await["user"]["name"], "ann");

    // A bad token: the reason, and the end.
    let mut socket = server.upgrade(query, &cookie).await.unwrap();
    socket.send(&shown("starling_x")).await;
    let refused = socket.event().await;
    assert_eq!((&refused["ref"], &refused["code"]), (&json!(5), &json!("bad_token")), "{refused}");
    assert_eq!(socket.close_code().await, 4401);
    // Anything else, or nothing for too long: the end.
    let mut socket = server.upgrade(query, &cookie).await.unwrap();
    socket.send(&json!({"type": "join", "ref": 1, "room": "den"})).await;
    assert_eq!(socket.close_code().await, 4401);
    let mut silent = server.events(query, &cookie).await.unwrap();
    assert_eq!(silent.close_code().await, 4401);
    assert_eq!(server.upgrade(query, &[("origin", "https://evil.org")]).await.err(), Some(403));
}

#[tokio::test]
async fn who_sends_too_much_is_slowed_down_and_then_closed() {
    let server = Server::start(&[
        "--message-chars",
        "100",
        "--frame-bytes",
        "4096",
        "--frames-per-second",
        "50",
        "--body-bytes",
        "32768",
    ])
    .await;
    let ada = server.guest("Ada", "Den").await;
    let ping = "{\"type\":\"ping\"}\n";

    // Nothing is dropped of what comes faster than it is read, and nothing is twice there.
    let mut socket = server.events_of(&ada).await;
    for _ in 0..3 {
        socket.post(&ping.repeat(40)).await;
    }
    for _ in 0..120 {
        socket.event_of("pong").await;
    }
    socket.send(&json!({"type": "leave", "ref": 9, "room": "den"})).await;
    assert_eq!(socket.event_of("error").await["ref"], 9, "there was one pong too many");

    let mut large = server.events_of(&ada).await;
    large.post(&format!("{ping}{}", " ".repeat(4_097))).await;
    assert_eq!(large.close_code().await, 1009);

    let mut heedless = server.events_of(&ada).await;
    assert_eq!(heedless.post_as(1, &"x".repeat(32_769)).await, (413, json!("too_large")));
    heedless.post(&"nonsense\n".repeat(300)).await;
    assert_eq!(heedless.close_code().await, 4429);
}
