//! What a backup and a restore both do with a copy of the database: make its file, see that it is
//! whole, make it another history. It knows neither the data folder nor the running store.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::{Connection, SqliteConnection};
use thiserror::Error;
use uuid::Uuid;

/// What SQLite keeps beside a database, part of the data or not.
pub(super) const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why a copy is of no use.
#[derive(Debug, Error)]
pub(super) enum Unfit {
    /// It is whole, but something else; also an empty file, which SQLite takes for a database.
    #[error("it is no database of Starling")]
    Foreign,
    /// It cannot be read or changed, or not all of it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Makes an empty file for this user alone. SQLite copies into such a one, but into no other.
pub(super) fn make_empty(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Reads all of a database, and fails unless it is whole and Starling's.
pub(super) async fn verify(connection: &mut SqliteConnection) -> Result<(), Unfit> {
    let findings: Vec<(String,)> =
        sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut *connection).await?;
    if !matches!(findings.as_slice(), [(finding,)] if finding == "ok") {
        let words: Vec<_> = findings.iter().map(|(finding,)| finding.as_str()).collect();
        return Err(sqlx::Error::Protocol(words.join("; ")).into());
    }
    // What every history hangs on.
    let (epochs,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM pragma_table_info('streams') WHERE name = 'epoch'")
            .fetch_one(connection)
            .await?;
    if epochs == 1 { Ok(()) } else { Err(Unfit::Foreign) }
}

/// Gives the copy's streams new epochs. After it is restored, the numbers behind its end are given out
/// again: who saw them stand for other messages must not resume there, but start over.
pub(super) async fn renumber(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let streams: Vec<(i64,)> =
        sqlx::query_as("SELECT id FROM streams").fetch_all(&mut *connection).await?;
    let mut transaction = connection.begin().await?;
    for (stream,) in streams {
        sqlx::query("UPDATE streams SET epoch = ? WHERE id = ?")
            .bind(Uuid::now_v7())
            .bind(stream)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

/// Waits until the disk has the names in the folder of that file; systems but Unix see to it themselves.
pub(super) fn sync_names(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// The file of almost that name.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Removes a file; one that is not there needs no removing.
pub(super) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
