//! The store's writes: what each one does inside the writer's transaction.

use std::sync::Arc;

use sqlx::SqliteConnection;
use starling_protocol::{DisplayName, Epoch, HUES, Hue, Message, Slug, User, UserId};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::decode::{seq_from, stored_name};
use super::{
    Committed, Entered, NewMessage, NewRoom, Posted, RoomId, RoomRecord, Store, StoreError, Visitor,
};

/// With one hue of twelve free, two searches in a million find no id for it in so many tries.
const DISTINCT_TRIES: usize = 150;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Store {
    /// Stores a message, once: a repeat of the same author, id, room and body gets the first
    /// `seq`. The order of calls is the order of `seq`; the future only waits for the outcome, and
    /// dropping it changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::NotFound`] for the room or the author, and
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn post(
        &self,
        message: NewMessage,
    ) -> impl Future<Output = Result<Posted, StoreError>> + Send + use<> {
        self.writes.send(message, Write::Post)
    }

    /// Changes a person's name, from their next message on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn rename(
        &self,
        user: UserId,
        name: DisplayName,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(NewName { user, name }, Write::Rename)
    }

    /// A person enters a room, all in one: a newcomer becomes a guest with a sign-in, a known one
    /// may get a new name, and the room is made if it does not exist and `new` says how. An existing
    /// room is not changed. If any of it is refused, nothing is stored.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the room does not exist and `new` is absent, or the person does
    /// not exist; [`StoreError::RoomCap`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn enter(
        &self,
        visitor: Visitor,
        slug: Slug,
        new: Option<NewRoom>,
    ) -> impl Future<Output = Result<Entered, StoreError>> + Send + use<> {
        self.writes.send(Entry { visitor, slug, new }, Write::Enter)
    }
}

/// One write that waits for the writer.
pub(super) enum Write {
    Post(Pending<NewMessage, Posted>),
    Rename(Pending<NewName, ()>),
    Enter(Pending<Entry, Entered>),
}

/// What is wanted, who wants to know, and what came of it.
pub(super) struct Pending<I, O> {
    input: I,
    asker: oneshot::Sender<Result<O, StoreError>>,
    outcome: Result<O, StoreError>,
}

pub(super) struct NewName {
    user: UserId,
    name: DisplayName,
}

pub(super) struct Entry {
    visitor: Visitor,
    slug: Slug,
    new: Option<NewRoom>,
}

impl<I, O> Pending<I, O> {
    pub(super) fn new(input: I, asker: oneshot::Sender<Result<O, StoreError>>) -> Self {
        Self { input, asker, outcome: Err(StoreError::Unavailable) }
    }

    fn tell(self) {
        // An asker that has gone away does not change what was stored.
        let _ = self.asker.send(self.outcome);
    }
}

impl Write {
    /// Does it within the transaction and notes the outcome. An error is the database's and voids
    /// the transaction; what the store refuses is an outcome.
    pub(super) async fn run(
        &mut self,
        db: &mut SqliteConnection,
        now: i64,
        announcements: &mut Vec<Committed>,
    ) -> sqlx::Result<()> {
        match self {
            Self::Post(pending) => {
                pending.outcome = post(db, now, &pending.input, announcements).await?;
            }
            Self::Rename(pending) => {
                let NewName { user, name } = &pending.input;
                pending.outcome = rename(db, *user, name, announcements).await?;
            }
            Self::Enter(pending) => {
                pending.outcome = enter(db, now, &pending.input, announcements).await?;
            }
        }
        Ok(())
    }

    /// The transaction failed: nothing of this was stored.
    pub(super) fn void(&mut self, error: StoreError) {
        match self {
            Self::Post(pending) => pending.outcome = Err(error),
            Self::Rename(pending) => pending.outcome = Err(error),
            Self::Enter(pending) => pending.outcome = Err(error),
        }
    }

    /// Tells whoever asked.
    pub(super) fn tell(self) {
        match self {
            Self::Post(pending) => pending.tell(),
            Self::Rename(pending) => pending.tell(),
            Self::Enter(pending) => pending.tell(),
        }
    }
}

async fn post(
    db: &mut SqliteConnection,
    now: i64,
    new: &NewMessage,
    announcements: &mut Vec<Committed>,
) -> sqlx::Result<Result<Posted, StoreError>> {
    let repeated: Option<(i64, i64, String)> = sqlx::query_as(
        "SELECT m.seq, s.room_id, m.body FROM messages m JOIN streams s ON s.id = m.stream_id \
         WHERE m.author_id = ? AND m.id = ?",
    )
    .bind(new.author.uuid())
    .bind(new.id.uuid())
    .fetch_optional(&mut *db)
    .await?;
    if let Some((seq, room, body)) = repeated {
        let same = RoomId(room) == new.room && body == new.body.as_str();
        return Ok(if same {
            Ok(Posted { seq: seq_from(seq) })
        } else {
            Err(StoreError::Conflict)
        });
    }

    let author: Option<(String,)> = sqlx::query_as("SELECT name FROM users WHERE id = ?")
        .bind(new.author.uuid())
        .fetch_optional(&mut *db)
        .await?;
    let stream: Option<(i64, i64)> =
        sqlx::query_as("SELECT id, last_seq + 1 FROM streams WHERE room_id = ? AND kind = 'chat'")
            .bind(new.room.0)
            .fetch_optional(&mut *db)
            .await?;
    let (Some((name,)), Some((stream, seq))) = (author, stream) else {
        return Ok(Err(StoreError::NotFound));
    };
    sqlx::query("UPDATE streams SET last_seq = ? WHERE id = ?")
        .bind(seq)
        .bind(stream)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "INSERT INTO messages (stream_id, seq, id, author_id, author_name, body, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(stream)
    .bind(seq)
    .bind(new.id.uuid())
    .bind(new.author.uuid())
    .bind(&name)
    .bind(new.body.as_str())
    .bind(now)
    .execute(&mut *db)
    .await?;

    let author = User { id: new.author, name: stored_name(&name)?, hue: Hue::of(new.author) };
    let seq = seq_from(seq);
    let message = Message { seq, id: new.id, author, body: new.body.clone(), at: now };
    announcements.push(Committed::Message { room: new.room, message: Arc::new(message) });
    Ok(Ok(Posted { seq }))
}

