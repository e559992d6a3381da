//! Signing in: what is said to whom, and where it leads.

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    let server = Server::start(&[]).await;
    Browser::default().sign_up(&server, "wren-1").await;
    let mut answers = Vec::new();
    for login in ["wren-1", "wren-2"] {
        let mut somebody = Browser::default();
        let answer = somebody.sign_in(&server, login, "a wrong password").await;
        assert_eq!((answer.status, &answer.set_cookie), (401, &None), "{login}");
        let sentence = "No account has that handle or address with that password.";
        assert!(answer.text.contains(sentence), "{login}: {}", answer.text);
        assert!(!answer.text.contains("a wrong password"), "the password came back");
        answers.push(answer.main().replace(login, "…"));
    }
    assert_eq!(answers[0], answers[1], "the pages tell who has an account");
    server.stop().await;
}

#[tokio::test]
async fn one_is_led_on_to_paths_of_this_server_alone() {
    let server = Server::start(&[]).await;
    Browser::default().sign_up(&server, "ada").await;
    for (next, place) in [
        ("/r/den", "/r/den"),
        ("/r/%E6%98%9F", "/r/%E6%98%9F"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("", "/"),
    ] {
        let mut ada = Browser::default();
        let form = [("login", "ada"), ("password", PASSWORD), ("next", next)];
        let answer = ada.post(&server, "/sign-in", &form).await;
        assert_eq!((answer.status, answer.place.as_str()), (303, place), "{next:?}");
        // Whoever is signed in already is led on at once.
        let query: String = next.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = ada.get(&server, &format!("/sign-in?next={query}")).await;
        assert_eq!((answer.status, answer.place.as_str()), (303, place), "{next:?}");
        let answer = ada.get(&server, &format!("/sign-up?next={query}")).await;
        assert_eq!((answer.status, answer.place.as_str()), (303, place), "{next:?}");
    }
    let page = Browser::default().get(&server, "/sign-in?next=//evil.example").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("evil.example"), "{}", page.text);
    server.stop().await;
}

#[tokio::test]
async fn browsers_and_password_managers_know_what_to_fill_in() {
    let server = Server::start(&[]).await;
    let mut ada = Browser::default();
    ada.sign_up(&server, "ada").await;
    let mut nobody = Browser::default();
    for (page, names) in [
        (
            nobody.get(&server, "/sign-up").await,
            vec!["nickname", "username", "email", "new-password"],
        ),
        (nobody.get(&server, "/sign-in").await, vec!["username", "current-password"]),
        (nobody.get(&server, "/reset").await, vec!["off", "new-password"]),
        (
            ada.get(&server, "/account").await,
            vec!["nickname", "off", "username", "current-password", "new-password"],
        ),
    ] {
        let found: Vec<&str> = page
            .text
            .split(r#"autocomplete=""#)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(found, names);
    }
    server.stop().await;
}

/// By the clock, which no other test looks at: run it alone, on a machine that does nothing else.
#[tokio::test]
#[ignore = "compares times; `cargo test --release -p starling-server --test real -- --ignored as_long` runs it"]
async fn a_known_name_takes_as_long_as_an_unknown_one() {
    const ROUNDS: usize = 100;
    let flags = ["--sign-ins-per-address", "100000", "--sign-ins-per-login", "100000"];
    let server = Server::start(&flags).await;
    Browser::default().sign_up(&server, "wren-1").await;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (login, times) in ["wren-1", "wren-2"].into_iter().zip(&mut times) {
            let start = std::time::Instant::now();
            let answer = Browser::default().sign_in(&server, login, "a wrong password").await;
            times.push(start.elapsed());
            assert_eq!(answer.status, 401);
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64() * 1_000.0
    });
    eprintln!("median of a known name {known:.2} ms, of an unknown one {unknown:.2} ms");
    let ratio = known / unknown;
    assert!((0.9..1.1).contains(&ratio), "{ratio}");
    server.stop().await;
}
