//! The database as the command line uses it: beside a server that may be running.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::open::{FILE, lock, settings};
use super::writer::Writer;
use super::{OpenError, Store, StoreOptions};

/// A command writes one thing after the other.
const WRITES: usize = 16;

static MIGRATOR: Migrator = sqlx::migrate!();

/// Does something with the database in that folder, which is made if it is missing. A server that runs
/// there notices within a second what was changed, and acts on it.
///
/// # Errors
/// [`OpenError`], in words for an operator.
pub async fn at_console<T>(
    folder: &Path,
    act: impl AsyncFnOnce(&Store) -> T,
) -> Result<T, OpenError> {
    let options = StoreOptions { write_queue: WRITES, ..StoreOptions::DEFAULT };
    let (store, writer) = match lock(folder) {
        Ok(lock) => Store::open_locked(lock, folder, &options).await?,
        Err(OpenError::InUse { .. }) => beside_a_server(folder, &options).await?,
        Err(error) => return Err(error),
    };
    let writing = tokio::spawn(writer.run(|_| {}));
    let done = act(&store).await;
    store.close().await;
    // Whatever was asked has been answered.
    let _ = writing.await;
    Ok(done)
}

async fn beside_a_server(
    folder: &Path,
    options: &StoreOptions,
) -> Result<(Store, Writer), OpenError> {
    let file = folder.join(FILE);
    let settings = settings(&file, options).create_if_missing(false);
    let connection = current(&settings, &file).await?;
    Ok(Store::over(settings, connection, None, options))
}

/// A connection to a database of this version: one that is used is not brought up to date.
async fn current(
    settings: &SqliteConnectOptions,
    file: &Path,
) -> Result<SqliteConnection, OpenError> {
    let failed = |error: sqlx::Error| OpenError::of(file, &error);
    let mut connection = SqliteConnection::connect_with(settings).await.map_err(failed)?;
    let version: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut connection)
        .await
        .map_err(failed)?;
    let known = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    if version > known {
        return Err(OpenError::NewerSchema { file: file.to_owned(), version });
    }
    if version < known {
        return Err(OpenError::OlderServer { folder: file.parent().unwrap_or(file).to_owned() });
    }
    Ok(connection)
}
