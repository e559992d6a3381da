//! Sign-ins that end: which sockets close, and which do not.

use serde_json::json;

use crate::support::browser::{Browser, PASSWORD};
use crate::support::{RawSocket, Server};

/// Two browsers of one account, each with a socket, and somebody else with one.
struct Scene {
    server: Server,
    here: Browser,
    there: Browser,
    here_socket: RawSocket,
    there_socket: RawSocket,
    other_socket: RawSocket,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::start(&[]).await;
        let (mut here, mut there) = (Browser::default(), Browser::default());
        here.sign_up(&server, "ada").await;
        here.join(&server, "Ada", "Den").await;
        there.sign_in(&server, "ada", PASSWORD).await;
        let other = server.guest("Bob", "Den").await;
        let mut sockets = Vec::new();
        for cookie in [&here.cookie, &there.cookie, &other.cookie] {
            let mut socket = server.open(&server.url(""), cookie).await.unwrap();
            socket.event_of("hello").await;
            socket.join(&other.room).await;
            sockets.push(socket);
        }
        let mut next = || sockets.remove(0);
        let (here_socket, there_socket, other_socket) = (next(), next(), next());
        Self { server, here, there, here_socket, there_socket, other_socket }
    }
}

async fn lives(socket: &mut RawSocket) {
    let id = uuid::Uuid::now_v7();
    socket.send(&json!({"type": "post", "ref": 9, "room": "den", "id": id, "body": "hi"})).await;
    while socket.event_of("ack").await["ref"] != 9 {}
}

#[tokio::test]
async fn signing_out_ends_this_sign_in_and_no_other() {
    let mut scene = Scene::new().await;
    let cookie = scene.here.clone();
    let answer = scene.here.post(&scene.server, "/sign-out", &[]).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/"));
    assert_eq!(scene.here.cookie, "", "the browser forgets it");
    assert!(answer.set_cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(scene.here_socket.close_code().await, 4402);
    assert_eq!(cookie.who(&scene.server).await, None, "and so does the server");
    lives(&mut scene.there_socket).await;
    lives(&mut scene.other_socket).await;
}

#[tokio::test]
async fn one_of_ones_own_sign_ins_is_ended_from_another() {
    let mut scene = Scene::new().await;
    let page = scene.here.get(&scene.server, "/account").await;
    assert_eq!(page.text.matches("this one").count(), 1);
    let id = page.text.split(r#"name="id" value=""#).nth(1).unwrap().split('"').next().unwrap();
    // Somebody else's number is nobody's.
    let mut eve = Browser::default();
    eve.sign_up(&scene.server, "eve").await;
    assert_eq!(eve.post(&scene.server, "/account/sign-ins", &[("id", id)]).await.status, 303);
    lives(&mut scene.there_socket).await;

    let answer = scene.here.post(&scene.server, "/account/sign-ins", &[("id", id)]).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/account?done=ended"));
    assert_eq!(scene.there_socket.close_code().await, 4402);
    assert_eq!(scene.there.who(&scene.server).await, None);
    lives(&mut scene.here_socket).await;
    lives(&mut scene.other_socket).await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_of_ones_own() {
    let mut scene = Scene::new().await;
    let path = "/account/sign-out-everywhere";
    let answer = scene.here.post(&scene.server, path, &[]).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/sign-in?done=everywhere"));
    assert_eq!(scene.here_socket.close_code().await, 4402);
    assert_eq!(scene.there_socket.close_code().await, 4402);
    let page = scene.there.get(&scene.server, "/account").await;
    assert_eq!((page.status, page.place.as_str()), (303, "/sign-in?next=/account"));
    lives(&mut scene.other_socket).await;
}

#[tokio::test]
async fn another_password_ends_all_but_the_sign_in_that_set_it() {
    let mut scene = Scene::new().await;
    let path = "/account/password";
    for (current, new, status, field) in
        [("not this one", "a new password", 401, "current"), (PASSWORD, "short", 422, "password")]
    {
        let form = [("current", current), ("password", new)];
        let answer = scene.here.post(&scene.server, path, &form).await;
        assert_eq!(answer.status, status);
        let error = format!(r#"id="{field}-error" class="error">"#);
        let said = answer.text.split(&error).nth(1).unwrap().split('<').next().unwrap();
        assert!(!said.trim().is_empty(), "nothing is said at {field}");
        assert!(!answer.text.contains(current) && !answer.text.contains(new), "it came back");
    }
    lives(&mut scene.there_socket).await;
    let form = [("current", PASSWORD), ("password", "another horse 8")];
    let answer = scene.here.post(&scene.server, path, &form).await;
    assert_eq!((answer.status, answer.place.as_str()), (303, "/account?done=password"));
    assert_eq!(scene.there_socket.close_code().await, 4402);
    lives(&mut scene.here_socket).await;
    lives(&mut scene.other_socket).await;
    let mut again = Browser::default();
    assert_eq!(again.sign_in(&scene.server, "ada", PASSWORD).await.status, 401);
    assert_eq!(again.sign_in(&scene.server, "ada", "another horse 8").await.status, 303);
}

#[tokio::test]
async fn who_signs_up_or_in_leaves_no_socket_of_the_guest_behind() {
    let server = Server::start(&[]).await;
    Browser::default().sign_up(&server, "ada").await;
    for signs_up in [true, false] {
        let guest = server.guest("Bob", "Den").await;
        let mut socket = server.socket(&guest).await;
        let mut browser = Browser::of(&guest);
        let answer = match signs_up {
            true => browser.sign_up(&server, "bob").await,
            false => browser.sign_in(&server, "ada", PASSWORD).await,
        };
        assert_eq!(answer.status, 303);
        assert_eq!(socket.close_code().await, 4402);
    }
    server.stop().await;
}
