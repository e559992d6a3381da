//! Opening the database: its folder and lock, its settings, its schema.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use super::writer::{Writer, write_queue};
use super::{OpenError, Store, StoreOptions};

pub(super) const FILE: &str = "starling.db";
/// Until it is complete and in place, a restored database has this name.
pub(super) const UNFINISHED: &str = "starling.db.part";
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many reads are done at once; further ones wait in order.
pub(crate) const READERS: u32 = 4;

impl Store {
    /// Opens the database in that folder, making both if they are missing, and brings its schema
    /// up to date. Nothing is written until the [`Writer`] runs.
    ///
    /// # Errors
    /// [`OpenError`], in words for an operator.
    pub async fn open(folder: &Path, options: &StoreOptions) -> Result<(Self, Writer), OpenError> {
        Self::open_locked(lock(folder)?, folder, options).await
    }

    pub(super) async fn open_locked(
        lock: File,
        folder: &Path,
        options: &StoreOptions,
    ) -> Result<(Self, Writer), OpenError> {
        let file = folder.join(FILE);
        let unfinished = folder.join(UNFINISHED);
        if unfinished.exists() && !file.exists() {
            return Err(OpenError::Interrupted { folder: folder.to_owned(), unfinished });
        }
        make_private(&file)
            .map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
        let settings = settings(&file, options);
        let mut connection = SqliteConnection::connect_with(&settings)
            .await
            .map_err(|error| OpenError::of(&file, &error))?;
        migrate(&mut connection, &file).await?;
        try_writing(&mut connection).await.map_err(|error| OpenError::of(&file, &error))?;
        Ok(Self::over(settings, connection, Some(lock), options))
    }

    /// Without a `lock`, another process holds that of the folder.
    pub(super) fn over(
        settings: SqliteConnectOptions,
        connection: SqliteConnection,
        lock: Option<File>,
        options: &StoreOptions,
    ) -> (Self, Writer) {
        let reads = SqlitePoolOptions::new()
            .max_connections(READERS)
            // A file does not go away like a server: nothing is gained by asking before each read
            // whether it is there, or by opening it anew now and then. Whoever stops waiting for that
            // question closes the connection, and SQLite keeps the descriptor of a closed one as long
            // as another holds a lock.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(settings.clone().read_only(true).create_if_missing(false));
        let (writes, queue) = write_queue(options.write_queue);
        let store = Self { reads, writes, reactions: options.reactions, boards: options.boards };
        (store, Writer::new(lock, settings, connection, queue))
    }
}

pub(super) fn settings(file: &Path, options: &StoreOptions) -> SqliteConnectOptions {
    let settings = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // With NORMAL, a power cut can take back what was acked.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT);
    match options.max_pages {
        Some(pages) => settings.pragma("max_page_count", pages.to_string()),
        None => settings,
    }
}

/// Makes the database's file, if it is missing, for this user alone: what is said in unlisted rooms
/// is nobody else's business. SQLite gives its other files the same permissions.
fn make_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

pub(super) fn lock(folder: &Path) -> Result<File, OpenError> {
    let unusable = |source| OpenError::Folder { folder: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(unusable)?;
    let file = File::create(folder.join("lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// Writes, but nothing. Without it, a database that cannot be written opens well, and the first person
/// to say something finds out. Beginning a transaction is not enough: SQLite then begins one that reads.
async fn try_writing(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE rooms SET name = name WHERE false").execute(connection).await?;
    Ok(())
}

pub(super) async fn migrate(
    connection: &mut SqliteConnection,
    file: &Path,
) -> Result<(), OpenError> {
    // `run` does the same, but its future cannot be sent between threads.
    sqlx::migrate!().run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => {
            OpenError::NewerSchema { file: file.to_owned(), version }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            OpenError::of(file, &error)
        }
        error => OpenError::Database { file: file.to_owned(), reason: error.to_string() },
    })
}
