//! The durable data: people, rooms and what was said. The only module that names sqlx.
//!
//! The contract, whatever the database:
//! - A write is durable when its future resolves: it survives `kill -9` and a power cut. Several
//!   writes share one commit.
//! - `seq` numbers a stream's events from 1 without gaps, in the order of their commits. The
//!   writer announces committed messages in that order, each before its author hears of it, and
//!   also when its author has gone away meanwhile.
//! - Posting is idempotent by (author, message id), and so are the operations of boards.
//! - Reads see everything that was announced.
//! - Whatever needs a damaged part of the database fails with [`StoreError::Damaged`]; all else is
//!   read and written.
//!
//! It knows nothing of rooms' tasks, sockets or pages.

mod account;
mod backup;
mod board;
mod console;
mod copied_files;
mod copy;
mod decode;
mod direct;
mod error;
mod file;
mod invite;
mod open;
mod read;
mod read_log;
mod read_room;
mod record;
mod restore;
mod search;
mod standing;
#[cfg(test)]
mod tests;
mod token;
mod write;
mod writer;

use sqlx::SqlitePool;

pub use backup::{BackupError, backup};
pub use board::{BoardPage, BoardRules};
pub use console::at_console;
pub use direct::{MOST_DIRECTS, Opened};
pub use error::{InviteFault, OpenError, StoreError};
pub use file::{FileRecord, NewUpload, UploadLimits, Whole};
pub use invite::InviteId;
pub use read_room::{Done, InviteRecord, MeasureRecord, MemberRecord, Named};
pub use record::{
    AccountRecord, Committed, Entered, NewMessage, NewRoom, NewSignIn, Posted, RoomId, RoomRecord,
    SignInRecord, SignedIn, Tail, Visitor,
};
pub use restore::{RestoreError, restore};
pub use search::{Statistics, Words};
pub use standing::Actor;
pub use token::{External, NewToken, TokenHolder, TokenRecord};
pub use write::{
    Ending, NOTED_EVERY, NewAccount, NewInvite, NewMeasure, Operates, Profile, RoomChange,
};
pub use writer::Writer;

pub(crate) use file::{FILES, file_beside};
pub(crate) use open::READERS;
use writer::WriteQueue;

/// It is noted at most so often that a sign-in was used, in milliseconds.
const SEEN_EVERY_MS: i64 = 60 * 60 * 1_000;

/// A handle to the durable data; clones share it.
#[derive(Clone)]
pub struct Store {
    reads: SqlitePool,
    writes: WriteQueue,
    reactions: ReactionLimits,
    boards: BoardRules,
}

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How many writes may wait; further ones are [`StoreError::Busy`].
    pub write_queue: usize,
    /// The largest database file in pages of 4 KiB; `None` for no limit but the disk's.
    pub max_pages: Option<u32>,
    /// How much people may react to one message.
    pub reactions: ReactionLimits,
    /// What boards take, and how much of their past is kept.
    pub boards: BoardRules,
}

impl StoreOptions {
    /// What the settings are by default.
    pub const DEFAULT: Self = Self {
        write_queue: 1_024,
        max_pages: None,
        reactions: ReactionLimits::DEFAULT,
        boards: BoardRules::DEFAULT,
    };
}

/// How much people may react to one message.
#[derive(Clone, Copy, Debug)]
pub struct ReactionLimits {
    /// With how many different signs.
    pub signs: u32,
    /// How often in all.
    pub reactions: u32,
}

impl ReactionLimits {
    /// 20 signs, 500 reactions.
    pub const DEFAULT: Self = Self { signs: 20, reactions: 500 };
}

impl Store {
    /// Waits until what is read is closed, refuses further writes, and lets the writer end when it
    /// has done what waits. Other handles of the store are of no more use.
    pub async fn close(self) {
        // Whoever closes last puts all that was written into the one file, and readers cannot.
        self.reads.close().await;
        self.writes.close();
    }
}

/// Milliseconds since 1970, by the server's clock.
pub(crate) fn unix_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64)
}
