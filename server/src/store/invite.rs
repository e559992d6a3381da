//! Invitations as they are stored: what is told of one to whoever has its code.

use sqlx::{FromRow, SqliteConnection};
use starling_protocol::{Action, Role, Standing, UserId};

use super::standing::{self, Actor};
use super::{InviteFault, RoomId, RoomRecord, Store, StoreError};

/// The number of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InviteId(pub i64);

/// An invitation that somebody has the code of, and may accept.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) id: InviteId,
    pub(super) room: RoomId,
    /// Whether they are a member already. Then nothing is left to accept.
    pub(super) is_member: bool,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    room_id: i64,
    expires_at: Option<i64>,
    taken_back_at: Option<i64>,
    most_uses: Option<i64>,
    uses: i64,
    is_member: bool,
}

impl Row {
    fn fault(&self, now: i64) -> Option<InviteFault> {
        if self.taken_back_at.is_some() {
            Some(InviteFault::TakenBack)
        } else if self.expires_at.is_some_and(|at| at <= now) {
            Some(InviteFault::Expired)
        } else if self.most_uses.is_some_and(|most| self.uses >= most) {
            Some(InviteFault::UsedUp)
        } else {
            None
        }
    }
}

/// The invitation of that code, if it is good for that person. A member needs no invitation: any that
/// their room ever had leads them there.
pub(super) async fn load(
    db: &mut SqliteConnection,
    user: Option<UserId>,
    code_hash: &[u8; 32],
    now: i64,
) -> sqlx::Result<Result<Open, StoreError>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT i.*, m.role IS NOT NULL AS is_member FROM invites i \
         LEFT JOIN members m ON m.room_id = i.room_id AND m.user_id = ? WHERE i.code_hash = ?",
    )
    .bind(user.map(UserId::uuid))
    .bind(code_hash.as_slice())
    .fetch_optional(&mut *db)
    .await?;
    let Some(row) = row else { return Ok(Err(StoreError::BadInvite(InviteFault::Unknown))) };
    if let Some(fault) = row.fault(now)
        && !row.is_member
    {
        return Ok(Err(StoreError::BadInvite(fault)));
    }
    let (id, room, is_member) = (InviteId(row.id), RoomId(row.room_id), row.is_member);
    let actor = user.map_or(Actor::Anyone, Actor::person);
    let Some(standing) = standing::load(db, actor, room, now).await? else {
        return Ok(Err(StoreError::NotFound));
    };
    // What they could do in the room as the member that they would become.
    let standing = Standing { role: standing.role.max(Role::Member), ..standing };
    Ok(match standing.may(Action::Read) {
        Ok(()) => Ok(Open { id, room, is_member }),
        Err(denial) => Err(StoreError::Denied(denial)),
    })
}

impl Store {
    /// The room that an invitation leads to, for somebody who has its code.
    ///
    /// # Errors
    /// [`StoreError::BadInvite`], [`StoreError::Denied`] if they are banned there,
    /// [`StoreError::Unavailable`].
    pub async fn invited_to(
        &self,
        user: Option<UserId>,
        code_hash: &[u8; 32],
    ) -> Result<RoomRecord, StoreError> {
        let mut db = self.reads.acquire().await?;
        let open = load(&mut db, user, code_hash, super::unix_ms()).await??;
        sqlx::query_as("SELECT * FROM rooms WHERE id = ?")
            .bind(open.room.0)
            .fetch_optional(&mut *db)
            .await?
            .ok_or(StoreError::NotFound)
    }
}
