//! The page of one's tokens, as forms.

use crate::support::database::give_account;
use crate::support::{Guest, Server, http};
use crate::tokens::member;

async fn posts(server: &Server, guest: &Guest, path: &str, form: &str) -> (u16, String) {
    let request = http().post(server.url(path)).header("cookie", &guest.cookie);
    let request = request.header("origin", server.url(""));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn token_in(page: &str) -> Option<String> {
    let start = page.find("starling_")?;
    Some(
        page[start..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect(),
    )
}

#[tokio::test]
async fn a_token_is_made_shown_once_and_ended_without_javascript() {
    let server = Server::start(&[]).await;
    let (ada, _) = member(&server, "Ada").await;
    let page = async || server.get_as(&ada, "/account/tokens").await.text().await.unwrap();
    assert!(page().await.contains("You have no tokens."));
    let form = "name=Night+bot&read=true&write=true&lasts=forever";
    let (status, shown) = posts(&server, &ada, "/account/tokens", form).await;
    assert_eq!(status, 200);
    let token = token_in(&shown).expect("it is not shown");
    let me = server.me(&token).await.unwrap();
    assert_eq!(me["scopes"], serde_json::json!(["read", "write"]));
    assert!(me.get("expires_at").is_none());
    let list = page().await;
    assert!(list.contains("Night bot") && token_in(&list).is_none(), "it is shown once");
    let (_, rest) = list.split_once("/account/tokens/").unwrap();
    let id = rest.split_once('/').unwrap().0;
    for _ in 0..2 {
        let (status, _) = posts(&server, &ada, &format!("/account/tokens/{id}/end"), "").await;
        assert_eq!(status, 303);
    }
    assert_eq!(server.me(&token).await, Err("bad_token".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_with_the_form_is_said_and_what_was_typed_stays() {
    let server = Server::start(&[]).await;
    let (ada, _) = member(&server, "Ada").await;
    let name = "x".repeat(41);
    let (status, page) =
        posts(&server, &ada, "/account/tokens", &format!("name={name}&manage=true")).await;
    assert_eq!(status, 422);
    assert!(page.contains("A name has 1 to 40 characters") && page.contains(&name));
    assert!(page.contains(r#"aria-invalid="true""#) && token_in(&page).is_none());
    let (status, page) = posts(&server, &ada, "/account/tokens", "name=Bot").await;
    assert_eq!(status, 400);
    assert!(page.contains("Tick at least one thing that the token allows."));
}

#[tokio::test]
async fn the_page_is_for_people_with_an_account() {
    let server = Server::start(&[]).await;
    assert_eq!(server.get("/account/tokens").await.status(), 401);
    let gus = server.guest("Gus", "Den").await;
    let page = server.get_as(&gus, "/account/tokens").await;
    assert_eq!(page.status(), 403);
    assert!(page.text().await.unwrap().contains("Only people with an account"));
    let (status, _) = posts(&server, &gus, "/account/tokens", "name=Bot&read=true").await;
    assert_eq!(status, 403);
    let (_, me) = server.api("GET", "/me", &[("cookie", &gus.cookie)], None).await;
    give_account(server.data(), me["user"]["id"].as_str().unwrap(), "gus").await;
    let page = server.get_as(&gus, "/account/tokens").await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()["cache-control"], "no-store");
}
