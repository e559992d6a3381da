//! The questions that the store answers.

use sqlx::QueryBuilder;
use starling_protocol::{Deletion, Epoch, Logged, Message, Position, Seq, Slug, User, UserId};
use uuid::Uuid;

use super::decode::{StoredMessage, from_seq, seq_from, stored_user};
use super::{RoomId, RoomRecord, Store, StoreError, Tail};

const MESSAGES: &str = "SELECT m.seq, m.id, m.author_id, m.author_name, m.body, m.at, \
     m.deleted_at IS NOT NULL AS deleted, u.hue, u.avatar FROM messages m \
     JOIN streams s ON s.id = m.stream_id JOIN users u ON u.id = m.author_id \
     WHERE s.room_id = ? AND s.kind = 'chat'";

const DELETIONS: &str = "SELECT d.seq, d.message, d.by, d.at FROM deletions d \
     JOIN streams s ON s.id = d.stream_id WHERE s.room_id = ? AND s.kind = 'chat'";

impl Store {
    /// The room of that address.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn room(&self, slug: &Slug) -> Result<RoomRecord, StoreError> {
        sqlx::query_as("SELECT * FROM rooms WHERE slug = ?")
            .bind(slug.as_str())
            .fetch_optional(&self.reads)
            .await?
            .ok_or(StoreError::NotFound)
    }

    /// The listed ones of these rooms, then the newest of the others, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn listed_rooms(
        &self,
        first: &[RoomId],
        limit: u32,
    ) -> Result<Vec<RoomRecord>, StoreError> {
        let mut query = QueryBuilder::new(
            "SELECT * FROM rooms WHERE visibility = 'public' AND NOT archived ORDER BY id IN (",
        );
        let mut ids = query.separated(", ");
        for id in first {
            ids.push_bind(id.0);
        }
        query.push(") DESC, created_at DESC LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(&self.reads).await?)
    }

    /// The rooms that a person has joined, the latest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rooms_of(&self, user: UserId, limit: u32) -> Result<Vec<RoomRecord>, StoreError> {
        let rooms = sqlx::query_as(
            "SELECT r.* FROM visits v JOIN rooms r ON r.id = v.room_id \
             LEFT JOIN members m ON m.room_id = r.id AND m.user_id = v.user_id \
             WHERE v.user_id = ? AND (r.visibility <> 'private' OR m.role IS NOT NULL) ORDER BY v.first_at DESC, r.id DESC LIMIT ?",
        )
        .bind(user.uuid())
        .bind(limit)
        .fetch_all(&self.reads)
        .await?;
        Ok(rooms)
    }

    /// Where a room's chat ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn position(&self, room: RoomId) -> Result<Position, StoreError> {
        let row: Option<(Uuid, i64)> = sqlx::query_as(
            "SELECT epoch, last_seq FROM streams WHERE room_id = ? AND kind = 'chat'",
        )
        .bind(room.0)
        .fetch_optional(&self.reads)
        .await?;
        let (epoch, seq) = row.ok_or(StoreError::NotFound)?;
        Ok(Position { epoch: Epoch::new(epoch), seq: seq_from(seq) })
    }

    /// A room's latest messages, at most so many.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn tail(&self, room: RoomId, limit: usize) -> Result<Tail, StoreError> {
        // Events are only ever added at the end, so the two questions fit together without a
        // transaction: the second one stops where the first one said. What was deleted meanwhile is
        // gone already, and will be deleted again when that is told.
        let position = self.position(room).await?;
        let (messages, more) = self.before(room, position.seq.next(), limit).await?;
        Ok(Tail { position, messages, more })
    }

    /// The messages before that number, at most so many of the latest, oldest first; and whether
    /// there are older ones.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn before(
        &self,
        room: RoomId,
        before: Seq,
        limit: usize,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        let sql = format!("{MESSAGES} AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
        let mut rows: Vec<StoredMessage> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(before))
            .bind(at_most(limit.saturating_add(1)))
            .fetch_all(&self.reads)
            .await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows.into_iter().rev().map(|row| row.0).collect(), more))
    }

    /// The events after that number, at most so many of the oldest, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn after(
        &self,
        room: RoomId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Logged>, StoreError> {
        let sql = format!("{MESSAGES} AND m.seq > ? ORDER BY m.seq LIMIT ?");
        let messages: Vec<StoredMessage> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(after))
            .bind(at_most(limit))
            .fetch_all(&self.reads)
            .await?;
        let sql = format!("{DELETIONS} AND d.seq > ? ORDER BY d.seq LIMIT ?");
        let deletions: Vec<(i64, i64, Option<Uuid>, i64)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(room.0)
                .bind(from_seq(after))
                .bind(at_most(limit))
                .fetch_all(&self.reads)
                .await?;
        let messages = messages.into_iter().map(|row| Logged::Message(row.0));
        let deletions = deletions.into_iter().map(|(seq, message, by, at)| {
            let (seq, message) = (seq_from(seq), seq_from(message));
            Logged::Deleted(Deletion { seq, message, by: by.map(UserId::new), at })
        });
        let mut events: Vec<Logged> = messages.chain(deletions).collect();
        events.sort_by_key(Logged::seq);
        // Between the two questions more may have been written: only what has no gap is complete.
        let mut next = after.next();
        let complete = events.iter().take(limit).take_while(|event| {
            let fits = event.seq() == next;
            next = next.next();
            fits
        });
        let complete = complete.count();
        events.truncate(complete);
        Ok(events)
    }

    /// The latest events, at most so many, and where they end.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn latest(
        &self,
        room: RoomId,
        limit: usize,
    ) -> Result<(Position, Vec<Logged>), StoreError> {
        let mut position = self.position(room).await?;
        let after = Seq(position.seq.0.saturating_sub(limit as u64));
        let events = self.after(room, after, limit).await?;
        position.seq = events.last().map_or(position.seq, Logged::seq);
        Ok((position, events))
    }

    /// A person, as they appear now.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        let row = sqlx::query("SELECT id, name, hue, avatar FROM users WHERE id = ?")
            .bind(id.uuid())
            .fetch_optional(&self.reads)
            .await?;
        Ok(stored_user(&row.ok_or(StoreError::NoSuchPerson)?)?)
    }

    /// The person that a sign-in stands for.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn user_of(&self, token_hash: &[u8; 32]) -> Result<User, StoreError> {
        let row = sqlx::query(
            "SELECT u.id, u.name, u.hue, u.avatar FROM sign_ins s JOIN users u ON u.id = s.user_id \
             WHERE s.token_hash = ?",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(&self.reads)
        .await?;
        Ok(stored_user(&row.ok_or(StoreError::NoSuchPerson)?)?)
    }

    /// Whether that person has ever entered that room.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn has_visited(&self, user: UserId, room: RoomId) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM visits WHERE user_id = ? AND room_id = ?")
            .bind(user.uuid())
            .bind(room.0)
            .fetch_optional(&self.reads)
            .await?;
        Ok(row.is_some())
    }
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
