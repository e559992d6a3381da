//! The questions about a room that those ask who keep it: who belongs to it, what holds against whom,
//! which invitations are open, and what was done. Whether somebody may ask is judged by the caller.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use starling_protocol::{DisplayName, Measure, Role, User, UserId};
use uuid::Uuid;

use super::decode::{role_from, stored_name, stored_user};
use super::{InviteId, RoomId, RoomRecord, Store, StoreError, unix_ms};

/// Somebody who belongs to a room, or was in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// As they appear now.
    pub user: User,
    /// Under which they sign in, if they have an account.
    pub handle: Option<String>,
    /// What they were made in the room.
    pub role: Role,
    /// Whether they operate the server: then nobody but operators takes measures against them.
    pub operator: bool,
}

/// Somebody who is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub id: UserId,
    /// What they call themselves; `None` if nobody of that id is known any more.
    pub name: Option<DisplayName>,
}

/// A mute or a ban that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureRecord {
    /// Against whom.
    pub user: Named,
    /// What they are in the room.
    pub role: Role,
    /// [`Measure::Mute`] or [`Measure::Ban`].
    pub measure: Measure,
    /// Until when, in milliseconds since 1970; `None` until somebody ends it.
    pub until: Option<i64>,
    /// Why.
    pub reason: String,
    /// By whom; `None` by the server's operator.
    pub by: Option<Named>,
    /// Since when.
    pub at: i64,
}

/// An invitation that can be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRecord {
    /// Its number.
    pub id: InviteId,
    /// By whom; `None` by the server's operator.
    pub made_by: Option<Named>,
    /// When.
    pub made_at: i64,
    /// Until when, in milliseconds since 1970; `None` until it is taken back.
    pub expires_at: Option<i64>,
    /// How many people can accept it; `None` for any number.
    pub most_uses: Option<u32>,
    /// How many have.
    pub uses: u32,
}

/// Something that was done in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its number in the log of all rooms: what was done later has a higher one.
    pub id: i64,
    /// When.
    pub at: i64,
    /// By whom; `None` by the server's operator.
    pub actor: Option<Named>,
    /// What, in the word that is stored.
    pub act: String,
    /// To whom.
    pub target: Option<Named>,
    /// More of it, as the act has it.
    pub detail: String,
}

const MEMBERS: &str = "SELECT u.id, u.name, u.hue, u.avatar, u.handle, u.operator, m.role FROM members m \
     JOIN users u ON u.id = m.user_id WHERE m.room_id = ? \
     ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, \
     u.name COLLATE NOCASE, u.id LIMIT ? OFFSET ?";

const VISITORS: &str = "SELECT u.id, u.name, u.hue, u.avatar, u.handle, u.operator, 'visitor' AS role \
     FROM visits v JOIN users u ON u.id = v.user_id \
     LEFT JOIN members m ON m.room_id = v.room_id AND m.user_id = v.user_id \
     LEFT JOIN measures b ON b.room_id = v.room_id AND b.user_id = v.user_id AND b.kind = 'ban' \
     AND (b.until IS NULL OR b.until > ?) \
     WHERE v.room_id = ? AND m.role IS NULL AND b.kind IS NULL \
     ORDER BY v.first_at DESC, u.id LIMIT ?";

const MEASURES: &str = "SELECT x.user_id, u.name AS user_name, x.kind, x.until, x.reason, x.at, \
     x.by AS by_id, b.name AS by_name, coalesce(m.role, 'visitor') AS role FROM measures x \
     LEFT JOIN users u ON u.id = x.user_id LEFT JOIN users b ON b.id = x.by \
     LEFT JOIN members m ON m.room_id = x.room_id AND m.user_id = x.user_id \
     WHERE x.room_id = ? AND x.kind IN ('mute', 'ban') AND (x.until IS NULL OR x.until > ?) \
     ORDER BY x.at DESC, x.user_id LIMIT ?";

const INVITES: &str = "SELECT i.id, i.made_by AS by_id, u.name AS by_name, i.made_at, i.expires_at, \
     i.most_uses, i.uses FROM invites i LEFT JOIN users u ON u.id = i.made_by \
     WHERE i.room_id = ? AND i.taken_back_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > ?) \
     AND (i.most_uses IS NULL OR i.uses < i.most_uses) ORDER BY i.id DESC LIMIT ?";

