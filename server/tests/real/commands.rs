//! `starling room`, beside a running server with people in the room, as whoever runs it uses it.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{Guest, RawSocket, Server, http};

/// Somebody in the room, and all that they were told, in whatever order.
struct Someone {
    guest: Guest,
    id: String,
    socket: RawSocket,
    told: Vec<Value>,
}

impl Someone {
    async fn enters(server: &Server, name: &str) -> Self {
        let guest = server.guest(name, "Den").await;
        let mut socket = server.open(&server.url(""), &guest.cookie).await.unwrap();
        let hello = socket.event().await;
        let id = hello["user"]["id"].as_str().unwrap().to_owned();
        socket.join(&guest.room).await;
        Self { guest, id, socket, told: Vec::new() }
    }

    async fn until(&mut self, kind: &str, so: impl Fn(&Value) -> bool) -> Value {
        let fits = |event: &&Value| event["type"] == kind && so(event);
        while !self.told.iter().any(|event| fits(&event)) {
            self.told.push(self.socket.event().await);
        }
        let told = std::mem::take(&mut self.told);
        told.into_iter().find(|event| fits(&event)).unwrap()
    }
}

/// Runs the command beside the server.
async fn run(server: &Server, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
    command.env_remove("STARLING_PUBLIC_URL").arg("room").args(words);
    command.arg("--data-dir").arg(server.data());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// What it prints, when it does what it was told.
async fn done(server: &Server, words: &[&str]) -> String {
    let Output { status, stdout, stderr } = run(server, words).await;
    assert!(status.success(), "{words:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// What it says, when it does not.
async fn refused(server: &Server, words: &[&str]) -> String {
    let Output { status, stderr, .. } = run(server, words).await;
    assert!(!status.success(), "{words:?} was done");
    String::from_utf8(stderr).unwrap()
}

#[tokio::test]
async fn what_an_operator_does_is_seen_by_those_in_the_room() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada").await;
    let mut bob = Someone::enters(&server, "Bob").await;
    let id = bob.id.clone();
    let id = id.as_str();

    done(&server, &["rename", "den", "The attic"]).await;
    ada.until("rights", |it| it["name"] == "The attic").await;
    done(&server, &["lock", "den"]).await;
    ada.until("rights", |it| it["locked"] == true).await;
    done(&server, &["unlock", "den"]).await;
    bob.until("rights", |it| it["locked"] == false && it["silenced"].is_null()).await;
    done(&server, &["visitors", "den", "read"]).await;
    bob.until("rights", |it| it["silenced"].is_string()).await;
    done(&server, &["visitors", "den", "talk"]).await;
    bob.until("rights", |it| it["silenced"].is_null()).await;
    done(&server, &["role", "den", id, "moderator"]).await;
    bob.until("rights", |it| it["role"] == "moderator").await;
    done(&server, &["hand-over", "den", id]).await;
    bob.until("rights", |it| it["role"] == "owner").await;
    ada.until("rights", |it| it["role"] == "moderator").await;
    let owner = refused(&server, &["role", "den", id, "visitor"]).await;
    assert!(owner.contains("starling room hand-over"), "{owner}");
    let ada_id = ada.id.clone();
    done(&server, &["hand-over", "den", &ada_id]).await;
    done(&server, &["role", "den", id, "visitor"]).await;
    bob.until("rights", |it| it["role"] == "visitor").await;
    done(&server, &["mute", "den", id, "--for", "1h", "--reason", "Noise"]).await;
    bob.until("rights", |it| it["silenced"].is_string()).await;
    let shown = done(&server, &["show", "den"]).await;
    assert!(shown.contains("den\tpublic\tThe attic\n"), "{shown}");
    assert!(shown.contains(&format!("owner\t{ada_id}\tAda\n")), "{shown}");
    assert!(shown.contains(&format!("visitor\t{id}\tBob\n")), "{shown}");
    assert!(shown.contains(&format!("muted\t{id}\tBob\tuntil ")), "{shown}");
    done(&server, &["unmute", "den", id]).await;
    bob.until("rights", |it| it["silenced"].is_null()).await;
    done(&server, &["archive", "den"]).await;
    ada.until("rights", |it| it["archived"] == true).await;
    let archived = refused(&server, &["rename", "den", "Again"]).await;
    assert!(archived.contains("starling room unarchive"), "{archived}");
    done(&server, &["unarchive", "den"]).await;
    done(&server, &["kick", "den", id, "--reason", "Enough"]).await;
    let removed = bob.until("removed", |_| true).await;
    assert_eq!(removed["code"], "kicked");
    done(&server, &["ban", "den", id]).await;
    assert_eq!(server.get_as(&bob.guest, "/r/den").await.status(), 403);
    done(&server, &["unban", "den", id]).await;
    done(&server, &["visibility", "den", "private"]).await;
    ada.until("rights", |it| it["visibility"] == "private").await;

    let log = done(&server, &["log", "den"]).await;
    let acts = [
        "renamed the room to The attic",
        "locked the room",
        "unlocked the room",
        "let visitors only read",
        "let visitors talk",
        "made Bob a moderator",
        "handed the room over to Bob",
        "handed the room over to Ada",
        "removed Bob from the members",
        "muted Bob because: Noise",
        "let Bob talk again",
        "archived the room",
        "opened the room again",
        "sent Bob out because: Enough",
        "banned Bob",
        "ended the ban of Bob",
        "made the room private",
    ];
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), acts.len(), "{log}");
    for (line, act) in lines.iter().zip(acts) {
        let parts: Vec<&str> = line.split('\t').collect();
        assert_eq!(parts[1..], ["The server's operator", act], "{line}");
    }
    assert_eq!(done(&server, &["log", "den", "--lines", "1"]).await.trim_end(), lines[16]);

    done(&server, &["delete", "den", "--yes"]).await;
    assert_eq!(ada.until("removed", |_| true).await["code"], "room_deleted");
    server.stop().await;
}

