//! One reader in a room of 200 stops reading while the others talk at full rate: it costs the server
//! no memory, and the others nothing.

use std::fs::File;
use std::net::SocketAddr;
use std::process::Command;

use futures_util::StreamExt;
use starling_client::RoomState;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::process::{ServerProcess, with_arguments};
use crate::support::{PATIENCE, Person, RawSocket, guest, open};

const TALKERS: usize = 4;
const READERS: usize = 195;
/// Said before it begins, so that whatever grows once has grown.
const FIRST: usize = 80;
/// Said while one does not read.
const PILE: usize = 480;
/// The largest message there is, in bytes: four of each character.
const BYTES: usize = 16_000;
const FLAGS: [&str; 14] = [
    "--log",
    "starling_server=debug",
    "--stall-after",
    "4",
    "--chat-burst",
    "1000000",
    "--chat-per-minute",
    "1000000",
    "--room-ring",
    "64",
    "--history-page",
    "1",
    "--leave-after",
    "0",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_nothing_is_closed_at_no_cost_to_the_server_and_the_others() {
    let all = FIRST + PILE;
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
    with_arguments(&mut command, "127.0.0.1:0".parse().unwrap(), folder.path(), &FLAGS);
    let server = ServerProcess::run(command.stderr(File::create(&log).unwrap())).await;

    let mut readers = Vec::new();
    for number in 0..READERS {
        readers.push(joined(server.address, &format!("R{number}")).await);
    }
    let mut talkers = Vec::new();
    for number in 0..TALKERS {
        let guest = guest(server.address, &format!("T{number}"), "Den").await;
        let mut talker = guest.connect(server.address, &format!("http://{}", server.address));
        // Who came after others had begun would get a snapshot of one message.
        talker.until(RoomState::is_joined).await;
        talkers.push(talker);
    }
    let (mut talkers, mut readers) = everyone(talkers, readers, 0, FIRST).await;
    let mut stalled = joined(server.address, "Eve").await;
    talkers[0].until(|room| room.people().len() == TALKERS + READERS + 1).await;

    let before = server.peak_memory();
    (talkers, readers) = everyone(talkers, readers, FIRST, all).await;
    let grown = server.peak_memory() - before;
    // Whoever kept for Eve what she is owed would have kept all of it.
    let owed = ((all - FIRST) * BYTES) as u64;
    eprintln!("{owed} bytes were owed to one reader, and the server grew by {grown}");
    assert!(grown < owed / 2, "the server grew by {grown} bytes");
    for talker in &talkers {
        assert_eq!(talker.state().messages().len(), all, "{} missed something", talker.name);
    }

    talkers[0].until(|room| room.people().len() == TALKERS + READERS).await;
    let log = std::fs::read_to_string(log).unwrap();
    let closed = log.lines().filter(|line| line.contains("a session was closed"));
    let stalls = closed.filter(|line| line.contains("took nothing for too long")).count();
    assert_eq!(stalls, 1, "{log}");
    let end = tokio::time::timeout(PATIENCE, rest(&mut stalled)).await.expect("no end");
    assert!(end < all, "a reader that was closed got everything");
    drop(readers);
}

/// Ten ask for history again and again without reading it: the server answers no faster than they read.
#[tokio::test]
async fn who_asks_for_much_and_reads_nothing_costs_little() {
    const ASKING: usize = 10;
    const PAGE: usize = 50;
    let folder = TempDir::new().unwrap();
    let flags = ["--stall-after", "1", "--leave-after", "0", "--chat-burst", "1000"];
    let server = ServerProcess::start(folder.path(), &flags).await;
    let origin = format!("http://{}", server.address);
    let mut ada = guest(server.address, "Ada", "Den").await.connect(server.address, &origin);
    ada.until(RoomState::is_joined).await;
    for _ in 0..PAGE {
        ada.say(&"😀".repeat(BYTES / 4));
    }
    ada.until(|room| room.messages().len() == PAGE && room.pending().count() == 0).await;
    let mut asking = Vec::new();
    for number in 0..ASKING {
        asking.push(joined(server.address, &format!("A{number}")).await);
    }
    ada.until(|room| room.people().len() == 1 + ASKING).await;
    let before = server.peak_memory();
    for socket in &mut asking {
        for reference in 0..60 {
            let ask = format!(r#"{{"type":"history","ref":{reference},"room":"den","before":51}}"#);
            socket.send_frame(Message::text(ask)).await;
        }
    }
    // They are closed, as they take nothing.
    ada.until(|room| room.people().len() == 1).await;
    let grown = server.peak_memory() - before;
    // A page is held for each as messages and as text, and what the allocator keeps comes on top; all
    // that was asked for would be sixty.
    let page = (PAGE * BYTES) as u64;
    assert!(grown < ASKING as u64 * 8 * page, "it grew by {} pages", grown / page);
}

async fn joined(address: SocketAddr, name: &str) -> RawSocket {
    let guest = guest(address, name, "Den").await;
    let mut socket = open(address, &format!("http://{address}"), &guest.cookie).await.unwrap();
    socket.join(&guest.room).await;
    socket
}

/// The talkers say what is missing up to that number, and everyone hears it.
async fn everyone(
    talkers: Vec<Person>,
    readers: Vec<RawSocket>,
    from: usize,
    to: usize,
) -> (Vec<Person>, Vec<RawSocket>) {
    let (mut talking, mut reading) = (JoinSet::new(), JoinSet::new());
    for mut talker in talkers {
        talking.spawn(async move {
            talker.until(RoomState::is_joined).await;
            for _ in 0..(to - from) / TALKERS {
                talker.say(&"😀".repeat(BYTES / 4));
            }
            // Step by step, as patience is for one.
            let heard = |room: &RoomState| room.position().map_or(0, |position| position.seq.0);
            while heard(talker.state()) < to as u64 {
                let before = heard(talker.state());
                talker.until(|room| heard(room) > before).await;
            }
            talker
        });
    }
    for mut reader in readers {
        reading.spawn(async move {
            let mut last = from;
            while last < to {
                if let Some(seq) = seq(&reader.frame().await) {
                    assert_eq!(seq, last + 1, "a reader missed something");
                    last = seq;
                }
            }
            reader
        });
    }
    (talking.join_all().await, reading.join_all().await)
}

/// Reads only as much of a message as it takes: there are many of them.
fn seq(frame: &Message) -> Option<usize> {
    let Message::Text(text) = frame else { return None };
    let start = text.as_str().strip_prefix(r#"{"type":"message""#)?.get(..100)?;
    let (_, rest) = start.split_once(r#""seq":"#).expect("a message without a number");
    rest.split_once(',').expect("a number without an end").0.parse().ok()
}

/// Reads to the end, and returns the last number.
async fn rest(socket: &mut RawSocket) -> usize {
    let mut last = 0;
    loop {
        match socket.socket.next().await {
            Some(Ok(frame)) => last = seq(&frame).unwrap_or(last),
            // The server waits a second for a farewell to be taken, then it drops the connection.
            None | Some(Err(Error::Io(_) | Error::Protocol(_) | Error::ConnectionClosed)) => {
                return last;
            }
            Some(Err(error)) => panic!("{error}"),
        }
    }
}
