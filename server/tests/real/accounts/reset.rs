//! Links that replace a forgotten password: made by an administrator, used once, good for an hour.

use starling_server::store::at_console;

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::database::change;

async fn link(server: &Server, login: &str) -> String {
    let made = at_console(server.data(), async |store| {
        starling_server::admin::reset_link(store, login).await
    });
    made.await.unwrap().unwrap().strip_prefix("/reset#").unwrap().to_owned()
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_all_sign_ins() {
    let server = Server::start(&[]).await;
    let mut ada = Browser::default();
    ada.sign_up(&server, "ada").await;
    let who = ada.who(&server).await;
    ada.join(&server, "Ada", "Den").await;
    let mut socket = server.socket(&ada.guest("den")).await;
    let (code, other) = (link(&server, "ada").await, link(&server, "ada@example.org").await);

    let mut elsewhere = Browser::default();
    let short = elsewhere.post(&server, "/reset", &[("code", &code), ("password", "short")]).await;
    assert_eq!(short.status, 422, "and the code is good still");
    assert!(short.text.contains(r#"id="password-error" class="error">A password has 8"#));
    let form = [("code", code.as_str()), ("password", "another horse 8")];
    let answer = elsewhere.post(&server, "/reset", &form).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/account?done=reset"));
    assert_eq!(elsewhere.who(&server).await, who, "they are signed in");
    assert_eq!(socket.close_code().await, 4402);
    assert_eq!(ada.who(&server).await, None);

    for used in [&code, &other] {
        let form = [("code", used.as_str()), ("password", "a third horse 9")];
        let answer = Browser::default().post(&server, "/reset", &form).await;
        assert_eq!(answer.status, 422);
        assert!(
            answer.text.contains(r#"id="code-error" class="error">This link is not good"#),
            "{}",
            answer.text
        );
    }
    assert_eq!(Browser::default().sign_in(&server, "ada", PASSWORD).await.status, 401);
    assert_eq!(Browser::default().sign_in(&server, "ada", "another horse 8").await.status, 303);
    server.stop().await;
}

#[tokio::test]
async fn a_link_ends_with_its_hour_and_with_another_password() {
    let server = Server::start(&[]).await;
    let mut ada = Browser::default();
    ada.sign_up(&server, "ada").await;
    let code = link(&server, "ada").await;
    assert_eq!(
        change(server.data(), "UPDATE resets SET expires_at = expires_at - 3600000").await,
        1
    );
    let form = [("code", code.as_str()), ("password", "another horse 8")];
    assert_eq!(Browser::default().post(&server, "/reset", &form).await.status, 422);

    let code = link(&server, "ada").await;
    let change = [("current", PASSWORD), ("password", "another horse 8")];
    assert_eq!(ada.post(&server, "/account/password", &change).await.status, 303);
    let form = [("code", code.as_str()), ("password", "a third horse 9")];
    assert_eq!(Browser::default().post(&server, "/reset", &form).await.status, 422);
    for nonsense in ["", "x", &"A".repeat(43)] {
        let form = [("code", nonsense), ("password", "a third horse 9")];
        assert_eq!(Browser::default().post(&server, "/reset", &form).await.status, 422);
    }
    server.stop().await;
}

#[tokio::test]
async fn administrators_make_links_and_nobody_else_finds_the_page() {
    let server = Server::start(&[]).await;
    let (mut ada, mut bob) = (Browser::default(), Browser::default());
    ada.sign_up(&server, "ada").await;
    bob.sign_up(&server, "bob").await;
    let form = [("login", "bob")];
    for browser in [&mut ada, &mut Browser::default()] {
        assert_eq!(browser.get(&server, "/admin/people").await.status, 404);
        let answer = browser.post(&server, "/admin/people", &form).await;
        assert_eq!(answer.status, 404);
        assert!(!answer.text.contains("/reset#"));
    }
    let granted = at_console(server.data(), async |store| {
        starling_server::admin::set_administrator(store, "ada", true).await
    });
    granted.await.unwrap().unwrap();
    assert!(ada.get(&server, "/account").await.text.contains(r#"href="/admin/people""#));
    let unknown = ada.post(&server, "/admin/people", &[("login", "nobody")]).await;
    assert_eq!(unknown.status, 404);
    assert!(
        unknown.text.contains(r#"id="login-error" class="error">Nobody of that name"#),
        "{}",
        unknown.text
    );
    let answer = ada.post(&server, "/admin/people", &form).await;
    assert_eq!(answer.status, 200);
    let start = format!("{}/reset#", server.url(""));
    let code = answer.text.split(&start).nth(1).unwrap().split('"').next().unwrap();
    let form = [("code", code), ("password", "another horse 8")];
    assert_eq!(Browser::default().post(&server, "/reset", &form).await.status, 303);
    assert_eq!(bob.who(&server).await, None);
    server.stop().await;
}