#[tokio::test]
async fn an_operator_invites_deletes_messages_and_lists_rooms() {
    let server = Server::start(&[]).await;
    let mut ada = Someone::enters(&server, "Ada").await;
    let id = uuid::Uuid::now_v7().to_string();
    let form = [("id", id.as_str()), ("body", "to be deleted")];
    assert_eq!(server.post_message(&server.url(""), &ada.guest, &form).await.status(), 303);
    done(&server, &["delete-message", "den", "1"]).await;
    ada.until("message_deleted", |it| it["message"] == 1).await;
    assert!(refused(&server, &["delete-message", "den", "1"]).await.contains("no such message"));

    let asked = ["invite", "den", "--for", "2h", "--uses", "1", "--public-url"];
    let link = done(&server, &[asked.as_slice(), &["https://a.example"]].concat()).await;
    let code = link.trim_end().strip_prefix("https://a.example/invite#").unwrap();
    let invites = done(&server, &["invites", "den"]).await;
    assert!(invites.starts_with("1\t0 of 1 used\tuntil "), "{invites}");
    assert!(invites.trim_end().ends_with("The server's operator"), "{invites}");
    let answer = server.submit("", "/invite", &[("name", "Bob"), ("code", code)]).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(done(&server, &["invites", "den"]).await, "", "it is used up");
    let other = done(&server, &["invite", "den"]).await;
    assert!(other.starts_with("/invite#"), "{other}");
    done(&server, &["uninvite", "den", "2"]).await;
    assert_eq!(done(&server, &["invites", "den"]).await, "");
    assert!(refused(&server, &["uninvite", "den", "9"]).await.contains("no such invitation"));

    server.guest("Cy", "Attic").await;
    let form = [("name", "Dan"), ("room", "Cellar")];
    server.post_join(&server.url(""), "", &form).await;
    done(&server, &["lock", "cellar"]).await;
    let rooms = done(&server, &["list"]).await;
    assert_eq!(rooms, "attic\tpublic\tAttic\ncellar\tunlisted, locked\tCellar\nden\tpublic\tDen\n");
    assert_eq!(http().get(server.url("/r/den")).send().await.unwrap().status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_words_for_an_operator() {
    let server = Server::start(&[]).await;
    let ada = Someone::enters(&server, "Ada").await;
    for (words, says) in [
        (vec!["lock", "nowhere"], "there is no room at that address"),
        (vec!["role", "den", "nobody", "member"], "nobody has that handle or id"),
        (vec!["role", "den", &ada.id, "owner"], "invalid value 'owner'"),
        (vec!["mute", "den", &ada.id, "--for", "soon"], "10m, 2h, 7d or 4w"),
        (vec!["visibility", "den", "secret"], "invalid value 'secret'"),
        (vec!["rename", "den", " "], "A room's name has 1 to"),
        (vec!["delete", "den"], "add --yes"),
    ] {
        let said = refused(&server, &words).await;
        assert!(said.contains(says), "{words:?}: {said}");
    }
    assert_eq!(server.get("/r/den").await.status(), 200, "nothing was deleted");
    assert_eq!(done(&server, &["log", "den"]).await, "");
    server.stop().await;
}
