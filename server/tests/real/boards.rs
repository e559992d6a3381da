//! People at a board: what is done there reaches everybody who has it open, once and in order, whatever
//! happens to connections and server.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::Server;
use crate::support::board::{delete, note, put, set, text_of};
use crate::support::events::Down;

const FAST: [&str; 4] = ["--operations-burst", "1000000", "--frames-per-second", "1000000"];

#[tokio::test]
async fn who_opens_a_board_has_what_lies_there_and_is_told_what_is_done() {
    let server = Server::start(&[]).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    let mut cyd = server.drawer("Cyd").await;
    assert_eq!(ada.operate(1, json!([put(note(1, "one")), put(note(2, "two"))])).await, Ok(1));
    let pages = bob.open(None).await;
    let [page] = &pages[..] else { panic!("{pages:?}") };
    assert_eq!((&page["recovered"], &page["position"]["seq"]), (&json!(false), &json!(1)));
    assert_eq!(page["limits"]["objects"], json!(10_000));
    let objects = page["objects"].as_array().unwrap();
    assert_eq!(objects.iter().map(text_of).collect::<Vec<_>>(), ["one", "two"]);
    assert_ne!(objects[0]["by"], json!(Uuid::nil()), "the server says who put it there");

    // The board need not be open to change it.
    assert_eq!(ada.operate(2, json!([set(1, json!({"tint": 5})), delete(2)])).await, Ok(2));
    let told = bob.socket.event_of("operated").await["operated"].clone();
    assert_eq!((&told["seq"], &told["by"]), (&json!(2), &objects[0]["by"]));
    assert_eq!(told["operation"]["changes"], json!([set(1, json!({"tint": 5})), delete(2)]));
    assert_eq!(ada.operate(2, json!([set(1, json!({"tint": 5})), delete(2)])).await, Ok(2));
    assert_eq!(ada.operate(2, json!([delete(1)])).await, Err("operation_conflict".to_owned()));
    assert_eq!(ada.operate(3, json!([delete(1)])).await, Ok(3), "the repeat was not done");
    assert_eq!(bob.operated().await, 3);
    for drawer in [&mut ada, &mut cyd] {
        let kinds = drawer.kinds_until_now().await;
        let of_board =
            |kind: &&String| ["operated", "previews", "signals"].contains(&kind.as_str());
        assert_eq!(kinds.iter().find(of_board), None, "they have not opened it");
    }
    bob.send(json!({"type": "close_board"})).await;
    bob.kinds_until_now().await;
    assert_eq!(ada.operate(4, json!([delete(1)])).await, Ok(4));
    let kinds = bob.kinds_until_now().await;
    assert!(!kinds.contains(&"message".to_owned()), "nothing of it is said in the chat: {kinds:?}");
    assert_eq!(kinds.iter().filter(|it| *it == "operated").count(), 0, "{kinds:?}");
    server.stop().await;
}

#[tokio::test]
async fn after_a_cut_exactly_what_was_missed_comes_or_all_of_the_board() {
    let flags = ["--replay-limit", "3", "--room-ring", "2"];
    let server = Server::start(&flags).await;
    let mut ada = server.drawer("Ada").await;
    let position = ada.open(None).await[0]["position"].clone();
    for number in 1..=5 {
        let changes = json!([put(note(number, &number.to_string()))]);
        assert_eq!(ada.operate(number, changes).await, Ok(number as u64));
    }
    let bob = server.guest("Bob", "Den").await;
    let resume = async |epoch: &Value, seq: u64| {
        let mut bob = server.drawer_of(&bob).await;
        let pages = bob.open(Some(&json!({"epoch": epoch, "seq": seq}))).await;
        let [page] = &pages[..] else { panic!("{pages:?}") };
        let mut seqs = Vec::new();
        if page["recovered"] == json!(true) {
            assert_eq!(page["position"]["seq"], json!(seq));
            while seqs.last().copied().unwrap_or(seq) < 5 {
                seqs.push(bob.operated().await);
            }
        } else {
            assert_eq!(page["position"]["seq"], json!(5));
            let objects = page["objects"].as_array().unwrap();
            seqs.extend(objects.iter().map(|object| text_of(object).parse::<u64>().unwrap()));
        }
        (page["recovered"].as_bool().unwrap(), seqs)
    };
    let epoch = &position["epoch"];
    let all = vec![1, 2, 3, 4, 5];
    assert_eq!(resume(epoch, 5).await, (true, vec![]));
    assert_eq!(resume(epoch, 4).await, (true, vec![5]));
    assert_eq!(resume(epoch, 2).await, (true, vec![3, 4, 5]), "as many as the limit");
    assert_eq!(resume(epoch, 1).await, (false, all.clone()), "one more than the limit");
    assert_eq!(resume(epoch, 9).await, (false, all.clone()), "further than the store");
    assert_eq!(resume(&json!(Uuid::now_v7()), 4).await, (false, all), "another numbering");

    // Longer than the log is kept, too.
    let (address, folder, _) = server.stop().await;
    let flags = ["--board-log", "2"].map(str::to_owned).to_vec();
    let server = Server::start_at(address, folder, flags).await;
    let mut ada = server.drawer("Ada").await;
    ada.operate(6, json!([delete(1)])).await.unwrap();
    for (seq, recovered) in [(4, true), (3, false)] {
        let pages = ada.open(Some(&json!({"epoch": epoch, "seq": seq}))).await;
        assert_eq!(pages[0]["recovered"], json!(recovered), "{seq}");
    }
}

