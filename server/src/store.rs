//! The durable data: people, rooms and what was said. The only module that names sqlx.
//!
//! The contract, whatever the database:
//! - A write is durable when its future resolves: it survives `kill -9` and a power cut. Several
//!   writes share one commit.
//! - `seq` numbers a stream's events from 1 without gaps, in the order of their commits. The
//!   writer announces committed messages in that order, each before its author hears of it, and
//!   also when its author has gone away meanwhile.
//! - Posting is idempotent by (author, message id).
//! - Reads see everything that was announced.
//!
//! It knows nothing of rooms' tasks, sockets or pages.

mod decode;
mod error;
mod open;
mod read;
mod record;
#[cfg(test)]
mod tests;
mod write;
mod writer;

use std::fs::File;
use std::sync::Arc;

use sqlx::SqlitePool;

pub use error::{OpenError, StoreError};
pub use record::{Committed, Entered, NewMessage, NewRoom, Posted, RoomId, RoomRecord, Tail};
pub use writer::Writer;

use writer::WriteQueue;

/// A handle to the durable data; clones share it.
#[derive(Clone)]
pub struct Store {
    reads: SqlitePool,
    writes: WriteQueue,
    // Held for its lock on the data folder.
    _lock: Arc<File>,
}

/// How the store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How many writes may wait; further ones are [`StoreError::Busy`].
    pub write_queue: usize,
    /// The largest database file in pages of 4 KiB; `None` for no limit but the disk's.
    pub max_pages: Option<u32>,
}

impl Store {
    /// Waits until what was read is closed; the writer closes by itself when all handles are gone.
    pub async fn close(self) {
        self.reads.close().await;
    }
}
