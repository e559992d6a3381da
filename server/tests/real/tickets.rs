//! Tickets and the Origin header at the upgrade.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::Server;
use crate::support::tokens::{claims, hs, sign, with};
use crate::tokens::{end, member, token};

const NO_IDENTITY: u16 = 4401;

#[tokio::test]
async fn a_ticket_opens_one_socket_of_its_maker() {
    let server = Server::with_secret(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let origin = server.url("");
    let bearer = format!("Bearer {}", sign(&hs(), &claims("ann")));
    for (headers, name) in [
        (vec![("cookie", ada.cookie.as_str()), ("origin", origin.as_str())], "Ada"),
        (vec![("authorization", bearer.as_str())], "ann"),
    ] {
        let ticket = server.ticket(&headers).await;
        let query = format!("?ticket={ticket}");
        let mut socket = server.upgrade(&query, &[]).await.unwrap();
        assert_eq!(socket.event().await["user"]["name"], name);
        let mut again = server.upgrade(&query, &[]).await.unwrap();
        assert_eq!(again.close_code().await, NO_IDENTITY, "replayed");
    }
    let (status, body) = server.api("POST", "/tickets", &[("origin", &origin)], None).await;
    assert_eq!((status, &body["code"]), (401, &json!("no_identity")));
}

#[tokio::test]
async fn a_ticket_that_is_no_good_is_nobody_whatever_else_is_sent() {
    let server = Server::with_secret(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let origin = server.url("");
    let bearer = format!("Bearer {}", sign(&hs(), &claims("ann")));
    let good = [
        ("cookie", ada.cookie.as_str()),
        ("origin", origin.as_str()),
        ("authorization", bearer.as_str()),
    ];
    for query in [
        "?ticket=",
        "?ticket",
        "?ticket=x",
        "?a=b&ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let mut socket = server.upgrade(query, &good).await.unwrap();
        assert_eq!(socket.close_code().await, NO_IDENTITY, "{query}");
    }
    let mut socket = server.upgrade("?other=x", &good).await.unwrap();
    assert_eq!(socket.event().await["type"], "hello", "a query without a ticket does not matter");
}

#[tokio::test]
async fn of_those_who_race_with_one_ticket_one_gets_in() {
    let server = Server::with_secret(&[]).await;
    let bearer = format!("Bearer {}", sign(&hs(), &claims("ann")));
    let ticket = server.ticket(&[("authorization", &bearer)]).await;
    let query = format!("?ticket={ticket}");
    let racing = join_all((0..10).map(|_| server.upgrade(&query, &[]))).await;
    let mut greeted = 0;
    for socket in racing {
        let mut socket = socket.unwrap();
        match socket.frame().await {
            tokio_tungstenite::tungstenite::Message::Text(_) => greeted += 1,
            tokio_tungstenite::tungstenite::Message::Close(Some(frame)) => {
                assert_eq!(u16::from(frame.code), NO_IDENTITY);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(greeted, 1);
}

#[tokio::test]
async fn a_ticket_ends_with_what_its_maker_had_shown() {
    let server = Server::start(&[]).await;
    let (ada, _) = member(&server, "Ada").await;
    let (token, number) = token(&server, &ada, &["read"]).await;
    let bearer = format!("Bearer {token}");
    let before = server.ticket(&[("authorization", &bearer)]).await;
    let open = server.ticket(&[("authorization", &bearer)]).await;
    let mut socket = server.upgrade(&format!("?ticket={open}"), &[]).await.unwrap();
    assert_eq!(socket.event().await["type"], "hello");
    assert_eq!(end(&server, &ada, number).await, 204);
    assert_eq!(socket.close_code().await, 4402, "the connection that it opened");
    let mut late = server.upgrade(&format!("?ticket={before}"), &[]).await.unwrap();
    assert_eq!(late.close_code().await, NO_IDENTITY);

    // A ticket of a token that ends ends with it, too.
    let server = Server::with_secret(&["--jwt-leeway", "0"]).await;
    let soon = crate::support::tokens::now() + 4;
    let short = format!("Bearer {}", sign(&hs(), &with(claims("ann"), json!({"exp": soon}))));
    let ticket = server.ticket(&[("authorization", &short)]).await;
    let mut socket = server.upgrade(&format!("?ticket={ticket}"), &[]).await.unwrap();
    let hello = socket.event().await;
    assert!(hello["expires_in_ms"].as_u64().unwrap() <= 4_000, "{hello}");
    assert_eq!(socket.close_code().await, 4403);
}

#[tokio::test]
async fn the_origin_counts_for_a_cookie_and_must_not_be_foreign_for_a_token() {
    let server =
        Server::with_secret(&["--allow-origin", "https://club.example,http://localhost:5173"]);
    let server = server.await;
    let ada = server.guest("Ada", "Den").await;
    let own = server.url("");
    let bearer = format!("Bearer {}", sign(&hs(), &claims("ann")));
    for (origin, with_cookie, with_token) in [
        (None, false, true),
        (Some(own.as_str()), true, true),
        (Some("https://club.example"), false, true),
        (Some("http://localhost:5173"), false, true),
        (Some("null"), false, false),
        (Some("http://club.example"), false, false),
        (Some("https://club.example.evil.org"), false, false),
        (Some("https://club.example:444"), false, false),
        (Some(&format!("{own}.evil.org")), false, false),
        (Some("https://evil.org"), false, false),
    ] {
        let origin: Vec<(&'static str, &str)> =
            origin.map(|it| ("origin", it)).into_iter().collect();
        let ticket = format!("?ticket={}", server.ticket(&[("authorization", &bearer)]).await);
        for (query, header, may) in [
            ("", ("cookie", ada.cookie.as_str()), with_cookie),
            ("", ("authorization", bearer.as_str()), with_token),
            (ticket.as_str(), ("accept", "*/*"), with_token),
        ] {
            let headers: Vec<_> = origin.iter().copied().chain([header]).collect();
            match server.upgrade(query, &headers).await {
                Ok(mut socket) => {
                    assert!(may, "{origin:?} was let in by {}", header.0);
                    assert_eq!(socket.event().await["type"], "hello");
                }
                Err(status) => {
                    assert!(!may, "{origin:?} was refused by {}", header.0);
                    assert_eq!(status, 403);
                }
            }
        }
        if !with_token {
            let mut later = server.upgrade(&ticket, &[]).await.unwrap();
            assert_eq!(later.event().await["type"], "hello", "a refused origin uses up no ticket");
        }
    }
}
