//! The operator's switches: without guests, and without sign-up.

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};

#[tokio::test]
async fn without_guests_a_name_is_not_enough_and_guests_of_before_keep_what_is_theirs() {
    let server = Server::start(&[]).await;
    let mut ada = Browser::of(&server.guest("Ada", "Den").await);
    let who = ada.who(&server).await.unwrap();
    let (address, folder, _) = server.stop().await;
    let flags = vec!["--guests".to_owned(), "off".to_owned()];
    let server = Server::start_at(address, folder, flags).await;

    for browser in [&mut Browser::default(), &mut ada.clone()] {
        for form in [vec![("name", "Eve"), ("room", "New")], vec![("name", "Eve"), ("slug", "den")]]
        {
            let answer = browser.post(&server, "/join", &form).await;
            assert_eq!((answer.status, &answer.set_cookie), (403, &None));
        }
        assert_eq!(browser.who(&server).await, None, "no socket");
        for path in ["/", "/r/den", "/r/nowhere"] {
            let page = browser.get(&server, path).await;
            assert!(page.text.contains("Only people with an account come in here."), "{path}");
            assert!(page.text.contains(r#"href="/sign-up"#), "{path}");
            assert!(!page.text.contains(r#"action="/join""#), "{path}");
        }
        assert_eq!(browser.get(&server, "/account").await.place, "/sign-in?next=/account");
        let id = uuid::Uuid::now_v7().to_string();
        let form = [("id", id.as_str()), ("body", "hello")];
        assert_eq!(browser.post(&server, "/r/den/messages", &form).await.status, 403);
    }
    assert_eq!(ada.sign_up(&server, "ada").await.status, 303);
    assert_eq!(ada.who(&server).await, Some(who), "what they said and had is theirs");
    assert_eq!(ada.join(&server, "Ada", "New").await.status, 303);
    server.stop().await;
}

#[tokio::test]
async fn without_sign_up_accounts_sign_in_and_guests_stay_guests() {
    let server = Server::start(&[]).await;
    Browser::default().sign_up(&server, "ada").await;
    let (address, folder, _) = server.stop().await;
    let flags = vec!["--sign-up".to_owned(), "off".to_owned()];
    let server = Server::start_at(address, folder, flags).await;
    let mut bob = Browser::of(&server.guest("Bob", "Den").await);
    let answer = bob.sign_up(&server, "bob").await;
    assert_eq!((answer.status, &answer.set_cookie), (403, &None));
    let page = bob.get(&server, "/sign-up").await;
    assert!(page.text.contains("only administrators make accounts"), "{}", page.text);
    assert!(!page.text.contains(r#"action="/sign-up""#));
    for path in ["/sign-in", "/account", "/"] {
        assert!(!bob.get(&server, path).await.text.contains(r#"href="/sign-up"#), "{path}");
    }
    assert!(bob.who(&server).await.is_some());
    assert_eq!(Browser::default().sign_in(&server, "ada", PASSWORD).await.status, 303);
    server.stop().await;
}

#[tokio::test]
async fn with_both_off_nobody_new_comes_in() {
    let server = Server::start(&["--guests", "off", "--sign-up", "off"]).await;
    let page = Browser::default().get(&server, "/").await;
    assert!(page.text.contains(r#"href="/sign-in""#));
    assert!(!page.text.contains(r#"href="/sign-up"#));
    assert_eq!(Browser::default().join(&server, "Eve", "Den").await.status, 403);
    assert_eq!(Browser::default().sign_up(&server, "eve").await.status, 403);
    server.stop().await;
}
