//! The code by which somebody becomes the first administrator.

use starling_server::store::at_console;

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};

async fn operators(server: &Server) -> Vec<String> {
    let listed = at_console(server.data(), async |store| store.operators().await);
    let listed = listed.await.unwrap().unwrap();
    listed.into_iter().map(|account| account.handle.as_str().to_owned()).collect()
}

fn form(code: &str) -> [(&str, &str); 4] {
    [("code", code), ("name", "Ada"), ("handle", "ada"), ("password", PASSWORD)]
}

#[tokio::test]
async fn the_code_makes_one_administrator_and_then_no_more() {
    let mut server = Server::start(&["--sign-up", "off"]).await;
    let code = server.setup_code().await.unwrap();
    let wrong = Browser::default().post(&server, "/setup", &form(&"A".repeat(43))).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains(r#"id="code-error" class="error">This link is not good"#));
    let mut ada = Browser::of(&server.guest("Ada", "Den").await);
    let who = ada.who(&server).await;
    let short = [("code", code.as_str()), ("name", "Ada"), ("handle", "a"), ("password", PASSWORD)];
    assert_eq!(ada.post(&server, "/setup", &short).await.status, 422, "the code is good still");
    let answer = ada.post(&server, "/setup", &form(&code)).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/account?done=administrator"));
    assert_eq!(ada.who(&server).await, who, "a guest stays who they are");
    assert_eq!(operators(&server).await, ["ada"]);

    let mut eve = Browser::default();
    let again =
        [("code", code.as_str()), ("name", "Eve"), ("handle", "eve"), ("password", PASSWORD)];
    let answer = eve.post(&server, "/setup", &again).await;
    assert_eq!(answer.status, 422, "it is used up");
    assert_eq!(eve.who(&server).await, None);
    assert_eq!(operators(&server).await, ["ada"]);
    let mut server = server.restart().await;
    assert_eq!(server.setup_code().await, None);
    assert_eq!(Browser::default().post(&server, "/setup", &form(&code)).await.status, 422);
    server.stop().await;
}

#[tokio::test]
async fn whoever_has_an_account_becomes_administrator_with_it() {
    let mut server = Server::start(&[]).await;
    let first = server.setup_code().await.unwrap();
    let mut ada = Browser::default();
    ada.sign_up(&server, "ada").await;
    let mut server = server.restart().await;
    let code = server.setup_code().await.unwrap();
    assert_ne!(code, first);
    assert_eq!(ada.post(&server, "/setup", &[("code", &first)]).await.status, 422, "it is new");
    assert!(ada.get(&server, "/setup").await.text.contains("You are signed in as ada."));
    assert_eq!(ada.post(&server, "/setup", &[("code", &code)]).await.status, 303);
    assert_eq!(operators(&server).await, ["ada"]);
    server.stop().await;
}

#[tokio::test]
async fn of_many_who_use_the_code_at_once_one_becomes_administrator() {
    let mut server = Server::start(&[]).await;
    let code = server.setup_code().await.unwrap();
    let tries = (0..8).map(|number| {
        let (server, code) = (&server, &code);
        async move {
            let handle = format!("ada-{number}");
            let form = [
                ("code", code.as_str()),
                ("name", "A"),
                ("handle", &handle),
                ("password", PASSWORD),
            ];
            Browser::default().post(server, "/setup", &form).await.status
        }
    });
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert_eq!(operators(&server).await.len(), 1);
    server.stop().await;
}
