//! What every answer of the REST API has in common: refusals, the headers about rates, what pages of other
//! sites may read, and the description with its page.

use serde_json::json;

use crate::support::program::Program;
use crate::support::{Server, http};

#[tokio::test]
async fn whatever_is_wrong_is_a_problem_in_json() {
    let server = Server::with_secret(&["--body-bytes", "60000"]).await;
    let ann = Program::of(&server, "ann", "read write manage");
    ann.post("/api/v1/rooms", json!({"name": "Den"})).await;
    let den = "/api/v1/rooms/den";
    let large = json!({"body": "x".repeat(70_000)});
    for (method, path, body, status, code) in [
        ("GET", "/api", None, 404, "no_such_address"),
        ("GET", "/api/v1/nothing", None, 404, "no_such_address"),
        ("POST", "/chat", Some(json!({})), 404, "no_such_address"),
        ("GET", "/api/v1/rooms/den/messages/-1", None, 404, "no_such_address"),
        ("GET", "/api/v1/rooms/%ff", None, 404, "no_such_address"),
        ("PUT", "/api/v1/rooms", Some(json!({})), 405, "wrong_method"),
        ("DELETE", "/api/v1/me", None, 405, "wrong_method"),
        ("OPTIONS", "/api/v1/rooms", None, 405, "wrong_method"),
        ("POST", den, None, 405, "wrong_method"),
        ("POST", "/api/v1/rooms", None, 400, "bad_json"),
        ("POST", "/api/v1/rooms", Some(json!([1])), 400, "bad_json"),
        ("POST", "/api/v1/rooms", Some(json!({"name": 7})), 400, "bad_json"),
        ("POST", "/api/v1/rooms", Some(json!({"name": " "})), 422, "room_name_empty"),
        ("PATCH", den, Some(json!({"name": "x".repeat(81)})), 422, "room_name_too_long"),
        ("POST", "/api/v1/rooms/den/messages", Some(large), 413, "too_large"),
        ("POST", "/api/v1/rooms/den/measures", Some(json!({"user": 1})), 400, "bad_json"),
    ] {
        let answer = ann.ask(method, path, body).await;
        let got = (answer.status, answer.outcome());
        assert_eq!(got, (status, code.to_owned()), "{method} {path}: {answer:?}");
        assert!(answer.body["detail"].as_str().unwrap().ends_with('.'), "{answer:?}");
        if status == 405 {
            assert!(answer.header("allow").contains("GET"), "{method} {path}: {answer:?}");
        }
    }
    let typeless =
        ann.headers.iter().fold(http().post(server.url("/api/v1/rooms")), |it, (name, value)| {
            it.header(*name, value)
        });
    let answer = typeless.body("{}").send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"].to_str().unwrap().to_owned()),
        (400, &"application/problem+json".to_owned())
    );
}

#[tokio::test]
async fn requests_are_counted_by_address_and_answers_say_what_is_left() {
    let server = Server::start(&["--api-per-minute", "3"]).await;
    let nobody = Program::of_nobody(&server);
    for left in ["2", "1", "0"] {
        let answer = nobody.get("/api/v1/presence").await;
        assert_eq!((answer.status, answer.header("ratelimit-remaining")), (200, left));
        assert_eq!(answer.header("ratelimit-policy"), "\"requests\";q=3;w=60");
    }
    let refused = nobody.get("/api/v1/presence").await;
    assert_eq!((refused.status, refused.outcome().as_str()), (429, "slow_down"));
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{refused:?}");
    assert_eq!(server.get("/").await.status(), 200, "pages are not counted");
}

#[tokio::test]
async fn pages_of_named_sites_read_with_a_token_and_without_cookies() {
    let friend = "https://friend.example";
    let server = Server::with_secret(&["--allow-origin", friend]).await;
    let ann = Program::of(&server, "ann", "read write manage").with("origin", friend);
    let opening = "/socket.io/?EIO=4&transport=polling";
    for path in ["/api/v1/rooms", "/chat/rooms", "/api/v1/nothing", "/api/openapi.json", opening] {
        let asked = Program::of_nobody(&server)
            .with("origin", friend)
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", "authorization, content-type, idempotency-key");
        let preflight = asked.ask("OPTIONS", path, None).await;
        assert_eq!(preflight.status, 204, "{path}");
        assert_eq!(preflight.header("access-control-allow-origin"), friend);
        assert!(preflight.header("access-control-allow-methods").contains("POST"));
        let sent = preflight.header("access-control-allow-headers");
        for name in ["authorization", "content-type", "idempotency-key", "if-match"] {
            assert!(sent.contains(name), "{sent}");
        }
        let answer = ann.get(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), friend, "{path}");
        assert!(answer.header("access-control-expose-headers").contains("ratelimit-remaining"));
        assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{path}");
    }
    let made = ann.post("/api/v1/rooms", json!({"name": "Den"})).await;
    assert_eq!((made.status, made.header("access-control-allow-origin")), (201, friend));

    let evil = "https://evil.example";
    let mut elsewhere = ann.clone();
    elsewhere.headers[1].1 = evil.to_owned();
    let read = elsewhere.get("/api/v1/rooms").await;
    assert!(!read.headers.contains_key("access-control-allow-origin"));
    assert_eq!(
        elsewhere.post("/api/v1/rooms", json!({"name": "Pit"})).await.outcome(),
        "wrong_origin"
    );
    let refused = Program::of_nobody(&server)
        .with("origin", evil)
        .with("access-control-request-method", "POST")
        .ask("OPTIONS", "/api/v1/rooms", None)
        .await;
    assert!(!refused.headers.contains_key("access-control-allow-origin"), "{refused:?}");
    // A cookie counts only from our own pages.
    let guest = Program::of_guest(&server, &server.guest("Ada", "Den").await);
    let mut with_cookie = guest.clone();
    with_cookie.headers[1].1 = friend.to_owned();
    let said = with_cookie.post("/api/v1/rooms/den/messages", json!({"body": "x"})).await;
    assert_eq!(said.outcome(), "wrong_origin");
    assert_eq!(said.header("access-control-allow-origin"), friend, "the page can read why");
    let page = http().get(server.url("/")).header("origin", friend).send().await.unwrap();
    assert!(
        !page.headers().contains_key("access-control-allow-origin"),
        "pages are for nobody else"
    );
}

