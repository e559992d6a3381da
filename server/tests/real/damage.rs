//! Data that are damaged, in use or out of reach: said clearly at the start, and while the server runs
//! whatever can be read is read.

use std::path::Path;

use serde_json::{Value, json};
use starling_client::Delivery;
use starling_client::protocol::ErrorCode;
use tempfile::TempDir;

use crate::support::damaged::{PAGE, damage, folder_with_messages};
use crate::support::{Person, RawSocket, Server, why_refused};

/// The server does not start, and its last words have all of these.
async fn assert_refused(data: &Path, says: &[&str]) {
    let error = why_refused(data).await;
    for says in says.iter().copied().chain(data.to_str()) {
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_second_server_for_the_same_data_is_refused_and_the_first_goes_on() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    assert_refused(server.data(), &["another Starling is using", "stop that one", "--data-dir"])
        .await;
    ada.say("still here");
    ada.until_heard(&["still here"]).await;
}

#[tokio::test]
async fn data_that_cannot_be_used_are_named_with_what_to_do() {
    let place = TempDir::new().unwrap();
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let file = data.join("starling.db");
    let advice = "starling restore --replace FILE";

    std::fs::write(
        &file,
        "no database at all, and longer than a header of a hundred bytes ".repeat(9),
    )
    .unwrap();
    assert_refused(&data, &["is damaged, or no database", advice]).await;

    let whole = folder_with_messages(100).await;
    let bytes = std::fs::read(whole.path().join("starling.db")).unwrap();
    for kept in [PAGE, 3 * PAGE, bytes.len() - PAGE] {
        std::fs::write(&file, &bytes[..kept]).unwrap();
        assert_refused(&data, &["is damaged, or no database", advice]).await;
    }

    assert_refused(&file.join("below"), &["data folder", "cannot be used", "--data-dir"]).await;
    #[cfg(target_os = "linux")]
    assert_refused(Path::new("/proc/starling"), &["data folder", "cannot be used"]).await;

    // A writer's version that SQLite does not know makes a database read-only, for root too:
    // <https://sqlite.org/fileformat2.html#file_format_version_numbers>
    let mut read_only = bytes.clone();
    read_only[18] = 9;
    std::fs::write(&file, &read_only).unwrap();
    assert_refused(&data, &["is read-only", "writable"]).await;

    std::fs::write(&file, &bytes).unwrap();
    let server = Server::start_with(whole).await;
    assert_eq!(server.get("/r/den").await.status(), 200, "nothing else was wrong with it");
}

async fn history(socket: &mut RawSocket, before: usize) -> Result<Vec<u64>, Value> {
    let asked = json!({"type": "history", "ref": 7, "room": "den", "before": before});
    socket.send(&asked).await;
    loop {
        let event = socket.event().await;
        match event["type"].as_str() {
            Some("history") => return Ok(seqs(&event)),
            Some("error") => return Err(event),
            _ => {}
        }
    }
}

fn seqs(event: &Value) -> Vec<u64> {
    let messages = event["messages"].as_array().unwrap();
    messages.iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

fn assert_unavailable(error: &Value) {
    assert_eq!(error["code"], "unavailable", "{error}");
    let sentence = error["message"].as_str().unwrap();
    assert!(sentence.contains("is damaged") && sentence.ends_with('.'), "{error}");
}

#[tokio::test]
async fn what_is_not_damaged_is_read_and_what_is_new_is_stored() {
    const LAST: usize = 300;
    let folder = folder_with_messages(LAST).await;
    damage(folder.path(), 150);
    let server = Server::start_with(folder).await;
    let page = server.get("/r/den").await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("message 0300 "));

    let guest = server.guest("Bob", "Den").await;
    let mut socket = server.socket(&guest).await;
    let joined = socket.join(&guest.room).await;
    assert_eq!(seqs(&joined), (251..=300).collect::<Vec<_>>());
    // Back through the history, as far as it goes.
    let mut before = 251;
    let error = loop {
        match history(&mut socket, before).await {
            Ok(seqs) => {
                let end = *seqs.last().unwrap();
                assert_eq!(end, before as u64 - 1, "a gap");
                assert!(seqs.is_sorted_by(|a, b| a + 1 == *b), "a gap: {seqs:?}");
                before = seqs[0] as usize;
                assert!(before > 150, "what is damaged was read");
            }
            Err(error) => break error,
        }
    };
    assert_unavailable(&error);
    assert!(before < 165, "whole pages were kept back: {before}");
    assert_eq!(history(&mut socket, 101).await.unwrap(), (51..=100).collect::<Vec<_>>());

    // Who was away since before the damage starts over, and is not turned away for ever.
    let mut returning = server.socket(&guest).await;
    let position = json!({"epoch": joined["position"]["epoch"], "seq": 120});
    returning.send(&json!({"type": "join", "ref": 1, "room": "den", "resume": position})).await;
    let mut last = 120;
    let over = loop {
        let event = returning.event().await;
        match event["type"].as_str() {
            Some("message") => {
                last += 1;
                assert_eq!(event["message"]["seq"], json!(last));
            }
            Some("joined") if event["recovered"] == json!(false) => break event,
            _ => {}
        }
    };
    assert!(last < 150);
    assert_eq!(seqs(&over), (251..=300).collect::<Vec<_>>());

    let mut cyd = server.person("Cyd", "Den").await;
    cyd.say("we go on");
    cyd.until_heard(&["we go on"]).await;
}

#[tokio::test]
async fn a_message_that_cannot_be_stored_stays_with_its_author() {
    let folder = folder_with_messages(100).await;
    // The end of the table, where the next one would go.
    damage(folder.path(), 100);
    let server = Server::start_with(folder).await;
    let page = server.get("/r/den").await;
    assert_eq!(page.status(), 200, "without its latest messages");
    assert!(page.text().await.unwrap().contains("cannot be read"), "as if nothing had been said");
    let mut bob: Person = server.person("Bob", "Den").await;
    let id = bob.say("into the damage");
    let failed = |room: &starling_client::RoomState| {
        room.pending().any(|pending| matches!(pending.delivery, Delivery::Failed { .. }))
    };
    bob.until(failed).await;
    let pending = bob.state().pending().find(|pending| pending.id == id).cloned().unwrap();
    let Delivery::Failed { code, message } = pending.delivery else { panic!() };
    assert_eq!(code, ErrorCode::Unavailable);
    assert!(message.contains("is damaged"), "{message}");
    assert_eq!(pending.body.as_str(), "into the damage");
    assert_eq!(server.get("/r/den").await.status(), 200, "it goes on");
}
