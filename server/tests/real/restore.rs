//! `starling restore`: a backup takes the database's place whole, as another history, or not at all.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{Person, Server};

async fn starling(arguments: &[&str], data: &Path, file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
    command.args(arguments).arg("--data-dir").arg(data).arg(file);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn assert_fails(output: &Output, says: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(says), "{error}");
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_restored_twice_is_another_history_each_time() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    ada.say("kept");
    ada.until_heard(&["kept"]).await;
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    assert!(starling(&["backup"], server.data(), &copy).await.status.success());
    ada.say("said after the backup");
    ada.until_heard(&["said after the backup"]).await;

    assert_fails(&starling(&["restore", "--replace"], server.data(), &copy).await, "is using");
    drop(ada);
    let (_, mut folder, _) = server.stop().await;
    assert_fails(&starling(&["restore"], folder.path(), &copy).await, "exists already");
    let mut epochs = Vec::new();
    for round in 1..=2 {
        let output = starling(&["restore", "--replace"], folder.path(), &copy).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let aside = names(folder.path()).iter().filter(|name| name.contains("replaced")).count();
        assert!(aside >= round, "what was there is kept: {:?}", names(folder.path()));
        let server = Server::start_with(folder).await;
        let mut bob: Person = server.person("Bob", "Den").await;
        assert_eq!(bob.bodies(), ["kept"]);
        epochs.push(bob.state().position().unwrap().epoch);
        bob.say("another future");
        bob.until_heard(&["another future"]).await;
        drop(bob);
        (_, folder, _) = server.stop().await;
    }
    assert_ne!(epochs[0], epochs[1], "who saw the first future could resume in the second");
}

#[tokio::test]
async fn what_is_no_whole_backup_is_named_and_changes_nothing() {
    let server = Server::start(&[]).await;
    server.guest("Ada", "Den").await;
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    assert!(starling(&["backup"], server.data(), &copy).await.status.success());
    assert_fails(
        &starling(&["restore"], place.path(), &server.data().join("starling.db")).await,
        "starling.db-wal",
    );
    let (_, folder, _) = server.stop().await;

    let mut broken = std::fs::read(&copy).unwrap();
    let middle = broken.len() / 2;
    broken[middle - 2_048..middle + 2_048].fill(0xa5);
    let damaged = place.path().join("damaged.db");
    std::fs::write(&damaged, &broken).unwrap();
    let before = names(folder.path());
    let replace = ["restore", "--replace"];
    assert_fails(&starling(&replace, folder.path(), &damaged).await, "is damaged");
    std::fs::write(&damaged, "no database at all").unwrap();
    assert_fails(&starling(&replace, folder.path(), &damaged).await, "is damaged, or no database");
    let missing = place.path().join("missing.db");
    assert_fails(&starling(&replace, folder.path(), &missing).await, "cannot be read");
    assert_eq!(names(folder.path()), before);

    let empty = TempDir::new().unwrap();
    assert!(starling(&["restore"], empty.path(), &copy).await.status.success());
    assert_eq!(names(empty.path()), ["lock", "starling.db"]);
}
