//! A crowd that comes back at once: whoever only wants a page does not wait for it.

use std::cell::Cell;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::Server;

const CROWD: usize = 300;

#[tokio::test]
async fn pages_and_forms_are_answered_while_a_crowd_joins() {
    let flags = ["--history-page", "100", "--chat-burst", "1000", "--sockets-per-user", "1000"];
    let server = Server::start(&flags).await;
    let mut ada = server.person("Ada", "Den").await;
    for number in 0..100 {
        ada.say(&format!("message {number}"));
    }
    ada.until(|room| room.messages().len() == 100).await;
    drop(ada);
    let cookie = server.guest("Cyd", "Den").await.cookie;
    let guest = server.guest("Bob", "Den").await;
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(server.socket(&guest).await);
    }

    for socket in &mut crowd {
        socket.send(&json!({"type": "join", "ref": 1, "room": "den"})).await;
    }
    let joined = Cell::new(0);
    let joining = join_all(crowd.iter_mut().map(async |socket| {
        socket.event_of("joined").await;
        joined.set(joined.get() + 1);
    }));
    let visiting = async {
        let request = crate::support::http().get(server.url("/r/den")).header("cookie", cookie);
        assert_eq!(request.send().await.unwrap().status(), 200);
        joined.get()
    };
    let (before, _) = tokio::join!(visiting, joining);
    assert_eq!(joined.get(), CROWD);
    // Each of the visitor's reads in one queue with theirs would let all of them go first.
    assert!(before < CROWD / 2, "{before} of {CROWD} had joined before one visitor came in");
}
