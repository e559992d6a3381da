//! From rows to what they mean.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use starling_protocol::{
    DisplayName, Hue, Limits, Message, MessageBody, MessageId, RoomName, Seq, Slug, TextError,
    User, UserId,
};

use super::{RoomId, RoomRecord};

/// What was stored has passed its checks, maybe under larger limits than today's.
const STORED: Limits = Limits {
    name_chars: usize::MAX,
    room_name_chars: usize::MAX,
    message_chars: usize::MAX,
    frame_bytes: usize::MAX,
    history_page: usize::MAX,
    rooms_per_connection: usize::MAX,
};

impl FromRow<'_, SqliteRow> for RoomRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: RoomId(row.try_get("id")?),
            slug: Slug::new(row.try_get::<String, _>("slug")?),
            name: RoomName::parse(row.try_get("name")?, &STORED).map_err(damaged)?,
            listed: row.try_get("listed")?,
        })
    }
}

pub(super) struct StoredMessage(pub(super) Message);

impl FromRow<'_, SqliteRow> for StoredMessage {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let author = UserId::new(row.try_get("author_id")?);
        Ok(Self(Message {
            seq: seq_from(row.try_get("seq")?),
            id: MessageId::new(row.try_get("id")?),
            author: User {
                id: author,
                name: stored_name(row.try_get("author_name")?)?,
                hue: Hue::of(author),
            },
            body: MessageBody::parse(row.try_get("body")?, &STORED).map_err(damaged)?,
            at: row.try_get("at")?,
        }))
    }
}

pub(super) fn stored_name(name: &str) -> sqlx::Result<DisplayName> {
    DisplayName::parse(name, &STORED).map_err(damaged)
}

fn damaged(error: TextError) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// SQLite's integers have a sign; counted from 1, `seq` never needs it.
pub(super) fn seq_from(stored: i64) -> Seq {
    Seq(stored.unsigned_abs())
}

pub(super) fn from_seq(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}
