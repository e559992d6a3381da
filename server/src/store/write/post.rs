//! What is said.

use std::sync::Arc;

use starling_protocol::{Action, FileId, Logged, Message, Seq};
use uuid::Uuid;

use super::{Operation, Transaction, direct, file, granted};
use crate::store::decode::{from_seq, seq_from, stored_user};
use crate::store::standing::Actor;
use crate::store::{Committed, NewMessage, Posted, RoomId, Store, StoreError};

impl Store {
    /// Stores a message, once: a repeat of the same author, id, room, body and file gets the first `seq`,
    /// also when it was edited or deleted since, as what it said then is kept nowhere. The order of calls
    /// is the order of `seq`; the future only waits for the outcome, and dropping it changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::NotFound`] for the room, [`StoreError::Denied`],
    /// [`StoreError::NoSuchFile`] if it is not whole, not theirs, for another room or used already, and
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn post(
        &self,
        message: NewMessage,
    ) -> impl Future<Output = Result<Posted, StoreError>> + Send + use<> {
        self.writes.send(message)
    }
}

impl Operation for NewMessage {
    type Outcome = Posted;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Posted, StoreError>> {
        let author = match self.author {
            Actor::Person { user, .. } => user,
            Actor::Anyone | Actor::Console => return Ok(Err(StoreError::NoSuchPerson)),
        };
        let repeated: Option<(i64, i64, String, bool, bool, Option<Uuid>)> = sqlx::query_as(
            "SELECT m.seq, s.room_id, m.body, m.edited_at IS NOT NULL, m.deleted_at IS NOT NULL, \
             (SELECT f.id FROM files f WHERE f.room_id = s.room_id AND f.message = m.seq) \
             FROM messages m JOIN streams s ON s.id = m.stream_id \
             WHERE m.author_id = ? AND m.id = ?",
        )
        .bind(author.uuid())
        .bind(self.id.uuid())
        .fetch_optional(&mut *tx.db)
        .await?;
        if let Some((seq, room, body, edited, deleted, file)) = repeated {
            let says_same = edited || body == self.body.as_str();
            let has_same = file.map(FileId::new) == self.file;
            let same = RoomId(room) == self.room && (deleted || (says_same && has_same));
            return Ok(if same {
                Ok(Posted { seq: seq_from(seq) })
            } else {
                Err(StoreError::Conflict)
            });
        }
        granted!(tx.check(self.author, self.room, Action::Post).await?);
        let row = sqlx::query("SELECT id, name, hue, avatar FROM users WHERE id = ?")
            .bind(author.uuid())
            .fetch_optional(&mut *tx.db)
            .await?;
        let Some(row) = row else { return Ok(Err(StoreError::NoSuchPerson)) };
        let author = stored_user(&row)?;

        let file = match self.file {
            Some(id) => Some(granted!(file::unused(tx, author.id, id, self.room).await?)),
            None => None,
        };
        let (stream, seq) = granted!(next_seq(tx, self.room).await?);
        sqlx::query(
            "INSERT INTO messages (stream_id, seq, id, author_id, author_name, body, at) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(stream)
        .bind(from_seq(seq))
        .bind(self.id.uuid())
        .bind(author.id.uuid())
        .bind(author.name.as_str())
        .bind(self.body.as_str())
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;

        if let Some(file) = &file {
            file::give_to_message(tx, file.id, self.room, seq).await?;
        }
        let file = file.and_then(|file| file.attachment()).map(Box::new);
        let message = Message::said(seq, self.id, author, self.body.clone(), tx.now);
        let message = Message { file, ..message };
        tx.announcements
            .push(Committed::Logged { room: self.room, event: Arc::new(Logged::Message(message)) });
        direct::stir(tx, self.room).await?;
        Ok(Ok(Posted { seq }))
    }
}

/// Gives out the next number of a room's chat.
pub(super) async fn next_seq(
    tx: &mut Transaction<'_>,
    room: RoomId,
) -> sqlx::Result<Result<(i64, Seq), StoreError>> {
    let next: Option<(i64, i64)> = sqlx::query_as(
        "UPDATE streams SET last_seq = last_seq + 1 WHERE room_id = ? AND kind = 'chat' \
         RETURNING id, last_seq",
    )
    .bind(room.0)
    .fetch_optional(&mut *tx.db)
    .await?;
    Ok(next.map(|(stream, seq)| (stream, seq_from(seq))).ok_or(StoreError::NotFound))
}
