//! Personal tokens and people of another site: who they are, and who may make and end what.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::database::give_account;
use crate::support::tokens::{claims, hs, sign, with};
use crate::support::{Guest, Server, http};

/// Somebody with an account, and their id.
pub(crate) async fn member(server: &Server, name: &str) -> (Guest, String) {
    let guest = server.guest(name, "Den").await;
    let (_, me) = server.api("GET", "/me", &[("cookie", &guest.cookie)], None).await;
    let id = me["user"]["id"].as_str().unwrap().to_owned();
    give_account(server.data(), &id, &name.to_lowercase()).await;
    (guest, id)
}

/// Asks the API to make a token, as a page of the server's own would.
async fn asks_for_token(server: &Server, guest: &Guest, wanted: Value) -> (u16, Value) {
    let origin = server.url("");
    let headers = [("cookie", guest.cookie.as_str()), ("origin", origin.as_str())];
    server.api("POST", "/tokens", &headers, Some(wanted)).await
}

/// A token of somebody with an account, and its number.
pub(crate) async fn token(server: &Server, guest: &Guest, scopes: &[&str]) -> (String, i64) {
    let (status, made) =
        asks_for_token(server, guest, json!({"name": "Bot", "scopes": scopes})).await;
    assert_eq!(status, 201, "{made}");
    (made["token"].as_str().unwrap().to_owned(), made["id"].as_i64().unwrap())
}

pub(crate) async fn end(server: &Server, guest: &Guest, id: i64) -> u16 {
    let origin = server.url("");
    let headers = [("cookie", guest.cookie.as_str()), ("origin", origin.as_str())];
    server.api("DELETE", &format!("/tokens/{id}"), &headers, None).await.0
}

#[tokio::test]
async fn a_personal_token_stands_for_its_owner_until_it_is_ended() {
    let server = Server::start(&[]).await;
    let (ada, id) = member(&server, "Ada").await;
    let (token, number) = token(&server, &ada, &["read", "write"]).await;
    assert!(token.starts_with("starling_") && token.len() == 52, "{token}");
    let me = server.me(&token).await.unwrap();
    assert_eq!((&me["user"]["id"], &me["account"]), (&json!(id), &json!(true)));
    assert_eq!((&me["by"], &me["scopes"]), (&json!("token"), &json!(["read", "write"])));

    let (status, list) = server.api("GET", "/tokens", &[("cookie", &ada.cookie)], None).await;
    assert_eq!(status, 200);
    assert_eq!(list["tokens"][0]["name"], "Bot");
    assert!(!list.to_string().contains(&token), "it is told once");
    // That it was used is noted after the answer.
    while {
        let (_, list) = server.api("GET", "/tokens", &[("cookie", &ada.cookie)], None).await;
        list["tokens"][0]["used_at"].is_null()
    } {}

    assert_eq!(end(&server, &ada, number).await, 204);
    assert_eq!(server.me(&token).await, Err("bad_token".to_owned()));
    assert_eq!(end(&server, &ada, number).await, 404);
}

#[tokio::test]
async fn only_somebody_signed_in_to_an_account_makes_and_ends_tokens() {
    let server = Server::with_secret(&[]).await;
    let wanted = || Some(json!({"name": "Bot", "scopes": ["read"]}));
    let origin = server.url("");
    let (ada, _) = member(&server, "Ada").await;
    let (token, number) = token(&server, &ada, &["read", "write", "manage"]).await;
    let guest = server.guest("Gus", "Den").await;
    let (eve, _) = member(&server, "Eve").await;
    let mine = format!("Bearer {token}");
    let elsewhere = format!("Bearer {}", sign(&hs(), &claims("ann")));
    for (headers, status, code) in [
        (vec![("origin", origin.as_str())], 401, "no_identity"),
        (vec![("origin", &origin), ("cookie", &guest.cookie)], 403, "forbidden"),
        (vec![("authorization", &mine)], 403, "scope_missing"),
        (vec![("authorization", &elsewhere)], 403, "scope_missing"),
        // Without its own origin a cookie is worth nothing, also beside a token.
        (vec![("cookie", &ada.cookie)], 403, "wrong_origin"),
        (vec![("cookie", &ada.cookie), ("origin", "https://evil.example")], 403, "wrong_origin"),
        (vec![("authorization", &mine), ("cookie", &ada.cookie)], 403, "scope_missing"),
        (
            vec![("authorization", "Bearer x"), ("cookie", &ada.cookie), ("origin", &origin)],
            401,
            "bad_token",
        ),
    ] {
        let paths = [("POST", "/tokens".to_owned()), ("DELETE", format!("/tokens/{number}"))];
        for (method, path) in paths {
            let (got, body) = server.api(method, &path, &headers, wanted()).await;
            assert_eq!((got, &body["code"]), (status, &json!(code)), "{method} {headers:?}");
        }
    }
    assert_eq!(end(&server, &eve, number).await, 404, "another person's");
    assert!(server.me(&token).await.is_ok());
}

