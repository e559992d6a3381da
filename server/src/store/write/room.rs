//! What a room is: its name, who finds it, whether it is open, and its end.

use starling_protocol::{Action, RoomName, Visibility};

use super::{Operation, Transaction, granted};
use crate::store::standing::Actor;
use crate::store::{Committed, RoomId, RoomRecord, Store, StoreError};

/// How a room shall be from now on; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct RoomChange {
    /// Its name. Its address stays.
    pub name: Option<RoomName>,
    /// Who finds it.
    pub visibility: Option<Visibility>,
    /// Whether visitors may do more than read.
    pub visitors_talk: Option<bool>,
    /// Whether only moderators and owners talk.
    pub locked: Option<bool>,
    /// Whether it is only read.
    pub archived: Option<bool>,
    /// Only if it is that until then.
    pub if_still: Option<RoomRecord>,
}

impl Store {
    /// Changes a room, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Denied`], [`StoreError::Changed`],
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn change_room(
        &self,
        actor: Actor,
        room: RoomId,
        change: RoomChange,
    ) -> impl Future<Output = Result<RoomRecord, StoreError>> + Send + use<> {
        self.writes.send(ChangeRoom { actor, room, change })
    }

    /// Deletes a room with all that was said in it. With `if_still`, only if it is that until then.
    ///
    /// # Errors
    /// As [`Self::change_room`].
    pub fn delete_room(
        &self,
        actor: Actor,
        room: RoomId,
        if_still: Option<RoomRecord>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(DeleteRoom { actor, room, if_still })
    }
}

struct ChangeRoom {
    actor: Actor,
    room: RoomId,
    change: RoomChange,
}

impl ChangeRoom {
    /// What it takes, and what the room's log says of it.
    fn acts(&self) -> Vec<(Action, &'static str, String)> {
        let RoomChange { name, visibility, visitors_talk, locked, archived, if_still: _ } =
            &self.change;
        let mut acts = Vec::new();
        if let Some(name) = name {
            acts.push((Action::Rename, "rename_room", name.to_string()));
        }
        if let Some(visibility) = visibility {
            acts.push((Action::SetVisibility, "set_visibility", visibility.name().to_owned()));
        }
        if let Some(talk) = visitors_talk {
            let what = if *talk { "talk" } else { "read" };
            acts.push((Action::SetVisibility, "set_visitors", what.to_owned()));
        }
        if let Some(locked) = locked {
            acts.push((Action::Lock, if *locked { "lock" } else { "unlock" }, String::new()));
        }
        if let Some(archived) = archived {
            let act = if *archived { "archive" } else { "unarchive" };
            acts.push((Action::Archive, act, String::new()));
        }
        acts
    }
}

impl Operation for ChangeRoom {
    type Outcome = RoomRecord;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<RoomRecord, StoreError>> {
        let acts = self.acts();
        for (action, _, _) in &acts {
            granted!(tx.check(self.actor, self.room, *action).await?);
        }
        let RoomChange { name, visibility, visitors_talk, locked, archived, if_still } =
            &self.change;
        if if_still.is_some() && room_now(tx, self.room).await? != *if_still {
            return Ok(Err(StoreError::Changed));
        }
        let changed: Option<RoomRecord> = sqlx::query_as(
            "UPDATE rooms SET name = coalesce(?, name), visibility = coalesce(?, visibility), \
             visitors_talk = coalesce(?, visitors_talk), locked = coalesce(?, locked), \
             archived = coalesce(?, archived) WHERE id = ? RETURNING *",
        )
        .bind(name.as_ref().map(RoomName::as_str))
        .bind(visibility.map(Visibility::name))
        .bind(*visitors_talk)
        .bind(*locked)
        .bind(*archived)
        .bind(self.room.0)
        .fetch_optional(&mut *tx.db)
        .await?;
        let Some(changed) = changed else { return Ok(Err(StoreError::NotFound)) };
        for (_, act, detail) in &acts {
            tx.note(self.actor, self.room, act, None, detail).await?;
        }
        tx.announcements.push(Committed::Rights { room: self.room, user: None });
        Ok(Ok(changed))
    }
}

/// The room as it is now.
async fn room_now(tx: &mut Transaction<'_>, room: RoomId) -> sqlx::Result<Option<RoomRecord>> {
    let now = sqlx::query_as("SELECT * FROM rooms WHERE id = ?");
    now.bind(room.0).fetch_optional(&mut *tx.db).await
}

struct DeleteRoom {
    actor: Actor,
    room: RoomId,
    if_still: Option<RoomRecord>,
}

/// What belongs to a room, in an order that leaves nothing without what it refers to.
const OF_A_ROOM: &[&str] = &[
    "INSERT INTO removed_files (id) SELECT id FROM files WHERE room_id = ?",
    "DELETE FROM files WHERE room_id = ?",
    "DELETE FROM messages WHERE stream_id IN (SELECT id FROM streams WHERE room_id = ?)",
    "DELETE FROM changes WHERE stream_id IN (SELECT id FROM streams WHERE room_id = ?)",
    "DELETE FROM reactions WHERE stream_id IN (SELECT id FROM streams WHERE room_id = ?)",
    "DELETE FROM board_objects WHERE stream_id IN (SELECT id FROM streams WHERE room_id = ?)",
    "DELETE FROM board_operations WHERE stream_id IN (SELECT id FROM streams WHERE room_id = ?)",
    "DELETE FROM directs WHERE room_id = ?",
    "DELETE FROM streams WHERE room_id = ?",
    "DELETE FROM visits WHERE room_id = ?",
    "DELETE FROM members WHERE room_id = ?",
    "DELETE FROM measures WHERE room_id = ?",
    "DELETE FROM invites WHERE room_id = ?",
    "DELETE FROM audit WHERE room_id = ?",
    "DELETE FROM rooms WHERE id = ?",
];

impl Operation for DeleteRoom {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        granted!(tx.check(self.actor, self.room, Action::DeleteRoom).await?);
        let room = room_now(tx, self.room).await?;
        if self.if_still.is_some() && room != self.if_still {
            return Ok(Err(StoreError::Changed));
        }
        for deletion in OF_A_ROOM {
            sqlx::query(*deletion).bind(self.room.0).execute(&mut *tx.db).await?;
        }
        tracing::info!(room = self.room.0, actor = ?self.actor.user(), "a room was deleted");
        tx.announcements.extend(room.map(|room| Committed::RoomGone { room }));
        tx.announcements.push(Committed::Rights { room: self.room, user: None });
        tx.announcements.push(Committed::FilesRemoved);
        Ok(Ok(()))
    }
}
