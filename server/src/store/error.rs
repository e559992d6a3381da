//! What can go wrong with the durable data.

use std::io;
use std::path::PathBuf;

use starling_protocol::Denial;
use thiserror::Error;

/// Why the store did not do what it was asked. Nothing was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// There is no such room or person.
    #[error("not found")]
    NotFound,
    /// Nobody of that id, handle or address is known.
    #[error("no such person")]
    NoSuchPerson,
    /// The room has no such message, or has it no more.
    #[error("no such message")]
    NoSuchMessage,
    /// They may not do that.
    #[error("not allowed: {0:?}")]
    Denied(Denial),
    /// A message of that author and id exists, with another body or in another room.
    #[error("a message of that id exists with another body")]
    Conflict,
    /// Too many rooms were made from that address lately.
    #[error("too many rooms were made from this address lately")]
    RoomCap,
    /// More writes wait than the queue takes.
    #[error("too many writes are waiting")]
    Busy,
    /// The disk or the allowed file size is full.
    #[error("the disk is full")]
    Full,
    /// The database could not be reached, or is damaged. The details are logged.
    #[error("the database is unavailable")]
    Unavailable,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLITE_FULL, primary result code 13: <https://sqlite.org/rescode.html#full>
        if let sqlx::Error::Database(database) = &error
            && database.code().is_some_and(|code| code == "13")
        {
            tracing::error!("the disk is full; nothing can be stored");
            return Self::Full;
        }
        tracing::error!(%error, "the database failed");
        Self::Unavailable
    }
}

/// Why the store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the data folder {folder} cannot be used")]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server uses the folder.
    #[error("another Starling is using the data folder {folder}")]
    InUse {
        /// Which folder.
        folder: PathBuf,
    },
    /// The database was written by a newer Starling.
    #[error(
        "the database {file} has schema version {version}, which this Starling does not know. \
         It was written by a newer one: install that, or restore a backup made before it"
    )]
    NewerSchema {
        /// The database file.
        file: PathBuf,
        /// The unknown schema version.
        version: i64,
    },
    /// The database cannot be opened or brought up to date.
    #[error("the database {file} cannot be opened: {reason}")]
    Database {
        /// The database file.
        file: PathBuf,
        /// What the database says.
        reason: String,
    },
}
