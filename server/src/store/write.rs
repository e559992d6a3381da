//! The store's writes: what each one does inside the writer's transaction.

use std::sync::Arc;

use sqlx::SqliteConnection;
use starling_protocol::{DisplayName, Epoch, Hue, Message, Slug, User, UserId};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::decode::{seq_from, stored_name};
use super::{
    Committed, Entered, NewMessage, NewRoom, Posted, RoomId, RoomRecord, Store, StoreError,
};

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

    /// Makes a guest and a sign-in for them.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn add_guest(
        &self,
        name: DisplayName,
        token_hash: [u8; 32],
    ) -> impl Future<Output = Result<User, StoreError>> + Send + use<> {
        self.writes.send(NewGuest { name, token_hash }, Write::AddGuest)
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

    /// Notes that a person entered a room, and makes the room first if it does not exist and
    /// `new` says how. An existing room is not changed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the room does not exist and `new` is absent,
    /// [`StoreError::RoomCap`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn enter(
        &self,
        user: UserId,
        slug: Slug,
        new: Option<NewRoom>,
    ) -> impl Future<Output = Result<Entered, StoreError>> + Send + use<> {
        self.writes.send(Entry { user, slug, new }, Write::Enter)
    }
}

/// One write that waits for the writer.
pub(super) enum Write {
    Post(Pending<NewMessage, Posted>),
    AddGuest(Pending<NewGuest, User>),
    Rename(Pending<NewName, ()>),
    Enter(Pending<Entry, Entered>),
}

/// What is wanted, who wants to know, and what came of it.
pub(super) struct Pending<I, O> {
    input: I,
    asker: oneshot::Sender<Result<O, StoreError>>,
    outcome: Result<O, StoreError>,
}

pub(super) struct NewGuest {
    name: DisplayName,
    token_hash: [u8; 32],
}

pub(super) struct NewName {
    user: UserId,
    name: DisplayName,
}

pub(super) struct Entry {
    user: UserId,
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
            Self::AddGuest(pending) => {
                pending.outcome = Ok(add_guest(db, now, &pending.input).await?);
            }
            Self::Rename(pending) => {
                pending.outcome = rename(db, &pending.input, announcements).await?;
            }
            Self::Enter(pending) => {
                pending.outcome = enter(db, now, &pending.input).await?;
            }
        }
        Ok(())
    }

    /// The transaction failed: nothing of this was stored.
    pub(super) fn void(&mut self, error: StoreError) {
        match self {
            Self::Post(pending) => pending.outcome = Err(error),
            Self::AddGuest(pending) => pending.outcome = Err(error),
            Self::Rename(pending) => pending.outcome = Err(error),
            Self::Enter(pending) => pending.outcome = Err(error),
        }
    }

    /// Tells whoever asked.
    pub(super) fn tell(self) {
        match self {
            Self::Post(pending) => pending.tell(),
            Self::AddGuest(pending) => pending.tell(),
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

async fn add_guest(db: &mut SqliteConnection, now: i64, new: &NewGuest) -> sqlx::Result<User> {
    let id = UserId::new(Uuid::now_v7());
    sqlx::query("INSERT INTO users (id, name, created_at) VALUES (?, ?, ?)")
        .bind(id.uuid())
        .bind(new.name.as_str())
        .bind(now)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO sign_ins (token_hash, user_id, created_at) VALUES (?, ?, ?)")
        .bind(new.token_hash.as_slice())
        .bind(id.uuid())
        .bind(now)
        .execute(&mut *db)
        .await?;
    Ok(User { id, name: new.name.clone(), hue: Hue::of(id) })
}

async fn rename(
    db: &mut SqliteConnection,
    new: &NewName,
    announcements: &mut Vec<Committed>,
) -> sqlx::Result<Result<(), StoreError>> {
    let changed = sqlx::query("UPDATE users SET name = ? WHERE id = ?")
        .bind(new.name.as_str())
        .bind(new.user.uuid())
        .execute(db)
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(Err(StoreError::NotFound));
    }
    announcements.push(Committed::Renamed { user: new.user, name: new.name.clone() });
    Ok(Ok(()))
}

async fn enter(
    db: &mut SqliteConnection,
    now: i64,
    entry: &Entry,
) -> sqlx::Result<Result<Entered, StoreError>> {
    let existing: Option<RoomRecord> =
        sqlx::query_as("SELECT id, slug, name, listed FROM rooms WHERE slug = ?")
            .bind(entry.slug.as_str())
            .fetch_optional(&mut *db)
            .await?;
    let entered = match (existing, &entry.new) {
        (Some(room), _) => Entered { room, made: false },
        (None, None) => return Ok(Err(StoreError::NotFound)),
        (None, Some(new)) => match make_room(db, now, entry, new).await? {
            Ok(room) => Entered { room, made: true },
            Err(error) => return Ok(Err(error)),
        },
    };
    sqlx::query("INSERT OR IGNORE INTO visits (user_id, room_id, first_at) VALUES (?, ?, ?)")
        .bind(entry.user.uuid())
        .bind(entered.room.id.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(Ok(entered))
}

async fn make_room(
    db: &mut SqliteConnection,
    now: i64,
    entry: &Entry,
    new: &NewRoom,
) -> sqlx::Result<Result<RoomRecord, StoreError>> {
    let address = new.address.to_string();
    let (made,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM rooms WHERE created_from = ? AND created_at > ?")
            .bind(&address)
            .bind(now - DAY_MS)
            .fetch_one(&mut *db)
            .await?;
    if made >= i64::from(new.cap) {
        return Ok(Err(StoreError::RoomCap));
    }
    let (id,): (i64,) = sqlx::query_as(
        "INSERT INTO rooms (slug, name, listed, created_at, created_by, created_from) \
         VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(entry.slug.as_str())
    .bind(new.name.as_str())
    .bind(new.listed)
    .bind(now)
    .bind(entry.user.uuid())
    .bind(&address)
    .fetch_one(&mut *db)
    .await?;
    sqlx::query("INSERT INTO streams (room_id, kind, epoch) VALUES (?, 'chat', ?)")
        .bind(id)
        .bind(Epoch::new(Uuid::now_v7()).uuid())
        .execute(db)
        .await?;
    Ok(Ok(RoomRecord {
        id: RoomId(id),
        slug: entry.slug.clone(),
        name: new.name.clone(),
        listed: new.listed,
    }))
}
