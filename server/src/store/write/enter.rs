//! Entering a room by the form: somebody new becomes a guest, and a room that nobody has made is
//! made.

use starling_protocol::{Action, Denial, DisplayName, Epoch, HUES, Hue, Role, Slug, UserId};
use uuid::Uuid;

use super::moderate::set_role;
use super::profile::{self, Profile};
use super::{Operation, Transaction, granted};
use crate::slug;
use crate::store::standing::Actor;
use crate::store::{Committed, Entered, NewRoom, RoomId, RoomRecord, Store, StoreError, Visitor};

/// With one hue of twelve free, two searches in a million find no id for it in so many tries.
const DISTINCT_TRIES: usize = 150;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Store {
    /// A person enters a room, all in one: a newcomer becomes a guest with a sign-in, a known one
    /// may get a new name, and the room is made if it does not exist and `new` says how; who makes
    /// it owns it. An existing room is not changed. A private room does not exist for whoever does
    /// not belong to it: with `new`, one is made at another address. If any of it is refused, nothing
    /// is stored.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the room does not exist and `new` is absent,
    /// [`StoreError::NoSuchPerson`], [`StoreError::Denied`], [`StoreError::RoomCap`],
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn enter(
        &self,
        visitor: Visitor,
        slug: Slug,
        new: Option<NewRoom>,
    ) -> impl Future<Output = Result<Entered, StoreError>> + Send + use<> {
        self.writes.send(Entry { visitor, slug, new })
    }
}

struct Entry {
    visitor: Visitor,
    slug: Slug,
    new: Option<NewRoom>,
}

impl Operation for Entry {
    type Outcome = Entered;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<Entered, StoreError>> {
        let existing: Option<RoomRecord> = sqlx::query_as("SELECT * FROM rooms WHERE slug = ?")
            .bind(self.slug.as_str())
            .fetch_optional(&mut *tx.db)
            .await?;
        // Every refusal comes before anything is written: other writes share the transaction.
        if let Visitor::Known { actor, name } = &self.visitor
            && (name.is_some() || (existing.is_none() && self.new.is_some()))
            && let Err(denial) = actor.may_personally()
        {
            return Ok(Err(StoreError::Denied(denial)));
        }
        let mut slug = self.slug.clone();
        let existing = match existing {
            Some(room) => {
                let actor = match self.visitor {
                    Visitor::Newcomer { .. } => Actor::Anyone,
                    Visitor::Known { actor, .. } => actor,
                };
                match tx.check(actor, room.id, Action::Read).await? {
                    Ok(_) => Some(room),
                    // For them there is no such room, so they make theirs, beside it.
                    Err(StoreError::Denied(Denial::Hidden)) if self.new.is_some() => {
                        if let Err(denial) = actor.may_personally() {
                            return Ok(Err(StoreError::Denied(denial)));
                        }
                        slug = free_beside(tx, &self.slug).await?;
                        None
                    }
                    Err(refused) => return Ok(Err(refused)),
                }
            }
            None => None,
        };
        match (&existing, &self.new) {
            (None, None) => return Ok(Err(StoreError::NotFound)),
            (None, Some(new)) if is_at_cap(tx, new).await? => {
                return Ok(Err(StoreError::RoomCap));
            }
            _ => {}
        }
        let user = granted!(settle(tx, &self.visitor, existing.as_ref()).await?);
        let entered = match (existing, &self.new) {
            (None, Some(new)) => {
                Entered { room: make_room(tx, user, &slug, new).await?, made: true }
            }
            (Some(room), _) => Entered { room, made: false },
            (None, None) => return Ok(Err(StoreError::NotFound)),
        };
        visit(tx, user, entered.room.id).await?;
        Ok(Ok(entered))
    }
}

/// Makes a guest of a newcomer to that room; a known person gets their new name. Says who it is.
pub(super) async fn settle(
    tx: &mut Transaction<'_>,
    visitor: &Visitor,
    room: Option<&RoomRecord>,
) -> sqlx::Result<Result<UserId, StoreError>> {
    match visitor {
        Visitor::Newcomer { name, sign_in } => {
            let id = distinct_id(tx, room).await?;
            add_person(tx, id, name).await?;
            sign_in.add(tx, id).await?;
            Ok(Ok(id))
        }
        Visitor::Known { actor, name } => {
            let Some(user) = actor.user() else { return Ok(Err(StoreError::NoSuchPerson)) };
            let profile = Profile { name: name.clone(), ..Profile::default() };
            Ok(profile::change(tx, user, &profile).await?.map(|()| user))
        }
    }
}

