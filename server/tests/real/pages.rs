//! What is answered over HTTP: lobby, rooms, the form, files.

use reqwest::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE,
};

use crate::support::{Server, http};

#[tokio::test]
async fn only_joining_makes_a_room() {
    let server = Server::start(&[]).await;
    for _ in 0..2 {
        let answer = server.get("/r/quiet-place").await;
        assert_eq!(answer.status(), 404);
        assert_eq!(answer.headers()["x-robots-tag"], "noindex");
        assert!(answer.text().await.unwrap().contains("quiet-place"));
    }
    server.guest("Ada", "Quiet place").await;
    assert_eq!(server.get("/r/quiet-place").await.status(), 200);
}

#[tokio::test]
async fn any_name_makes_a_room_and_its_address_is_one() {
    let server = Server::start(&[]).await;
    for name in
        ["日本語", "🎉🎉", "<script>alert(1)</script>", "../../etc/passwd", "e\u{301}", "!!!"]
    {
        let guest = server.guest("Ada", name).await;
        let page = server.get(&format!("/r/{}", guest.room)).await;
        assert_eq!(page.status(), 200, "{name}");
        let html = page.text().await.unwrap();
        assert!(!html.contains("<script>alert"), "{name} became markup");
    }
    server.guest("Ada", "Team Lunch").await;
    let answer = server.get("/r/Team_Lunch").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[LOCATION]),
        (308, &"/r/team-lunch".parse().unwrap())
    );
}

#[tokio::test]
async fn the_lobby_lists_what_wants_to_be_listed() {
    let server = Server::start(&[]).await;
    let _ada = server.person("Ada", "Open house").await;
    let form = [("name", "Bob"), ("room", "Secret garden")];
    let answer = server.post_join(&server.url(""), "", &form).await;
    assert_eq!(answer.status(), 303);
    let lobby = server.get("/").await;
    assert!(!lobby.headers().contains_key("x-robots-tag"));
    let lobby = lobby.text().await.unwrap();
    assert!(lobby.contains("Open house") && !lobby.contains("Secret garden"));
    let secret = server.get("/r/secret-garden").await;
    assert_eq!(secret.headers()["x-robots-tag"], "noindex");
    let open = server.get("/r/open-house").await;
    assert!(!open.headers().contains_key("x-robots-tag"));
}

#[tokio::test]
async fn the_form_keeps_what_was_typed_and_says_what_is_wrong() {
    let server = Server::start(&["--rooms-per-address", "2"]).await;
    let origin = server.url("");
    let long = "N".repeat(41);
    let named = "N".repeat(40);
    for (form, status, says) in [
        ([("name", " "), ("room", "Den")], 422, "A name has 1 to 40 characters"),
        ([("name", long.as_str()), ("room", "Den")], 422, "this one has 41"),
        ([("name", "Ada"), ("room", "\u{200b}")], 422, "room"),
        ([("name", named.as_str()), ("room", "Den")], 303, ""),
        ([("name", "Ada"), ("room", "Hall")], 303, ""),
        ([("name", "Ada"), ("room", "Attic")], 429, "Many rooms were made"),
    ] {
        let answer = server.post_join(&origin, "", &form).await;
        assert_eq!(answer.status(), status, "{form:?}");
        if status == 303 {
            continue;
        }
        let html = answer.text().await.unwrap();
        assert!(html.contains(says), "{form:?}");
        assert!(html.contains(form[0].1.trim()) && html.contains(form[1].1), "{form:?} was lost");
    }
    assert_eq!(server.get("/r/attic").await.status(), 404);
    let twice = server.post_join(&origin, "", &[("name", "Ada"), ("name", "Bob")]).await;
    assert_eq!(twice.status(), 400);
    assert!(twice.text().await.unwrap().contains("This form could not be read."));
}

#[tokio::test]
async fn a_name_is_remembered_and_can_be_changed_by_the_form() {
    let server = Server::start(&[]).await;
    let guest = server.guest("Ada", "Den").await;
    let with_cookie = async |path: &str| {
        let answer = http().get(server.url(path)).header("cookie", &guest.cookie).send().await;
        answer.unwrap().text().await.unwrap()
    };
    assert!(with_cookie("/").await.contains("value=\"Ada\""));
    let form = [("name", "Ada L."), ("slug", "den")];
    let answer = server.post_join(&server.url(""), &guest.cookie, &form).await;
    assert_eq!(answer.status(), 303);
    assert!(!answer.headers().contains_key(SET_COOKIE), "the identity stays");
    assert!(with_cookie("/").await.contains("value=\"Ada L.\""));
    let form = [("name", "Ada"), ("slug", "nowhere")];
    assert_eq!(server.post_join(&server.url(""), &guest.cookie, &form).await.status(), 404);
}

#[tokio::test]
async fn the_cookie_is_nobody_elses_business() {
    let server = Server::start(&[]).await;
    let form = [("name", "Ada"), ("room", "Den")];
    let answer = server.post_join(&server.url(""), "", &form).await;
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Secure"), "plain http on a local network must work: {cookie}");

    let server = Server::start(&["--public-url", "https://chat.example.org"]).await;
    let answer = server.post_join("https://chat.example.org", "", &form).await;
    assert!(answer.headers()[SET_COOKIE].to_str().unwrap().contains("Secure"));
    assert_eq!(server.post_join(&server.url(""), "", &form).await.status(), 403);
}

#[tokio::test]
async fn the_history_reads_without_any_script() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    ada.say("a <b>bold</b> word");
    ada.until_heard(&["a <b>bold</b> word"]).await;
    let html = server.get("/r/den").await.text().await.unwrap();
    assert!(html.contains("a &lt;b&gt;bold&lt;/b&gt; word"), "{html}");
}

#[tokio::test]
async fn files_come_compressed_and_are_kept_for_ever() {
    let server = Server::start(&[]).await;
    let html = server.get("/").await.text().await.unwrap();
    let css = html.split('"').find(|part| part.starts_with("/pkg/") && part.ends_with(".css"));
    let css = server.url(css.expect("the page names its style sheet"));
    let plain = http().get(&css).send().await.unwrap();
    assert_eq!(plain.status(), 200, "build the site first: cargo xtask build");
    assert_eq!(plain.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert!(!plain.headers().contains_key(CONTENT_ENCODING));
    for (accepts, encoding) in [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")] {
        let answer = http().get(&css).header(ACCEPT_ENCODING, accepts).send().await.unwrap();
        assert_eq!(answer.headers()[CONTENT_ENCODING], encoding);
        let etag = answer.headers()[ETAG].clone();
        let again = http().get(&css).header(ACCEPT_ENCODING, accepts).header(IF_NONE_MATCH, etag);
        assert_eq!(again.send().await.unwrap().status(), 304);
    }
    for path in ["/pkg/nothing.css", "/manifest.json", "/../Cargo.toml", "/nowhere"] {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn pages_are_compressed_and_the_server_is_healthy() {
    let server = Server::start(&[]).await;
    let answer = http().get(server.url("/")).header(ACCEPT_ENCODING, "br").send().await.unwrap();
    assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
    let health = server.get("/healthz").await;
    assert_eq!((health.status().as_u16(), health.text().await.unwrap().as_str()), (200, "ok\n"));
}
