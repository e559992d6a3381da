//! Nothing that was said is missing, nothing stands twice: cuts, restarts, long absences.

use serde_json::json;
use starling_client::Connection;

use crate::support::Server;

#[tokio::test]
async fn a_cut_connection_gets_exactly_what_it_missed() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    ada.say("one");
    ada.until_heard(&["one"]).await;
    bob.until_heard(&["one"]).await;
    bob.client.cut();
    for body in ["two", "three", "four"] {
        ada.say(body);
    }
    ada.until_heard(&["one", "two", "three", "four"]).await;
    bob.until_heard(&["one", "two", "three", "four"]).await;
    assert_eq!(bob.state().messages().len(), 4);
}

#[tokio::test]
async fn resume_is_all_or_nothing() {
    let server =
        Server::start(&["--replay-limit", "3", "--history-page", "2", "--room-ring", "2"]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut socket = server.socket(&guest).await;
    let joined = socket.join(&guest.room).await;
    assert_eq!(joined["recovered"], json!(false));
    let epoch = joined["position"]["epoch"].clone();
    for number in 1..=5 {
        let id = uuid::Uuid::now_v7();
        socket
            .send(&json!({"type": "post", "ref": number, "room": "den", "id": id, "body": format!("{number}")}))
            .await;
        socket.event_of("ack").await;
    }
    let resume = async |epoch: &serde_json::Value, seq: u64| {
        let mut socket = server.socket(&guest).await;
        let position = json!({"epoch": epoch, "seq": seq});
        socket.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": position})).await;
        let joined = socket.event_of("joined").await;
        let mut seqs = Vec::new();
        if joined["recovered"] == json!(true) {
            while seqs.last() != Some(&5) && seq < 5 {
                seqs.push(socket.event_of("message").await["message"]["seq"].as_u64().unwrap());
            }
        } else {
            let messages = joined["messages"].as_array().unwrap();
            seqs.extend(messages.iter().map(|message| message["seq"].as_u64().unwrap()));
        }
        (joined["recovered"].as_bool().unwrap(), seqs)
    };
    assert_eq!(resume(&epoch, 5).await, (true, vec![]));
    assert_eq!(resume(&epoch, 4).await, (true, vec![5]));
    assert_eq!(resume(&epoch, 2).await, (true, vec![3, 4, 5]), "as many as the limit");
    assert_eq!(resume(&epoch, 1).await, (false, vec![4, 5]), "one more than the limit");
    assert_eq!(resume(&epoch, 9).await, (false, vec![4, 5]), "further than the store");
    let other = json!(uuid::Uuid::now_v7());
    assert_eq!(resume(&other, 4).await, (false, vec![4, 5]), "another numbering");
}

#[tokio::test]
async fn a_restarted_server_has_everything_and_the_clients_come_back_by_themselves() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    ada.say("before");
    ada.until_heard(&["before"]).await;
    bob.until_heard(&["before"]).await;
    let ((), server) =
        tokio::join!(ada.until(|room| !room.is_joined()), async { server.restart().await });
    assert!(matches!(ada.core().connection(), Connection::Reconnecting { .. }));
    ada.say("while it was down");
    ada.until_heard(&["before", "while it was down"]).await;
    bob.until_heard(&["before", "while it was down"]).await;
    ada.until(|room| room.people().len() == 2).await;
    let carol = server.person("Carol", "Den").await;
    assert_eq!(carol.bodies(), ["before", "while it was down"]);
}

#[tokio::test]
async fn a_repeat_over_another_connection_gets_the_first_seq() {
    let server = Server::start(&[]).await;
    let guest = server.guest("Ada", "Den").await;
    let id = uuid::Uuid::now_v7();
    let post =
        |body: &str| json!({"type": "post", "ref": 9, "room": "den", "id": id, "body": body});
    for _ in 0..3 {
        let mut socket = server.socket(&guest).await;
        socket.join(&guest.room).await;
        socket.send(&post("once")).await;
        let ack = socket.event_of("ack").await;
        assert_eq!((&ack["ref"], &ack["seq"]), (&json!(9), &json!(1)));
    }
    let mut socket = server.socket(&guest).await;
    let joined = socket.join(&guest.room).await;
    assert_eq!(joined["messages"].as_array().unwrap().len(), 1);
    socket.send(&post("twice")).await;
    assert_eq!(socket.event_of("error").await["code"], "conflict");
}

#[tokio::test]
async fn older_messages_come_page_by_page_without_a_gap() {
    let server = Server::start(&["--history-page", "4", "--chat-burst", "100"]).await;
    let mut ada = server.person("Ada", "Den").await;
    let bodies: Vec<String> = (1..=11).map(|number| number.to_string()).collect();
    for body in &bodies {
        ada.say(body);
    }
    ada.until(|room| room.messages().len() == 11).await;
    let mut bob = server.person("Bob", "Den").await;
    let room = bob.room.clone();
    assert_eq!(bob.bodies(), bodies[7..]);
    for count in [8, 11] {
        assert!(bob.state().has_older());
        bob.client.act(|core, now| core.load_older(now, &room));
        bob.until(|room| room.messages().len() == count).await;
    }
    assert_eq!(bob.bodies(), bodies);
    assert!(!bob.state().has_older());
}

#[tokio::test]
async fn who_slept_too_long_while_connected_starts_over() {
    // The reader's ring and replay limit are tiny, and it reads nothing while much is said.
    let flags =
        ["--replay-limit", "5", "--room-ring", "2", "--history-page", "3", "--chat-burst", "1000"];
    let server = Server::start(&flags).await;
    let mut ada = server.person("Ada", "Den").await;
    let sleeper = server.guest("Bob", "Den").await;
    let mut socket = server.socket(&sleeper).await;
    socket.join(&sleeper.room).await;
    let long = "x".repeat(4_000);
    for _ in 0..400 {
        ada.say(&long);
    }
    ada.until(|room| room.position().is_some_and(|position| position.seq.0 == 400)).await;
    // Whatever it got: in the end it has the last message, and no number twice nor a hole but
    // where the server said to start over.
    let mut last = 0;
    while last < 400 {
        let event = socket.event().await;
        match event["type"].as_str() {
            Some("message") => {
                let seq = event["message"]["seq"].as_u64().unwrap();
                assert_eq!(seq, last + 1);
                last = seq;
            }
            Some("joined") => {
                assert_eq!(event["ref"], json!(null));
                last = event["position"]["seq"].as_u64().unwrap();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn who_comes_back_is_not_told_what_a_message_said_before_an_edit() {
    let server = Server::start(&[]).await;
    let guest = server.guest("Ada", "Den").await;
    let mut ada = server.socket(&guest).await;
    let epoch = ada.join(&guest.room).await["position"]["epoch"].clone();
    let id = uuid::Uuid::now_v7();
    let post = json!({"type": "post", "ref": 1, "room": "den", "id": id, "body": "secret"});
    ada.send(&post).await;
    ada.event_of("message").await;
    for body in ["less of it", "open"] {
        let edit = json!({"type": "edit", "ref": 2, "room": "den", "message": 1, "body": body});
        ada.send(&edit).await;
        ada.event_of("message_edited").await;
    }
    let mut back = server.socket(&guest).await;
    let position = json!({"epoch": epoch, "seq": 0});
    back.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": position})).await;
    assert_eq!(back.event_of("joined").await["recovered"], json!(true));
    assert_eq!(back.event_of("message").await["message"]["body"], "open");
    for _ in 0..2 {
        assert_eq!(back.event_of("message_edited").await["body"], "open");
    }
}
