//! What people have in hand at a board and point out: seen by those who have it open, while it lasts.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::Server;
use crate::support::board::{Drawer, note, put};

fn x_of(hand: Option<&Value>) -> Option<u64> {
    hand.map(|hand| hand["hold"]["changes"][0]["set"]["fields"]["at"]["x"].as_u64().unwrap())
}

fn at(x: u64) -> Value {
    json!({"at": {"x": x, "y": 1}})
}

/// The signals that are told next.
async fn signals(drawer: &mut Drawer) -> Vec<Value> {
    drawer.socket.event_of("signals").await["signals"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_somebody_holds_is_seen_while_they_hold_it() {
    let server = Server::start(&[]).await;
    let mut bob = server.drawer("Bob").await;
    let mut ada = server.drawer("Ada").await;
    bob.open(None).await;
    ada.hold(1, at(10)).await;
    assert_eq!(x_of(bob.hand_of(ada.slot).await.as_ref()), Some(10));
    ada.hold(1, at(20)).await;
    assert_eq!(x_of(bob.hand_of(ada.slot).await.as_ref()), Some(20));
    // Who comes later sees it, too.
    let mut cyd = server.drawer("Cyd").await;
    cyd.open(None).await;
    assert_eq!(x_of(cyd.hand_of(ada.slot).await.as_ref()), Some(20));
    ada.let_go().await;
    assert_eq!(bob.hand_of(ada.slot).await, None);

    // Whatever an object in the hand says about its author, it is whoever holds it.
    let stranger = json!({"hold": {"changes": [put(note(7, "x"))]}});
    ada.send(json!({"type": "preview", "preview": stranger})).await;
    let hand = bob.hand_of(ada.slot).await.unwrap();
    assert_ne!(hand["hold"]["changes"][0]["put"]["object"]["by"], json!(uuid::Uuid::nil()));

    let (slot, room) = (ada.slot, ada.room.clone());
    ada.socket.send(&json!({"type": "leave", "ref": 5, "room": room})).await;
    assert_eq!(bob.hand_of(slot).await, None, "they left");
    let mut ada = Drawer::join(ada.socket, &room).await;
    ada.hold(1, at(30)).await;
    assert_eq!(x_of(bob.hand_of(ada.slot).await.as_ref()), Some(30));
    let slot = ada.slot;
    drop(ada);
    assert_eq!(bob.hand_of(slot).await, None, "their connection broke");
}

#[tokio::test]
async fn who_may_draw_no_more_holds_nothing_and_what_they_do_is_refused() {
    let server = Server::start(&[]).await;
    // Whoever makes the room owns it.
    let mut bob = server.drawer("Bob").await;
    let mut ada = server.drawer("Ada").await;
    bob.open(None).await;
    ada.hold(1, at(10)).await;
    assert!(bob.hand_of(ada.slot).await.is_some());
    bob.send(json!({"type": "lock", "ref": 5, "locked": true})).await;
    assert_eq!(bob.hand_of(ada.slot).await, None);
    ada.hold(1, at(20)).await;
    let refused = ada.operate(1, json!([put(note(1, "x"))])).await;
    assert_eq!(refused, Err("room_locked".to_owned()));
    // What came before this of Ada's was passed over; and pointing is still allowed.
    ada.send(json!({"type": "signal", "signal": {"laser": {"active": true}}})).await;
    let told = loop {
        let event = bob.socket.event().await;
        assert_ne!(event["type"], "previews", "{event}");
        if event["type"] == "signals" {
            break event;
        }
    };
    assert_eq!(told["signals"], json!([{"slot": ada.slot, "signal": {"laser": {"active": true}}}]));
    assert_eq!(bob.operate(2, json!([put(note(1, "x"))])).await, Ok(1));
}

#[tokio::test]
async fn signals_reach_those_who_have_the_board_open() {
    let server = Server::start(&[]).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    bob.open(None).await;
    let throw = json!({"throw": {"at": {"x": 1, "y": 2}, "emoji": "🎉"}});
    let say = |text: &str| json!({"say": {"text": text}});
    for signal in [&throw, &say("H"), &say("Hi")] {
        ada.send(json!({"type": "signal", "signal": signal})).await;
    }
    let mut heard = Vec::new();
    while heard.last() != Some(&json!({"slot": ada.slot, "signal": say("Hi")})) {
        heard.extend(signals(&mut bob).await);
    }
    assert_eq!(heard[0], json!({"slot": ada.slot, "signal": throw}));
    assert_eq!(bob.kinds_until_now().await.iter().filter(|it| *it == "signals").count(), 0);
}

#[tokio::test]
async fn a_hidden_tab_is_told_what_was_done_and_nothing_else() {
    let server = Server::start(&[]).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    let mut cyd = server.drawer("Cyd").await;
    bob.open(None).await;
    cyd.open(None).await;
    bob.send(json!({"type": "status", "status": "away"})).await;
    bob.kinds_until_now().await;
    ada.hold(1, at(10)).await;
    ada.send(json!({"type": "signal", "signal": {"laser": {"active": true}}})).await;
    assert!(cyd.hand_of(ada.slot).await.is_some());
    ada.operate(1, json!([put(note(1, "x"))])).await.unwrap();
    loop {
        let event = bob.socket.event().await;
        let kind = event["type"].as_str().unwrap();
        assert!(!["previews", "signals"].contains(&kind), "{event}");
        if kind == "operated" {
            break;
        }
    }
    bob.send(json!({"type": "status", "status": "active"})).await;
    assert_eq!(x_of(bob.hand_of(ada.slot).await.as_ref()), Some(10));
}

#[tokio::test]
async fn whoever_closes_the_board_holds_nothing() {
    let server = Server::start(&[]).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    ada.open(None).await;
    bob.open(None).await;
    ada.hold(1, at(10)).await;
    assert!(bob.hand_of(ada.slot).await.is_some());
    ada.send(json!({"type": "close_board"})).await;
    assert_eq!(bob.hand_of(ada.slot).await, None);
}

#[tokio::test]
async fn who_comes_while_a_laser_shines_is_told_of_it() {
    let server = Server::start(&[]).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    bob.open(None).await;
    let laser = |active: bool| json!({"type": "signal", "signal": {"laser": {"active": active}}});
    ada.send(laser(true)).await;
    let shines = json!([{"slot": ada.slot, "signal": {"laser": {"active": true}}}]);
    assert_eq!(json!(signals(&mut bob).await), shines);
    let mut cyd = server.drawer("Cyd").await;
    cyd.open(None).await;
    assert_eq!(json!(signals(&mut cyd).await), shines);
    ada.send(laser(false)).await;
    signals(&mut bob).await;
    let mut dov = server.drawer("Dov").await;
    dov.open(None).await;
    assert!(!dov.kinds_until_now().await.contains(&"signals".to_owned()), "it is out");
}

#[tokio::test]
async fn of_many_previews_and_signals_the_last_one_comes_at_the_rate_that_is_read() {
    let flags = ["--previews-per-second", "20", "--signals-per-second", "20"];
    let server = Server::start(&flags).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    let mut cyd = server.drawer("Cyd").await;
    bob.open(None).await;
    let start = Instant::now();
    for x in 1..=60 {
        ada.hold(1, at(x)).await;
        cyd.send(json!({"type": "signal", "signal": {"say": {"text": x.to_string()}}})).await;
    }
    let (mut held, mut said) = (None, None);
    while held.is_none() || said.is_none() {
        let event = bob.socket.event().await.to_string();
        assert!(!event.contains("slow_down"), "{event}");
        for (last, outcome) in [(r#""x":60"#, &mut held), (r#""text":"60""#, &mut said)] {
            if event.contains(last) {
                outcome.get_or_insert(start.elapsed());
            }
        }
    }
    // 21 are read at once, and then one every 50 ms.
    let least = Duration::from_millis(1_900);
    assert!(held >= Some(least) && said >= Some(least), "after {held:?} and {said:?}");
}
