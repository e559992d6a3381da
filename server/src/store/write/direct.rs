//! Conversations of two people: opened, and stirred by what is said in them.

use starling_protocol::{Action, Denial, Role, Slug, UserId, Visibility};
use uuid::Uuid;

use super::{Operation, Transaction};
use crate::store::decode::stored_user;
use crate::store::standing::Actor;
use crate::store::write::enter::{add_streams, visit};
use crate::store::write::moderate::set_role;
use crate::store::{Committed, Opened, RoomId, RoomRecord, Store, StoreError};

/// What a conversation's room is called where no name of a person can stand for it.
const NAME: &str = "Private conversation";

impl Store {
    /// Opens the conversation with somebody: a room that nobody but the two sees. It is made if there
    /// is none.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Denied`] with oneself and to tokens that are not for
    /// writing, [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn open_direct(
        &self,
        actor: Actor,
        other: UserId,
    ) -> impl Future<Output = Result<Opened, StoreError>> + Send + use<> {
        self.writes.send(OpenDirect { actor, other })
    }
}

/// Notes that something was said in a conversation, if the room is one.
pub(super) async fn stir(tx: &mut Transaction<'_>, room: RoomId) -> sqlx::Result<()> {
    let pair: Option<(Uuid, Uuid)> =
        sqlx::query_as("UPDATE directs SET at = ? WHERE room_id = ? RETURNING low, high")
            .bind(tx.now)
            .bind(room.0)
            .fetch_optional(&mut *tx.db)
            .await?;
    if let Some((low, high)) = pair {
        tx.announcements.push(Committed::Direct { users: [low, high].map(UserId::new) });
    }
    Ok(())
}

struct OpenDirect {
    actor: Actor,
    other: UserId,
}

impl Operation for OpenDirect {
    type Outcome = Opened;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Opened, StoreError>> {
        let Actor::Person { user, scopes } = self.actor else {
            return Ok(Err(StoreError::NoSuchPerson));
        };
        if !scopes.include(Action::Post) {
            return Ok(Err(StoreError::Denied(Denial::Scope)));
        }
        if user == self.other {
            return Ok(Err(StoreError::Denied(Denial::Oneself)));
        }
        let row = sqlx::query("SELECT id, name, hue, avatar FROM users WHERE id = ?")
            .bind(self.other.uuid())
            .fetch_optional(&mut *tx.db)
            .await?;
        let Some(row) = row else { return Ok(Err(StoreError::NoSuchPerson)) };
        let with = stored_user(&row)?;
        let pair = [user.min(self.other), user.max(self.other)];
        let known: Option<RoomRecord> = sqlx::query_as(
            "SELECT r.* FROM directs d JOIN rooms r ON r.id = d.room_id \
             WHERE d.low = ? AND d.high = ?",
        )
        .bind(pair[0].uuid())
        .bind(pair[1].uuid())
        .fetch_optional(&mut *tx.db)
        .await?;
        let room = match known {
            Some(room) => room,
            None => make(tx, user, pair).await?,
        };
        Ok(Ok(Opened { room, with }))
    }
}

async fn make(
    tx: &mut Transaction<'_>,
    user: UserId,
    pair: [UserId; 2],
) -> sqlx::Result<RoomRecord> {
    let slug = Slug::new(format!("d-{}", Uuid::now_v7()));
    let room: RoomRecord = sqlx::query_as(
        "INSERT INTO rooms (slug, name, visibility, direct, created_at, created_by, created_from) \
         VALUES (?, ?, ?, 1, ?, ?, '') RETURNING *",
    )
    .bind(slug.as_str())
    .bind(NAME)
    .bind(Visibility::Private.name())
    .bind(tx.now)
    .bind(user.uuid())
    .fetch_one(&mut *tx.db)
    .await?;
    add_streams(tx, room.id).await?;
    sqlx::query("INSERT INTO directs (room_id, low, high, at) VALUES (?, ?, ?, ?)")
        .bind(room.id.0)
        .bind(pair[0].uuid())
        .bind(pair[1].uuid())
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;
    for user in pair {
        set_role(tx, room.id, user, Role::Member).await?;
        visit(tx, user, room.id).await?;
    }
    tx.announcements.push(Committed::Direct { users: pair });
    Ok(room)
}
