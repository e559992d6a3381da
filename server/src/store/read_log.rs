//! The questions that the store answers of what was said in a room.

use std::collections::BTreeSet;

use futures_util::{Stream, StreamExt};
use sqlx::{SqliteConnection, SqliteExecutor};
use starling_protocol::{Epoch, Logged, Message, Position, Reactions, Seq, UserId};
use uuid::Uuid;

use super::decode::{StoredChange, StoredMessage, from_seq, seq_from, stored_emoji};
use super::{RoomId, Store, StoreError, Tail};

const MESSAGES: &str = "SELECT m.seq, m.id, m.author_id, m.author_name, m.body, m.at, m.edited_at, \
     m.deleted_at IS NOT NULL AS deleted, m.deleted_by, u.hue, u.avatar, f.id AS file, \
     f.name AS file_name, f.size, f.kind AS file_kind, f.media_type, f.width, f.height \
     FROM messages m JOIN streams s ON s.id = m.stream_id JOIN users u ON u.id = m.author_id \
     LEFT JOIN files f ON f.room_id = s.room_id AND f.message = m.seq \
     WHERE s.room_id = ? AND s.kind = 'chat'";

const CHANGES: &str = "SELECT c.seq, c.message, c.kind, c.by, c.emoji, c.at, m.body, \
     m.deleted_at IS NOT NULL AS deleted FROM changes c \
     JOIN streams s ON s.id = c.stream_id \
     LEFT JOIN messages m ON m.stream_id = c.stream_id AND m.seq = c.message \
     WHERE s.room_id = ? AND s.kind = 'chat'";

const REACTIONS: &str = "SELECT r.message, r.emoji, r.user_id FROM reactions r \
     JOIN streams s ON s.id = r.stream_id WHERE s.room_id = ? AND s.kind = 'chat' \
     AND r.message BETWEEN ? AND ? ORDER BY r.message, r.emoji, r.user_id";

impl Store {
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
        add_reactions(&self.reads, room, &mut messages).await?;
        Ok((messages, more))
    }

    /// The messages after that number, at most so many of the oldest, oldest first; and whether there are
    /// more.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn messages_after(
        &self,
        room: RoomId,
        after: Seq,
        limit: usize,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        let sql = format!("{MESSAGES} AND m.seq > ? ORDER BY m.seq LIMIT ?");
        let rows = sqlx::query_as::<_, StoredMessage>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(after))
            .bind(at_most(limit.saturating_add(1)))
            .fetch_all(&self.reads)
            .await?;
        let mut messages: Vec<Message> = rows.into_iter().map(|row| row.0).collect();
        let more = messages.len() > limit;
        messages.truncate(limit);
        add_reactions(&self.reads, room, &mut messages).await?;
        Ok((messages, more))
    }

    /// The messages of these numbers, in their order. Those that are none are left out.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn messages(&self, room: RoomId, seqs: &[Seq]) -> Result<Vec<Message>, StoreError> {
        let marks = vec!["?"; seqs.len()].join(", ");
        let sql = format!("{MESSAGES} AND m.seq IN ({marks}) ORDER BY m.seq");
        let query = sqlx::query_as::<_, StoredMessage>(sqlx::AssertSqlSafe(sql)).bind(room.0);
        let query = seqs.iter().fold(query, |query, seq| query.bind(from_seq(*seq)));
        let rows = query.fetch_all(&self.reads).await?;
        let mut messages: Vec<Message> = rows.into_iter().map(|row| row.0).collect();
        add_reactions(&self.reads, room, &mut messages).await?;
        Ok(messages)
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
        let sql = format!("{CHANGES} AND c.seq > ? AND c.seq < ?");
        let changes = sqlx::query_as::<_, StoredChange>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(oldest))
            .bind(from_seq(border))
            .fetch(&self.reads);
        let (changes, _) = until_damage(changes).await?;
        Ok(fits(&changes.into_iter().map(|row| row.0.seq().0).collect()))
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
        let sql = format!("{CHANGES} AND c.seq > ? ORDER BY c.seq LIMIT ?");
        let changes = sqlx::query_as::<_, StoredChange>(sqlx::AssertSqlSafe(sql))
            .bind(room.0)
            .bind(from_seq(after))
            .bind(at_most(limit))
            .fetch(&self.reads);
        let (changes, more_damage) = until_damage(changes).await?;
        let mut messages: Vec<Message> = messages.into_iter().map(|row| row.0).collect();
        add_reactions(&self.reads, room, &mut messages).await?;
        let messages = messages.into_iter().map(Logged::Message);
        let mut events: Vec<Logged> =
            messages.chain(changes.into_iter().map(|row| row.0)).collect();
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
}

/// A message as it is now.
pub(super) async fn message_now(
    db: &mut SqliteConnection,
    room: RoomId,
    seq: Seq,
) -> sqlx::Result<Result<Option<Message>, StoreError>> {
    let sql = format!("{MESSAGES} AND m.seq = ?");
    let row = sqlx::query_as::<_, StoredMessage>(sqlx::AssertSqlSafe(sql))
        .bind(room.0)
        .bind(from_seq(seq))
        .fetch_optional(&mut *db)
        .await?;
    let Some(StoredMessage(message)) = row else { return Ok(Ok(None)) };
    let mut messages = [message];
    let added = add_reactions(db, room, &mut messages).await;
    let [message] = messages;
    Ok(added.map(|()| Some(message)))
}

/// Fills in how people reacted to these messages, which are in their order.
async fn add_reactions(
    db: impl SqliteExecutor<'_>,
    room: RoomId,
    messages: &mut [Message],
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let rows = sqlx::query_as::<_, (i64, String, Uuid)>(REACTIONS)
        .bind(room.0)
        .bind(from_seq(first.seq))
        .bind(from_seq(last.seq))
        .fetch(db);
    // Without the damaged ones, what was said can still be read.
    let (rows, _) = until_damage(rows).await?;
    for (message, emoji, user) in rows {
        let Ok(at) = messages.binary_search_by_key(&seq_from(message), |it| it.seq) else {
            continue;
        };
        let (emoji, user) = (stored_emoji(&emoji)?, UserId::new(user));
        let reactions = &mut messages[at].reactions;
        match reactions.last_mut() {
            Some(same) if same.emoji == emoji => same.by.push(user),
            _ => reactions.push(Reactions { emoji, by: vec![user] }),
        }
    }
    Ok(())
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
