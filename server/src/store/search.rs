//! The questions about all that was said in a room: where words stand, and how much was said by whom.
//! Whether somebody may ask is judged by the caller, who also takes a turn: these read more than others.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use starling_protocol::{Message, Seq, User};

use super::decode::{from_seq, seq_from, stored_user};
use super::{RoomId, Store, StoreError};

/// The most words of a search that count.
const WORDS: usize = 16;

/// What somebody looks for: words, all of which a message has, the last one maybe only begun. What the
/// database's own language would make of them does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// The words of a text; `None` if there is none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        // Without a letter or a digit there is no word to the index, and none is found.
        let words: Vec<&str> = text
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .take(WORDS)
            .collect();
        let last = words.last()?;
        let quoted: Vec<String> =
            words.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        // With one letter begin too many words.
        let begun = if last.chars().count() > 1 || !last.is_ascii() { " *" } else { "" };
        Some(Self(format!("body : ({}{begun})", quoted.join(" AND "))))
    }
}

/// How much was said in a room, and by whom. What was deleted does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many messages there are.
    pub total: u64,
    /// Those who said most, as they appear now, and how many messages are theirs.
    pub by_user: Vec<(User, u64)>,
    /// When the first of them was said, in milliseconds since 1970.
    pub first_at: Option<i64>,
    /// When the last of them was said.
    pub last_at: Option<i64>,
}

struct OfOne {
    user: User,
    count: u64,
    first_at: i64,
    last_at: i64,
}

const STATISTICS: &str = "SELECT u.id, u.name, u.hue, u.avatar, x.count, x.first_at, x.last_at FROM \
     (SELECT m.author_id, count(*) AS count, min(m.at) AS first_at, max(m.at) AS last_at \
     FROM messages m JOIN streams s ON s.id = m.stream_id \
     WHERE s.room_id = ? AND s.kind = 'chat' AND m.deleted_at IS NULL GROUP BY m.author_id) x \
     JOIN users u ON u.id = x.author_id ORDER BY x.count DESC, x.first_at, u.id";

impl Store {
    /// The latest messages of a room that have these words, and stand before that number if there is
    /// one; at most so many, the latest first. And whether there are more.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn search(
        &self,
        room: RoomId,
        words: &Words,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<Message>, bool), StoreError> {
        let Words(words) = words;
        let stream: Option<(i64,)> =
            sqlx::query_as("SELECT id FROM streams WHERE room_id = ? AND kind = 'chat'")
                .bind(room.0)
                .fetch_optional(&self.reads)
                .await?;
        let Some((stream,)) = stream else { return Err(StoreError::NotFound) };
        // Rows are numbered as they were written, so within a stream their order is that of `seq`, and
        // the index is read from its end, only as far as needed.
        let border: Option<(i64,)> = match before {
            Some(before) => sqlx::query_as(
                "SELECT rowid FROM messages WHERE stream_id = ? AND seq >= ? ORDER BY seq LIMIT 1",
            )
            .bind(stream)
            .bind(from_seq(before))
            .fetch_optional(&self.reads)
            .await?,
            None => None,
        };
        let found: Vec<(i64,)> = sqlx::query_as(
            "SELECT seq FROM messages WHERE rowid IN (SELECT rowid FROM search \
             WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?) ORDER BY rowid DESC",
        )
        .bind(format!("stream : \"s{stream}\" AND {words}"))
        .bind(border.map_or(i64::MAX, |(row,)| row))
        .bind(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))
        .fetch_all(&self.reads)
        .await?;
        let more = found.len() > limit;
        let seqs: Vec<Seq> = found.into_iter().take(limit).map(|(seq,)| seq_from(seq)).collect();
        let mut messages = self.messages(room, &seqs).await?;
        messages.reverse();
        Ok((messages, more))
    }

    /// How much was said in a room, with so many of those who said most.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Unavailable`].
    pub async fn statistics(&self, room: RoomId, people: usize) -> Result<Statistics, StoreError> {
        let all: Vec<OfOne> =
            sqlx::query_as(STATISTICS).bind(room.0).fetch_all(&self.reads).await?;
        Ok(Statistics {
            total: all.iter().map(|one| one.count).sum(),
            first_at: all.iter().map(|one| one.first_at).min(),
            last_at: all.iter().map(|one| one.last_at).max(),
            by_user: all.into_iter().take(people).map(|one| (one.user, one.count)).collect(),
        })
    }
}

impl FromRow<'_, SqliteRow> for OfOne {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            user: stored_user(row)?,
            count: row.try_get::<i64, _>("count")?.unsigned_abs(),
            first_at: row.try_get("first_at")?,
            last_at: row.try_get("last_at")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_is_a_language() {
        let words = |text| Words::of(text).map(|Words(words)| words);
        assert_eq!(words("hello wor").unwrap(), r#"body : ("hello" AND "wor" *)"#);
        assert_eq!(
            words(r#"a "b OR stream:s1* NEAR("#).unwrap(),
            "body : (\"a\" AND \"\"\"b\" AND \"OR\" AND \"stream:s1*\" AND \"NEAR(\" *)"
        );
        assert_eq!(words("one x").unwrap(), r#"body : ("one" AND "x")"#);
        assert_eq!(words("é").unwrap(), r#"body : ("é" *)"#);
        for none in ["", "  ", "\" * ()", "🦜"] {
            assert_eq!(words(none), None, "{none:?}");
        }
        assert_eq!(words(&"ab ".repeat(99)).unwrap().matches("ab").count(), WORDS);
    }
}
