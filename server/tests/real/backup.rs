//! `starling backup`: the copy is whole, private and new, whatever the server does meanwhile.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::damaged::{damage, folder_with_messages};
use crate::support::{Person, Server};

/// Runs the binary as an operator does, while this test goes on.
async fn backup(data: &Path, copy: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
    command.arg("backup").arg("--data-dir").arg(data).arg(copy);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn assert_fails(output: &Output, says: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(says), "{error}");
}

#[tokio::test]
async fn a_backup_made_during_writes_has_all_that_was_stored_before() {
    let server = Server::start(&["--chat-burst", "100000"]).await;
    let mut ada = server.person("Ada", "Den").await;
    let place = TempDir::new().unwrap();
    // Where an operator restores it to: it is put in place under the database's own name.
    let copy = place.path().join("starling.db");

    for number in 1..=20 {
        ada.say(&format!("message {number}"));
    }
    ada.until_heard(&["message 20"]).await;
    let copying = backup(server.data(), &copy);
    tokio::pin!(copying);
    let mut said = 20;
    let output = loop {
        said += 1;
        let message = format!("message {said}");
        ada.say(&message);
        let end = [message.as_str()];
        tokio::select! {
            output = &mut copying => break output,
            () = ada.until_heard(&end) => {}
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    let restored = Server::start_with(place).await;
    let bob = restored.person("Bob", "Den").await;
    let bodies = bob.bodies();
    assert!(bodies.len() >= 20, "something stored before is missing: {bodies:?}");
    let epoch = |person: &Person| person.state().position().unwrap().epoch;
    assert_ne!(epoch(&bob), epoch(&ada), "a page that knows later messages could resume");
    for (number, body) in (1..).zip(&bodies) {
        assert_eq!(*body, format!("message {number}"));
    }
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_needs_no_server() {
    let server = Server::start(&[]).await;
    server.guest("Ada", "Den").await;
    let (_, folder, _) = server.stop().await;
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    let unfinished = place.path().join("copy.db.part");
    std::fs::write(&unfinished, "what one that was killed has left").unwrap();
    assert!(backup(folder.path(), &copy).await.status.success());
    assert!(!unfinished.exists());
    let before = std::fs::read(&copy).unwrap();
    assert_fails(&backup(folder.path(), &copy).await, "exists already");
    assert_eq!(std::fs::read(&copy).unwrap(), before);
}

#[tokio::test]
async fn what_cannot_be_copied_is_named_and_leaves_nothing() {
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    assert_fails(&backup(place.path(), &copy).await, "there is no database");
    std::fs::write(place.path().join("starling.db"), "no database at all").unwrap();
    assert_fails(&backup(place.path(), &copy).await, "is damaged, or no database");
    std::fs::write(place.path().join("starling.db"), "").unwrap();
    assert_fails(&backup(place.path(), &copy).await, "it is no database of Starling");
    assert!(!copy.exists());
    assert_fails(
        &backup(place.path(), &place.path().join("no/folder/copy.db")).await,
        "be written",
    );
}

#[tokio::test]
async fn a_damaged_database_is_not_copied() {
    let folder = folder_with_messages(300).await;
    damage(folder.path(), 150);
    let place = TempDir::new().unwrap();
    let output = backup(folder.path(), &place.path().join("copy.db")).await;
    assert_fails(&output, "starling.db is damaged");
    assert_fails(&output, "starling restore --replace FILE");
    assert_eq!(place.path().read_dir().unwrap().count(), 0, "something is left of the copy");
    let server = Server::start_with(folder).await;
    assert_eq!(server.get("/r/den").await.status(), 200, "what is whole is still read");
}
