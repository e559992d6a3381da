//! Messages: said, and deleted.

use std::sync::Arc;

use starling_protocol::{Action, Deletion, Logged, Message, Seq, UserId};

use super::{Operation, Transaction, file, granted};
use crate::store::decode::{from_seq, seq_from, stored_user};
use crate::store::standing::{self, Actor};
use crate::store::{Committed, NewMessage, Posted, RoomId, Store, StoreError};

impl Store {
    /// Stores a message, once: a repeat of the same author, id, room and body gets the first
    /// `seq`, also when it was deleted since. The order of calls is the order of `seq`; the future
    /// only waits for the outcome, and dropping it changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::NotFound`] for the room, [`StoreError::Denied`], and
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn post(
        &self,
        message: NewMessage,
    ) -> impl Future<Output = Result<Posted, StoreError>> + Send + use<> {
        self.writes.send(message)
    }

    /// Deletes a message. What it said is gone; that something was said there is not.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMessage`], [`StoreError::NotFound`] for the room, [`StoreError::Denied`],
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn delete_message(
        &self,
        actor: Actor,
        room: RoomId,
        message: Seq,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(DeleteMessage { actor, room, message })
    }
}

impl Operation for NewMessage {
    type Outcome = Posted;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Posted, StoreError>> {
        let author = match self.author {
            Actor::Person { user, .. } => user,
            Actor::Anyone | Actor::Console => return Ok(Err(StoreError::NoSuchPerson)),
        };
        let repeated: Option<(i64, i64, String, bool)> = sqlx::query_as(
            "SELECT m.seq, s.room_id, m.body, m.deleted_at IS NOT NULL FROM messages m \
             JOIN streams s ON s.id = m.stream_id WHERE m.author_id = ? AND m.id = ?",
        )
        .bind(author.uuid())
        .bind(self.id.uuid())
        .fetch_optional(&mut *tx.db)
        .await?;
        if let Some((seq, room, body, deleted)) = repeated {
            let same = RoomId(room) == self.room && (deleted || body == self.body.as_str());
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

        let body = Some(self.body.clone());
        let message = Message { seq, id: self.id, author, body, deleted_by: None, at: tx.now };
        tx.announcements
            .push(Committed::Logged { room: self.room, event: Arc::new(Logged::Message(message)) });
        Ok(Ok(Posted { seq }))
    }
}

struct DeleteMessage {
    actor: Actor,
    room: RoomId,
    message: Seq,
}

impl Operation for DeleteMessage {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        let found: Option<(uuid::Uuid, bool)> = sqlx::query_as(
            "SELECT m.author_id, m.deleted_at IS NOT NULL FROM messages m \
             JOIN streams s ON s.id = m.stream_id \
             WHERE s.room_id = ? AND s.kind = 'chat' AND m.seq = ?",
        )
        .bind(self.room.0)
        .bind(from_seq(self.message))
        .fetch_optional(&mut *tx.db)
        .await?;
        let author = found.map(|(author, _)| UserId::new(author));
        let own = author.is_some() && author == self.actor.user();
        let action = if own { Action::DeleteOwn } else { Action::DeleteAny };
        let standing = granted!(tx.check(self.actor, self.room, action).await?);
        let (Some(author), Some((_, false))) = (author, found) else {
            return Ok(Err(StoreError::NoSuchMessage));
        };
        if !own {
            let theirs = standing::load(tx.db, Actor::person(author), self.room, tx.now).await?;
            let role = theirs.map(|theirs| theirs.role).unwrap_or_default();
            granted!(standing.may_to(action, role).map_err(StoreError::Denied));
        }

        let (stream, seq) = granted!(next_seq(tx, self.room).await?);
        sqlx::query(
            "UPDATE messages SET body = '', deleted_at = ?, deleted_by = ? \
             WHERE stream_id = ? AND seq = ?",
        )
        .bind(tx.now)
        .bind(self.actor.user().map(UserId::uuid))
        .bind(stream)
        .bind(from_seq(self.message))
        .execute(&mut *tx.db)
        .await?;
        file::remove_of_message(tx, self.room, self.message).await?;
        sqlx::query(
            "INSERT INTO deletions (stream_id, seq, message, by, at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(stream)
        .bind(from_seq(seq))
        .bind(from_seq(self.message))
        .bind(self.actor.user().map(UserId::uuid))
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;
        if !own {
            let detail = format!("message {}", self.message.0);
            tx.note(self.actor, self.room, "delete_message", Some(author), &detail).await?;
        }
        let by = self.actor.user();
        let deletion = Deletion { seq, message: self.message, by, at: tx.now };
        tx.announcements.push(Committed::Logged {
            room: self.room,
            event: Arc::new(Logged::Deleted(deletion)),
        });
        Ok(Ok(()))
    }
}

/// Gives out the next number of a room's chat.
async fn next_seq(
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