/// Notes that somebody has been in a room, so that a reload goes straight in.
pub(super) async fn visit(
    tx: &mut Transaction<'_>,
    user: UserId,
    room: RoomId,
) -> sqlx::Result<()> {
    sqlx::query("INSERT OR IGNORE INTO visits (user_id, room_id, first_at) VALUES (?, ?, ?)")
        .bind(user.uuid())
        .bind(room.0)
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}

/// Adds somebody without an account.
pub(super) async fn add_person(
    tx: &mut Transaction<'_>,
    id: UserId,
    name: &DisplayName,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO users (id, name, created_at) VALUES (?, ?, ?)")
        .bind(id.uuid())
        .bind(name.as_str())
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}

/// An id whose hue, which follows from it, is none of those who came to the room last: with few
/// people in a room, everybody has a colour of their own.
async fn distinct_id(tx: &mut Transaction<'_>, room: Option<&RoomRecord>) -> sqlx::Result<UserId> {
    let latest: Vec<(Uuid,)> = match room {
        Some(room) => {
            sqlx::query_as(
                "SELECT user_id FROM visits WHERE room_id = ? ORDER BY first_at DESC LIMIT ?",
            )
            .bind(room.id.0)
            .bind(HUES - 1)
            .fetch_all(&mut *tx.db)
            .await?
        }
        None => Vec::new(),
    };
    let taken: Vec<Hue> = latest.into_iter().map(|(id,)| Hue::of(UserId::new(id))).collect();
    let any = std::iter::repeat_with(|| UserId::new(Uuid::now_v7()));
    let mut some = any.take(DISTINCT_TRIES);
    Ok(some.find(|id| !taken.contains(&Hue::of(*id))).unwrap_or(UserId::new(Uuid::now_v7())))
}

/// An address near that one that no room has.
async fn free_beside(tx: &mut Transaction<'_>, slug: &Slug) -> sqlx::Result<Slug> {
    loop {
        let beside = slug::beside(slug);
        let taken = sqlx::query("SELECT 1 FROM rooms WHERE slug = ?")
            .bind(beside.as_str())
            .fetch_optional(&mut *tx.db)
            .await?;
        if taken.is_none() {
            return Ok(beside);
        }
    }
}

async fn is_at_cap(tx: &mut Transaction<'_>, new: &NewRoom) -> sqlx::Result<bool> {
    let (made,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM rooms WHERE created_from = ? AND created_at > ?")
            .bind(new.address.to_string())
            .bind(tx.now - DAY_MS)
            .fetch_one(&mut *tx.db)
            .await?;
    Ok(made >= i64::from(new.cap))
}

async fn make_room(
    tx: &mut Transaction<'_>,
    user: UserId,
    slug: &Slug,
    new: &NewRoom,
) -> sqlx::Result<RoomRecord> {
    let room: RoomRecord = sqlx::query_as(
        "INSERT INTO rooms (slug, name, visibility, created_at, created_by, created_from) \
         VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(slug.as_str())
    .bind(new.name.as_str())
    .bind(new.visibility.name())
    .bind(tx.now)
    .bind(user.uuid())
    .bind(new.address.to_string())
    .fetch_one(&mut *tx.db)
    .await?;
    add_streams(tx, room.id).await?;
    set_role(tx, room.id, user, Role::Owner).await?;
    tx.announcements.push(Committed::RoomMade { room: room.clone(), by: user });
    Ok(room)
}

/// A new room's streams: its chat and its board.
pub(super) async fn add_streams(tx: &mut Transaction<'_>, room: RoomId) -> sqlx::Result<()> {
    for kind in ["chat", "board"] {
        sqlx::query("INSERT INTO streams (room_id, kind, epoch) VALUES (?, ?, ?)")
            .bind(room.0)
            .bind(kind)
            .bind(Epoch::new(Uuid::now_v7()).uuid())
            .execute(&mut *tx.db)
            .await?;
    }
    Ok(())
}
