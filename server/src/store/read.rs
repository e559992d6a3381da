//! The questions that the store answers.

use std::collections::BTreeSet;

use futures_util::{Stream, StreamExt};
use sqlx::{QueryBuilder, Row};
use starling_protocol::{Epoch, Logged, Message, Position, Seq, Slug, User, UserId};
use uuid::Uuid;

use super::decode::{StoredDeletion, StoredMessage, from_seq, seq_from, stored_user};
use super::{RoomId, RoomRecord, SEEN_EVERY_MS, SignedIn, Store, StoreError, Tail};

const MESSAGES: &str = "SELECT m.seq, m.id, m.author_id, m.author_name, m.body, m.at, \
     m.deleted_at IS NOT NULL AS deleted, m.deleted_by, u.hue, u.avatar FROM messages m \
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

    /// The room of that number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn room_of(&self, id: RoomId) -> Result<RoomRecord, StoreError> {
        sqlx::query_as("SELECT * FROM rooms WHERE id = ?")
            .bind(id.0)
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

    /// A room's latest messages, at most so many; none if the last one is damaged.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn tail(&self, room: RoomId, limit: usize) -> Result<Tail, StoreError> {
        // Events are only ever added at the end, so the two questions fit together without a
        // transaction: the second one stops where the first one said. What was deleted meanwhile is
        // gone already, and will be deleted again when that is told.
        let position = self.position(room).await?;
        let (messages, more) = match self.before(room, position.seq.next(), limit).await {
            // What is said from now on can still be read.
            Err(StoreError::Damaged) => (Vec::new(), position.seq > Seq(0)),
            read => read?,
        };
        Ok(Tail { position, messages, more })
    }

    /// The messages before that number, at most so many of the latest, oldest first; and whether
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
        let sql = format!("{MESSAGES} AND m.seq < ? ORDER BY m.seq DESC LIMIT ?");
        let rows = sqlx::query_as::<_, StoredMessage>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(before))
            .bind(at_most(limit.saturating_add(1)))
            .fetch(&self.reads);
        let (rows, damage) = until_damage(rows).await?;
        if damage && rows.is_empty() {
            return Err(StoreError::Damaged);
        }
        let mut messages: Vec<Message> = rows.into_iter().map(|row| row.0).collect();
        let whole = self.without_a_gap(room, before, &messages).await?;
        if whole == 0 && !messages.is_empty() {
            return Err(StoreError::Damaged);
        }
        let more = damage || whole < messages.len() || messages.len() > limit;
        messages.truncate(whole.min(limit));
        messages.reverse();
        Ok((messages, more))
    }

    /// How many of these messages, the newest first, there are before one is missing: between two of
    /// them, and after the first up to where was asked, there is nothing, or what is no message.
    async fn without_a_gap(
        &self,
        room: RoomId,
        before: Seq,
        messages: &[Message],
    ) -> Result<usize, StoreError> {
        // Who asks from beyond the end gets what there is.
        let border = before.min(self.position(room).await?.seq.next());
        let seqs: Vec<Seq> =
            [border].into_iter().chain(messages.iter().map(|message| message.seq)).collect();
        let fits = |between: &BTreeSet<u64>| {
            let follows = |pair: &[Seq]| (pair[1].0 + 1..pair[0].0).all(|it| between.contains(&it));
            seqs.windows(2).take_while(|pair| follows(pair)).count()
        };
        let whole = fits(&BTreeSet::new());
        if whole == messages.len() {
            return Ok(whole);
        }
        let oldest = seqs.last().copied().unwrap_or_default();
        let sql = format!("{DELETIONS} AND d.seq > ? AND d.seq < ?");
        let deletions = sqlx::query_as::<_, StoredDeletion>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(oldest))
            .bind(from_seq(border))
            .fetch(&self.reads);
        let (deletions, _) = until_damage(deletions).await?;
        Ok(fits(&deletions.into_iter().map(|row| row.0.seq.0).collect()))
    }

    /// The events after that number, at most so many of the oldest, oldest first. Fewer come if a later
    /// one is damaged.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn after(
        &self,
        room: RoomId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Logged>, StoreError> {
        let sql = format!("{MESSAGES} AND m.seq > ? ORDER BY m.seq LIMIT ?");
        let messages = sqlx::query_as::<_, StoredMessage>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(after))
            .bind(at_most(limit))
            .fetch(&self.reads);
        let (messages, damage) = until_damage(messages).await?;
        let sql = format!("{DELETIONS} AND d.seq > ? ORDER BY d.seq LIMIT ?");
        let deletions = sqlx::query_as::<_, StoredDeletion>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(after))
            .bind(at_most(limit))
            .fetch(&self.reads);
        let (deletions, more_damage) = until_damage(deletions).await?;
        let messages = messages.into_iter().map(|row| Logged::Message(row.0));
        let deletions = deletions.into_iter().map(|row| Logged::Deleted(row.0));
        let mut events: Vec<Logged> = messages.chain(deletions).collect();
        events.sort_by_key(Logged::seq);
        // Between the two questions more may have been written: only what has no gap is complete.
        let fits = |(index, event): &(usize, &Logged)| event.seq().0 == after.0 + 1 + *index as u64;
        let complete = events.iter().take(limit).enumerate().take_while(fits).count();
        events.truncate(complete);
        if events.is_empty() && (damage || more_damage) {
            return Err(StoreError::Damaged);
        }
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
    pub async fn signed_in(&self, token_hash: &[u8; 32]) -> Result<SignedIn, StoreError> {
        let row = sqlx::query(
            "SELECT u.id, u.name, u.hue, u.avatar, \
             u.handle IS NOT NULL OR u.external IS NOT NULL AS has_account, s.seen_at \
             FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ?",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(&self.reads)
        .await?;
        let row = row.ok_or(StoreError::NoSuchPerson)?;
        let seen_at: i64 = row.try_get("seen_at")?;
        Ok(SignedIn {
            user: stored_user(&row)?,
            has_account: row.try_get("has_account")?,
            seen_long_ago: super::unix_ms() - seen_at >= SEEN_EVERY_MS,
        })
    }

    /// The account of that handle or address, and the hash of its password.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn account(&self, login: &str) -> Result<(UserId, String), StoreError> {
        let row: Option<(Uuid, String)> = sqlx::query_as(
            "SELECT id, password FROM users WHERE (handle = ?1 OR email = ?1) \
             AND password IS NOT NULL",
        )
        .bind(login.trim().to_lowercase())
        .fetch_optional(&self.reads)
        .await?;
        let (id, password) = row.ok_or(StoreError::NoSuchPerson)?;
        Ok((UserId::new(id), password))
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

/// The rows up to the first that is damaged, and whether there is one.
async fn until_damage<T>(
    mut rows: impl Stream<Item = sqlx::Result<T>> + Unpin,
) -> Result<(Vec<T>, bool), StoreError> {
    let mut whole = Vec::new();
    while let Some(row) = rows.next().await {
        match row.map_err(StoreError::from) {
            Ok(row) => whole.push(row),
            Err(StoreError::Damaged) => return Ok((whole, true)),
            Err(error) => return Err(error),
        }
    }
    Ok((whole, false))
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
