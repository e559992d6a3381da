//! Personal tokens for programs, and people of other sites: how they come and go.

use starling_protocol::{DisplayName, UserId};
use uuid::Uuid;

use super::enter::add_person;
use super::profile::{self, Profile};
use super::{Operation, Transaction, granted};
use crate::store::{Committed, External, NewToken, Store, StoreError};

/// How many tokens a person may have.
const MOST_TOKENS: i64 = 50;
/// When a token was used is noted no more often than this, in milliseconds.
pub const NOTED_EVERY: i64 = 60 * 60 * 1_000;

impl Store {
    /// Makes a personal token; the outcome is its number.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`] if they have no account, [`StoreError::TooManyTokens`],
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn make_token(
        &self,
        token: NewToken,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send + use<> {
        self.writes.send(token)
    }

    /// Ends a person's token; what it holds open is closed.
    ///
    /// # Errors
    /// [`StoreError::NoSuchToken`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn end_token(
        &self,
        user: UserId,
        id: i64,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(EndToken { user, id })
    }

    /// Notes that a token was used, unless that was noted within the last hour. Nobody need wait.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn note_token_use(
        &self,
        token_hash: [u8; 32],
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(NoteUse { token_hash })
    }

    /// The person who is that one on another site, made if they are new. With a name they are called
    /// so from now on; somebody new without one is called `otherwise`.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn welcome_from_elsewhere(
        &self,
        external: External,
        name: Option<DisplayName>,
        otherwise: DisplayName,
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send + use<> {
        self.writes.send(Welcome { external, name, otherwise })
    }
}

impl Operation for NewToken {
    type Outcome = i64;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<i64, StoreError>> {
        let row: Option<(i64,)> = sqlx::query_as(
            "SELECT (SELECT count(*) FROM api_tokens WHERE user_id = users.id) FROM users \
             WHERE id = ? AND handle IS NOT NULL",
        )
        .bind(self.user.uuid())
        .fetch_optional(&mut *tx.db)
        .await?;
        match row {
            None => return Ok(Err(StoreError::NoSuchPerson)),
            Some((count,)) if count >= MOST_TOKENS => return Ok(Err(StoreError::TooManyTokens)),
            Some(_) => {}
        }
        let (id,): (i64,) = sqlx::query_as(
            "INSERT INTO api_tokens (token_hash, user_id, name, scopes, created_at, expires_at) \
             VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        )
        .bind(self.token_hash.as_slice())
        .bind(self.user.uuid())
        .bind(self.name.as_str())
        .bind(self.scopes.to_string())
        .bind(tx.now)
        .bind(self.expires_at)
        .fetch_one(&mut *tx.db)
        .await?;
        Ok(Ok(id))
    }
}

struct EndToken {
    user: UserId,
    id: i64,
}

impl Operation for EndToken {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        let ended = sqlx::query("DELETE FROM api_tokens WHERE id = ? AND user_id = ?")
            .bind(self.id)
            .bind(self.user.uuid())
            .execute(&mut *tx.db)
            .await?;
        if ended.rows_affected() == 0 {
            return Ok(Err(StoreError::NoSuchToken));
        }
        tx.announcements.push(Committed::SignedOut { user: self.user });
        Ok(Ok(()))
    }
}

struct NoteUse {
    token_hash: [u8; 32],
}

impl Operation for NoteUse {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        sqlx::query(
            "UPDATE api_tokens SET used_at = ?1 WHERE token_hash = ?2 \
             AND (used_at IS NULL OR used_at <= ?3)",
        )
        .bind(tx.now)
        .bind(self.token_hash.as_slice())
        .bind(tx.now - NOTED_EVERY)
        .execute(&mut *tx.db)
        .await?;
        Ok(Ok(()))
    }
}

struct Welcome {
    external: External,
    name: Option<DisplayName>,
    otherwise: DisplayName,
}

impl Operation for Welcome {
    type Outcome = UserId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<UserId, StoreError>> {
        let key = self.external.key();
        let known: Option<(Uuid, String)> =
            sqlx::query_as("SELECT id, name FROM users WHERE external = ?")
                .bind(&key)
                .fetch_optional(&mut *tx.db)
                .await?;
        if let Some((id, called)) = known {
            let user = UserId::new(id);
            if let Some(name) = self.name.as_ref().filter(|name| name.as_str() != called) {
                let profile = Profile { name: Some(name.clone()), ..Profile::default() };
                granted!(profile::change(tx, user, &profile).await?);
            }
            return Ok(Ok(user));
        }
        let user = UserId::new(Uuid::now_v7());
        add_person(tx, user, self.name.as_ref().unwrap_or(&self.otherwise)).await?;
        sqlx::query("UPDATE users SET external = ? WHERE id = ?")
            .bind(&key)
            .bind(user.uuid())
            .execute(&mut *tx.db)
            .await?;
        Ok(Ok(user))
    }
}

/// Ends all tokens of a person. Whoever calls it announces that.
pub(super) async fn end_all(tx: &mut Transaction<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM api_tokens WHERE user_id = ?")
        .bind(user.uuid())
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}