async fn add_guest(
    db: &mut SqliteConnection,
    now: i64,
    id: UserId,
    name: &DisplayName,
    token_hash: &[u8; 32],
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO users (id, name, created_at) VALUES (?, ?, ?)")
        .bind(id.uuid())
        .bind(name.as_str())
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO sign_ins (token_hash, user_id, created_at) VALUES (?, ?, ?)")
        .bind(token_hash.as_slice())
        .bind(id.uuid())
        .bind(now)
        .execute(&mut *db)
        .await?;
    Ok(())
}

/// An id whose hue, which follows from it, is none of those who came to the room last: with few
/// people in a room, everybody has a colour of their own.
async fn distinct_id(db: &mut SqliteConnection, room: Option<&RoomRecord>) -> sqlx::Result<UserId> {
    let latest: Vec<(Uuid,)> = match room {
        Some(room) => {
            sqlx::query_as(
                "SELECT user_id FROM visits WHERE room_id = ? ORDER BY first_at DESC LIMIT ?",
            )
            .bind(room.id.0)
            .bind(HUES - 1)
            .fetch_all(db)
            .await?
        }
        None => Vec::new(),
    };
    let taken: Vec<Hue> = latest.into_iter().map(|(id,)| Hue::of(UserId::new(id))).collect();
    let any = std::iter::repeat_with(|| UserId::new(Uuid::now_v7()));
    let mut some = any.take(DISTINCT_TRIES);
    Ok(some.find(|id| !taken.contains(&Hue::of(*id))).unwrap_or(UserId::new(Uuid::now_v7())))
}

async fn rename(
    db: &mut SqliteConnection,
    user: UserId,
    name: &DisplayName,
    announcements: &mut Vec<Committed>,
) -> sqlx::Result<Result<(), StoreError>> {
    let changed = sqlx::query("UPDATE users SET name = ? WHERE id = ?")
        .bind(name.as_str())
        .bind(user.uuid())
        .execute(db)
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(Err(StoreError::NotFound));
    }
    announcements.push(Committed::Renamed { user, name: name.clone() });
    Ok(Ok(()))
}

async fn enter(
    db: &mut SqliteConnection,
    now: i64,
    entry: &Entry,
    announcements: &mut Vec<Committed>,
) -> sqlx::Result<Result<Entered, StoreError>> {
    let existing: Option<RoomRecord> =
        sqlx::query_as("SELECT id, slug, name, listed FROM rooms WHERE slug = ?")
            .bind(entry.slug.as_str())
            .fetch_optional(&mut *db)
            .await?;
    // Every refusal comes before anything is written: other writes share the transaction.
    match (&existing, &entry.new) {
        (None, None) => return Ok(Err(StoreError::NotFound)),
        (None, Some(new)) if is_at_cap(db, now, new).await? => {
            return Ok(Err(StoreError::RoomCap));
        }
        _ => {}
    }
    let user = match &entry.visitor {
        Visitor::Newcomer { name, token_hash } => {
            let id = distinct_id(db, existing.as_ref()).await?;
            add_guest(db, now, id, name, token_hash).await?;
            id
        }
        Visitor::Known { user, name: None } => *user,
        Visitor::Known { user, name: Some(name) } => {
            match rename(db, *user, name, announcements).await? {
                Ok(()) => *user,
                Err(error) => return Ok(Err(error)),
            }
        }
    };
    let entered = match (existing, &entry.new) {
        (None, Some(new)) => {
            Entered { room: make_room(db, now, user, &entry.slug, new).await?, made: true }
        }
        (Some(room), _) => Entered { room, made: false },
        (None, None) => return Ok(Err(StoreError::NotFound)),
    };
    sqlx::query("INSERT OR IGNORE INTO visits (user_id, room_id, first_at) VALUES (?, ?, ?)")
        .bind(user.uuid())
        .bind(entered.room.id.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(Ok(entered))
}

async fn is_at_cap(db: &mut SqliteConnection, now: i64, new: &NewRoom) -> sqlx::Result<bool> {
    let (made,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM rooms WHERE created_from = ? AND created_at > ?")
            .bind(new.address.to_string())
            .bind(now - DAY_MS)
            .fetch_one(db)
            .await?;
    Ok(made >= i64::from(new.cap))
}

async fn make_room(
    db: &mut SqliteConnection,
    now: i64,
    user: UserId,
    slug: &Slug,
    new: &NewRoom,
) -> sqlx::Result<RoomRecord> {
    let (id,): (i64,) = sqlx::query_as(
        "INSERT INTO rooms (slug, name, listed, created_at, created_by, created_from) \
         VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(slug.as_str())
    .bind(new.name.as_str())
    .bind(new.listed)
    .bind(now)
    .bind(user.uuid())
    .bind(new.address.to_string())
    .fetch_one(&mut *db)
    .await?;
    sqlx::query("INSERT INTO streams (room_id, kind, epoch) VALUES (?, 'chat', ?)")
        .bind(id)
        .bind(Epoch::new(Uuid::now_v7()).uuid())
        .execute(db)
        .await?;
    Ok(RoomRecord {
        id: RoomId(id),
        slug: slug.clone(),
        name: new.name.clone(),
        listed: new.listed,
    })
}
