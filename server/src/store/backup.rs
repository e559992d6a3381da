//! Copying the database to a file while a server may be using it. It knows the folder, not the
//! running store: the copy is made by another process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::OpenError;
use super::copy::{Unfit, make_empty, renumber, sync_names, verify};
use super::open::{BUSY_TIMEOUT, FILE};

/// Why there is no backup. Nothing is left of the copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no database {file}: --data-dir names the folder that the server uses")]
    NoDatabase {
        /// Where it was looked for.
        file: PathBuf,
    },
    /// A backup never overwrites anything.
    #[error("{file} exists already; a backup overwrites nothing")]
    Exists {
        /// The file that is in the way.
        file: PathBuf,
    },
    /// The copy cannot be written there.
    #[error("{file} cannot be written")]
    Target {
        /// Where the copy was to go.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database is damaged: [`OpenError::Damaged`].
    #[error(transparent)]
    Damaged(OpenError),
    /// The database could not be read, or the copy not be completed.
    #[error("the database {file} could not be copied: {reason}")]
    Database {
        /// The database that was to be copied.
        file: PathBuf,
        /// What the database says.
        reason: String,
    },
}

/// Writes a copy of the database in `folder` to the new file `copy`, as it is at one moment after the
/// call: everything acked before is in it. Its streams have new epochs. Works with and without a server
/// running; its writes wait no longer than usual. The copy is on the disk when the future resolves.
///
/// # Errors
/// [`BackupError`], in words for an operator.
pub async fn backup(folder: &Path, copy: &Path) -> Result<(), BackupError> {
    let database = folder.join(FILE);
    if !database.is_file() {
        return Err(BackupError::NoDatabase { file: database });
    }
    let unwritable = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { file: copy.to_owned() },
        _ => BackupError::Target { file: copy.to_owned(), source },
    };
    // SQLite would take the beginning of some relative paths for a scheme.
    let path = std::path::absolute(copy).map_err(unwritable)?;
    let name = path.to_str().ok_or_else(|| {
        unwritable(io::Error::new(io::ErrorKind::InvalidFilename, "its path is not UTF-8"))
    })?;
    if path.exists() {
        return Err(unwritable(io::ErrorKind::AlreadyExists.into()));
    }
    // What is killed on the way must not look like a backup.
    let unfinished = format!("{name}.part");
    let file = make_empty(unfinished.as_ref()).map_err(unwritable)?;
    let copied = match copy_into(&database, &unfinished).await {
        Ok(()) => publish(&file, unfinished.as_ref(), &path).map_err(unwritable),
        Err(error) => Err(not_copied(database, &error)),
    };
    // Gone already after a success; after a failure, what went wrong before is what helps.
    let _ = fs::remove_file(&unfinished);
    copied
}

fn not_copied(file: PathBuf, error: &Unfit) -> BackupError {
    if let Unfit::Database(error) = error
        && let damaged @ OpenError::Damaged { .. } = OpenError::of(&file, error)
    {
        return BackupError::Damaged(damaged);
    }
    BackupError::Database { file, reason: error.to_string() }
}

async fn copy_into(database: &Path, copy: &str) -> Result<(), Unfit> {
    // Not read-only: after a crash, SQLite first has to repair what it reads.
    let settings = SqliteConnectOptions::new().filename(database).busy_timeout(BUSY_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&settings).await?;
    sqlx::query("VACUUM INTO ?").bind(copy).execute(&mut connection).await?;
    connection.close().await?;
    let settings = SqliteConnectOptions::new().filename(copy);
    let mut connection = SqliteConnection::connect_with(&settings).await?;
    verify(&mut connection).await?;
    renumber(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Gives the finished copy its name, once all of it is on the disk: SQLite leaves that to the system.
fn publish(file: &File, unfinished: &Path, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    // Unlike a rename, a link overwrites nothing; some file systems have none.
    match fs::hard_link(unfinished, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => fs::rename(unfinished, path)?,
        Ok(()) => fs::remove_file(unfinished)?,
    }
    sync_names(path)
}
