//! What every answer says to browsers: what the page may do, who may show it, and what the cookie is for.

use reqwest::Response;
use reqwest::header::{HeaderMap, SET_COOKIE};

use crate::support::raw::exchange;
use crate::support::{Server, http, post_join};

const PUBLIC: &str = "https://chat.example.org";

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// A page's policy, with the word "nonce" where its nonce was, and the nonce.
fn policy(headers: &HeaderMap) -> (String, String) {
    let policy = text(headers, "content-security-policy");
    let (before, rest) = policy.split_once("'nonce-").expect(policy);
    let (nonce, after) = rest.split_once('\'').unwrap();
    (format!("{before}'nonce'{after}"), nonce.to_owned())
}

/// One of each kind of answer, pages first.
async fn answers(server: &Server, origin: &str) -> (Vec<Response>, Vec<Response>) {
    let post = async |form: &[(&str, &str)], origin: &str| {
        post_join(&http(), server.address, origin, "", form).await
    };
    let pages = vec![
        server.get("/").await,
        server.get("/r/den").await,
        server.get("/r/nobody-was-here").await,
        server.get("/nothing/here").await,
        post(&[("name", ""), ("room", "Den")], origin).await,
        post(&[("name", "Eve"), ("room", "Den")], "https://evil.example").await,
        post(&[("name", &"x".repeat(3_000)), ("room", "Den")], origin).await,
    ];
    let others = vec![
        server.get("/favicon.svg").await,
        server.get("/healthz").await,
        server.get("/r/DEN").await,
        server.get("/ws").await,
        http().post(server.url("/healthz")).header("origin", origin).send().await.unwrap(),
        post(&[("name", "Ada"), ("room", "Den")], origin).await,
    ];
    (pages, others)
}

fn statuses(answers: &[Response]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status().as_u16()).collect()
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do() {
    let server = Server::start(&["--body-bytes", "2048", "--message-chars", "80"]).await;
    server.guest("Ada", "Den").await;
    let (pages, others) = answers(&server, &server.url("")).await;
    assert_eq!(statuses(&pages), [200, 200, 404, 404, 422, 403, 413]);
    assert_eq!(statuses(&others)[1..], [200, 308, 403, 405, 303]);
    let host = server.address;
    let expected = format!(
        "default-src 'none'; script-src 'nonce' 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; media-src 'self'; connect-src 'self' ws://{host} wss://{host}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let mut nonces = Vec::new();
    for page in pages {
        let (url, headers) = (page.url().clone(), page.headers().clone());
        let (policy, nonce) = policy(&headers);
        assert_eq!(policy, expected, "{url}");
        let html = page.text().await.unwrap();
        let scripts = html.matches("<script").count();
        let ours = html.matches(&format!("nonce=\"{nonce}\"")).count();
        assert!(scripts >= 3 && scripts == ours, "{url}: {ours} of {scripts} scripts: {html}");
        assert!(!html.contains(" style=") && !html.contains(" onclick="), "{url}: {html}");
        assert!(!nonces.contains(&nonce), "{url}: a nonce was used twice");
        nonces.push(nonce);
        common(&headers);
    }
    for other in others {
        let policy = text(other.headers(), "content-security-policy");
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'", "{}", other.url());
        common(other.headers());
    }
    let unreadable =
        exchange(host, "GET / HTTP/1.1\r\nhost: a;script-src *\r\nconnection: close\r\n\r\n");
    let unreadable = unreadable.await;
    assert!(unreadable.contains("connect-src 'self'; form-action"), "{unreadable}");
}

/// What is the same for all.
fn common(headers: &HeaderMap) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        ("strict-transport-security", ""),
    ] {
        assert_eq!(text(headers, name), value, "{name}");
    }
}

#[tokio::test]
async fn pages_are_asked_for_again_and_only_hashed_files_are_kept() {
    let server = Server::start(&[]).await;
    let page = server.get("/").await;
    assert_eq!(text(page.headers(), "cache-control"), "private, no-cache");
}

#[tokio::test]
async fn over_tls_browsers_are_told_so_and_connect_to_nowhere_else() {
    let server = Server::start(&["--public-url", PUBLIC]).await;
    let page = server.get("/").await;
    assert_eq!(text(page.headers(), "strict-transport-security"), "max-age=31536000");
    let (policy, _) = policy(page.headers());
    assert!(policy.contains("connect-src 'self' wss://chat.example.org;"), "{policy}");
}

#[tokio::test]
async fn only_named_sites_may_show_pages_inside_their_own() {
    let flags = ["--allow-embedding", "https://a.example,https://b.example:8443/"];
    let server = Server::start(&flags).await;
    for path in ["/", "/healthz"] {
        let answer = server.get(path).await;
        let policy = text(answer.headers(), "content-security-policy");
        let ancestors = "frame-ancestors https://a.example https://b.example:8443";
        assert!(policy.ends_with(ancestors), "{path}: {policy}");
        assert!(!answer.headers().contains_key("x-frame-options"), "{path}");
    }
}

#[tokio::test]
async fn the_cookie_is_for_this_host_alone_and_for_no_script() {
    let form = [("name", "Ada"), ("room", "Den")];
    for (flags, origin, name, secure) in [
        (&[][..], None, "starling", false),
        (
            &["--public-url", "http://chat.example.org"],
            Some("http://chat.example.org"),
            "starling",
            false,
        ),
        (&["--public-url", PUBLIC], Some(PUBLIC), "__Host-starling", true),
    ] {
        let server = Server::start(flags).await;
        let own = server.url("");
        let answer = server.post_join(origin.unwrap_or(&own), "", &form).await;
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        let mut parts: Vec<&str> = cookie.split("; ").collect();
        let (found, value) = parts.remove(0).split_once('=').unwrap();
        assert_eq!((found, value.len()), (name, 43), "{cookie}");
        parts.retain(|part| !part.starts_with("Expires=") && !part.starts_with("Max-Age="));
        parts.sort_unstable();
        let mut expected = vec!["HttpOnly", "Path=/", "SameSite=Lax"];
        expected.extend(secure.then_some("Secure"));
        assert_eq!(parts, expected, "{cookie}");
        // It is known again, and only under its name.
        let other = if secure { "starling" } else { "__Host-starling" };
        for (sent, is_new) in [(name, false), (other, true)] {
            let cookie = format!("{sent}={value}");
            let answer = server.post_join(origin.unwrap_or(&own), &cookie, &form).await;
            assert_eq!(answer.headers().contains_key(SET_COOKIE), is_new, "{sent}");
        }
    }
}
