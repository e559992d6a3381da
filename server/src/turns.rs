//! Sessions read the store in turn, so that pages and forms need not queue behind thousands of them
//! that are greeted, join or resume at once, as after a restart.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::READERS;

/// How many sessions read at once: one reader is left for those who only want a page.
const AT_ONCE: usize = READERS as usize - 1;

/// Whose turn it is; clones share it.
#[derive(Clone)]
pub(crate) struct Turns {
    free: Arc<Semaphore>,
}

/// Ends when dropped. Whoever has one must wait for nothing slower than the store, least of all for a
/// client.
pub(crate) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Turns {
    /// Waits for a turn. They are given in the order of asking.
    pub(crate) async fn next(&self) -> Turn {
        // It is never closed, so that there always is one.
        Turn { _permit: Arc::clone(&self.free).acquire_owned().await.ok() }
    }
}
