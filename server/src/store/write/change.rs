//! What becomes of a message after it was said: edited, reacted to, deleted.

use std::sync::Arc;

use starling_protocol::{
    Action, Deletion, Edit, Emoji, Logged, Message, MessageBody, Reaction, Seq, UserId,
};

use super::post::next_seq;
use super::{Operation, Transaction, file, granted};
use crate::store::decode::{DELETE, EDIT, REACT, UNREACT, from_seq};
use crate::store::read_log::message_now;
use crate::store::standing::{self, Actor};
use crate::store::{Committed, ReactionLimits, RoomId, Store, StoreError};

impl Store {
    /// Changes what a message of one's own says. What it said before is gone. Nothing happens if it
    /// says that already. With `if_still`, only if the message is that until then.
    ///
    /// # Errors
    /// [`StoreError::NoSuchMessage`], [`StoreError::NotFound`] for the room, [`StoreError::Denied`],
    /// [`StoreError::NotYours`], [`StoreError::Changed`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub fn edit_message(
        &self,
        actor: Actor,
        room: RoomId,
        message: Seq,
        body: MessageBody,
        if_still: Option<Message>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(EditMessage { actor, room, message, body, if_still })
    }

    /// Reacts to a message, or takes that back. Nothing happens if it is so already.
    ///
    /// # Errors
    /// [`StoreError::TooManyReactions`] past [`ReactionLimits`], and as
    /// [`Self::edit_message`].
    pub fn react(
        &self,
        actor: Actor,
        room: RoomId,
        message: Seq,
        emoji: Emoji,
        active: bool,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        let limits = self.reactions;
        self.writes.send(React { actor, room, message, emoji, active, limits })
    }

    /// Deletes a message. What it said is gone; that something was said there is not. With `if_still`,
    /// only if the message is that until then.
    ///
    /// # Errors
    /// As [`Self::edit_message`]; of somebody else's message as the table says.
    pub fn delete_message(
        &self,
        actor: Actor,
        room: RoomId,
        message: Seq,
        if_still: Option<Message>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(DeleteMessage { actor, room, message, if_still })
    }
}

/// A message as far as a change needs it.
struct Found {
    stream: i64,
    author: UserId,
    body: String,
    deleted: bool,
}

async fn find(tx: &mut Transaction<'_>, room: RoomId, message: Seq) -> sqlx::Result<Option<Found>> {
    let found: Option<(i64, uuid::Uuid, String, bool)> = sqlx::query_as(
        "SELECT s.id, m.author_id, m.body, m.deleted_at IS NOT NULL FROM messages m \
         JOIN streams s ON s.id = m.stream_id \
         WHERE s.room_id = ? AND s.kind = 'chat' AND m.seq = ?",
    )
    .bind(room.0)
    .bind(from_seq(message))
    .fetch_optional(&mut *tx.db)
    .await?;
    Ok(found.map(|(stream, author, body, deleted)| Found {
        stream,
        author: UserId::new(author),
        body,
        deleted,
    }))
}

/// Refuses what expects another message than is there.
async fn check_still(
    tx: &mut Transaction<'_>,
    room: RoomId,
    message: Seq,
    if_still: Option<&Message>,
) -> sqlx::Result<Result<(), StoreError>> {
    let Some(expected) = if_still else { return Ok(Ok(())) };
    let now = granted!(message_now(tx.db, room, message).await?);
    Ok(if now.as_ref() == Some(expected) { Ok(()) } else { Err(StoreError::Changed) })
}

/// Gives the change its place in the stream, and announces it.
async fn log(
    tx: &mut Transaction<'_>,
    room: RoomId,
    message: Seq,
    (kind, by, emoji): (&str, Option<UserId>, Option<&Emoji>),
    event: impl FnOnce(Seq) -> Logged,
) -> sqlx::Result<Result<(), StoreError>> {
    let (stream, seq) = granted!(next_seq(tx, room).await?);
    sqlx::query(
        "INSERT INTO changes (stream_id, seq, message, kind, by, emoji, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(stream)
    .bind(from_seq(seq))
    .bind(from_seq(message))
    .bind(kind)
    .bind(by.map(UserId::uuid))
    .bind(emoji.map(Emoji::as_str))
    .bind(tx.now)
    .execute(&mut *tx.db)
    .await?;
    tx.announcements.push(Committed::Logged { room, event: Arc::new(event(seq)) });
    Ok(Ok(()))
}

struct EditMessage {
    actor: Actor,
    room: RoomId,
    message: Seq,
    body: MessageBody,
    if_still: Option<Message>,
}

impl Operation for EditMessage {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        granted!(tx.check(self.actor, self.room, Action::EditOwn).await?);
        granted!(check_still(tx, self.room, self.message, self.if_still.as_ref()).await?);
        let found = match find(tx, self.room, self.message).await? {
            Some(found) if !found.deleted => found,
            _ => return Ok(Err(StoreError::NoSuchMessage)),
        };
        if self.actor.user() != Some(found.author) {
            return Ok(Err(StoreError::NotYours));
        }
        if found.body == self.body.as_str() {
            return Ok(Ok(()));
        }
        sqlx::query("UPDATE messages SET body = ?, edited_at = ? WHERE stream_id = ? AND seq = ?")
            .bind(self.body.as_str())
            .bind(tx.now)
            .bind(found.stream)
            .bind(from_seq(self.message))
            .execute(&mut *tx.db)
            .await?;
        let (message, body, at) = (self.message, Some(self.body.clone()), tx.now);
        let edited = |seq| Logged::Edited(Edit { seq, message, body, at });
        let change = (EDIT, self.actor.user(), None);
        log(tx, self.room, message, change, edited).await
    }
}

