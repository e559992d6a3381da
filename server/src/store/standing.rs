//! Where somebody stands in a room, as it is stored. What follows from it, the table says:
//! [`Standing::may`].

use sqlx::{FromRow, SqliteConnection};
use starling_protocol::{
    Action, Denial, Measure, Reason, Role, Scopes, Standing, Until, UserId, Visibility,
};

use super::decode::{reason_from, role_from, visibility_from};
use super::{RoomId, Store, StoreError};

/// Who wants something done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who has shown nothing of who they are.
    Anyone,
    /// A person, as far as what they have shown allows.
    Person {
        /// Who.
        user: UserId,
        /// What their sign-in or token allows.
        scopes: Scopes,
    },
    /// Whoever runs the server, at its command line.
    Console,
}

impl Actor {
    /// A person who is signed in.
    #[must_use]
    pub const fn person(user: UserId) -> Self {
        Self::Person { user, scopes: Scopes::ALL }
    }

    /// Which person, if it is one.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Person { user, .. } => Some(user),
            Self::Anyone | Self::Console => None,
        }
    }

    /// The permission check of what a person does outside of any room.
    ///
    /// # Errors
    /// [`Denial::Scope`].
    pub fn may_personally(self) -> Result<(), Denial> {
        if self.scopes().include_personal() { Ok(()) } else { Err(Denial::Scope) }
    }

    /// Whether what they have shown is for that at all, whatever the room.
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        self.scopes().include(action)
    }

    const fn scopes(self) -> Scopes {
        match self {
            Self::Person { scopes, .. } => scopes,
            Self::Anyone | Self::Console => Scopes::ALL,
        }
    }
}

#[derive(FromRow)]
struct Row {
    visibility: String,
    direct: bool,
    visitors_talk: bool,
    locked: bool,
    archived: bool,
    operator: Option<bool>,
    role: Option<String>,
    muted: bool,
    muted_until: Option<i64>,
    banned: bool,
    banned_until: Option<i64>,
    kicked_until: Option<i64>,
}

const STANDING: &str = "SELECT r.visibility, r.direct, r.visitors_talk, r.locked, r.archived, u.operator, \
     m.role, mute.kind IS NOT NULL AS muted, mute.until AS muted_until, \
     ban.kind IS NOT NULL AS banned, ban.until AS banned_until, kick.until AS kicked_until \
     FROM rooms r LEFT JOIN users u ON u.id = ?1 \
     LEFT JOIN members m ON m.room_id = r.id AND m.user_id = ?1 \
     LEFT JOIN measures mute ON mute.room_id = r.id AND mute.user_id = ?1 AND mute.kind = 'mute' \
     AND (mute.until IS NULL OR mute.until > ?2) \
     LEFT JOIN measures ban ON ban.room_id = r.id AND ban.user_id = ?1 AND ban.kind = 'ban' \
     AND (ban.until IS NULL OR ban.until > ?2) \
     LEFT JOIN measures kick ON kick.room_id = r.id AND kick.user_id = ?1 AND kick.kind = 'kick' \
     AND kick.until > ?2 \
     WHERE r.id = ?3";

/// `None` if there is no such room.
pub(super) async fn load(
    db: &mut SqliteConnection,
    actor: Actor,
    room: RoomId,
    now: i64,
) -> sqlx::Result<Option<Standing>> {
    let row: Option<Row> = sqlx::query_as(STANDING)
        .bind(actor.user().map(UserId::uuid))
        .bind(now)
        .bind(room.0)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    // What two people say to each other is for nobody else.
    let operates = row.operator.unwrap_or_default() && !row.direct;
    let operator = operates || actor == Actor::Console;
    let member = row.role.as_deref().map(role_from).transpose()?;
    let visibility: Visibility = visibility_from(&row.visibility)?;
    Ok(Some(Standing {
        role: if operator { Role::Owner } else { member.unwrap_or_default() },
        operator,
        scopes: actor.scopes(),
        visibility,
        visitors_talk: row.visitors_talk,
        locked: row.locked,
        archived: row.archived,
        muted: row.muted.then_some(Until(row.muted_until)),
        banned: row.banned.then_some(Until(row.banned_until)),
        kicked: row.kicked_until,
    }))
}

/// Under which name a measure, or what it ends, is stored.
pub(super) fn kind_of(measure: Measure) -> &'static str {
    match measure {
        Measure::Mute | Measure::Unmute => "mute",
        Measure::Kick => "kick",
        Measure::Ban | Measure::Unban => "ban",
    }
}

/// What somebody was made in a room, whatever they are on the server.
pub(super) async fn membership(
    db: &mut SqliteConnection,
    room: RoomId,
    user: UserId,
) -> sqlx::Result<Role> {
    let role: Option<(String,)> =
        sqlx::query_as("SELECT role FROM members WHERE room_id = ? AND user_id = ?")
            .bind(room.0)
            .bind(user.uuid())
            .fetch_optional(db)
            .await?;
    Ok(role.map(|(role,)| role_from(&role)).transpose()?.unwrap_or_default())
}

/// Whether there is such a person.
pub(super) async fn is_known(db: &mut SqliteConnection, user: UserId) -> sqlx::Result<bool> {
    let row = sqlx::query("SELECT 1 FROM users WHERE id = ?")
        .bind(user.uuid())
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

impl Store {
    /// Where somebody stands in a room right now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the room, [`StoreError::Unavailable`].
    pub async fn standing(&self, actor: Actor, room: RoomId) -> Result<Standing, StoreError> {
        let mut db = self.reads.acquire().await?;
        load(&mut db, actor, room, super::unix_ms()).await?.ok_or(StoreError::NotFound)
    }

    /// Why somebody was muted, kicked or banned last, if they were and it did not end early.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reason(
        &self,
        actor: Actor,
        room: RoomId,
        measure: Measure,
    ) -> Result<Option<Reason>, StoreError> {
        let reason: Option<(String,)> = sqlx::query_as(
            "SELECT reason FROM measures WHERE room_id = ? AND user_id = ? AND kind = ?",
        )
        .bind(room.0)
        .bind(actor.user().map(UserId::uuid))
        .bind(kind_of(measure))
        .fetch_optional(&self.reads)
        .await?;
        Ok(reason.map(|(reason,)| reason_from(&reason)).transpose()?)
    }
}