#[tokio::test]
async fn who_is_told_that_all_follows_is_not_started_over_where_the_log_has_fewer() {
    let flags = ["--board-log-bytes", "65536", "--room-ring", "2"];
    let server = Server::start(&[&flags[..], &FAST[..]].concat()).await;
    let mut ada = server.drawer("Ada").await;
    let epoch = ada.open(None).await[0]["position"]["epoch"].clone();
    let long = "x".repeat(2_000);
    for number in 1..=60 {
        ada.operate(number, json!([put(note(number, &long))])).await.unwrap();
    }
    let mut bob = server.drawer("Bob").await;
    let mut recovered = Vec::new();
    for seq in (0..=60).step_by(5) {
        let pages = bob.open(Some(&json!({"epoch": epoch, "seq": seq}))).await;
        recovered.push(pages[0]["recovered"] == json!(true));
        let mut last = if recovered.ends_with(&[true]) { seq } else { 60 };
        assert_eq!(pages[0]["position"]["seq"], json!(last));
        while last < 60 {
            let event = bob.socket.event().await;
            assert_ne!(event["type"], json!("board"), "from {seq} on, after {last}: {event}");
            if event["type"] == json!("operated") {
                last += 1;
                assert_eq!(event["operated"]["seq"], json!(last));
            }
        }
    }
    assert!(recovered.is_sorted(), "{recovered:?}");
    assert_eq!((recovered[0], recovered[11]), (false, true), "{recovered:?}");
}

#[tokio::test]
async fn a_large_board_comes_in_pages_while_it_changes_and_the_chat_goes_on() {
    let server = Server::start(&FAST).await;
    let mut ada = server.drawer("Ada").await;
    let long = "x".repeat(500);
    for number in 1..=40 {
        let notes: Vec<Value> = (0..50).map(|it| put(note(number * 100 + it, &long))).collect();
        ada.operate(number, json!(notes)).await.unwrap();
    }
    let mut bob = server.drawer("Bob").await;
    bob.ask_to_open(None).await;
    let first = bob.socket.event_of("board").await;
    assert_eq!(first["whole"], json!(false));
    // Between the pages.
    bob.send(json!({"type": "post", "ref": 9, "id": Uuid::now_v7(), "body": "wait"})).await;
    let all: Vec<Value> = (0..50).map(|it| delete(100 + it)).collect();
    ada.operate(41, json!(all)).await.unwrap();
    ada.operate(42, json!([set(4_049, json!({"text": "last"}))])).await.unwrap();
    let mut pages = vec![first];
    let mut between = 0;
    while pages.last().unwrap()["whole"] == json!(false) {
        let event = bob.socket.event().await;
        match event["type"].as_str().unwrap() {
            "board" => pages.push(event),
            "ack" | "message" => between += 1,
            _ => {}
        }
    }
    assert!(pages.len() > 15, "{} pages", pages.len());
    assert_eq!(between, 2, "the chat waits for the board");
    let mut objects = std::collections::BTreeMap::new();
    for page in &pages {
        assert_eq!(page["position"]["seq"], json!(40), "all pages stand at one place");
        assert!(page.to_string().len() < 72 * 1_024);
        for object in page["objects"].as_array().unwrap() {
            objects.insert(object["id"].as_str().unwrap().to_owned(), object.clone());
        }
    }
    assert!(objects.len() >= 1_950);
    assert_eq!(bob.operated().await, 41);
    assert_eq!(bob.operated().await, 42);
}