struct React {
    actor: Actor,
    room: RoomId,
    message: Seq,
    emoji: Emoji,
    active: bool,
    limits: ReactionLimits,
}

impl React {
    /// Whether the message takes one more of that sign.
    async fn fits(&self, tx: &mut Transaction<'_>, stream: i64) -> sqlx::Result<bool> {
        let (all, signs, same): (i64, i64, i64) = sqlx::query_as(
            "SELECT count(*), count(DISTINCT emoji), count(*) FILTER (WHERE emoji = ?) \
             FROM reactions WHERE stream_id = ? AND message = ?",
        )
        .bind(self.emoji.as_str())
        .bind(stream)
        .bind(from_seq(self.message))
        .fetch_one(&mut *tx.db)
        .await?;
        let ReactionLimits { signs: most_signs, reactions: most } = self.limits;
        Ok(all < i64::from(most) && (same > 0 || signs < i64::from(most_signs)))
    }

    async fn is_there(
        &self,
        tx: &mut Transaction<'_>,
        stream: i64,
        user: UserId,
    ) -> sqlx::Result<bool> {
        let row = sqlx::query(
            "SELECT 1 FROM reactions \
             WHERE stream_id = ? AND message = ? AND emoji = ? AND user_id = ?",
        )
        .bind(stream)
        .bind(from_seq(self.message))
        .bind(self.emoji.as_str())
        .bind(user.uuid())
        .fetch_optional(&mut *tx.db)
        .await?;
        Ok(row.is_some())
    }
}

impl Operation for React {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        granted!(tx.check(self.actor, self.room, Action::React).await?);
        let Some(user) = self.actor.user() else { return Ok(Err(StoreError::NoSuchPerson)) };
        let stream = match find(tx, self.room, self.message).await? {
            Some(found) if !found.deleted => found.stream,
            _ => return Ok(Err(StoreError::NoSuchMessage)),
        };
        if self.is_there(tx, stream, user).await? == self.active {
            return Ok(Ok(()));
        }
        if self.active && !self.fits(tx, stream).await? {
            return Ok(Err(StoreError::TooManyReactions));
        }
        let (message, emoji, active) = (self.message, self.emoji.clone(), self.active);
        let reacted = |seq| Logged::Reacted(Reaction { seq, message, emoji, user, active });
        let kind = if active { REACT } else { UNREACT };
        let change = (kind, Some(user), Some(&self.emoji));
        granted!(log(tx, self.room, message, change, reacted).await?);
        let sql = match active {
            true => {
                "INSERT INTO reactions (stream_id, message, emoji, user_id) VALUES (?, ?, ?, ?)"
            }
            false => {
                "DELETE FROM reactions \
                 WHERE stream_id = ? AND message = ? AND emoji = ? AND user_id = ?"
            }
        };
        sqlx::query(sql)
            .bind(stream)
            .bind(from_seq(message))
            .bind(self.emoji.as_str())
            .bind(user.uuid())
            .execute(&mut *tx.db)
            .await?;
        Ok(Ok(()))
    }
}

struct DeleteMessage {
    actor: Actor,
    room: RoomId,
    message: Seq,
    if_still: Option<Message>,
}

impl Operation for DeleteMessage {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        let found = find(tx, self.room, self.message).await?;
        let author = found.as_ref().map(|found| found.author);
        let own = author.is_some() && author == self.actor.user();
        let action = if own { Action::DeleteOwn } else { Action::DeleteAny };
        let standing = granted!(tx.check(self.actor, self.room, action).await?);
        granted!(check_still(tx, self.room, self.message, self.if_still.as_ref()).await?);
        let Some(Found { stream, author, deleted: false, .. }) = found else {
            return Ok(Err(StoreError::NoSuchMessage));
        };
        if !own {
            let theirs = standing::load(tx.db, Actor::person(author), self.room, tx.now).await?;
            let role = theirs.map(|theirs| theirs.role).unwrap_or_default();
            granted!(standing.may_to(action, role).map_err(StoreError::Denied));
        }
        let by = self.actor.user();
        sqlx::query(
            "UPDATE messages SET body = '', deleted_at = ?, deleted_by = ?, edited_at = NULL \
             WHERE stream_id = ? AND seq = ?",
        )
        .bind(tx.now)
        .bind(by.map(UserId::uuid))
        .bind(stream)
        .bind(from_seq(self.message))
        .execute(&mut *tx.db)
        .await?;
        file::remove_of_message(tx, self.room, self.message).await?;
        sqlx::query("DELETE FROM reactions WHERE stream_id = ? AND message = ?")
            .bind(stream)
            .bind(from_seq(self.message))
            .execute(&mut *tx.db)
            .await?;
        if !own {
            let detail = format!("message {}", self.message.0);
            tx.note(self.actor, self.room, "delete_message", Some(author), &detail).await?;
        }
        let (message, at) = (self.message, tx.now);
        let deleted = |seq| Logged::Deleted(Deletion { seq, message, by, at });
        log(tx, self.room, message, (DELETE, by, None), deleted).await
    }
}
