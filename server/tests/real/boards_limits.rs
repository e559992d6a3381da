//! The limits of boards, on both sides of each; and bad requests, which end nothing.

use serde_json::{Value, json};

use crate::support::Server;
use crate::support::board::{Drawer, delete, note, put, set};

fn refused(code: &str) -> Result<u64, String> {
    Err(code.to_owned())
}

fn stroke(number: u128, points: usize) -> Value {
    let mut object = note(number, "");
    object["content"] = json!({"ink": {"points": vec![json!([1, 2, 3]); points], "width": 8}});
    put(object)
}

/// The code of the next error that answers no request.
async fn error(drawer: &mut Drawer) -> String {
    let error = drawer.socket.event_of("error").await;
    assert_eq!(error.get("ref"), None, "{error}");
    assert!(error["message"].as_str().unwrap().ends_with('.'), "no sentence: {error}");
    error["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_limit_takes_as_much_as_it_says_and_names_what_is_more() {
    let flags = ["--board-text-chars", "5", "--board-points", "3", "--board-changes", "2"];
    let more = ["--board-objects", "3", "--board-say-chars", "4"];
    let server = Server::start(&[&flags[..], &more[..]].concat()).await;
    let mut ada = server.drawer("Ada").await;
    let mut bob = server.drawer("Bob").await;
    let limits = bob.open(None).await[0]["limits"].clone();
    let expected =
        json!({"objects": 3, "text_chars": 5, "points": 3, "changes": 2, "say_chars": 4});
    assert_eq!(limits, expected);

    assert_eq!(ada.operate(1, json!([put(note(1, "héllo"))])).await, Ok(1));
    assert_eq!(ada.operate(2, json!([put(note(2, "héllo!"))])).await, refused("text_too_long"));
    let text = |text: &str| json!([set(1, json!({ "text": text }))]);
    assert_eq!(ada.operate(3, text("world")).await, Ok(2));
    assert_eq!(ada.operate(4, text("world!")).await, refused("text_too_long"));
    assert_eq!(ada.operate(5, json!([stroke(2, 3)])).await, Ok(3));
    assert_eq!(ada.operate(6, json!([stroke(3, 4)])).await, refused("stroke_too_long"));
    assert_eq!(ada.operate(7, json!([stroke(3, 0)])).await, refused("bad_object"));
    assert_eq!(ada.operate(8, json!([delete(8), delete(9)])).await, Ok(4));
    let three = json!([delete(7), delete(8), delete(9)]);
    assert_eq!(ada.operate(9, three).await, refused("too_many_changes"));
    assert_eq!(ada.operate(10, json!([])).await, refused("bad_object"));
    assert_eq!(ada.operate(11, json!([put(note(3, "c"))])).await, Ok(5));
    assert_eq!(ada.operate(12, json!([put(note(4, "d"))])).await, refused("board_full"));
    assert_eq!(ada.operate(13, json!([delete(3), put(note(4, "d"))])).await, Ok(6));
    let tint = |tint: u8| json!([set(1, json!({ "tint": tint }))]);
    assert_eq!(ada.operate(14, tint(12)).await, Ok(7));
    assert_eq!(ada.operate(15, tint(13)).await, refused("bad_object"));
    let place = |x: u32| json!([set(1, json!({"at": {"x": x, "y": 0}}))]);
    assert_eq!(ada.operate(16, place(65_535 - 800)).await, Ok(8));
    assert_eq!(ada.operate(17, place(65_535 - 799)).await, refused("bad_object"));
    let far =
        json!([set(1, json!({"at": {"x": 65_000, "y": 0}, "size": {"width": 600, "height": 1}}))]);
    assert_eq!(ada.operate(18, far).await, refused("bad_object"));

    let say = |text: &str| json!({"type": "signal", "signal": {"say": {"text": text}}});
    ada.send(say("five!")).await;
    assert_eq!(error(&mut ada).await, "say_too_long");
    let throw = |emoji: &str| json!({"type": "signal", "signal": {"throw": {"at": {"x": 1, "y": 1}, "emoji": emoji}}});
    ada.send(throw("word")).await;
    assert_eq!(error(&mut ada).await, "bad_emoji");
    ada.send(throw("🎉")).await;
    ada.send(say("four")).await;
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let signals = bob.socket.event_of("signals").await["signals"].clone();
        heard.extend(signals.as_array().unwrap().clone());
    }
    assert_eq!(heard[1]["signal"]["say"]["text"], "four");

    let points = |points: usize| {
        let stroke = json!({"object": uuid::Uuid::nil(), "tint": 1, "width": 1, "from": 0,
            "points": vec![json!([1, 2, 3]); points]});
        json!({"type": "preview", "preview": {"stroke": stroke}})
    };
    ada.send(points(4)).await;
    assert_eq!(error(&mut ada).await, "stroke_too_long");
    let hold = json!({"hold": {"changes": [delete(7), delete(8), delete(9)]}});
    ada.send(json!({"type": "preview", "preview": hold})).await;
    assert_eq!(error(&mut ada).await, "too_many_changes");
    ada.send(points(3)).await;
    assert!(bob.hand_of(ada.slot).await.is_some());
    // Nothing that was refused has left anything.
    assert_eq!(bob.open(None).await[0]["objects"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn who_changes_boards_too_fast_is_told_when_to_go_on_and_loses_nothing() {
    let flags = ["--operations-burst", "3", "--operations-per-second", "1"];
    let patience = ["--refusals-per-minute", "1000000"];
    let server = Server::start(&[&flags[..], &patience[..]].concat()).await;
    let ada = server.guest("Ada", "Den").await;
    let [mut one, mut two] = [server.drawer_of(&ada).await, server.drawer_of(&ada).await];
    for number in 1..=3 {
        let drawer = if number % 2 == 0 { &mut one } else { &mut two };
        assert_eq!(drawer.operate(number, json!([delete(1)])).await, Ok(number as u64));
    }
    one.send_operation(4, json!([delete(1)])).await;
    let error = one.socket.event_of("error").await;
    assert_eq!((&error["code"], &error["ref"]), (&json!("slow_down"), &json!(4)));
    let wait = error["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1_001).contains(&wait), "one a second: {wait} ms");
    // Somebody else is not concerned, and what was refused can be sent again.
    assert_eq!(server.drawer("Bob").await.operate(1, json!([delete(1)])).await, Ok(4));
    let done = loop {
        match one.operate(4, json!([delete(1)])).await {
            Err(code) => assert_eq!(code, "slow_down"),
            Ok(seq) => break seq,
        }
    };
    assert_eq!(done, 5);
}

#[tokio::test]
async fn bad_requests_get_an_error_and_nobody_else_notices() {
    let server = Server::start(&[]).await;
    let mut ada = server.drawer("Ada").await;
    server.guest("Bob", "Hall").await;
    let operation = json!({"id": uuid::Uuid::nil(), "changes": [delete(1)]});
    let operate = |reference: u32, room: &str| json!({"type": "operate", "ref": reference, "room": room, "operation": operation});
    for (frame, reference, code) in [
        (
            json!({"type": "operate", "ref": 2_147_483_648_u32, "room": "den"}),
            json!(2_147_483_648_u32),
            "bad_json",
        ),
        (json!({"type": "open_board", "ref": 2}), json!(2), "bad_json"),
        (json!({"type": "open_board", "ref": 3, "room": "hall"}), json!(3), "not_joined"),
        (json!({"type": "open_board", "ref": 4, "room": "nowhere"}), json!(4), "no_such_room"),
        (operate(5, "hall"), json!(5), "not_joined"),
        (operate(6, "nowhere"), json!(6), "no_such_room"),
        (
            json!({"type": "preview", "room": "den", "preview": {"hold": {}}}),
            Value::Null,
            "bad_json",
        ),
        (
            json!({"type": "signal", "room": "den", "signal": {"beacon": {"at": {"x": 65_536, "y": 0}}}}),
            Value::Null,
            "bad_json",
        ),
        (json!({"type": "signal", "room": "den", "signal": "dance"}), Value::Null, "bad_json"),
    ] {
        ada.socket.send(&frame).await;
        let error = ada.socket.event_of("error").await;
        assert_eq!((&error["ref"], &error["code"]), (&reference, &json!(code)), "{frame}");
    }
    // What is late is no mistake.
    for frame in [
        json!({"type": "close_board", "room": "nowhere"}),
        json!({"type": "preview", "room": "hall"}),
        json!({"type": "signal", "room": "hall", "signal": {"laser": {"active": true}}}),
        json!({"type": "dance", "room": "den"}),
    ] {
        ada.socket.send(&frame).await;
    }
    assert_eq!(ada.operate(1, json!([put(note(1, "still here"))])).await, Ok(1));
    assert_eq!(ada.texts().await, ["still here"]);
}
