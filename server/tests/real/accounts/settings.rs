//! One's own settings: how one appears, where one is signed in, and what guests are offered.

use reqwest::header::{COOKIE, USER_AGENT};

use crate::support::browser::{Browser, PASSWORD};
use crate::support::database::{change, number};
use crate::support::{Server, http};

#[tokio::test]
async fn name_colour_and_avatar_are_seen_by_others_and_stay() {
    let server = Server::start(&[]).await;
    let mut watching = server.person("Bob", "Den").await;
    let mut ada = Browser::of(&server.guest("Ada", "Den").await);
    let mut socket = server.socket(&ada.guest("den")).await;
    socket.join(&ada.guest("den").room).await;
    let form = [("name", "Ada L."), ("hue", "7"), ("avatar", "🦉")];
    // Guests and accounts alike.
    let answer = ada.post(&server, "/account/profile", &form).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/account?done=profile"));
    watching
        .until(|room| {
            room.people().any(|person| {
                let avatar = person.avatar.as_ref().map(ToString::to_string);
                person.name.as_str() == "Ada L."
                    && person.hue.0 == 7
                    && avatar.as_deref() == Some("🦉")
            })
        })
        .await;
    let page = ada.get(&server, "/account?done=profile").await;
    assert!(page.text.contains("Saved.") && page.text.contains(r#"value="Ada L.""#));
    assert!(page.text.contains(r#"value="🦉""#));
    let checked = page.text.split("checked").next().unwrap();
    assert!(checked.ends_with(r#"value="7" "#), "another colour is chosen: {checked}");

    for (form, field, says) in [
        ([("name", ""), ("hue", "7"), ("avatar", "")], "name", "A name has 1 to 40"),
        ([("name", "Ada"), ("hue", "7"), ("avatar", "ab")], "avatar", "An avatar is one letter"),
    ] {
        let answer = ada.post(&server, "/account/profile", &form).await;
        assert_eq!(answer.status, 422);
        assert!(
            answer.text.contains(&format!(r#"id="{field}-error" class="error">{says}"#)),
            "{}",
            answer.text
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_guest_is_offered_an_account_and_a_stranger_to_sign_in() {
    let server = Server::start(&[]).await;
    let mut guest = Browser::of(&server.guest("Ada", "Den").await);
    let page = guest.get(&server, "/account").await;
    assert!(page.text.contains("Make an account to keep your name"));
    assert!(!page.text.contains("Current password"));
    let lobby = guest.get(&server, "/").await;
    assert!(lobby.text.contains(r#"href="/account""#));
    let form = [("current", ""), ("password", "a new password")];
    let answer = guest.post(&server, "/account/password", &form).await;
    assert_eq!(answer.status, 401, "there is no password to change");

    let mut stranger = Browser::default();
    assert_eq!(stranger.get(&server, "/account").await.place, "/sign-in?next=/account");
    assert!(stranger.get(&server, "/").await.text.contains(r#"href="/sign-in""#));
    let room = stranger.get(&server, "/r/den").await;
    assert!(room.text.contains(r#"href="/sign-in?next=/r/den""#));
    for path in ["/account/profile", "/account/password", "/account/sign-ins", "/sign-out"] {
        assert_eq!(stranger.get(&server, path).await.status, 303, "opened again: {path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_sign_in_is_known_by_its_browser_and_place_and_its_last_use() {
    let server = Server::start(&["--trusted-proxies", "127.0.0.1"]).await;
    let mut ada = Browser::default();
    ada.sign_up(&server, "ada").await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let form = format!("login=ada&password={}", PASSWORD.replace(' ', "+"));
    let answer = http()
        .post(server.url("/sign-in"))
        .header("origin", server.url(""))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", "203.0.113.7")
        .header(USER_AGENT, firefox)
        .body(form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let page = ada.get(&server, "/account").await;
    for words in
        ["Firefox on Linux", "203.0.113.7, since within the last hour", "An unknown browser"]
    {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }

    const SEEN: &str = "SELECT count(*) FROM sign_ins WHERE seen_at > 3600001";
    change(server.data(), "UPDATE sign_ins SET created_at = 1, seen_at = 1").await;
    for _ in 0..2 {
        let page = http().get(server.url("/")).header(COOKIE, &ada.cookie).send().await.unwrap();
        assert_eq!(page.status(), 200);
    }
    // It is noted beside the answer, by the one writer: what is written next comes after it.
    server.guest("Bob", "Den").await;
    assert_eq!(number(server.data(), SEEN).await, 2, "the one that was used, and the new one");
    change(server.data(), "UPDATE sign_ins SET seen_at = seen_at - 1800000").await;
    const LATEST: &str = "SELECT max(seen_at) FROM sign_ins WHERE created_at = 1";
    let before = number(server.data(), LATEST).await;
    ada.get(&server, "/").await;
    server.guest("Cy", "Den").await;
    assert_eq!(number(server.data(), LATEST).await, before, "noted more often than every hour");
    server.stop().await;
}
