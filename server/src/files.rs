//! The bytes of the files that people send, in the data folder. Each lies under its random id; no name
//! that anybody gave is ever a name on the disk. Whether somebody may write or read one is the caller's
//! to know, and that there is such a file.
//!
//! Bytes are only ever added at the end, by one at a time, and never changed once a file is whole.

mod sniff;
mod sweeper;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use starling_protocol::FileId;
use tokio::fs::{File, OpenOptions};
use tokio::sync::{OwnedMutexGuard, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::store::{FILES, Whole, file_beside};
pub(crate) use sweeper::sweeper;

/// How many files are read whole at a time, to hash them.
const HASHED_AT_ONCE: usize = 2;
/// So many bytes are read at once to hash them.
const HASH_BUFFER: usize = 256 * 1024;

/// All of them; clones share it.
#[derive(Clone)]
pub(crate) struct Files {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    /// Of each file that somebody writes or wants to write.
    turns: Mutex<HashMap<FileId, Writers>>,
    hashing: Semaphore,
}

#[derive(Default)]
struct Writers {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Cancelled when the next one comes.
    newest: CancellationToken,
    /// Those who write or wait.
    count: usize,
}

impl Files {
    pub(crate) fn new(data: &Path) -> Self {
        let shared = Shared {
            folder: data.join(FILES),
            turns: Mutex::default(),
            hashing: Semaphore::new(HASHED_AT_ONCE),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Where the bytes of a file lie.
    pub(crate) fn path(&self, id: FileId) -> PathBuf {
        file_beside(&self.shared.folder, id)
    }

    /// How many bytes of a file are there.
    pub(crate) async fn length(&self, id: FileId) -> io::Result<u64> {
        match tokio::fs::metadata(self.path(id)).await {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Waits until nobody else writes a file. Whoever does is told to stop: it is what a connection has
    /// left that broke, and its client is back.
    pub(crate) async fn take_over(&self, id: FileId) -> Turn {
        let (turn, replaced) = {
            let mut turns = self.shared.turns.lock();
            let writers = turns.entry(id).or_default();
            writers.newest.cancel();
            writers.newest = CancellationToken::new();
            writers.count += 1;
            (Arc::clone(&writers.turn), writers.newest.clone())
        };
        // Made before the wait: whoever stops waiting is no longer counted.
        let mut taken = Turn { files: self.clone(), id, replaced, _guard: None };
        taken._guard = Some(turn.lock_owned().await);
        taken
    }

    /// Removes the bytes of a file, if there are any.
    async fn remove(&self, id: FileId) -> io::Result<()> {
        let _turn = self.take_over(id).await;
        match tokio::fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The right to write a file, until it is dropped.
pub(crate) struct Turn {
    files: Files,
    id: FileId,
    replaced: CancellationToken,
    _guard: Option<OwnedMutexGuard<()>>,
}

impl Turn {
    /// Waits until somebody else wants to write the file.
    pub(crate) async fn replaced(&self) {
        self.replaced.cancelled().await;
    }

    /// How many bytes of it are there.
    pub(crate) async fn length(&self) -> io::Result<u64> {
        self.files.length(self.id).await
    }

    /// The file, to add to its end. What is written has arrived when it was flushed.
    pub(crate) async fn open(&self) -> io::Result<File> {
        let path = self.files.path(self.id);
        if let Some(folder) = path.parent() {
            let mut builder = tokio::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            builder.mode(0o700);
            builder.create(folder).await?;
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        options.mode(0o600);
        options.open(path).await
    }

    /// Reads all of it, says what it is, and waits until the disk has it.
    pub(crate) async fn examine(&self) -> io::Result<Whole> {
        // It is never closed.
        let _permit = self.files.shared.hashing.acquire().await.map_err(io::Error::other)?;
        let (path, top) = (self.files.path(self.id), self.files.shared.folder.clone());
        let examining = tokio::task::spawn_blocking(move || examine(&path, &top));
        examining.await.map_err(io::Error::other)?
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = self.files.shared.turns.lock();
        if let Some(writers) = turns.get_mut(&self.id) {
            writers.count -= 1;
            if writers.count == 0 {
                turns.remove(&self.id);
            }
        }
    }
}

fn examine(path: &Path, top: &Path) -> io::Result<Whole> {
    let mut file = fs::File::open(path)?;
    let sha256 = hash(&mut file)?;
    let (kind, media_type, pixels) = sniff::sniff(path)?;
    file.sync_all()?;
    sync_names(path, top)?;
    Ok(Whole { kind, media_type: media_type.to_owned(), sha256, pixels })
}

fn hash(from: &mut impl io::Read) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; HASH_BUFFER];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Waits until the disk has the names that lead to a file; systems but Unix see to it themselves.
fn sync_names(path: &Path, top: &Path) -> io::Result<()> {
    #[cfg(unix)]
    for folder in path.ancestors().skip(1) {
        fs::File::open(folder)?.sync_all()?;
        if Some(folder) == top.parent() {
            break;
        }
    }
    #[cfg(not(unix))]
    let _ = (path, top);
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::io::AsyncWriteExt;
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn who_comes_later_takes_over_and_nobody_is_remembered() {
        let folder = TempDir::new().unwrap();
        let files = Files::new(folder.path());
        let id = FileId::new(Uuid::from_u128(7));
        let first = files.take_over(id).await;
        let mut file = first.open().await.unwrap();
        file.write_all(b"abc").await.unwrap();
        let second = tokio::spawn({
            let files = files.clone();
            async move { files.take_over(id).await.length().await.unwrap() }
        });
        // Told that it is replaced, the first one finishes what it has begun.
        first.replaced().await;
        file.write_all(b"def").await.unwrap();
        file.flush().await.unwrap();
        drop(first);
        assert_eq!(second.await.unwrap(), 6);
        assert!(files.shared.turns.lock().is_empty());

        let waiting = files.take_over(id).await;
        let mut given_up = Box::pin(files.take_over(id));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        drop(given_up);
        drop(waiting);
        assert!(files.shared.turns.lock().is_empty());
        files.remove(id).await.unwrap();
        files.remove(id).await.unwrap();
        assert_eq!(files.length(id).await.unwrap(), 0);
    }
}
