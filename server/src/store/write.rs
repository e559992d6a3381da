//! The store's writes: how one waits for the writer and is done within its transaction. What each
//! one does is in `write/`, an [`Operation`] each.
//!
//! Several share a transaction, so an operation refuses before it writes anything: an outcome that
//! is an error has changed nothing. A database error voids the transaction.

mod account;
mod board_log;
mod change;
mod direct;
mod enter;
mod file;
mod guest;
mod invite;
mod moderate;
mod operate;
mod post;
mod profile;
mod reset;
mod room;
mod sign_in;
mod token;
mod unindex;

pub use account::{NewAccount, Operates};
pub use invite::NewInvite;
pub use moderate::NewMeasure;
pub use profile::Profile;
pub use room::RoomChange;
pub use sign_in::Ending;
pub use token::NOTED_EVERY;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use starling_protocol::{Action, Role, Standing};
use tokio::sync::oneshot;

use super::standing::{self, Actor};
use super::{Committed, RoomId, StoreError};

/// Something to be written, all of it or nothing.
pub(super) trait Operation: Send + Sync + 'static {
    /// What came of it.
    type Outcome: Send + 'static;

    /// Does it. The outer error is the database's; what the store refuses is an outcome.
    fn run(
        &self,
        transaction: &mut Transaction<'_>,
    ) -> impl Future<Output = sqlx::Result<Result<Self::Outcome, StoreError>>> + Send;
}

/// What an operation writes into.
pub(super) struct Transaction<'a> {
    pub(super) db: &'a mut SqliteConnection,
    /// Milliseconds since 1970, by the server's clock.
    pub(super) now: i64,
    /// What is told to the rooms once it is committed, in order.
    pub(super) announcements: &'a mut Vec<Committed>,
}

impl Transaction<'_> {
    /// The permission check of everything that is written in a room.
    async fn check(
        &mut self,
        actor: Actor,
        room: RoomId,
        action: Action,
    ) -> sqlx::Result<Result<Standing, StoreError>> {
        let Some(standing) = standing::load(self.db, actor, room, self.now).await? else {
            return Ok(Err(StoreError::NotFound));
        };
        Ok(standing.may(action).map(|()| standing).map_err(StoreError::Denied))
    }

    /// The same for what is done to somebody; also says what they are there.
    async fn check_to(
        &mut self,
        actor: Actor,
        room: RoomId,
        action: Action,
        other: starling_protocol::UserId,
    ) -> sqlx::Result<Result<Role, StoreError>> {
        let standing = match self.check(actor, room, action).await? {
            Ok(standing) => standing,
            Err(error) => return Ok(Err(error)),
        };
        if !standing::is_known(self.db, other).await? {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        let theirs = match action {
            // What an operator of the server is in a room is for its owner to say.
            Action::SetRole | Action::HandOver | Action::RemoveMember => {
                standing::membership(self.db, room, other).await?
            }
            _ => {
                let person = Actor::person(other);
                let theirs = standing::load(self.db, person, room, self.now).await?;
                theirs.map(|theirs| theirs.role).unwrap_or_default()
            }
        };
        if actor.user() == Some(other) {
            return Ok(Err(StoreError::Denied(starling_protocol::Denial::Oneself)));
        }
        Ok(standing.may_to(action, theirs).map(|()| theirs).map_err(StoreError::Denied))
    }

    /// Notes in the room's log what was done.
    async fn note(
        &mut self,
        actor: Actor,
        room: RoomId,
        act: &str,
        target: Option<starling_protocol::UserId>,
        detail: &str,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO audit (room_id, at, actor, act, target, detail) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(room.0)
        .bind(self.now)
        .bind(actor.user().map(starling_protocol::UserId::uuid))
        .bind(act)
        .bind(target.map(starling_protocol::UserId::uuid))
        .bind(detail)
        .execute(&mut *self.db)
        .await?;
        Ok(())
    }
}

/// An operation that waits for the writer, whatever its kind.
pub(super) trait Write: Send {
    /// Does it and notes the outcome.
    fn run<'a>(&'a mut self, transaction: Transaction<'a>) -> BoxFuture<'a, sqlx::Result<()>>;

    /// The transaction failed: nothing of this was stored.
    fn void(&mut self, error: StoreError);

    /// Tells whoever asked.
    fn tell(self: Box<Self>);
}

/// What is wanted, who wants to know, and what came of it.
pub(super) struct Pending<O: Operation> {
    operation: O,
    asker: oneshot::Sender<Result<O::Outcome, StoreError>>,
    outcome: Result<O::Outcome, StoreError>,
}

impl<O: Operation> Pending<O> {
    pub(super) fn new(
        operation: O,
        asker: oneshot::Sender<Result<O::Outcome, StoreError>>,
    ) -> Self {
        Self { operation, asker, outcome: Err(StoreError::Unavailable) }
    }
}

impl<O: Operation> Write for Pending<O> {
    fn run<'a>(&'a mut self, mut transaction: Transaction<'a>) -> BoxFuture<'a, sqlx::Result<()>> {
        async move {
            self.outcome = self.operation.run(&mut transaction).await?;
            Ok(())
        }
        .boxed()
    }

    fn void(&mut self, error: StoreError) {
        self.outcome = Err(error);
    }

    fn tell(self: Box<Self>) {
        // An asker that has gone away does not change what was stored.
        let _ = self.asker.send(self.outcome);
    }
}

/// Goes on with what is there, or returns what was refused.
macro_rules! granted {
    ($outcome:expr) => {
        match $outcome {
            Ok(granted) => granted,
            Err(refused) => return Ok(Err(refused)),
        }
    };
}
use granted;
