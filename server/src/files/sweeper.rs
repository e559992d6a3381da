//! Removes the bytes of files that are no more, soon after they are gone and again whenever that failed;
//! and ends uploads whose time is over.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::Files;
use crate::store::{Committed, Store, StoreError, unix_ms};

/// How often it looks by itself.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What wakes it.
pub(crate) struct Waker(Arc<Notify>);

/// The task's own part.
pub(crate) struct Sweeper {
    files: Files,
    store: Store,
    uploads_last: Duration,
    wanted: Arc<Notify>,
}

pub(crate) fn sweeper(files: Files, store: Store, uploads_last: Duration) -> (Waker, Sweeper) {
    let wanted = Arc::new(Notify::new());
    (Waker(Arc::clone(&wanted)), Sweeper { files, store, uploads_last, wanted })
}

impl Waker {
    /// Told what was committed; never blocks.
    pub(crate) fn hear(&self, committed: &Committed) {
        // The command line may have deleted a room.
        if matches!(committed, Committed::FilesRemoved | Committed::Elsewhere) {
            self.0.notify_one();
        }
    }
}

impl Sweeper {
    /// Sweeps until it is dropped.
    pub(crate) async fn run(self) {
        loop {
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "files that are no more could not be removed yet");
            }
            tokio::select! {
                () = self.wanted.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        let lasts = i64::try_from(self.uploads_last.as_millis()).unwrap_or(i64::MAX);
        let before = unix_ms().saturating_sub(lasts);
        if self.store.has_old_uploads(before).await? {
            self.store.remove_old_uploads(before).await?;
        }
        loop {
            let mut removed = Vec::new();
            for id in self.store.removed_files().await? {
                match self.files.remove(id).await {
                    Ok(()) => removed.push(id),
                    Err(error) => tracing::warn!(%error, %id, "a file cannot be removed"),
                }
            }
            if removed.is_empty() {
                return Ok(());
            }
            self.store.forget_removed_files(removed).await?;
        }
    }
}
