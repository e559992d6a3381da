//! The questions that the store answers of what lies on a room's board, and of what became of it.
//!
//! `board_objects` is the board as it is now, the snapshot of its stream; `board_operations` is the
//! stream's log, of which the latest operations are kept. Both change in one transaction
//! (`write/operate.rs`).

use futures_util::StreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use starling_protocol::board::{BoardLimits, Object, Operated};
use starling_protocol::codec::{self, DecodeError};
use starling_protocol::{Epoch, ObjectId, Position, Seq, UserId};
use uuid::Uuid;

use super::decode::{from_seq, seq_from};
use super::{RoomId, Store, StoreError};

/// What boards take, and how much of their past is kept.
#[derive(Clone, Copy, Debug)]
pub struct BoardRules {
    /// What a board takes.
    pub limits: BoardLimits,
    /// How many of its latest operations a board keeps for those who come back.
    pub log: u64,
    /// How many bytes of them, as they are stored. The latest one is kept in any case.
    pub log_bytes: u64,
}

/// Some of the objects of a board, in the order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardPage {
    /// The objects, each as it is by now.
    pub objects: Vec<Object>,
    /// The id after which the next page begins; `None` if there is none.
    pub next: Option<ObjectId>,
}

impl BoardRules {
    /// The default limits, and 10,000 operations or 16 MiB of them.
    pub const DEFAULT: Self =
        Self { limits: BoardLimits::DEFAULT, log: 10_000, log_bytes: 16 * 1_024 * 1_024 };
}

impl Store {
    /// Where the stream of a room's board ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn board_position(&self, room: RoomId) -> Result<Position, StoreError> {
        let row: Option<(Uuid, i64)> = sqlx::query_as(
            "SELECT epoch, last_seq FROM streams WHERE room_id = ? AND kind = 'board'",
        )
        .bind(room.0)
        .fetch_optional(&self.reads)
        .await?;
        let (epoch, seq) = row.ok_or(StoreError::NotFound)?;
        Ok(Position { epoch: Epoch::new(epoch), seq: seq_from(seq) })
    }

    /// The objects after that one, until there are so many or so many bytes of them, but at least one if
    /// there is any. An object is as it is when it is read: whoever has read all pages and then applies
    /// what was done since before the first one, in order, has the board as it is.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn board_page(
        &self,
        room: RoomId,
        after: Option<ObjectId>,
        most: usize,
        bytes: usize,
    ) -> Result<BoardPage, StoreError> {
        let after = after.map(ObjectId::uuid);
        // Nothing comes before every id.
        let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
        let mut rows = sqlx::query_as::<_, (Uuid, String)>(
            "SELECT o.id, o.data FROM board_objects o JOIN streams s ON s.id = o.stream_id \
             WHERE s.room_id = ? AND s.kind = 'board' AND o.id > ? ORDER BY o.id LIMIT ?",
        )
        .bind(room.0)
        .bind(after)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch(&self.reads);
        let mut page = BoardPage { objects: Vec::new(), next: None };
        let (mut read, mut taken, mut last) = (0, 0, None);
        while let Some(row) = rows.next().await {
            let (id, data) = row?;
            if read > 0 && taken + data.len() > bytes {
                page.next = last;
                break;
            }
            read += 1;
            taken += data.len();
            last = Some(ObjectId::new(id));
            match codec::decode_object(&data) {
                Ok(object) => page.objects.push(object),
                // What nobody can read any more must not keep its readers from the rest.
                Err(error) => tracing::error!(%error, %id, "an object of a board is damaged"),
            }
        }
        if read == most {
            page.next = last;
        }
        Ok(page)
    }

    /// What was done after that, oldest first and without a gap, at most so many. Nothing if the log does
    /// not reach back so far.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn board_after(
        &self,
        room: RoomId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Operated>, StoreError> {
        let mut rows = sqlx::query_as::<_, StoredOperation>(
            "SELECT o.seq, o.author, o.at, o.data FROM board_operations o \
             JOIN streams s ON s.id = o.stream_id \
             WHERE s.room_id = ? AND s.kind = 'board' AND o.seq > ? AND o.data IS NOT NULL \
             ORDER BY o.seq LIMIT ?",
        )
        .bind(room.0)
        .bind(from_seq(after))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch(&self.reads);
        let mut operations: Vec<Operated> = Vec::new();
        while let Some(row) = rows.next().await {
            let StoredOperation(operated) = row?;
            let last = operations.last().map_or(after, |last| last.seq);
            if operated.seq != last.next() {
                break;
            }
            operations.push(operated);
        }
        Ok(operations)
    }

    /// Whether the log still says all that was done after that, up to `head`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn board_log_has(
        &self,
        room: RoomId,
        after: Seq,
        head: Seq,
    ) -> Result<bool, StoreError> {
        let (kept,): (i64,) = sqlx::query_as(
            "SELECT count(*) FROM board_operations o JOIN streams s ON s.id = o.stream_id \
             WHERE s.room_id = ? AND s.kind = 'board' AND o.seq > ? AND o.seq <= ? \
             AND o.data IS NOT NULL",
        )
        .bind(room.0)
        .bind(from_seq(after))
        .bind(from_seq(head))
        .fetch_one(&self.reads)
        .await?;
        Ok(after.0.checked_add_signed(kept) == Some(head.0))
    }

    /// The end of the log, oldest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn board_latest(
        &self,
        room: RoomId,
        limit: usize,
    ) -> Result<(Position, Vec<Operated>), StoreError> {
        let mut position = self.board_position(room).await?;
        let after = Seq(position.seq.0.saturating_sub(limit as u64));
        let operations = self.board_after(room, after, limit).await?;
        position.seq = operations.last().map_or(position.seq, |last| last.seq);
        Ok((position, operations))
    }
}

struct StoredOperation(Operated);

impl FromRow<'_, SqliteRow> for StoredOperation {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self(Operated {
            seq: seq_from(row.try_get("seq")?),
            by: UserId::new(row.try_get("author")?),
            at: row.try_get("at")?,
            operation: codec::decode_operation(row.try_get("data")?).map_err(damaged)?,
        }))
    }
}

/// What was stored does not read any more.
pub(super) fn damaged(error: DecodeError) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
