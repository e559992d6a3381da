//! `starling restore`: a backup takes the database's place whole, as another history, or not at all.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::support::database::rows;
use crate::support::{Person, Server, until_unlocked, why_refused};

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

/// A server with a message from before a backup and one from after it, Ada who said them, and the backup.
async fn backed_up() -> (Server, Person, TempDir, PathBuf) {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    ada.say("kept");
    ada.until_heard(&["kept"]).await;
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    assert!(starling(&["backup"], server.data(), &copy).await.status.success());
    ada.say("said after the backup");
    ada.until_heard(&["kept", "said after the backup"]).await;
    (server, ada, place, copy)
}

#[tokio::test]
async fn a_backup_restored_twice_is_another_history_each_time() {
    let (server, ada, _place, copy) = backed_up().await;

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
async fn a_client_that_stays_goes_over_into_the_restored_history() {
    let (server, mut ada, _place, copy) = backed_up().await;
    let before = ada.state().position().unwrap();

    let ((), (address, folder, flags)) =
        tokio::join!(ada.until(|room| !room.is_joined()), server.stop());
    let pending = ada.say("pending");
    let output = starling(&["restore", "--replace"], folder.path(), &copy).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let server = Server::start_at(address, folder, flags).await;
    // Ada's client does not move meanwhile: when it comes back, the number it knows is another message.
    let mut bob = server.person("Bob", "Den").await;
    bob.say("another future");
    bob.until_heard(&["kept", "another future"]).await;
    assert_eq!(bob.state().position().unwrap().seq, before.seq);

    let all = ["kept", "another future", "pending"];
    ada.until_heard(&all).await;
    bob.until_heard(&all).await;
    assert_ne!(ada.state().position().unwrap().epoch, before.epoch);
    assert_eq!(ada.state().position(), bob.state().position());
    assert_eq!(ada.state().pending().count(), 0);
    // All that was under way has arrived, and arrived once.
    ada.say("last");
    ada.until_heard(&["last"]).await;
    bob.until_heard(&["last"]).await;
    let all = ["kept", "another future", "pending", "last"];
    assert_eq!(ada.bodies(), all);
    assert_eq!(bob.bodies(), all);
    let rows = rows(server.data()).await;
    assert_eq!(rows.iter().map(|row| row.body.as_str()).collect::<Vec<_>>(), all);
    assert_eq!(rows[2].id, pending);
}

/// What a server leaves that was killed, with a message only in the log, and a backup without it.
async fn killed_and_backup() -> (TempDir, TempDir) {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    let (killed, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let copy = place.path().join("copy.db");
    assert!(starling(&["backup"], server.data(), &copy).await.status.success());
    ada.say("only in the log");
    ada.until_heard(&["only in the log"]).await;
    copy_database(&server.data().join("starling.db"), killed.path());
    (killed, place)
}

/// Copies a database with its log to a folder, as the database there.
fn copy_database(database: &Path, folder: &Path) {
    for suffix in ["", "-wal"] {
        let mut from = database.as_os_str().to_owned();
        from.push(suffix);
        std::fs::copy(from, folder.join(format!("starling.db{suffix}"))).unwrap();
    }
}

async fn messages_beside_log(database: &Path) -> usize {
    let folder = TempDir::new().unwrap();
    copy_database(database, folder.path());
    rows(folder.path()).await.len()
}

#[tokio::test]
async fn what_is_set_aside_has_its_log() {
    let (killed, place) = killed_and_backup().await;
    let copy = place.path().join("copy.db");
    let output = starling(&["restore", "--replace"], killed.path(), &copy).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let words = String::from_utf8(output.stdout).unwrap();
    let aside = Path::new(words.trim_end().rsplit_once(' ').unwrap().1);
    assert_eq!(messages_beside_log(aside).await, 1);
    assert_eq!(rows(killed.path()).await.len(), 0, "the old log was taken for the new one's");
}

/// Kills a restore before each of the calls by which names change.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_moment_of_a_restore_has_a_database_without_its_log() {
    let (killed, place) = killed_and_backup().await;
    let copy = place.path().join("copy.db");
    let (mut untouched, mut between) = (0, 0);
    for call in 1.. {
        let folder = TempDir::new().unwrap();
        copy_database(&killed.path().join("starling.db"), folder.path());
        let calls = "?rename,?renameat,?renameat2,?unlink,?unlinkat";
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/null", "-e"]).arg(format!("trace={calls}"));
        command.arg("-e").arg(format!("inject={calls}:signal=KILL:when={call}"));
        command.arg(env!("CARGO_BIN_EXE_starling")).args(["restore", "--replace", "--data-dir"]);
        command.arg(folder.path()).arg(&copy);
        let ended = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        if ended.status.success() {
            assert_eq!(rows(folder.path()).await.len(), 0);
            break;
        }
        assert_eq!(ended.status.code(), None, "{}", String::from_utf8_lossy(&ended.stderr));
        let database = folder.path().join("starling.db");
        if database.exists() {
            assert_eq!(messages_beside_log(&database).await, 1, "before call {call}");
            untouched += 1;
        } else {
            let error = why_refused(folder.path()).await;
            assert!(error.contains("was interrupted: run it again"), "{error}");
            until_unlocked(folder.path()).await;
            let names = names(folder.path());
            let is_database = |name: &&String| {
                name.rsplit_once(".replaced-").is_some_and(|(_, end)| end.parse::<u64>().is_ok())
            };
            let aside = names.iter().find(is_database).unwrap();
            assert_eq!(messages_beside_log(&folder.path().join(aside)).await, 1);
            between += 1;
        }
        let again = starling(&["restore", "--replace"], folder.path(), &copy).await;
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
        assert_eq!(rows(folder.path()).await.len(), 0);
    }
    assert!(untouched > 0 && between > 1, "killed {untouched} times before, {between} between");
}

#[tokio::test]
async fn no_server_starts_empty_after_a_restore_that_was_interrupted() {
    let server = Server::start(&[]).await;
    let mut ada = server.person("Ada", "Den").await;
    ada.say("kept");
    ada.until_heard(&["kept"]).await;
    let place = TempDir::new().unwrap();
    let copy = place.path().join("copy.db");
    assert!(starling(&["backup"], server.data(), &copy).await.status.success());
    drop(ada);
    std::fs::write(place.path().join("empty.db"), "").unwrap();
    let (_, folder, _) = server.stop().await;
    let at = |name: &str| folder.path().join(name);
    // The old one is set aside, the new one not yet in place.
    std::fs::rename(at("starling.db"), at("starling.db.replaced-1")).unwrap();
    for name in ["starling.db-wal", "starling.db.part"] {
        std::fs::write(at(name), "left over").unwrap();
    }
    // A journal that makes the database one page: <https://sqlite.org/fileformat2.html#the_rollback_journal>
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [0_u32, 0, 1, 512, 4_096] {
        journal.extend(number.to_be_bytes());
    }
    journal.resize(512, 0);
    std::fs::write(at("starling.db.part-journal"), journal).unwrap();
    for file in ["missing.db", "empty.db"] {
        let error = why_refused(folder.path()).await;
        assert!(error.contains("was interrupted: run it again"), "{error}");
        until_unlocked(folder.path()).await;
        // Nor after another one that failed.
        let file = place.path().join(file);
        assert!(!starling(&["restore"], folder.path(), &file).await.status.success());
    }
    why_refused(folder.path()).await;
    until_unlocked(folder.path()).await;

    assert!(starling(&["restore"], folder.path(), &copy).await.status.success());
    assert_eq!(names(folder.path()), ["lock", "starling.db", "starling.db.replaced-1"]);
    let server = Server::start_with(folder).await;
    assert_eq!(server.person("Bob", "Den").await.bodies(), ["kept"]);
}

/// A database of another program, which has a table of the same name.
async fn make_foreign(file: &Path) {
    let settings = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&settings).await.unwrap();
    sqlx::query("CREATE TABLE streams (id INTEGER)").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
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
    let empty = place.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    assert_fails(&starling(&replace, folder.path(), &empty).await, "is no database of Starling");
    let foreign = place.path().join("foreign.db");
    make_foreign(&foreign).await;
    assert_fails(&starling(&replace, folder.path(), &foreign).await, "is no database of Starling");
    let missing = place.path().join("missing.db");
    assert_fails(&starling(&replace, folder.path(), &missing).await, "cannot be read");
    assert_eq!(names(folder.path()), before);

    let empty = TempDir::new().unwrap();
    assert!(starling(&["restore"], empty.path(), &copy).await.status.success());
    assert_eq!(names(empty.path()), ["lock", "starling.db"]);
}
