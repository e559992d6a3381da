//! The questions that the store answers.

use futures_util::StreamExt;
use sqlx::QueryBuilder;
use starling_protocol::{Epoch, Hue, Message, Position, Seq, Slug, User, UserId};
use uuid::Uuid;

use super::decode::{StoredMessage, from_seq, seq_from, stored_name};
use super::{RoomId, RoomRecord, Store, StoreError, Tail};

const MESSAGE_COLUMNS: &str = "SELECT m.seq, m.id, m.author_id, m.author_name, m.body, m.at \
     FROM messages m JOIN streams s ON s.id = m.stream_id WHERE s.room_id = ? AND s.kind = 'chat'";

impl Store {
    /// The room of that address.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn room(&self, slug: &Slug) -> Result<RoomRecord, StoreError> {
        sqlx::query_as("SELECT id, slug, name, listed FROM rooms WHERE slug = ?")
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
            "SELECT id, slug, name, listed FROM rooms WHERE listed ORDER BY id IN (",
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
            "SELECT r.id, r.slug, r.name, r.listed FROM visits v JOIN rooms r ON r.id = v.room_id \
             WHERE v.user_id = ? ORDER BY v.first_at DESC, r.id DESC LIMIT ?",
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

    /// A room's latest messages, at most so many; none if the last one is damaged.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn tail(&self, room: RoomId, limit: usize) -> Result<Tail, StoreError> {
        // Messages are only ever added at the end, so the two questions fit together without a
        // transaction: the second one stops where the first one said.
        let position = self.position(room).await?;
        let (messages, more) = match self.before(room, position.seq.next(), limit).await {
            // What is said from now on can still be read.
            Err(StoreError::Damaged) => (Vec::new(), position.seq > Seq(0)),
            read => read?,
        };
        Ok(Tail { position, messages, more })
    }

    /// The messages before that one, at most so many of the latest, oldest first; and whether
    /// there are older ones. Fewer come if an older one is damaged.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn before(
        &self,
        room: RoomId,
        before: Seq,
        limit: usize,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        let sql = format!("{MESSAGE_COLUMNS} AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
        let mut messages = self.messages(sql, room, before, limit).await?;
        let touches = messages.first().is_none_or(|newest| newest.seq.next() == before);
        // Nobody is shown a gap, but who asks from beyond the end gets what there is.
        if !touches && before <= self.position(room).await?.seq.next() {
            return Err(StoreError::Damaged);
        }
        messages.reverse();
        // `seq` starts at 1 and has no gaps.
        let more = messages.first().is_some_and(|first| first.seq > Seq(1));
        Ok((messages, more))
    }

    /// The messages after that one, at most so many of the oldest, oldest first. Fewer come if a later
    /// one is damaged.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn after(
        &self,
        room: RoomId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let sql = format!("{MESSAGE_COLUMNS} AND m.seq > ? ORDER BY m.seq LIMIT ?");
        self.messages(sql, room, after, limit).await
    }

    /// What that question about a room's messages gives, up to the first damaged one.
    async fn messages(
        &self,
        sql: String,
        room: RoomId,
        from: Seq,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let mut rows = sqlx::query_as::<_, StoredMessage>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(from))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch(&self.reads);
        let mut messages: Vec<Message> = Vec::new();
        while let Some(row) = rows.next().await {
            let message = row.map(|row| row.0).map_err(StoreError::from);
            let follows = |message: &Message| {
                messages.last().is_none_or(|last| last.seq.0.abs_diff(message.seq.0) == 1)
            };
            match message {
                Ok(message) if follows(&message) => messages.push(message),
                Err(StoreError::Damaged) if messages.is_empty() => return Err(StoreError::Damaged),
                // Nobody is shown a gap.
                Ok(_) | Err(StoreError::Damaged) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(messages)
    }

    /// A person, as they call themselves now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT name FROM users WHERE id = ?")
            .bind(id.uuid())
            .fetch_optional(&self.reads)
            .await?;
        let (name,) = row.ok_or(StoreError::NotFound)?;
        Ok(User { id, name: stored_name(&name)?, hue: Hue::of(id) })
    }

    /// The person that a sign-in stands for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn user_of(&self, token_hash: &[u8; 32]) -> Result<User, StoreError> {
        let row: Option<(Uuid, String)> = sqlx::query_as(
            "SELECT u.id, u.name FROM sign_ins s JOIN users u ON u.id = s.user_id \
             WHERE s.token_hash = ?",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(&self.reads)
        .await?;
        let (id, name) = row.ok_or(StoreError::NotFound)?;
        let id = UserId::new(id);
        let name = stored_name(&name)?;
        Ok(User { id, name, hue: Hue::of(id) })
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
