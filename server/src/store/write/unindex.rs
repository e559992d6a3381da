//! What was deleted with its room leaves the index of words, in steps that nobody has to wait for.

use super::{Operation, Transaction};
use crate::store::{Store, StoreError};

/// How many messages leave the index in one write.
const AT_ONCE: i64 = 50;

impl Store {
    /// Takes the words of deleted rooms out of the index, until none is left.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Damaged`],
    /// [`StoreError::Unavailable`]. What is left can be taken out later.
    pub async fn forget_deleted(&self) -> Result<(), StoreError> {
        loop {
            let left: (bool,) = sqlx::query_as("SELECT EXISTS (SELECT 1 FROM unindexed)")
                .fetch_one(&self.reads)
                .await?;
            if !left.0 {
                return Ok(());
            }
            self.writes.send(Unindex).await?;
        }
    }
}

struct Unindex;

impl Operation for Unindex {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        // In one order, so that both name the same.
        for step in [
            "INSERT INTO search (search, rowid, stream, body) \
             SELECT 'delete', rowid, stream, body FROM unindexed ORDER BY rowid LIMIT ?",
            "DELETE FROM unindexed WHERE rowid IN \
             (SELECT rowid FROM unindexed ORDER BY rowid LIMIT ?)",
        ] {
            sqlx::query(step).bind(AT_ONCE).execute(&mut *tx.db).await?;
        }
        Ok(Ok(()))
    }
}
