//! Programs on the client crate: its handle that runs by itself, and its two examples.

use std::io::{self, Write};
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use parking_lot::Mutex;
use starling_client::native::{ConnectError, Event, Identity, Refused, Starling};
use starling_protocol::{CloseReason, Emoji, ErrorCode, Seq, ServerEvent, Slug, TextError};
use tokio::io::{AsyncWriteExt, BufReader, duplex};
use tokio::time::timeout;

use crate::support::tokens::{claims, hs, sign};
use crate::support::{Guest, PATIENCE, Server};

#[expect(dead_code, reason = "what a terminal starts is not run here")]
#[path = "../../../client/examples/echo_bot.rs"]
mod echo_bot;
#[expect(dead_code, reason = "what a terminal starts is not run here")]
#[path = "../../../client/examples/terminal_chat.rs"]
mod terminal_chat;

async fn connect(server: &Server, identity: Identity) -> Starling {
    let site = server.url("");
    timeout(PATIENCE, Starling::connect(&site, identity)).await.unwrap().unwrap()
}

async fn connected(server: &Server, guest: &Guest) -> Starling {
    connect(server, Identity::Cookie(guest.cookie.clone())).await
}

/// What is said, as many times as asked for.
async fn heard(events: &mut (impl Stream<Item = Event> + Unpin), times: usize) -> Vec<String> {
    let mut heard = Vec::new();
    while heard.len() < times {
        let event = timeout(PATIENCE, events.next()).await.unwrap().unwrap();
        if let Event::Server(event) = event
            && let ServerEvent::Message { message, .. } = *event
        {
            heard.push(message.text().to_owned());
        }
    }
    heard
}

#[tokio::test]
async fn a_program_says_and_hears_everything_once_over_a_restart() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let bot = server.guest("Bot", "Den").await;
    let starling = connected(&server, &bot).await;
    assert_eq!(starling.user().name.as_str(), "Bot");
    let mut events = starling.events();
    assert_eq!(starling.post(&bot.room, "too early").await, Err(Refused::NotJoined));
    starling.join(&bot.room).await.unwrap();
    assert_eq!(starling.post(&bot.room, "one").await, Ok(Seq(1)));
    ada.say("two");
    ada.until_heard(&["one", "two"]).await;

    let (address, folder, flags) = server.stop().await;
    let meanwhile = tokio::spawn({
        let (starling, room) = (starling.clone(), bot.room.clone());
        async move { starling.post(&room, "three").await }
    });
    let server = Server::start_at(address, folder, flags).await;
    ada.until_heard(&["one", "two", "three"]).await;
    assert_eq!(timeout(PATIENCE, meanwhile).await.unwrap().unwrap(), Ok(Seq(3)));
    ada.say("four");
    ada.until_heard(&["one", "two", "three", "four"]).await;
    assert_eq!(heard(&mut events, 4).await, ["one", "two", "three", "four"]);

    // What else there is, by the core; and what is refused of it, as an event.
    let emoji = Emoji::parse("🌱").unwrap();
    let room = bot.room.clone();
    let sign = emoji.clone();
    starling.with(move |core, _| core.react(&room, Seq(1), &sign, true)).await.unwrap();
    ada.until(|room| room.messages().next().is_some_and(|first| !first.reactions.is_empty())).await;
    let room = bot.room.clone();
    starling.with(move |core, _| core.react(&room, Seq(99), &emoji, true)).await.unwrap();
    let refused = async {
        loop {
            if let Event::Refused { message, .. } = events.next().await.unwrap() {
                return message;
            }
        }
    };
    assert!(!timeout(PATIENCE, refused).await.unwrap().is_empty());

    timeout(PATIENCE, starling.end()).await.unwrap();
    ada.until(|room| room.people().len() == 1).await;
    while let Some(_last) = timeout(PATIENCE, events.next()).await.unwrap() {}
    drop(server);
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let server = Server::with_secret(&[]).await;
    let den = server.guest("Ada", "Den").await.room;
    let token = Identity::Token(sign(&hs(), &claims("ann")));
    let starling = connect(&server, token).await;
    let refused = |code| move |refused: &Refused| matches!(refused, Refused::ByServer { code: found, .. } if *found == code);
    let nowhere = Slug::new("nowhere");
    for _ in 0..2 {
        let answer = timeout(PATIENCE, starling.join(&nowhere)).await.unwrap();
        assert!(answer.as_ref().is_err_and(refused(ErrorCode::NoSuchRoom)), "{answer:?}");
    }
    starling.join(&den).await.unwrap();
    assert!(matches!(
        starling.post(&den, " ").await,
        Err(Refused::BadText(TextError::MessageEmpty { .. }))
    ));
    assert_eq!(starling.post(&den, "fine").await, Ok(Seq(1)));

    let token = Identity::Token("starling_no".into());
    let site = format!("https://{}", server.address);
    let failed = timeout(PATIENCE, Starling::connect(&site, token)).await.unwrap().err().unwrap();
    assert!(matches!(failed, ConnectError::BadAddress(_)), "there is no TLS here");

    for identity in [Identity::Token("starling_no".into()), Identity::Cookie("starling=no".into())]
    {
        let site = server.url("");
        let failed =
            timeout(PATIENCE, Starling::connect(&site, identity)).await.unwrap().err().unwrap();
        let no_identity = CloseReason::NoIdentity;
        assert!(matches!(failed, ConnectError::NotWanted { reason } if reason == no_identity));
    }
}

#[tokio::test]
async fn the_echo_bot_answers_also_after_a_restart() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let bot = server.guest("Echo", "Den").await;
    let starling = connected(&server, &bot).await;
    let room = bot.room.clone();
    let echoing = tokio::spawn(async move { echo_bot::echo(&starling, &room).await });
    ada.until(|room| room.people().len() == 2).await;
    ada.say("echo one");
    ada.until_heard(&["echo one", "one"]).await;
    let server = server.restart().await;
    ada.say("echo two");
    ada.until_heard(&["echo one", "one", "echo two", "two"]).await;
    // When its person signs out, its connection ends for good, and so does the bot.
    server.submit(&bot.cookie, "/sign-out", &[]).await;
    timeout(PATIENCE, echoing).await.unwrap().unwrap().unwrap();
}

/// A terminal whose text can be read while it is written.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_terminal_chat_says_what_is_typed_and_shows_what_is_said() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    ada.say("before");
    ada.until_heard(&["before"]).await;
    let bob = server.guest("Bob", "Den").await;
    let starling = connected(&server, &bob).await;
    let (screen, (mut keys, typed)) = (Screen::default(), duplex(1_024));
    let chat = terminal_chat::chat(starling, bob.room, BufReader::new(typed), screen.clone());
    let typing = async {
        keys.write_all(b"hello\n \n").await.unwrap();
        ada.until_heard(&["before", "hello"]).await;
        ada.say("hello, terminal");
        ada.until_heard(&["before", "hello", "hello, terminal"]).await;
        keys.write_all(b"bye\n").await.unwrap();
        ada.until_heard(&["before", "hello", "hello, terminal", "bye"]).await;
        drop(keys);
        ada.until(|room| room.people().len() == 1).await;
    };
    let (ended, ()) = timeout(PATIENCE, async { tokio::join!(chat, typing) }).await.unwrap();
    ended.unwrap();
    let text = String::from_utf8(screen.0.lock().clone()).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.remove(0), "1 Ada: before");
    assert!(lines.iter().any(|line| line.starts_with("Not said: ")), "{text}");
    for line in ["2 Bob: hello", "3 Ada: hello, terminal"] {
        assert!(lines.contains(&line), "{text}");
    }
}
