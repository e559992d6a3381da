//! What logs say, at their most talkative: no token, no ticket, no cookie.

use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::json;
use starling_client::protocol::Slug;
use tempfile::TempDir;

use crate::support::process::{ServerProcess, with_arguments};
use crate::support::tokens::{SECRET, claims, flags, hs, sign};
use crate::support::{guest, http};

#[tokio::test]
async fn no_secret_is_logged() {
    let folder = TempDir::new().unwrap();
    let flags = flags(&folder, "HS256", "--jwt-key-file", SECRET);
    let mut flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    flags.extend(["--log", "trace"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
    let address = "127.0.0.9:0".parse().unwrap();
    with_arguments(&mut command, address, folder.path(), &flags).stderr(Stdio::piped());
    let mut server = ServerProcess::run(&mut command).await;
    let mut log = server.standard_error();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).unwrap();
        text
    });

    let token = sign(&hs(), &claims("ann"));
    let other = sign(&hs(), &claims("bob"));
    let at = |path: &str| format!("http://{}{path}", server.address);
    let ticket = http().post(at("/api/v1/tickets")).bearer_auth(&token).send().await.unwrap();
    let ticket: serde_json::Value = serde_json::from_str(&ticket.text().await.unwrap()).unwrap();
    let ticket = ticket["ticket"].as_str().unwrap().to_owned();
    let ada = guest(server.address, "Ada", "Den").await;
    let url = format!("ws://{}/ws?ticket={ticket}", server.address);
    let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let mut socket = crate::support::RawSocket { socket };
    assert_eq!(socket.event().await["type"], "hello");
    for token in [&token, &other] {
        socket.send(&json!({"type": "authenticate", "ref": 1, "token": token})).await;
        assert_eq!(socket.event().await["ref"], 1);
    }
    socket.join(&Slug::new("den")).await;
    let url = format!("ws://{}/ws?ticket=wrong-{ticket}", server.address);
    let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let mut socket = crate::support::RawSocket { socket };
    assert_eq!(socket.close_code().await, 4401);
    let lost = http().get(at(&format!("/nowhere?code={token}"))).bearer_auth("x.y.z-bad-token");
    assert_eq!(lost.send().await.unwrap().status(), 404);
    server.kill();

    let log = reading.join().unwrap();
    assert!(
        log.contains("/api/v1/tickets") && log.contains("DEBUG"),
        "it was not talkative: {log}"
    );
    let cookie = ada.cookie.split_once('=').unwrap().1;
    for secret in [&token, &other, &ticket, SECRET, cookie, "x.y.z-bad-token"] {
        let told = log.lines().find(|line| line.contains(secret));
        assert!(told.is_none(), "a secret stands in the log: {told:?}");
    }
}
