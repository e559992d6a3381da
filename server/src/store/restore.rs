//! Putting a backup in the place of the database. It knows the folder, not a running store: while a
//! server uses the folder, it refuses.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::OpenError;
use super::open::{FILE, lock, migrate};

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// Until all of it is well, the new database has this name.
const UNFINISHED: &str = "starling.db.part";

/// Why nothing was restored. The database that was there is still there.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The folder cannot be used, or a server uses it, or the backup is of a newer Starling.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is a database already.
    #[error("{file} exists already; with --replace it is set aside, and kept")]
    Exists {
        /// The file that is in the way.
        file: PathBuf,
    },
    /// The backup is a database in use: what was written last is in another file.
    #[error(
        "{file} is the database of a server, and a part of it is in {companion}: \
         make a backup of it with `starling backup`, and restore that"
    )]
    InUse {
        /// The file that was to be restored.
        file: PathBuf,
        /// Where the rest is.
        companion: PathBuf,
    },
    /// The backup is no whole database.
    #[error("{file} is damaged, or no database: {reason}")]
    Damaged {
        /// The file that was to be restored.
        file: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// A file could not be read or written.
    #[error("{file} cannot be read or written")]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Makes the backup in the file `copy` the database in `folder`, after checking that it is whole, and
/// with a new epoch for each stream: whoever has seen messages that the backup does not have starts
/// over. A database that is there already is set aside under another name if `replace` says so; the
/// returned path tells where it is.
///
/// # Errors
/// [`RestoreError`], in words for an operator.
pub async fn restore(
    folder: &Path,
    copy: &Path,
    replace: bool,
) -> Result<Option<PathBuf>, RestoreError> {
    let _lock = lock(folder)?;
    let database = folder.join(FILE);
    if database.exists() && !replace {
        return Err(RestoreError::Exists { file: database });
    }
    for companion in COMPANIONS.map(|suffix| beside(copy, suffix)) {
        if fs::metadata(&companion).is_ok_and(|companion| companion.len() > 0) {
            return Err(RestoreError::InUse { file: copy.to_owned(), companion });
        }
    }
    let unfinished = folder.join(UNFINISHED);
    remove(&unfinished);
    let prepared = prepare(copy, &unfinished).await;
    if prepared.is_err() {
        remove(&unfinished);
    }
    prepared?;
    put_in_place(&unfinished, &database)
        .map_err(|source| RestoreError::File { file: database, source })
}

/// Copies the backup, checks it, and brings it up to date.
async fn prepare(copy: &Path, unfinished: &Path) -> Result<(), RestoreError> {
    let failed = |file: &Path| {
        let file = file.to_owned();
        move |source| RestoreError::File { file, source }
    };
    let mut from = File::open(copy).map_err(failed(copy))?;
    let mut to = super::backup::make_empty(unfinished).map_err(failed(unfinished))?;
    io::copy(&mut from, &mut to).map_err(failed(unfinished))?;
    let damaged = |error: sqlx::Error| RestoreError::Damaged {
        file: copy.to_owned(),
        reason: error.to_string(),
    };
    let settings = SqliteConnectOptions::new().filename(unfinished).foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&settings).await.map_err(damaged)?;
    verify(&mut connection).await.map_err(damaged)?;
    migrate(&mut connection, copy).await?;
    super::backup::renumber(&mut connection).await.map_err(damaged)?;
    connection.close().await.map_err(damaged)?;
    to.sync_all().map_err(failed(unfinished))
}

/// Reads all of a database, and fails unless it is whole.
pub(super) async fn verify(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let findings: Vec<(String,)> =
        sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut *connection).await?;
    match findings.as_slice() {
        [(finding,)] if finding == "ok" => Ok(()),
        findings => {
            let words: Vec<_> = findings.iter().map(|(finding,)| finding.as_str()).collect();
            Err(sqlx::Error::Protocol(words.join("; ")))
        }
    }
}

/// Sets the old database aside, with what belongs to it, and gives the new one its name.
fn put_in_place(unfinished: &Path, database: &Path) -> io::Result<Option<PathBuf>> {
    let aside = if database.exists() { Some(set_aside(database)?) } else { None };
    for companion in COMPANIONS.map(|suffix| beside(database, suffix)) {
        // One without its database would be taken for the new one's.
        remove(&companion);
    }
    fs::rename(unfinished, database)?;
    #[cfg(unix)]
    if let Some(folder) = database.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(aside)
}

fn set_aside(database: &Path) -> io::Result<PathBuf> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let aside = beside(database, &format!(".replaced-{}", since.as_millis()));
    for suffix in COMPANIONS {
        let companion = beside(database, suffix);
        if companion.exists() {
            fs::rename(companion, beside(&aside, suffix))?;
        }
    }
    fs::rename(database, &aside)?;
    Ok(aside)
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What is not there needs no removing; anything else is found out by what comes next.
fn remove(file: &Path) {
    let _ = fs::remove_file(file);
}
