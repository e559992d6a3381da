//! Who takes for ever to ask, or to take an answer, is not waited for; nobody else notices.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::support::raw::{connect_from, exchange, is_served, rest};
use crate::support::{PATIENCE, Server};

const QUICK: [&str; 4] = ["--header-seconds", "0.3", "--body-seconds", "0.3"];

#[tokio::test]
async fn a_head_has_to_come_in_time() {
    let server = Server::start(&QUICK).await;
    // One says nothing, two stop in the middle, and one after a request that was answered.
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n").await.unwrap();
    let mut handshake = TcpStream::connect(server.address).await.unwrap();
    handshake.write_all(b"GET /ws HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\n").await.unwrap();
    let mut second = TcpStream::connect(server.address).await.unwrap();
    assert!(is_served(&mut second).await);
    second.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
    for stream in [&mut silent, &mut half, &mut handshake, &mut second] {
        assert_eq!(rest(stream).await, "", "an answer to half a request");
    }
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn a_trusted_proxy_keeps_its_connections() {
    let flags = [&QUICK[..], &["--trusted-proxies", "127.0.0.1"]].concat();
    let server = Server::start(&flags).await;
    let mut proxy = connect_from([127, 0, 0, 1], server.address).await;
    assert!(is_served(&mut proxy).await);
    // Somebody else's, made later, is let go of first.
    let mut other = connect_from([127, 0, 0, 2], server.address).await;
    assert_eq!(rest(&mut other).await, "");
    assert!(is_served(&mut proxy).await);
}

#[tokio::test]
async fn a_body_has_to_come_in_time_and_must_not_be_too_large() {
    let flags = [&QUICK[..], &["--body-bytes", "50000", "--message-chars", "4000"]].concat();
    let server = Server::start(&flags).await;
    let address = server.address;
    let head = |length: usize| {
        format!(
            "POST /join HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
             connection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    let slow = exchange(address, &format!("{}name=Ada", head(1_000))).await;
    assert!(slow.starts_with("HTTP/1.1 408"), "{slow}");
    assert!(slow.contains("This took too long to arrive."), "{slow}");

    let form = "name=Ada&room=Den&more=";
    let form = |length: usize| format!("{form}{}", "x".repeat(length - form.len()));
    let fits = exchange(address, &format!("{}{}", head(50_000), form(50_000))).await;
    assert!(fits.starts_with("HTTP/1.1 303"), "{fits}");
    for length in [50_001, 200_000] {
        let large = exchange(address, &format!("{}{}", head(length), form(length))).await;
        assert!(large.starts_with("HTTP/1.1 413"), "{large}");
        assert!(large.contains("at most 50000 bytes at once."), "{large}");
    }
    // So much is not even read, whether it is announced or comes in pieces.
    let announced = exchange(address, &head(200_001)).await;
    assert!(announced.starts_with("HTTP/1.1 413"), "{announced}");
    let chunked = head(0).replace("content-length: 0", "transfer-encoding: chunked");
    let chunk = format!("{:x}\r\n{}\r\n", 1_000, "x".repeat(1_000));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(chunked.as_bytes()).await.unwrap();
    let writing = async { while stream.write_all(chunk.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, writing).await.expect("it is read for ever");
}

#[tokio::test]
async fn an_answer_has_to_be_taken() {
    let server = Server::start(&["--stall-after", "0.1"]).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut stream = socket.connect(server.address).await.unwrap();
    // Asks without reading until the server has let go of it.
    let asking =
        async { while stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.is_ok() {} };
    tokio::time::timeout(PATIENCE, asking).await.expect("it is waited for");
}

/// Without files left, nobody is let in; but it does not end, and goes on once it has some.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_without_files_waits_until_it_has_some() {
    use crate::support::process::{ServerProcess, with_arguments};

    const FILES: usize = 60;
    let folder = tempfile::TempDir::new().unwrap();
    let log = folder.path().join("log");
    let mut command = std::process::Command::new("sh");
    let limited = format!("ulimit -n {FILES}; exec \"$0\" \"$@\"");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_starling")]);
    with_arguments(&mut command, "127.0.0.9:0".parse().unwrap(), folder.path(), &[]);
    let server = ServerProcess::run(command.stderr(std::fs::File::create(&log).unwrap())).await;
    let mut streams = Vec::new();
    for _ in 0..FILES {
        streams.push(TcpStream::connect(server.address).await.unwrap());
    }
    let out_of_files = async {
        while !std::fs::read_to_string(&log).unwrap().contains("cannot be accepted") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, out_of_files).await.expect("it has enough files");
    drop(streams);
    assert!(is_served(&mut TcpStream::connect(server.address).await.unwrap()).await);
}

/// One of `slowhttptest`'s attacks: 200 connections that are slow in its way, for as long as the server
/// bears them. Returns what it printed.
async fn attack(server: &Server, how: &[&str], path: &str) -> String {
    let mut command = tokio::process::Command::new("slowhttptest");
    command.args(["-c", "200", "-r", "100", "-p", "5", "-u", &server.url(path)]);
    let attacking = command.args(how).stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(2 * PATIENCE, attacking).await.expect("it goes on");
    let output = output.expect("slowhttptest is not installed; `cargo xtask test` does that");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn slow_attackers_are_let_go_of_and_those_who_talk_beside_them_miss_nothing() {
    let mut flags = vec!["--header-seconds", "1", "--body-seconds", "1"];
    flags.extend(["--chat-burst", "1000000", "--chat-per-minute", "1000000"]);
    let server = Server::start(&flags).await;
    let mut ada = server.person("Ada", "Den").await;
    let mut bob = server.person("Bob", "Den").await;
    let let_go = "No open connections left";
    // Who reads slowly sees the end of the connection only after all that the system still holds for it,
    // so this attack goes on until its time is over.
    let over = "Hit test time limit";
    for (how, path, end) in [
        (&["-H", "-i", "1", "-l", "60"][..], "/", let_go),
        (&["-B", "-i", "1", "-l", "60", "-s", "8192"], "/join", let_go),
        (&["-X", "-l", "6", "-w", "8", "-y", "16", "-n", "1", "-z", "8"], "/r/den", over),
    ] {
        let mut attack = std::pin::pin!(attack(&server, how, path));
        let mut said = 0;
        let printed = loop {
            let body = format!("{} {said}", how[0]);
            let talk = async {
                ada.say(&body);
                let heard = |room: &starling_client::RoomState| {
                    room.messages().last().is_some_and(|message| message.text() == body)
                };
                tokio::join!(ada.until(heard), bob.until(heard));
            };
            tokio::select! {
                printed = &mut attack => break printed,
                () = talk => said += 1,
            }
        };
        assert!(printed.contains(end), "{how:?}: {printed}");
        // It asks by itself now and then.
        let is_available = |line: &str| line.contains("service available:") && line.contains("YES");
        assert!(printed.lines().any(is_available), "{how:?}: {printed}");
        assert!(!printed.contains("service available:   NO"), "{how:?}: {printed}");
        assert!(said > 10, "{how:?}: they could hardly talk: {said} messages");
        // Whatever was under way when the attack ended.
        ada.until(|room| room.pending().count() == 0).await;
    }
    bob.say("the end");
    tokio::join!(ada.until_heard(&["the end"]), bob.until_heard(&["the end"]));
    assert_eq!(ada.bodies(), bob.bodies(), "somebody has missed something");
}
