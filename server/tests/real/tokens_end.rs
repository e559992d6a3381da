//! What becomes of a connection whose token ends, is ended, or is replaced by another one.

use serde_json::{Value, json};
use starling_client::native::NativeClient;
use starling_client::{Change, Connection};
use starling_protocol::CloseReason;

use crate::support::tokens::{claims, hs, now, sign, with};
use crate::support::{PATIENCE, RawSocket, Server};
use crate::tokens::{end, member, token};

async fn authenticates(socket: &mut RawSocket, token: &str) -> String {
    socket.send(&json!({"type": "authenticate", "ref": 9, "token": token})).await;
    loop {
        let event = socket.event().await;
        match event["type"].as_str().unwrap() {
            "ack" => return "ack".to_owned(),
            "error" => return event["code"].as_str().unwrap().to_owned(),
            _ => {}
        }
    }
}

fn ending_in(seconds: i64, others: Value) -> String {
    let claims = with(claims("ann"), json!({"exp": now() + seconds}));
    sign(&hs(), &with(claims, others))
}

#[tokio::test]
async fn with_its_token_a_connection_ends() {
    let server = Server::with_secret(&["--jwt-leeway", "0"]).await;
    let (mut socket, hello) = server.socket_with(&ending_in(4, json!({}))).await;
    assert!((1..=4_000).contains(&hello["expires_in_ms"].as_u64().unwrap()), "{hello}");
    assert_eq!(socket.close_code().await, 4403);

    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.open(&server.url(""), &ada.cookie).await.unwrap();
    assert!(
        socket.event().await.get("expires_in_ms").is_none(),
        "a sign-in does not end by itself"
    );
}

#[tokio::test]
async fn a_personal_token_that_ends_closes_its_connection() {
    let server = Server::start(&[]).await;
    let (ada, _) = member(&server, "Ada").await;
    let origin = server.url("");
    let headers = [("cookie", ada.cookie.as_str()), ("origin", origin.as_str())];
    let wanted = json!({"name": "Bot", "scopes": ["read"], "expires_in_s": 4});
    let (_, made) = server.api("POST", "/tokens", &headers, Some(wanted)).await;
    let token = made["token"].as_str().unwrap();
    let (mut socket, _) = server.socket_with(token).await;
    assert_eq!(socket.close_code().await, 4403);
    assert_eq!(server.me(token).await, Err("token_expired".to_owned()));
}

#[tokio::test]
async fn a_token_is_replaced_in_place_by_one_of_the_same_person() {
    let server = Server::with_secret(&["--jwt-leeway", "0"]).await;
    let den = server.guest("Ada", "Den").await;
    let (mut socket, _) = server.socket_with(&ending_in(5, json!({}))).await;
    socket.join(&den.room).await;
    assert_eq!(authenticates(&mut socket, &ending_in(600, json!({}))).await, "ack");
    // The end of the first token passes while another connection waits for its own.
    let (mut other, _) = server.socket_with(&ending_in(6, json!({}))).await;
    assert_eq!(other.close_code().await, 4403);
    let id = uuid::Uuid::now_v7();
    let post = json!({"type": "post", "ref": 2, "room": "den", "id": id, "body": "still here"});
    socket.send(&post).await;
    assert_eq!(socket.event_of("ack").await["ref"], 2);
}

#[tokio::test]
async fn a_refused_token_leaves_the_connection_as_it_was() {
    let server = Server::with_secret(&[]).await;
    let den = server.guest("Ada", "Den").await;
    let (mut socket, _) = server.socket_with(&sign(&hs(), &claims("ann"))).await;
    socket.join(&den.room).await;
    let another = sign(&hs(), &claims("bob"));
    let ended = sign(&hs(), &with(claims("ann"), json!({"exp": now() - 60})));
    let huge = "x".repeat(9_000);
    for (token, code) in [
        (another.as_str(), "bad_token"),
        (&ended, "token_expired"),
        ("", "bad_token"),
        ("x.y.z", "bad_token"),
        (&huge, "bad_token"),
        ("starling_AAAA", "bad_token"),
    ] {
        assert_eq!(authenticates(&mut socket, token).await, code, "{token}");
    }
    let id = uuid::Uuid::now_v7();
    let post = json!({"type": "post", "ref": 2, "room": "den", "id": id, "body": "I am Ann"});
    socket.send(&post).await;
    let said = socket.event_of("message").await;
    assert_eq!(said["message"]["author"]["name"], "ann");
}