#[tokio::test]
async fn what_a_token_is_asked_to_be_is_checked() {
    let server = Server::start(&[]).await;
    let (ada, _) = member(&server, "Ada").await;
    for (wanted, status, code) in [
        (json!({"name": " ", "scopes": ["read"]}), 422, "name_empty"),
        (json!({"name": "x".repeat(41), "scopes": ["read"]}), 422, "name_too_long"),
        (json!({"name": "x", "scopes": []}), 400, "bad_json"),
        (json!({"name": "x", "scopes": ["admin"]}), 400, "bad_json"),
        (json!({"name": "x"}), 400, "bad_json"),
        (json!({"name": "x", "scopes": ["read"], "expires_in_s": 0}), 400, "bad_json"),
        (json!({"name": "x", "scopes": ["read"], "expires_in_s": u64::MAX}), 400, "bad_json"),
    ] {
        let (got, body) = asks_for_token(&server, &ada, wanted.clone()).await;
        assert_eq!((got, &body["code"]), (status, &json!(code)), "{wanted}");
        assert_eq!((&body["type"], &body["status"]), (&json!("about:blank"), &json!(status)));
        assert!(body["detail"].as_str().unwrap().ends_with('.'), "{body}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_api_is_a_problem_and_says_what_is_asked_for() {
    let server = Server::start(&[]).await;
    let ask = async |header: Option<&str>| {
        let request = http().get(server.url("/api/v1/me"));
        let request =
            header.into_iter().fold(request, |it, value| it.header("authorization", value));
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/problem+json");
        assert_eq!(header("cache-control"), "no-store");
        (answer.status().as_u16(), header("www-authenticate"))
    };
    assert_eq!(ask(None).await, (401, "Bearer".to_owned()));
    let invalid = (401, r#"Bearer error="invalid_token""#.to_owned());
    for header in ["Bearer x", "Bearer", "Digest YTpi", "Bearer starling_x", "x"] {
        assert_eq!(ask(Some(header)).await, invalid, "{header}");
    }
    // Pages, too: a bad token is nobody, and least of all somebody new.
    let page =
        http().get(server.url("/")).header("authorization", "Bearer x").send().await.unwrap();
    assert_eq!(page.status(), 401);
    assert_eq!(page.headers()["www-authenticate"], invalid.1.as_str());
}

#[tokio::test]
async fn beside_a_token_no_cookie_counts() {
    let server = Server::with_secret(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let bearer = format!("Bearer {}", sign(&hs(), &claims("ann")));
    let both = [("authorization", bearer.as_str()), ("cookie", ada.cookie.as_str())];
    let (_, me) = server.api("GET", "/me", &both, None).await;
    assert_eq!(me["user"]["name"], "ann");
    let mut socket = server.upgrade("", &both.map(|(name, value)| (name, value))).await.unwrap();
    assert_eq!(socket.event().await["user"]["name"], "ann");
    let origin = server.url("");
    let bad = [("authorization", "Bearer x"), ("cookie", ada.cookie.as_str()), ("origin", &origin)];
    assert_eq!(server.upgrade("", &bad).await.err(), Some(401), "it was taken for Ada");
}

#[tokio::test]
async fn people_of_another_site_are_known_by_who_they_are_there() {
    // Guests are made by the form alone: these people are none.
    let server = Server::with_secret(&[]).await;
    let me = async |claims: &Value| server.me(&sign(&hs(), claims)).await.unwrap();
    let ann = claims("ann");
    // However many come first at once, they are one person.
    let first = join_all((0..8).map(|_| me(&ann))).await;
    let id = first[0]["user"]["id"].clone();
    assert!(first.iter().all(|me| me["user"]["id"] == id), "{first:?}");
    assert_eq!((&first[0]["by"], &first[0]["account"]), (&json!("jwt"), &json!(true)));
    assert_eq!(first[0]["scopes"], json!(["read", "write", "manage"]));
    let expires_at = first[0]["expires_at"].as_i64().unwrap();
    assert_eq!(expires_at, (ann["exp"].as_i64().unwrap() + 30) * 1_000, "with the leeway");

    assert_ne!(me(&claims("bob")).await["user"]["id"], id);
    let renamed = me(&with(ann.clone(), json!({"name": "Ann B."}))).await;
    assert_eq!((&renamed["user"]["id"], &renamed["user"]["name"]), (&id, &json!("Ann B.")));
    let nameless = me(&with(ann, json!({"name": null}))).await;
    assert_eq!(nameless["user"]["name"], "Ann B.", "the name of before stays");
    let new = me(&with(claims("cy@club.example"), json!({"name": null}))).await;
    let name = new["user"]["name"].as_str().unwrap();
    assert!(name.starts_with("Guest ") && name.len() == 10, "{name}");
    // As long as what a line feed could be mistaken for.
    let odd = me(&claims("ann\nann")).await;
    assert_ne!(odd["user"]["id"], id);
}

#[tokio::test]
async fn a_new_name_of_a_token_is_seen_by_those_who_are_there() {
    let server = Server::with_secret(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&ada).await;
    socket.join(&ada.room).await;
    let (mut ann, _) = server.socket_with(&sign(&hs(), &claims("ann"))).await;
    ann.join(&ada.room).await;
    let renamed = with(claims("ann"), json!({"name": "Ann B."}));
    server.me(&sign(&hs(), &renamed)).await.unwrap();
    loop {
        let event = socket.event_of("people_changed").await;
        if event["changed"].to_string().contains("Ann B.") {
            break;
        }
    }
}

#[tokio::test]
async fn a_guest_may_be_known_by_a_token_instead_of_a_cookie() {
    let server = Server::start(&["--newcomers-per-address", "2"]).await;
    let origin = server.url("");
    let make = |name: &'static str| {
        let server = &server;
        let origin = origin.as_str();
        async move {
            server.api("POST", "/guests", &[("origin", origin)], Some(json!({"name": name}))).await
        }
    };
    assert_eq!(make(" ").await.1["code"], "name_empty", "which costs none of the places");
    let (status, made) = make("Gus").await;
    assert_eq!(status, 201, "{made}");
    let token = made["token"].as_str().unwrap();
    let me = server.me(token).await.unwrap();
    assert_eq!((&me["user"]["id"], &me["account"]), (&made["id"], &json!(false)));
    let (mut socket, hello) = server.socket_with(token).await;
    assert_eq!(hello["user"]["name"], "Gus");
    let den = server.guest("Ada", "Den").await.room;
    socket.join(&den).await;
    let id = uuid::Uuid::now_v7();
    socket.send(&json!({"type": "post", "ref": 2, "room": "den", "id": id, "body": "hi"})).await;
    assert_eq!(socket.event_of("ack").await["seq"], 1);
    assert_eq!(make("Max").await.0, 429, "of one address, with those who came by the form");

    // Where no guests are wanted, none is made, and those of before stand for nobody.
    let (address, folder, mut flags) = server.stop().await;
    flags.extend(["--guests", "off"].map(str::to_owned));
    let server = Server::start_at(address, folder, flags).await;
    let headers = [("origin", origin.as_str())];
    let (status, refused) =
        server.api("POST", "/guests", &headers, Some(json!({"name": "Eve"}))).await;
    assert_eq!((status, &refused["code"]), (403, &json!("guests_closed")));
    let header = format!("Bearer {token}");
    let (status, refused) = server.api("GET", "/me", &[("authorization", &header)], None).await;
    assert_eq!((status, &refused["code"]), (403, &json!("guests_closed")));
}
