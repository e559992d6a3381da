//! The single writer: takes what waits, commits it together, announces it, and answers.

use std::fs::File;
use std::time::Duration;
use std::{io, thread};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::write::{Operation, Pending, Transaction, Write};
use super::{Committed, StoreError};

/// The most writes that share one commit.
const BATCH: usize = 256;
/// How often it is looked whether another process has written.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Where writes wait. Bounded: a full queue refuses with [`StoreError::Busy`].
#[derive(Clone)]
pub(super) struct WriteQueue {
    sender: mpsc::Sender<Box<dyn Write>>,
    closing: CancellationToken,
}

/// The writer's end of the queue.
pub(super) struct Waiting {
    receiver: mpsc::Receiver<Box<dyn Write>>,
    closing: CancellationToken,
}

pub(super) fn write_queue(capacity: usize) -> (WriteQueue, Waiting) {
    let (sender, receiver) = mpsc::channel(capacity);
    let closing = CancellationToken::new();
    (WriteQueue { sender, closing: closing.clone() }, Waiting { receiver, closing })
}

impl Waiting {
    /// Takes what waits; none when it was closed and all is taken.
    async fn take(&mut self, batch: &mut Vec<Box<dyn Write>>) -> usize {
        tokio::select! {
            biased;
            () = self.closing.cancelled(), if !self.receiver.is_closed() => self.receiver.close(),
            taken = self.receiver.recv_many(batch, BATCH) => return taken,
        }
        self.receiver.recv_many(batch, BATCH).await
    }
}

impl WriteQueue {
    /// Whether at least half of it is free.
    pub(super) fn is_quiet(&self) -> bool {
        self.sender.capacity() >= self.sender.max_capacity().div_ceil(2)
    }

    /// Takes nothing more.
    pub(super) fn close(&self) {
        self.closing.cancel();
    }

    /// Puts a write into the queue, now, and returns the wait for its outcome.
    pub(super) fn send<O: Operation>(
        &self,
        operation: O,
    ) -> impl Future<Output = Result<O::Outcome, StoreError>> + Send + use<O> {
        let (asker, outcome) = oneshot::channel();
        let queued = self.sender.try_send(Box::new(Pending::new(operation, asker)));
        // The write itself does not come back.
        let queued = queued.map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Unavailable,
        });
        async move {
            match queued {
                Ok(()) => outcome.await.unwrap_or(Err(StoreError::Unavailable)),
                Err(error) => Err(error),
            }
        }
    }
}

/// The one task that writes. It ends when the [`Store`](super::Store) is closed, or all handles of
/// it are gone, and all that waited is written.
pub struct Writer {
    /// Held for its lock on the data folder, as long as anything may be written there. The command line
    /// writes without it while a server holds it.
    _lock: Option<File>,
    settings: SqliteConnectOptions,
    /// Absent after a failure, which can leave a connection in any state: the next commit opens a
    /// fresh one.
    connection: Option<SqliteConnection>,
    queue: Waiting,
    /// What the database says of the commits of others; each connection counts them for itself.
    elsewhere: Option<i64>,
}

impl Writer {
    pub(super) fn new(
        lock: Option<File>,
        settings: SqliteConnectOptions,
        connection: SqliteConnection,
        queue: Waiting,
    ) -> Self {
        Self { _lock: lock, settings, connection: Some(connection), queue, elsewhere: None }
    }

    #[cfg(test)]
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("nothing has failed yet")
    }

    /// [Writes](Self::run) on a thread of its own, and returns what waits for its end. A commit takes a dozen
    /// turns between this task and the database's thread, and each of them would wait behind a thousand
    /// sessions that a tick has woken.
    pub(crate) fn start(
        self,
        announce: impl Fn(Committed) + Send + 'static,
    ) -> io::Result<oneshot::Receiver<()>> {
        let runtime = runtime::Builder::new_current_thread().enable_time().build()?;
        let (end, ended) = oneshot::channel();
        // No blocking task of the server's runtime, which would wait for it when it is dropped.
        thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            runtime.block_on(self.run(announce));
            let _ = end.send(());
        })?;
        Ok(ended)
    }

    /// Writes until the end. `announce` is told what was committed, in order, before whoever asked
    /// for it; it must not block.
    pub async fn run(mut self, announce: impl Fn(Committed) + Send) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                taken = self.queue.take(&mut batch) => if taken == 0 { break },
                _ = looks.tick() => {
                    if self.others_wrote().await {
                        announce(Committed::Elsewhere);
                    }
                    continue;
                }
            }
            match self.commit(&mut batch).await {
                Ok(announcements) => announcements.into_iter().for_each(&announce),
                // One of them may be to blame: the others shall not suffer for it.
                Err(_) if batch.len() > 1 => {
                    for write in &mut batch {
                        let alone = std::slice::from_mut(write);
                        match self.commit(alone).await {
                            Ok(announcements) => announcements.into_iter().for_each(&announce),
                            Err(error) => write.void(error),
                        }
                    }
                }
                Err(error) => batch.iter_mut().for_each(|write| write.void(error)),
            }
            batch.drain(..).for_each(|write| write.tell());
        }
        if let Some(connection) = self.connection
            && let Err(error) = connection.close().await
        {
            tracing::error!(%error, "the database did not close cleanly");
        }
    }

    /// Whether another process, the command line, has written since the last question.
    async fn others_wrote(&mut self) -> bool {
        let Some(connection) = &mut self.connection else { return false };
        let now = sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await;
        // What is wrong with the database shows when something is written.
        let Ok(now) = now else { return false };
        self.elsewhere.replace(now).is_some_and(|before| before != now)
    }

    async fn commit(&mut self, batch: &mut [Box<dyn Write>]) -> Result<Vec<Committed>, StoreError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.settings).await?,
        };
        match transact(&mut connection, batch).await {
            Ok(announcements) => {
                self.connection = Some(connection);
                Ok(announcements)
            }
            Err(error) => {
                // It is given up already; what closing it says helps nobody.
                let _ = connection.close_hard().await;
                Err(error.into())
            }
        }
    }
}

async fn transact(
    connection: &mut SqliteConnection,
    batch: &mut [Box<dyn Write>],
) -> sqlx::Result<Vec<Committed>> {
    let mut announcements = Vec::new();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for write in batch {
        // Asked for each write: within one commit clocks may still step.
        let (db, announcements) = (&mut *transaction, &mut announcements);
        write.run(Transaction { db, now: super::unix_ms(), announcements }).await?;
    }
    transaction.commit().await?;
    Ok(announcements)
}