#[tokio::test]
async fn files_are_read_by_pages_of_named_sites() {
    let friend = "https://friend.example";
    let server = Server::with_secret(&["--allow-origin", friend]).await;
    let guest = server.guest("Ada", "Den").await;
    let file = server.send_file(&guest, "notes.txt", b"some notes").await;
    let said = Program::of_guest(&server, &guest)
        .post("/api/v1/rooms/den/messages", json!({"file": file["id"]}))
        .await;
    assert_eq!(said.status, 201);
    let path = format!("/files/{}/notes.txt", file["id"].as_str().unwrap());
    let preflight = Program::of_nobody(&server)
        .with("origin", friend)
        .with("access-control-request-method", "GET")
        .with("access-control-request-headers", "authorization, range")
        .ask("OPTIONS", &path, None)
        .await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, friend));
    for name in ["authorization", "range"] {
        assert!(preflight.header("access-control-allow-headers").contains(name), "{name}");
    }
    let ann = Program::of(&server, "ann", "read");
    let read = ann.with("origin", friend).get(&path).await;
    assert_eq!((read.status, read.text.as_str()), (200, "some notes"));
    assert_eq!(read.header("access-control-allow-origin"), friend);
    assert!(read.header("vary").contains("origin"), "{read:?}");
    // Whoever does not ask in the way that tells the origin, as a picture on a page, gets nothing.
    assert_eq!(read.header("cross-origin-resource-policy"), "same-origin");
    let part = ann.with("origin", friend).with("range", "bytes=5-").get(&path).await;
    assert_eq!((part.status, part.text.as_str()), (206, "notes"));
    assert!(part.header("access-control-expose-headers").contains("content-range"));
    let evil = ann.with("origin", "https://evil.example").get(&path).await;
    assert!(!evil.headers.contains_key("access-control-allow-origin"), "{evil:?}");
    // What is refused stays a page for people.
    let none = ann.with("origin", friend).get("/files/x/y").await;
    assert_eq!((none.status, none.header("access-control-allow-origin")), (404, friend));
    assert_eq!(none.header("content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn the_description_names_every_address_and_its_page_shows_it() {
    let server = Server::start(&[]).await;
    let nobody = Program::of_nobody(&server);
    let document = nobody.get("/api/openapi.json").await;
    assert_eq!(document.body["openapi"], "3.1.0");
    let mut ids = Vec::new();
    for (path, item) in document.body["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/") || path.starts_with("/chat/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            let refused = &operation["responses"]["429"]["content"];
            assert!(refused["application/problem+json"].is_object(), "{method} {path}");
            assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{method} {path}");
        }
    }
    ids.sort_unstable();
    let mut unique = ids.clone();
    unique.dedup();
    assert_eq!(ids, unique);
    assert!(ids.len() >= 35, "{ids:?}");
    let piece = &document.body["paths"]["/api/v1/uploads/{upload}"]["patch"]["requestBody"];
    let bytes = json!({"type": "string", "format": "binary"});
    assert_eq!(piece["content"], json!({"application/octet-stream": {"schema": bytes}}));

    let page = nobody.get("/api/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("style-src 'self'"),
        "{policy}"
    );
    assert!(!page.text.contains("<script") && !page.text.contains("style="), "it has no script");
    for id in &ids {
        assert!(page.text.contains(&format!("id=\"{id}\"")), "{id} is not on the page");
    }
    for shape in document.body["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.text.contains(&format!("id=\"shape-{}\"", shape.to_lowercase())), "{shape}");
    }
    // Every link within the page leads somewhere, and none leads away but to our own.
    for link in page.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        match link.strip_prefix('#') {
            Some(id) => assert!(page.text.contains(&format!("id=\"{id}\"")), "#{id}"),
            None => assert!(link.starts_with('/') && !link.starts_with("//"), "{link}"),
        }
    }
}
