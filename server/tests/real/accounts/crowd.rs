//! Many who sign in at once: each gets in or is told to try again, and a room beside them lives.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};

const CROWD: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_signs_in_while_a_room_talks() {
    let server =
        Server::start(&["--sign-ins-per-address", "1000", "--sign-ins-per-login", "1000"]).await;
    Browser::default().sign_up(&server, "ada").await;
    let mut bob = server.person("Bob", "Den").await;
    let mut cy = server.person("Cy", "Den").await;
    let mut crowd: FuturesUnordered<_> = (0..CROWD)
        .map(|number| {
            let server = &server;
            // Wrong names and passwords are as much work.
            let login = if number % 4 == 0 { "nobody" } else { "ada" };
            async move {
                let mut somebody = Browser::default();
                let answer = somebody.sign_in(server, login, PASSWORD).await;
                (login, answer.status, answer.text)
            }
        })
        .collect();
    let mut answers = vec![crowd.next().await.unwrap()];
    // The crowd is under way: the rest of it waits until the room has talked.
    bob.say("Does this arrive?");
    let talking = async {
        bob.until(|room| room.pending().next().is_none()).await;
        cy.until_heard(&["Does this arrive?"]).await;
    };
    let ((), rest) = tokio::join!(talking, crowd.collect::<Vec<_>>());
    answers.extend(rest);
    assert_eq!(answers.len(), CROWD);
    let mut busy = 0;
    for (login, status, text) in answers {
        match (login, status) {
            ("ada", 303) | ("nobody", 401) => {}
            (_, 503) => {
                assert!(text.contains("Many people sign in right now. Try again."), "{text}");
                busy += 1;
            }
            other => panic!("{other:?}: {text}"),
        }
    }
    assert!(busy < CROWD, "nobody got in");
    server.stop().await;
}
