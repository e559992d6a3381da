//! What can go wrong with the durable data.

use std::io;
use std::path::{Path, PathBuf};

use starling_protocol::Denial;
use starling_protocol::board::BoardError;
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
    /// Only its author may change a message.
    #[error("the message is somebody else's")]
    NotYours,
    /// The message has as many reactions as one may have.
    #[error("too many reactions")]
    TooManyReactions,
    /// Another account has that handle.
    #[error("the handle is taken")]
    HandleTaken,
    /// Another account has that address.
    #[error("the address is taken")]
    EmailTaken,
    /// The person has an account already.
    #[error("the person has an account already")]
    HasAccount,
    /// Somebody operates the server already.
    #[error("the server has an operator already")]
    HasOperator,
    /// A link's code is wrong, was used, or has ended.
    #[error("no such code")]
    NoSuchCode,
    /// The person has no such token.
    #[error("no such token")]
    NoSuchToken,
    /// The person has as many tokens as one may have.
    #[error("too many tokens")]
    TooManyTokens,
    /// There is no such file or upload, or it is not theirs.
    #[error("no such file")]
    NoSuchFile,
    /// The person has as many unfinished uploads as one may have.
    #[error("too many uploads")]
    TooManyUploads,
    /// The person or the address has announced as many bytes today as one may.
    #[error("too many bytes were sent today")]
    TooManyBytes,
    /// All files together would be larger than they may.
    #[error("there is no room for another file of that size")]
    FilesFull,
    /// The invitation is not good.
    #[error("the invitation is not good: {0:?}")]
    BadInvite(InviteFault),
    /// They may not do that.
    #[error("not allowed: {0:?}")]
    Denied(Denial),
    /// A message of that author and id exists, with another body or in another room.
    #[error("a message of that id exists with another body")]
    Conflict,
    /// An operation of that author and id was done with other changes, or in another room.
    #[error("an operation of that id exists with other changes")]
    OperationConflict,
    /// The board does not take it.
    #[error(transparent)]
    Board(#[from] BoardError),
    /// It is not any more what it was expected to be.
    #[error("it was changed meanwhile")]
    Changed,
    /// Too many rooms were made from that address lately.
    #[error("too many rooms were made from this address lately")]
    RoomCap,
    /// More writes wait than the queue takes.
    #[error("too many writes are waiting")]
    Busy,
    /// The disk or the allowed file size is full.
    #[error("the disk is full")]
    Full,
    /// What was to be read or changed is damaged; other things may still be whole. The details are
    /// logged.
    #[error("the database is damaged")]
    Damaged,
    /// The database could not be reached, or not be written. The details are logged.
    #[error("the database is unavailable")]
    Unavailable,
}

/// Why an invitation is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteFault {
    /// There is none of that code.
    Unknown,
    /// Its time is over.
    Expired,
    /// As many people as could have accepted it.
    UsedUp,
    /// Somebody has taken it back.
    TakenBack,
}

/// What is wrong with a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Full,
    Damaged,
    ReadOnly,
    Other,
}

impl Fault {
    fn of(error: &sqlx::Error) -> Self {
        match error {
            // Extended result codes have the primary one in their last byte:
            // <https://sqlite.org/rescode.html>
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<u32>().ok());
                match code.map(|code| code & 0xff) {
                    Some(13) => Self::Full,
                    // SQLITE_CORRUPT, SQLITE_NOTADB
                    Some(11 | 26) => Self::Damaged,
                    Some(8) => Self::ReadOnly,
                    _ => Self::Other,
                }
            }
            // Nothing like it was ever stored there.
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Self::Damaged,
            _ => Self::Other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match Fault::of(&error) {
            Fault::Full => {
                tracing::error!("the disk is full; nothing can be stored");
                Self::Full
            }
            Fault::Damaged => {
                tracing::error!(
                    %error,
                    "the database is damaged: stop Starling, and put a backup in its place with \
                     `starling restore --replace FILE`"
                );
                Self::Damaged
            }
            Fault::ReadOnly => {
                tracing::error!(%error, "the database cannot be written: look at its disk");
                Self::Unavailable
            }
            Fault::Other => {
                tracing::error!(%error, "the database failed");
                Self::Unavailable
            }
        }
    }
}

/// Why the store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error(
        "the data folder {folder} cannot be used: make it writable for the user that Starling runs \
         as, or name another one with --data-dir"
    )]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server uses the folder.
    #[error(
        "another Starling is using the data folder {folder}: stop that one first, or name another \
         folder with --data-dir"
    )]
    InUse {
        /// Which folder.
        folder: PathBuf,
    },
    /// A restore was interrupted: the old database, if there was one, is set aside, and the new one is
    /// not in place.
    #[error(
        "a `starling restore` into the data folder {folder} was interrupted: run it again, or, to start \
         with no data, remove {unfinished}"
    )]
    Interrupted {
        /// Which folder.
        folder: PathBuf,
        /// What it has left.
        unfinished: PathBuf,
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
    /// A server of an older version is running with the database.
    #[error(
        "the server that uses the data folder {folder} is older than this program: restart it with this \
         version first"
    )]
    OlderServer {
        /// Which folder.
        folder: PathBuf,
    },
    /// The file is damaged, or was never a database.
    #[error(
        "the database {file} is damaged, or no database. Put a backup in its place with \
         `starling restore --replace FILE`, which keeps what is there under another name ({reason})"
    )]
    Damaged {
        /// The database file.
        file: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// The file or its disk cannot be written.
    #[error("the database {file} is read-only: make it and its disk writable ({reason})")]
    ReadOnly {
        /// The database file.
        file: PathBuf,
        /// What the database says.
        reason: String,
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

impl OpenError {
    pub(super) fn of(file: &Path, error: &sqlx::Error) -> Self {
        let (file, reason) = (file.to_owned(), error.to_string());
        match Fault::of(error) {
            Fault::Damaged => Self::Damaged { file, reason },
            Fault::ReadOnly => Self::ReadOnly { file, reason },
            Fault::Full | Fault::Other => Self::Database { file, reason },
        }
    }
}
