//! What the system sees, in the order in which it sees it: a message goes to the log, the log goes to
//! the disk, and only then anybody hears of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use futures_util::future::join_all;
use serde_json::json;
use tempfile::TempDir;

use crate::support::process::{ServerProcess, signal, with_arguments};
use crate::support::{Guest, RawSocket, guest, open};

const PEOPLE: usize = 10;
const SAYS: usize = 20;
const ALL: usize = PEOPLE * SAYS;

/// Longer than a page of the database is when it is written out.
const LONGEST: &str = "20000";
const CALLS: &str = "trace=fsync,fdatasync,pwrite64,pwritev,write,writev,sendto,sendmsg";

#[tokio::test]
async fn the_disk_has_a_message_before_anybody_hears_of_it() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("trace");
    let traced = Traced::start(&folder.path().join("data"), &file).await;
    let mut sockets = Vec::new();
    for number in 0..PEOPLE {
        let guest = guest(traced.address, &format!("P{number}"), "Den").await;
        sockets.push(joined(traced.address, &guest).await);
    }
    // All at once, and after each other's acks.
    join_all(sockets.iter_mut().enumerate().map(async |(person, socket)| {
        for say in 0..SAYS {
            let number = person * SAYS + say;
            let id = uuid::Uuid::now_v7();
            let body = body(number);
            let post =
                json!({"type": "post", "ref": number, "room": "den", "id": id, "body": body});
            socket.send(&post).await;
            let ack = socket.event_of("ack").await;
            assert_eq!(ack["ref"], json!(number));
        }
    }))
    .await;
    traced.stop().await;

    let calls = calls(&std::fs::read_to_string(file).unwrap());
    let syncs: Vec<&Call> = calls.iter().filter(|call| call.is_sync()).collect();
    let (mut acks, mut shown) = (BTreeSet::new(), 0);
    let mut written: BTreeMap<usize, usize> = BTreeMap::new();
    for call in &calls {
        if call.is_to_log() {
            for number in call.bodies() {
                written.entry(number).or_insert(call.end);
            }
        }
    }
    let covered = |number: usize, told: usize| {
        let written = written.get(&number).unwrap_or_else(|| panic!("{number} is not in the log"));
        let covers = |sync: &&Call| sync.start > *written && sync.end < told;
        assert!(syncs.iter().any(covers), "{number} was told of before it was on the disk");
    };
    for call in calls.iter().filter(|call| call.is_to_socket()) {
        for number in call.acks() {
            covered(number, call.start);
            assert!(acks.insert(number), "{number} was acked twice");
        }
        for number in call.bodies() {
            covered(number, call.start);
            shown += 1;
        }
    }
    assert_eq!(acks, (0..ALL).collect(), "not every ack is in the trace");
    assert!(shown >= ALL, "the messages themselves are not in the trace");
    let count = syncs.iter().filter(|sync| sync.text.contains("-wal>")).count();
    eprintln!("{ALL} messages shared {count} syncs of the log");
    assert!(count < ALL, "{count} syncs for {ALL} messages: none shares one");
}

/// Words that are found in a page of the database as well as in a frame.
fn body(number: usize) -> String {
    format!("<<{number:04}>>")
}

async fn joined(address: SocketAddr, guest: &Guest) -> RawSocket {
    let origin = format!("http://{address}");
    let mut socket = open(address, &origin, &guest.cookie).await.unwrap();
    socket.join(&guest.room).await;
    socket
}

/// A server under strace.
struct Traced {
    address: SocketAddr,
    strace: ServerProcess,
    /// It would outlive a killed strace.
    server: Option<u32>,
}

impl Traced {
    async fn start(data: &Path, file: &Path) -> Self {
        let found = Command::new("strace").arg("-V").stdout(Stdio::null()).status();
        assert!(found.is_ok(), "strace is not installed; `cargo xtask test` does that");
        let mut allowed = Command::new("strace");
        let allowed = allowed.args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
        assert!(
            allowed.is_ok_and(|status| status.success()),
            "strace may not trace here: this test needs a system that allows ptrace"
        );
        let mut command = Command::new("strace");
        command.args(["-f", "-y", "-qq", "-s", LONGEST, "-e", CALLS, "-e", "signal=none", "-o"]);
        command.arg(file).arg(env!("CARGO_BIN_EXE_starling"));
        let flags = ["--chat-burst", "100000"];
        with_arguments(&mut command, "127.0.0.1:0".parse().unwrap(), data, &flags);
        let strace = ServerProcess::run(&mut command).await;
        // Every line starts with the id of a process or thread, the first with that of the first.
        let trace = std::fs::read_to_string(file).unwrap();
        let server = trace.split_whitespace().next().unwrap().parse().unwrap();
        Self { address: strace.address, strace, server: Some(server) }
    }

    async fn stop(mut self) {
        if let Some(server) = self.server.take() {
            signal("TERM", server);
        }
        let ended = tokio::task::spawn_blocking(move || self.strace.wait()).await;
        assert!(ended.unwrap().success(), "the server did not end well");
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if let Some(server) = self.server {
            signal("KILL", server);
        }
    }
}

/// A call to the system that succeeded.
struct Call {
    name: String,
    /// The lines of the trace where it began and where it had ended.
    start: usize,
    end: usize,
    text: String,
}

impl Call {
    fn is_sync(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync") && self.text.contains("-wal>")
    }

    fn is_to_log(&self) -> bool {
        self.name.starts_with("pwrite") && self.text.contains("-wal>")
    }

    fn is_to_socket(&self) -> bool {
        self.text.contains("<socket:") || self.text.contains("<TCP:")
    }

    /// The messages that are in it.
    fn bodies(&self) -> Vec<usize> {
        numbers(&self.text, "<<", ">>")
    }

    fn acks(&self) -> Vec<usize> {
        numbers(&self.text, r#"{\"type\":\"ack\",\"ref\":"#, ",")
    }
}

fn numbers(text: &str, before: &str, after: &str) -> Vec<usize> {
    let found = text.split(before).skip(1);
    found.filter_map(|rest| rest.split_once(after)?.0.parse().ok()).collect()
}

/// The calls of a trace, in which a call of one thread may have begun before that of another ended.
fn calls(trace: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    let mut calls = Vec::new();
    for (number, line) in trace.lines().enumerate() {
        let (thread, rest) = line.split_once(' ').unwrap();
        let rest = rest.trim_start();
        let (start, text) = if let Some(first) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, (number, first));
            continue;
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let (start, first) = begun.remove(thread).expect("it resumes what never began");
            let (_, last) = resumed.split_once("resumed>").unwrap();
            (start, format!("{first}{last}"))
        } else {
            (number, rest.to_owned())
        };
        let Some((name, _)) = text.split_once('(') else { continue };
        let result = text.rsplit_once(" = ").and_then(|(_, result)| result.parse::<i64>().ok());
        if result.is_some_and(|result| result >= 0) {
            calls.push(Call { name: name.to_owned(), start, end: number, text });
        }
    }
    calls
}