const LOG: &str = "SELECT a.id, a.at, a.actor, d.name AS actor_name, a.act, a.target, \
     t.name AS target_name, a.detail FROM audit a LEFT JOIN users d ON d.id = a.actor \
     LEFT JOIN users t ON t.id = a.target \
     WHERE a.room_id = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?";

impl Store {
    /// Every room by its address, from the first one after that, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rooms(&self, after: &str, limit: u32) -> Result<Vec<RoomRecord>, StoreError> {
        let rooms = sqlx::query_as(
            "SELECT * FROM rooms WHERE slug > ? AND NOT direct ORDER BY slug LIMIT ?",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.reads)
        .await?;
        Ok(rooms)
    }

    /// The members of a room, the owner and moderators first, at most so many after as many as are
    /// skipped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn members(
        &self,
        room: RoomId,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<MemberRecord>, StoreError> {
        let query = sqlx::query_as(MEMBERS).bind(room.0).bind(limit).bind(skip);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// Those who have been in a room without belonging to it, and are not banned, the latest first, at
    /// most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn visitors(
        &self,
        room: RoomId,
        limit: u32,
    ) -> Result<Vec<MemberRecord>, StoreError> {
        let query = sqlx::query_as(VISITORS).bind(unix_ms()).bind(room.0).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// The mutes and bans that hold in a room, the latest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn measures(
        &self,
        room: RoomId,
        limit: u32,
    ) -> Result<Vec<MeasureRecord>, StoreError> {
        let query = sqlx::query_as(MEASURES).bind(room.0).bind(unix_ms()).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// The invitations to a room that can be accepted, the latest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn invites(&self, room: RoomId, limit: u32) -> Result<Vec<InviteRecord>, StoreError> {
        let query = sqlx::query_as(INVITES).bind(room.0).bind(unix_ms()).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// What was done in a room before that number, or until now, the latest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn done(
        &self,
        room: RoomId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Done>, StoreError> {
        let query = sqlx::query_as(LOG).bind(room.0).bind(before.unwrap_or(i64::MAX)).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// Whoever has that handle or id.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn named(&self, handle_or_id: &str) -> Result<UserId, StoreError> {
        let row: Option<(Uuid,)> =
            sqlx::query_as("SELECT id FROM users WHERE handle = ? OR id = ?")
                .bind(handle_or_id.trim().to_lowercase())
                .bind(Uuid::parse_str(handle_or_id.trim()).ok())
                .fetch_optional(&self.reads)
                .await?;
        row.map(|(id,)| UserId::new(id)).ok_or(StoreError::NoSuchPerson)
    }
}

impl FromRow<'_, SqliteRow> for MemberRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            user: stored_user(row)?,
            handle: row.try_get("handle")?,
            role: role_from(row.try_get("role")?)?,
            operator: row.try_get("operator")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for MeasureRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let is_mute = row.try_get::<String, _>("kind")? == "mute";
        let user = UserId::new(row.try_get("user_id")?);
        Ok(Self {
            user: Named { id: user, name: name_from(row, "user_name")? },
            role: role_from(row.try_get("role")?)?,
            measure: if is_mute { Measure::Mute } else { Measure::Ban },
            until: row.try_get("until")?,
            reason: row.try_get("reason")?,
            by: named_from(row, "by_id", "by_name")?,
            at: row.try_get("at")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for InviteRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: InviteId(row.try_get("id")?),
            made_by: named_from(row, "by_id", "by_name")?,
            made_at: row.try_get("made_at")?,
            expires_at: row.try_get("expires_at")?,
            most_uses: row.try_get("most_uses")?,
            uses: row.try_get("uses")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Done {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            actor: named_from(row, "actor", "actor_name")?,
            act: row.try_get("act")?,
            target: named_from(row, "target", "target_name")?,
            detail: row.try_get("detail")?,
        })
    }
}

fn named_from(row: &SqliteRow, id: &str, name: &str) -> sqlx::Result<Option<Named>> {
    let id: Option<Uuid> = row.try_get(id)?;
    let name = name_from(row, name)?;
    Ok(id.map(|id| Named { id: UserId::new(id), name }))
}

fn name_from(row: &SqliteRow, column: &str) -> sqlx::Result<Option<DisplayName>> {
    row.try_get::<Option<&str>, _>(column)?.map(stored_name).transpose()
}
