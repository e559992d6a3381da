//! From a guest, or nobody, to an account.

use serde_json::json;

use crate::support::browser::{Browser, PASSWORD};
use crate::support::{Guest, Server};

#[tokio::test]
async fn a_guest_becomes_an_account_and_stays_who_they_were() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let id = uuid::Uuid::now_v7().to_string();
    let form = [("id", id.as_str()), ("body", "as a guest")];
    assert_eq!(server.post_message(&server.url(""), &ada, &form).await.status(), 303);
    let mut browser = Browser::of(&ada);
    let before = browser.who(&server).await.unwrap();

    let page = browser.get(&server, "/sign-up?next=/r/den").await;
    assert!(page.text.contains(r#"value="Ada""#), "the name is there already: {}", page.text);
    let form = [
        ("name", "Ada L."),
        ("handle", "Ada_L"),
        ("email", "Ada@Example.org"),
        ("password", PASSWORD),
        ("next", "/r/den"),
    ];
    let answer = browser.post(&server, "/sign-up", &form).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/r/den"));
    let set = answer.set_cookie.unwrap();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(flag), "{set}");
    }
    assert_ne!(browser.cookie, ada.cookie, "the session is another one");
    assert_eq!(browser.who(&server).await.as_ref(), Some(&before), "the person is the same");
    assert_eq!(Browser::of(&ada).who(&server).await, None, "the guest's cookie is of no use");

    // Elsewhere, by handle or by address, in whatever case.
    for login in ["ada_l", "ADA_L", " ada@example.org "] {
        let mut elsewhere = Browser::default();
        let answer = elsewhere.sign_in(&server, login, PASSWORD).await;
        assert_eq!((answer.status, answer.place.as_str()), (303, "/"), "{login}");
        assert_eq!(elsewhere.who(&server).await.as_ref(), Some(&before), "{login}");
        let lobby = elsewhere.get(&server, "/").await;
        assert!(lobby.text.contains("Your rooms"), "their rooms are theirs");
    }
    let page = browser.get(&server, "/account").await;
    assert!(page.text.contains(r#"value="Ada L.""#), "it is the name they typed: {}", page.text);
    // What was said as a guest is one's own, and as the owner's of a room they made.
    let mut socket = server.socket(&browser.guest("den")).await;
    let joined = socket.join(&ada.room).await;
    assert_eq!(joined["messages"][0]["author"]["id"], json!(before));
    let rights = socket.event_of("rights").await;
    assert_eq!(rights["role"], "owner");
    server.stop().await;
}

#[tokio::test]
async fn somebody_new_makes_an_account_and_no_second_one() {
    let server = Server::start(&[]).await;
    let mut ada = Browser::default();
    assert_eq!(ada.sign_up(&server, "ada").await.status, 303);
    let who = ada.who(&server).await;
    assert!(who.is_some());
    let answer = ada.sign_up(&server, "lovelace").await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("You have an account already."));
    assert_eq!(ada.get(&server, "/sign-up?next=/r/den").await.place, "/r/den");
    assert_eq!(ada.who(&server).await, who);
    server.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_the_password_does_not_come_back() {
    let server = Server::start(&[]).await;
    Browser::default().sign_up(&server, "ada").await;
    let good = [
        ("name", "Bob B."),
        ("handle", "bob"),
        ("email", "bob@example.org"),
        ("password", "a secret of mine"),
    ];
    for (field, value, status, says) in [
        ("name", " ", 422, "A name has 1 to 40 characters."),
        ("handle", "b", 422, "A handle has 3 to 30"),
        ("handle", "ADA", 409, "Somebody has that handle already."),
        ("email", "nowhere", 422, "This is no email address."),
        ("email", "ada@example.org", 409, "There is an account with that address."),
        ("password", "short", 422, "A password has 8 to 200 characters."),
    ] {
        let form = good.map(|(name, kept)| (name, if name == field { value } else { kept }));
        let mut bob = Browser::default();
        let answer = bob.post(&server, "/sign-up", &form).await;
        assert_eq!(answer.status, status, "{field}={value}");
        assert_eq!(answer.set_cookie, None);
        let error = format!(r#"id="{field}-error" class="error">{says}"#);
        assert!(answer.text.contains(&error), "{field}={value}: {}", answer.text);
        assert_eq!(answer.text.matches("aria-invalid").count(), 1, "{field}={value}");
        assert!(!answer.text.contains("a secret of mine"), "the password came back");
        for (name, kept) in good.iter().filter(|(name, _)| *name != field && *name != "password") {
            assert!(answer.text.contains(&format!(r#"value="{kept}""#)), "{name} is lost");
        }
    }
    let mut bob = Browser::default();
    assert_eq!(bob.post(&server, "/sign-up", &good).await.status, 303, "nothing stuck");
    let odd = bob.post(&server, "/account/profile", &[("name", "x"), ("hue", "12")]).await;
    assert_eq!(odd.status, 400);
    server.stop().await;
}

#[tokio::test]
async fn a_cookie_that_somebody_else_chose_does_not_become_anybodys() {
    let server = Server::start(&[]).await;
    // An attacker's own guest, whose cookie they have put into another's browser.
    let planted = server.guest("Eve", "Den").await;
    Browser::default().sign_up(&server, "ada").await;
    let mut ada = Browser::of(&planted);
    assert_eq!(ada.sign_in(&server, "ada", PASSWORD).await.status, 303);
    assert_ne!(ada.cookie, planted.cookie);
    assert_eq!(Browser::of(&planted).who(&server).await, None, "it stands for nobody now");

    for made_up in ["", "starling=x", &format!("starling={}", "A".repeat(43))] {
        let mut bob = Browser { cookie: made_up.to_owned() };
        assert_eq!(bob.who(&server).await, None);
        assert_eq!(bob.sign_in(&server, "ada", PASSWORD).await.status, 303);
        assert_ne!(bob.cookie, made_up);
        let planted = Guest { cookie: made_up.to_owned(), ..server.guest("Bob", "Den").await };
        assert_eq!(Browser::of(&planted).who(&server).await, None);
    }
    server.stop().await;
}
