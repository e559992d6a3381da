//! Invitations: made, taken back, accepted.

use starling_protocol::{Action, Role, UserId};

use super::enter::{settle, visit};
use super::moderate::set_role;
use super::{Operation, Transaction, granted};
use crate::store::invite::{self, InviteId};
use crate::store::standing::Actor;
use crate::store::{Entered, InviteFault, RoomId, RoomRecord, Store, StoreError, Visitor};

/// An invitation that somebody wants to make.
#[derive(Clone, Copy, Debug)]
pub struct NewInvite {
    /// The hash of its code, which nobody but the maker is told.
    pub code_hash: [u8; 32],
    /// How long it can be accepted, in milliseconds; `None` until it is taken back.
    pub lasts: Option<i64>,
    /// How many people can accept it; `None` for any number.
    pub most_uses: Option<u32>,
}

impl Store {
    /// Makes an invitation to a room.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for the room, [`StoreError::Denied`], [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn make_invite(
        &self,
        actor: Actor,
        room: RoomId,
        invite: NewInvite,
    ) -> impl Future<Output = Result<InviteId, StoreError>> + Send + use<> {
        self.writes.send(MakeInvite { actor, room, invite })
    }

    /// Takes an invitation back: nobody accepts it any more. Doing it again changes nothing.
    ///
    /// # Errors
    /// As [`Self::make_invite`], and [`StoreError::BadInvite`] if the room has no such invitation.
    pub fn take_back_invite(
        &self,
        actor: Actor,
        room: RoomId,
        invite: InviteId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(TakeBack { actor, room, invite })
    }

    /// A person accepts an invitation and enters its room as a member, all in one; a newcomer becomes
    /// a guest with a sign-in. A member of the room enters it, and uses nothing up.
    ///
    /// # Errors
    /// [`StoreError::BadInvite`], [`StoreError::Denied`] if they are banned there,
    /// [`StoreError::NoSuchPerson`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn accept_invite(
        &self,
        visitor: Visitor,
        code_hash: [u8; 32],
    ) -> impl Future<Output = Result<Entered, StoreError>> + Send + use<> {
        self.writes.send(Accept { visitor, code_hash })
    }
}

struct MakeInvite {
    actor: Actor,
    room: RoomId,
    invite: NewInvite,
}

impl Operation for MakeInvite {
    type Outcome = InviteId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<InviteId, StoreError>> {
        granted!(tx.check(self.actor, self.room, Action::Invite).await?);
        let NewInvite { code_hash, lasts, most_uses } = &self.invite;
        let (id,): (i64,) = sqlx::query_as(
            "INSERT INTO invites (code_hash, room_id, made_by, made_at, expires_at, most_uses) \
             VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(code_hash.as_slice())
        .bind(self.room.0)
        .bind(self.actor.user().map(UserId::uuid))
        .bind(tx.now)
        .bind(lasts.map(|lasts| tx.now.saturating_add(lasts)))
        .bind(*most_uses)
        .fetch_one(&mut *tx.db)
        .await?;
        tx.note(self.actor, self.room, "make_invite", None, &id.to_string()).await?;
        Ok(Ok(InviteId(id)))
    }
}

struct TakeBack {
    actor: Actor,
    room: RoomId,
    invite: InviteId,
}

impl Operation for TakeBack {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        granted!(tx.check(self.actor, self.room, Action::Invite).await?);
        let row: Option<(Option<i64>,)> =
            sqlx::query_as("SELECT taken_back_at FROM invites WHERE id = ? AND room_id = ?")
                .bind(self.invite.0)
                .bind(self.room.0)
                .fetch_optional(&mut *tx.db)
                .await?;
        let Some((taken_back_at,)) = row else {
            return Ok(Err(StoreError::BadInvite(InviteFault::Unknown)));
        };
        if taken_back_at.is_some() {
            return Ok(Ok(()));
        }
        sqlx::query("UPDATE invites SET taken_back_at = ? WHERE id = ?")
            .bind(tx.now)
            .bind(self.invite.0)
            .execute(&mut *tx.db)
            .await?;
        let number = self.invite.0.to_string();
        tx.note(self.actor, self.room, "take_back_invite", None, &number).await?;
        Ok(Ok(()))
    }
}

/// Takes back what somebody has made who may not invite any more: they could come in by it themselves.
pub(super) async fn take_back_all_of(
    tx: &mut Transaction<'_>,
    room: RoomId,
    user: UserId,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE invites SET taken_back_at = ? \
         WHERE room_id = ? AND made_by = ? AND taken_back_at IS NULL",
    )
    .bind(tx.now)
    .bind(room.0)
    .bind(user.uuid())
    .execute(&mut *tx.db)
    .await?;
    Ok(())
}

struct Accept {
    visitor: Visitor,
    code_hash: [u8; 32],
}

impl Operation for Accept {
    type Outcome = Entered;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Entered, StoreError>> {
        let user = match self.visitor {
            Visitor::Newcomer { .. } => None,
            Visitor::Known { actor, .. } => {
                if let Err(denial) = actor.may_personally() {
                    return Ok(Err(StoreError::Denied(denial)));
                }
                actor.user()
            }
        };
        let open = granted!(invite::load(tx.db, user, &self.code_hash, tx.now).await?);
        let room: Option<RoomRecord> = sqlx::query_as("SELECT * FROM rooms WHERE id = ?")
            .bind(open.room.0)
            .fetch_optional(&mut *tx.db)
            .await?;
        let Some(room) = room else { return Ok(Err(StoreError::NotFound)) };
        let user = granted!(settle(tx, &self.visitor, Some(&room)).await?);
        if !open.is_member {
            sqlx::query("UPDATE invites SET uses = uses + 1 WHERE id = ?")
                .bind(open.id.0)
                .execute(&mut *tx.db)
                .await?;
            set_role(tx, room.id, user, Role::Member).await?;
            let number = open.id.0.to_string();
            tx.note(Actor::person(user), room.id, "accept_invite", None, &number).await?;
        }
        visit(tx, user, room.id).await?;
        Ok(Ok(Entered { room, made: false }))
    }
}
