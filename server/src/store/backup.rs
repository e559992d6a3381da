//! Copying the database to a file, and the files of people beside it, while a server may be using both. It
//! knows the folder, not the running store: the copy is made by another process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::OpenError;
use super::copied_files::{Kept, carry, folder_of, forget, forget_unfinished, kept};
use super::copy::{Unfit, beside, make_empty, renumber, sync_names, verify};
use super::file::FILES;
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
/// call: everything acked before is in it. Its streams have new epochs. The bytes of files go to a new
/// folder beside it, if there are any; the outcome is how many files were not there any more. Works with
/// and without a server running; its writes wait no longer than usual. The copy is on the disk when the
/// future resolves.
///
/// # Errors
/// [`BackupError`], in words for an operator.
pub async fn backup(folder: &Path, copy: &Path) -> Result<usize, BackupError> {
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
    let files = folder_of(&path);
    if files.exists() {
        return Err(BackupError::Exists { file: files });
    }
    // What is killed on the way must not look like a backup.
    let unfinished = format!("{name}.part");
    let file = make_empty(unfinished.as_ref()).map_err(unwritable)?;
    let unfinished_files = beside(&files, ".part");
    let _ = fs::remove_dir_all(&unfinished_files);
    let copied = match copy_into(&database, &unfinished).await {
        Ok(kept) => match copy_files(folder, &unfinished, &unfinished_files, &kept).await {
            Ok(missing) => publish_files(&unfinished_files, &files)
                .and_then(|()| publish(&file, unfinished.as_ref(), &path))
                .map(|()| missing)
                .map_err(|error| {
                    let _ = fs::remove_dir_all(&files);
                    unwritable(error)
                }),
            Err(error) => Err(error),
        },
        Err(error) => Err(not_copied(database, &error)),
    };
    let _ = fs::remove_dir_all(&unfinished_files);
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

/// Copies the bytes of files beside the copy. Those that were deleted meanwhile are taken out of it.
async fn copy_files(
    folder: &Path,
    copy: &str,
    files: &Path,
    kept: &[Kept],
) -> Result<usize, BackupError> {
    let missing = carry(&folder.join(FILES), files, kept)
        .map_err(|source| BackupError::Target { file: files.to_owned(), source })?;
    if !missing.is_empty() {
        let forgetting = async {
            let settings = SqliteConnectOptions::new().filename(copy);
            let mut connection = SqliteConnection::connect_with(&settings).await?;
            forget(&mut connection, &missing).await?;
            connection.close().await
        };
        forgetting.await.map_err(|error| not_copied(copy.into(), &error.into()))?;
    }
    Ok(missing.len())
}

/// Gives the folder of copied files its name, if there are any.
fn publish_files(unfinished: &Path, files: &Path) -> io::Result<()> {
    if !unfinished.exists() {
        return Ok(());
    }
    fs::rename(unfinished, files)?;
    sync_names(files)
}

async fn copy_into(database: &Path, copy: &str) -> Result<Vec<Kept>, Unfit> {
    // Not read-only: after a crash, SQLite first has to repair what it reads.
    let settings = SqliteConnectOptions::new().filename(database).busy_timeout(BUSY_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&settings).await?;
    sqlx::query("VACUUM INTO ?").bind(copy).execute(&mut connection).await?;
    connection.close().await?;
    let settings = SqliteConnectOptions::new().filename(copy);
    let mut connection = SqliteConnection::connect_with(&settings).await?;
    verify(&mut connection).await?;
    renumber(&mut connection).await?;
    forget_unfinished(&mut connection).await?;
    let kept = kept(&mut connection).await?;
    connection.close().await?;
    Ok(kept)
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
