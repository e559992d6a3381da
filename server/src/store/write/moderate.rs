//! What is done about people in a room: measures against them, and their roles.

use starling_protocol::{Action, Denial, Measure, Reason, Role, UserId};

use super::{Operation, Transaction, granted, invite};
use crate::store::standing::{self, Actor};
use crate::store::{Committed, RoomId, Store, StoreError};

/// For so long somebody who was sent out may not come back.
const KICK_MS: i64 = 60_000;

impl Store {
    /// Mutes, kicks or bans somebody, or ends that. Repeating it renews reason and end.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::NotFound`] for the room, [`StoreError::Denied`],
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn moderate(
        &self,
        actor: Actor,
        room: RoomId,
        measure: NewMeasure,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(Moderate { actor, room, measure })
    }

    /// Makes somebody a member or a moderator of a room, its owner, or a visitor again. Who makes
    /// somebody else the owner becomes a moderator.
    ///
    /// # Errors
    /// As [`Self::moderate`].
    pub fn set_role(
        &self,
        actor: Actor,
        room: RoomId,
        user: UserId,
        role: Role,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(SetRole { actor, room, user, role })
    }
}

/// A measure that somebody wants taken.
#[derive(Clone, Debug)]
pub struct NewMeasure {
    /// Against whom.
    pub user: UserId,
    /// What.
    pub measure: Measure,
    /// Why.
    pub reason: Reason,
    /// For how long a mute or a ban holds, in milliseconds; `None` for ever.
    pub lasts: Option<i64>,
}

struct Moderate {
    actor: Actor,
    room: RoomId,
    measure: NewMeasure,
}

impl Operation for Moderate {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        let NewMeasure { user, measure, reason, lasts } = &self.measure;
        granted!(tx.check_to(self.actor, self.room, measure.action(), *user).await?);
        let kind = standing::kind_of(*measure);
        let until = match measure {
            Measure::Kick => Some(tx.now + KICK_MS),
            _ => lasts.map(|lasts| tx.now + lasts),
        };
        let (act, ends) = match measure {
            Measure::Mute => ("mute", false),
            Measure::Unmute => ("unmute", true),
            Measure::Kick => ("kick", false),
            Measure::Ban => ("ban", false),
            Measure::Unban => ("unban", true),
        };
        if ends {
            sqlx::query("DELETE FROM measures WHERE room_id = ? AND user_id = ? AND kind = ?")
                .bind(self.room.0)
                .bind(user.uuid())
                .bind(kind)
                .execute(&mut *tx.db)
                .await?;
        } else {
            sqlx::query(
                "INSERT OR REPLACE INTO measures (room_id, user_id, kind, until, reason, by, at) \
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(self.room.0)
            .bind(user.uuid())
            .bind(kind)
            .bind(until)
            .bind(reason.as_str())
            .bind(self.actor.user().map(UserId::uuid))
            .bind(tx.now)
            .execute(&mut *tx.db)
            .await?;
        }
        if *measure == Measure::Ban {
            invite::take_back_all_of(tx, self.room, *user).await?;
        }
        tx.note(self.actor, self.room, act, Some(*user), reason.as_str()).await?;
        tx.announcements.push(Committed::Rights { room: self.room, user: Some(*user) });
        Ok(Ok(()))
    }
}

struct SetRole {
    actor: Actor,
    room: RoomId,
    user: UserId,
    role: Role,
}

impl SetRole {
    /// Which action of the table that is, given what they were.
    fn action(&self, before: Role) -> Action {
        match (before, self.role) {
            (_, Role::Owner) => Action::HandOver,
            (Role::Member, Role::Visitor) => Action::RemoveMember,
            _ => Action::SetRole,
        }
    }
}

impl Operation for SetRole {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        granted!(tx.check(self.actor, self.room, Action::Read).await?);
        // Which action it is depends on what they are; whether it is allowed is judged then.
        let action = self.action(standing::membership(tx.db, self.room, self.user).await?);
        let before = granted!(tx.check_to(self.actor, self.room, action, self.user).await?);
        if before == self.role {
            return Ok(Ok(()));
        }
        if self.role == Role::Owner {
            // A room has one owner. Operators hand over what is not theirs, too.
            let owners: Vec<(uuid::Uuid,)> =
                sqlx::query_as("SELECT user_id FROM members WHERE room_id = ? AND role = 'owner'")
                    .bind(self.room.0)
                    .fetch_all(&mut *tx.db)
                    .await?;
            for (owner,) in owners {
                set_role(tx, self.room, UserId::new(owner), Role::Moderator).await?;
            }
        } else if before == Role::Owner {
            // The room would be nobody's.
            return Ok(Err(StoreError::Denied(Denial::Role { least: Role::Owner })));
        }
        set_role(tx, self.room, self.user, self.role).await?;
        let act = if self.role == Role::Owner { "hand_over" } else { "set_role" };
        tx.note(self.actor, self.room, act, Some(self.user), self.role.name()).await?;
        Ok(Ok(()))
    }
}

/// Writes down what somebody is in a room from now on, and announces it.
pub(super) async fn set_role(
    tx: &mut Transaction<'_>,
    room: RoomId,
    user: UserId,
    role: Role,
) -> sqlx::Result<()> {
    if role == Role::Visitor {
        sqlx::query("DELETE FROM members WHERE room_id = ? AND user_id = ?")
            .bind(room.0)
            .bind(user.uuid())
            .execute(&mut *tx.db)
            .await?;
    } else {
        sqlx::query(
            "INSERT INTO members (room_id, user_id, role, since) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO UPDATE SET role = ?3",
        )
        .bind(room.0)
        .bind(user.uuid())
        .bind(role.name())
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;
    }
    if role < Role::Moderator {
        invite::take_back_all_of(tx, room, user).await?;
    }
    tx.announcements.push(Committed::Rights { room, user: Some(user) });
    Ok(())
}