#[tokio::test]
async fn with_a_new_token_rights_change_at_once() {
    let server = Server::with_secret(&[]).await;
    let den = server.guest("Ada", "Den").await;
    let scoped = |scope: &str| sign(&hs(), &with(claims("ann"), json!({"scope": scope})));
    let (mut socket, _) = server.socket_with(&scoped("read")).await;
    socket.join(&den.room).await;
    assert_eq!(socket.event_of("rights").await["may"], json!(["read"]));
    socket.send(&json!({"type": "authenticate", "ref": 9, "token": scoped("read write")})).await;
    let rights = socket.event_of("rights").await;
    assert_eq!(
        rights["may"],
        json!(["read", "post", "point", "draw", "delete_own", "edit_own", "react"])
    );
    socket.send(&json!({"type": "authenticate", "ref": 9, "token": scoped("write")})).await;
    assert_eq!(socket.event_of("removed").await["code"], "scope_missing");
}

#[tokio::test]
async fn ending_a_token_closes_what_it_opened_and_nothing_else() {
    let server = Server::start(&[]).await;
    let (ada, _) = member(&server, "Ada").await;
    let (one, number) = token(&server, &ada, &["read"]).await;
    let (other, _) = token(&server, &ada, &["read"]).await;
    let (mut first, _) = server.socket_with(&one).await;
    let (mut second, _) = server.socket_with(&other).await;
    let mut browser = server.socket(&ada).await;
    assert_eq!(end(&server, &ada, number).await, 204);
    assert_eq!(first.close_code().await, 4402);
    for socket in [&mut second, &mut browser] {
        socket.send(&json!({"type": "ping"})).await;
        socket.event_of("pong").await;
    }
}

#[tokio::test]
async fn the_client_shows_tokens_renews_them_and_comes_back_with_the_newest() {
    let server = Server::with_secret(&[]).await;
    let url = format!("ws://{}/ws", server.address);
    let online = |core: &starling_client::Client| core.connection() == Connection::Online;
    let mut ann = NativeClient::with_token(&url, &sign(&hs(), &claims("ann")), 1).unwrap();
    tokio::time::timeout(PATIENCE, ann.until(online)).await.unwrap();
    for (token, taken) in [(sign(&hs(), &claims("bob")), false), (ending_in(900, json!({})), true)]
    {
        ann.renew(&token).unwrap();
        let answer = async {
            loop {
                match ann.changed().await {
                    Change::TokenTaken => return true,
                    Change::TokenRefused { .. } => return false,
                    _ => {}
                }
            }
        };
        assert_eq!(tokio::time::timeout(PATIENCE, answer).await.unwrap(), taken);
    }
    ann.cut();
    ann.act(starling_client::Client::start);
    tokio::time::timeout(PATIENCE, ann.until(online)).await.unwrap();
    assert_eq!(ann.core().user().unwrap().name.as_str(), "ann");

    let bearer = format!("Bearer {}", sign(&hs(), &claims("bob")));
    let ticket = server.ticket(&[("authorization", &bearer)]).await;
    let mut bob = NativeClient::with_ticket(&url, &ticket, 1).unwrap();
    tokio::time::timeout(PATIENCE, bob.until(online)).await.unwrap();
    bob.cut();
    bob.act(starling_client::Client::start);
    let ended = |core: &starling_client::Client| {
        core.connection() == Connection::Ended { reason: CloseReason::NoIdentity }
    };
    tokio::time::timeout(PATIENCE, bob.until(ended)).await.unwrap();
}
