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

/// Every file that lies in a folder, by its path there, with its bytes.
fn files_in(folder: &Path) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let found = crate::uploads::stored_in(folder);
    found
        .into_iter()
        .map(|path| (path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect()
}

#[tokio::test]
async fn files_go_into_a_backup_and_come_back_with_it() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let whole = server.send_file(&ada, "whole", &[7; 1_000]).await;
    let lost = server.send_file(&ada, "lost", b"lost").await;
    let unfinished = server.announced(&ada, "unfinished", 10).await;
    server.piece(&ada, &unfinished, 0, vec![1; 5]).await;
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    let lost = lost["id"].as_str().unwrap();
    let file = |id: &str| Path::new(&id[..2]).join(&id[2..4]).join(id);
    std::fs::remove_file(server.data().join("files").join(file(lost))).unwrap();
    let output = backup(server.data(), &copy).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("1 files were not there"));
    let whole = whole["id"].as_str().unwrap();
    let copied = files_in(&place.path().join("copy.db.files"));
    assert_eq!(copied, [(file(whole), vec![7; 1_000])].into());
    assert_fails(&backup(server.data(), &copy).await, "exists already");
    let other = place.path().join("other.db");
    std::fs::create_dir(place.path().join("other.db.files")).unwrap();
    assert_fails(&backup(server.data(), &other).await, "other.db.files exists already");
    assert!(!other.exists());

    // Without its files it is not restored; with them, all is there that was whole.
    let folder = TempDir::new().unwrap();
    let restore = |copy: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
        command.arg("restore").arg("--data-dir").arg(folder.path()).arg(copy);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let alone = TempDir::new().unwrap();
    std::fs::copy(&copy, alone.path().join("copy.db")).unwrap();
    let refused = restore(&alone.path().join("copy.db")).await.unwrap();
    assert_fails(&refused, "1 of the files in this backup are missing");
    assert!(!folder.path().join("starling.db").exists());
    let restored = restore(&copy).await.unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let restored = Server::start_with(folder).await;
    let answer = restored.get_as(&ada, &format!("/files/{whole}/x")).await;
    assert_eq!(answer.bytes().await.unwrap(), vec![7; 1_000]);
    for gone in [lost, unfinished.as_str()] {
        let (status, _) = restored.api_as(&ada, "GET", &format!("/uploads/{gone}"), None).await;
        assert_eq!(status, 404);
    }
    // What is deleted there is still in the backup.
    assert_eq!(restored.api_as(&ada, "DELETE", &format!("/uploads/{whole}"), None).await.0, 204);
    crate::uploads::until_stored(restored.data(), 0).await;
    assert_eq!(files_in(&place.path().join("copy.db.files")), copied);
}