#[tokio::test]
async fn a_board_opens_though_more_is_done_meanwhile_than_others_are_sent_again() {
    let flags = ["--replay-limit", "5", "--room-ring", "2"];
    let server = Server::start(&[&flags[..], &FAST[..]].concat()).await;
    let mut ada = server.drawer("Ada").await;
    let long = "x".repeat(800);
    for number in 1..=40 {
        let notes: Vec<Value> = (0..50).map(|it| put(note(number * 100 + it, &long))).collect();
        ada.operate(number, json!(notes)).await.unwrap();
    }
    let mut bob = server.drawer("Bob").await;
    bob.ask_to_open(None).await;
    let mut whole = bob.socket.event_of("board").await["whole"].clone();
    // While the other pages wait for Bob to read.
    for number in 41..=60 {
        ada.operate(number, json!([set(100, json!({"layer": number as u64}))])).await.unwrap();
    }
    let mut next = 41;
    while next <= 60 {
        let event = bob.socket.event().await;
        match event["type"].as_str().unwrap() {
            "board" => {
                assert_eq!(event["ref"], json!(1), "it is started over");
                whole = event["whole"].clone();
            }
            "operated" => {
                assert_eq!((&whole, &event["operated"]["seq"]), (&json!(true), &json!(next)));
                next += 1;
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn what_was_deleted_is_told_to_nobody_who_comes_back() {
    let server = Server::start(&[]).await;
    let [mut ada, mut bob] = [server.drawer("Ada").await, server.drawer("Bob").await];
    let start = ada.open(None).await[0]["position"].clone();
    let notes = json!([put(note(1, "secret")), put(note(2, "known"))]);
    ada.operate(1, notes).await.unwrap();
    ada.operate(2, json!([set(1, json!({"text": "secret, too"}))])).await.unwrap();
    bob.operate(3, json!([delete(1)])).await.unwrap();
    ada.operate(4, json!([set(1, json!({"text": "secret, though too late"}))])).await.unwrap();
    let mut cyd = server.drawer("Cyd").await;
    assert_eq!(cyd.open(Some(&start)).await[0]["recovered"], json!(true));
    for seq in 1..=4 {
        let told = cyd.socket.event_of("operated").await;
        assert_eq!(told["operated"]["seq"], json!(seq));
        assert!(!told.to_string().contains("secret"), "{told}");
        assert_eq!(told.to_string().contains("known"), seq == 1);
    }
}

#[tokio::test]
async fn who_reads_too_slowly_while_connected_starts_over() {
    let flags = ["--replay-limit", "5", "--room-ring", "2"];
    let server = Server::start(&[&flags[..], &FAST[..]].concat()).await;
    let mut ada = server.drawer("Ada").await;
    let mut sleeper = server.drawer("Bob").await;
    sleeper.open(None).await;
    ada.operate(1, json!([put(note(1, ""))])).await.unwrap();
    let long = "x".repeat(2_000);
    for number in 2..=800 {
        let text = format!("{number}{long}")[..2_000].to_owned();
        ada.send_operation(number, json!([set(1, json!({ "text": text }))])).await;
        ada.answer(number).await.unwrap();
    }
    // Whatever it got: no number twice nor a hole but where the server said to start over.
    let (mut last, mut times) = (0, 0);
    while last < 800 {
        let event = sleeper.socket.event().await;
        match event["type"].as_str() {
            Some("operated") => {
                let seq = event["operated"]["seq"].as_u64().unwrap();
                assert_eq!(seq, last + 1);
                last = seq;
            }
            Some("board") => {
                assert_eq!((event.get("ref"), &event["recovered"]), (None, &json!(false)));
                assert_eq!(event["objects"].as_array().unwrap().len(), 1);
                last = event["position"]["seq"].as_u64().unwrap();
                times += 1;
            }
            _ => {}
        }
    }
    assert!(times > 0, "it was never too far behind");
}

#[tokio::test]
async fn a_restart_and_a_copy_keep_the_board_and_the_copy_has_another_epoch() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let mut drawer = server.drawer_of(&ada).await;
    drawer.operate(1, json!([put(note(1, "kept"))])).await.unwrap();
    let before = drawer.open(None).await.remove(0);
    let server = server.restart().await;
    let mut drawer = server.drawer_of(&ada).await;
    assert_eq!(drawer.open(None).await, std::slice::from_ref(&before));
    assert_eq!(drawer.operate(1, json!([put(note(1, "kept"))])).await, Ok(1));

    let copy = tempfile::TempDir::new().unwrap();
    let file = copy.path().join("starling.db");
    starling_server::store::backup(server.data(), &file).await.unwrap();
    let server = Server::start_with(copy).await;
    let mut drawer = server.drawer_of(&ada).await;
    let after = drawer.open(Some(&before["position"])).await.remove(0);
    assert_eq!((&after["recovered"], &after["objects"]), (&json!(false), &before["objects"]));
    assert_ne!(after["position"]["epoch"], before["position"]["epoch"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_was_acked_outlives_every_kill_and_is_done_once() {
    use crate::support::board::Drawer;
    use crate::support::process::ServerProcess;
    use crate::support::{guest, open};
    let folder = tempfile::TempDir::new().unwrap();
    let mut server = ServerProcess::start(folder.path(), &FAST).await;
    let address = server.address;
    let ada = guest(address, "Ada", "Den").await;
    let origin = format!("http://{address}");
    let (mut acked, mut number) = (std::collections::BTreeMap::new(), 0);
    for round in 0..5 {
        let mut socket = open(address, &origin, &ada.cookie).await.unwrap();
        socket.event_of("hello").await;
        let mut drawer = Drawer::join(socket, &ada.room).await;
        let objects: Vec<String> = drawer.texts().await;
        let there: std::collections::BTreeSet<u128> =
            objects.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(there.len(), objects.len());
        for (number, seq) in &acked {
            assert!(there.contains(number), "{number} was acked as {seq} and is lost");
        }
        // What was on its way when the server was killed is sent again.
        for it in 1..=number {
            let changes = json!([put(note(it, &it.to_string()))]);
            let seq = drawer.operate(it, changes).await.unwrap();
            assert_eq!(*acked.entry(it).or_insert(seq), seq, "{it} was done twice");
        }
        for _ in 0..30 {
            number += 1;
            drawer.send_operation(number, json!([put(note(number, &number.to_string()))])).await;
        }
        for it in number - 29..=number - 29 + round * 5 {
            acked.insert(it, drawer.answer(it).await.unwrap());
        }
        server.kill();
        server = ServerProcess::start_at(address, folder.path(), &FAST).await;
    }
    let seqs: Vec<u64> = acked.values().copied().collect();
    let ordered: Vec<u64> = (1..=seqs.len() as u64).collect();
    assert_eq!(seqs, ordered, "the order of sending is the order of the stream");
    server.kill();
}

#[tokio::test]
async fn a_picture_on_the_board_is_for_whoever_reads_the_room() {
    let server = Server::start(&[]).await;
    let [ada, bob] = [server.guest("Ada", "Den").await, server.guest("Bob", "Den").await];
    let png: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let picture = server.send_file(&ada, "bird.png", png).await;
    assert_eq!(picture["kind"], "image");
    let text = server.send_file(&ada, "bird.txt", b"no picture").await;
    let on_board = |file: &Value| {
        let mut object = note(1, "");
        object["content"] = json!({"image": {"file": file["id"], "alt": "a bird"}});
        put(object)
    };
    let path = format!("/files/{}/bird.png", picture["id"].as_str().unwrap());
    let status = async |guest| server.get_as(guest, &path).await.status().as_u16();
    assert_eq!((status(&ada).await, status(&bob).await), (200, 404));
    let [mut ada_draws, mut bob_draws] =
        [server.drawer_of(&ada).await, server.drawer_of(&bob).await];
    let bad = Err("bad_object".to_owned());
    assert_eq!(ada_draws.operate(1, json!([on_board(&text)])).await, bad);
    assert_eq!(bob_draws.operate(2, json!([on_board(&picture)])).await, bad, "it is Ada's");
    ada_draws.operate(3, json!([on_board(&picture)])).await.unwrap();
    assert_eq!((status(&ada).await, status(&bob).await), (200, 200));
    bob_draws.operate(4, json!([delete(1)])).await.unwrap();
    assert_eq!((status(&ada).await, status(&bob).await), (200, 404));
    bob_draws.operate(5, json!([on_board(&picture)])).await.unwrap();
    assert_eq!((status(&ada).await, status(&bob).await), (200, 200));
}

#[tokio::test]
async fn a_board_goes_over_events_and_posts_too() {
    let server = Server::start(&[]).await;
    let mut ada = server.drawer("Ada").await;
    ada.operate(1, json!([put(note(1, "one"))])).await.unwrap();
    ada.open(None).await;
    let bob = server.guest("Bob", "Den").await;
    let mut socket = server.events_of(&bob).await;
    socket.join(&bob.room).await;
    let open = json!({"type": "open_board", "ref": 1, "room": bob.room});
    let operation = json!({"id": Uuid::from_u128(2), "changes": [delete(1)]});
    let operate = json!({"type": "operate", "ref": 2, "room": bob.room, "operation": operation});
    socket.post(&format!("{open}\n{operate}\n")).await;
    let mut kinds = Vec::new();
    while kinds.len() < 3 {
        let Down::Event(event) = socket.down().await else { continue };
        let kind = event["type"].as_str().unwrap().to_owned();
        if ["board", "ack", "operated"].contains(&kind.as_str()) {
            kinds.push(kind);
        }
    }
    kinds.sort();
    assert_eq!(kinds, ["ack", "board", "operated"]);
    assert_eq!(ada.operated().await, 2);
}
