//! From rows to what they mean.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use starling_protocol::{
    Avatar, Deletion, DisplayName, Edit, Emoji, HUES, Hue, Limits, Logged, Message, MessageBody,
    MessageId, Reaction, Reason, Role, RoomName, Seq, Slug, TextError, User, UserId, Visibility,
};

use uuid::Uuid;

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
            visibility: visibility_from(row.try_get("visibility")?)?,
            visitors_talk: row.try_get("visitors_talk")?,
            locked: row.try_get("locked")?,
            archived: row.try_get("archived")?,
            direct: row.try_get("direct")?,
        })
    }
}

/// A row of `seq`, `id`, `author_id`, `author_name`, `body`, `at`, `edited_at`, `deleted`,
/// `deleted_by`, and the author's `hue` and `avatar`; reactions are filled in later.
pub(super) struct StoredMessage(pub(super) Message);

impl FromRow<'_, SqliteRow> for StoredMessage {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let body = stored_body(row)?;
        let author = UserId::new(row.try_get("author_id")?);
        let deleted_by: Option<Uuid> = row.try_get("deleted_by")?;
        Ok(Self(Message {
            seq: seq_from(row.try_get("seq")?),
            id: MessageId::new(row.try_get("id")?),
            author: user_from(row, author, row.try_get("author_name")?)?,
            body,
            deleted_by: deleted_by.map(UserId::new),
            edited_at: row.try_get("edited_at")?,
            reactions: Vec::new(),
            at: row.try_get("at")?,
        }))
    }
}

/// Under which name a change is stored.
pub(super) const DELETE: &str = "delete";
pub(super) const EDIT: &str = "edit";
pub(super) const REACT: &str = "react";
pub(super) const UNREACT: &str = "unreact";

/// A row of `seq`, `message`, `kind`, `by`, `emoji` and `at`, and the message's `body` and `deleted`.
pub(super) struct StoredChange(pub(super) Logged);

impl FromRow<'_, SqliteRow> for StoredChange {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let (seq, message) = (seq_from(row.try_get("seq")?), seq_from(row.try_get("message")?));
        let by: Option<Uuid> = row.try_get("by")?;
        let (by, at) = (by.map(UserId::new), row.try_get("at")?);
        let kind: &str = row.try_get("kind")?;
        let logged = match kind {
            DELETE => Logged::Deleted(Deletion { seq, message, by, at }),
            EDIT => Logged::Edited(Edit { seq, message, body: stored_body(row)?, at }),
            REACT | UNREACT => {
                let emoji = stored_emoji(row.try_get("emoji")?)?;
                let user = by.ok_or_else(|| unknown("a reaction of nobody"))?;
                Logged::Reacted(Reaction { seq, message, emoji, user, active: kind == REACT })
            }
            _ => return Err(unknown(kind)),
        };
        Ok(Self(logged))
    }
}

/// What a message says; nothing once it was deleted.
fn stored_body(row: &SqliteRow) -> sqlx::Result<Option<MessageBody>> {
    if row.try_get("deleted")? {
        return Ok(None);
    }
    MessageBody::parse(row.try_get("body")?, &STORED).map(Some).map_err(damaged)
}

pub(super) fn stored_emoji(stored: &str) -> sqlx::Result<Emoji> {
    Emoji::parse(stored).map_err(damaged)
}

/// A row of `id`, `name`, `hue` and `avatar`.
pub(super) fn stored_user(row: &SqliteRow) -> sqlx::Result<User> {
    user_from(row, UserId::new(row.try_get("id")?), row.try_get("name")?)
}

fn user_from(row: &SqliteRow, id: UserId, name: &str) -> sqlx::Result<User> {
    let hue: Option<u8> = row.try_get("hue")?;
    let avatar: Option<String> = row.try_get("avatar")?;
    Ok(User {
        id,
        name: stored_name(name)?,
        hue: hue.map_or_else(|| Hue::of(id), |hue| Hue(hue % HUES)),
        avatar: avatar.as_deref().map(Avatar::parse).transpose().map_err(damaged)?,
    })
}

pub(super) fn role_from(stored: &str) -> sqlx::Result<Role> {
    let role = Role::ALL.iter().find(|role| role.name() == stored);
    role.copied().ok_or_else(|| unknown(stored))
}

pub(super) fn visibility_from(stored: &str) -> sqlx::Result<Visibility> {
    let visibility = Visibility::ALL.iter().find(|visibility| visibility.name() == stored);
    visibility.copied().ok_or_else(|| unknown(stored))
}

fn unknown(stored: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{stored:?} is unknown").into())
}

pub(super) fn reason_from(stored: &str) -> sqlx::Result<Reason> {
    Reason::parse(stored).map_err(damaged)
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
