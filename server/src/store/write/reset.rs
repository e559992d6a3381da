//! Links by which a forgotten password is replaced: made for an account, good for a while, used once.

use starling_protocol::UserId;
use uuid::Uuid;

use super::sign_in::{self, Ending};
use super::{Operation, Transaction};
use crate::store::{NewSignIn, Store, StoreError};

impl Store {
    /// Makes a link that holds for so many milliseconds. With `most`, none is made if the account has
    /// that many already; says whether one was made.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`] if they have no account, [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn make_reset(
        &self,
        user: UserId,
        token_hash: [u8; 32],
        lasts: i64,
        most: Option<i64>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send + use<> {
        self.writes.send(MakeReset { user, token_hash, lasts, most })
    }

    /// Uses a link: sets the password, ends all sign-ins of the account and all its links, and signs it
    /// in. What stood for somebody in that browser until now, if anything, ends, too.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCode`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn reset_password(
        &self,
        token_hash: [u8; 32],
        password: String,
        sign_in: NewSignIn,
        before: Option<[u8; 32]>,
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send + use<> {
        self.writes.send(ResetPassword { token_hash, password, sign_in, before })
    }
}

struct MakeReset {
    user: UserId,
    token_hash: [u8; 32],
    lasts: i64,
    most: Option<i64>,
}

impl Operation for MakeReset {
    type Outcome = bool;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<bool, StoreError>> {
        let account = sqlx::query("SELECT 1 FROM users WHERE id = ? AND handle IS NOT NULL")
            .bind(self.user.uuid())
            .fetch_optional(&mut *tx.db)
            .await?;
        if account.is_none() {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        sqlx::query("DELETE FROM resets WHERE expires_at <= ?")
            .bind(tx.now)
            .execute(&mut *tx.db)
            .await?;
        let (links,): (i64,) = sqlx::query_as("SELECT count(*) FROM resets WHERE user_id = ?")
            .bind(self.user.uuid())
            .fetch_one(&mut *tx.db)
            .await?;
        if self.most.is_some_and(|most| links >= most) {
            return Ok(Ok(false));
        }
        sqlx::query("INSERT INTO resets (token_hash, user_id, expires_at) VALUES (?, ?, ?)")
            .bind(self.token_hash.as_slice())
            .bind(self.user.uuid())
            .bind(tx.now + self.lasts)
            .execute(&mut *tx.db)
            .await?;
        Ok(Ok(true))
    }
}

struct ResetPassword {
    token_hash: [u8; 32],
    password: String,
    sign_in: NewSignIn,
    before: Option<[u8; 32]>,
}

impl Operation for ResetPassword {
    type Outcome = UserId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<UserId, StoreError>> {
        let row: Option<(Uuid,)> =
            sqlx::query_as("SELECT user_id FROM resets WHERE token_hash = ? AND expires_at > ?")
                .bind(self.token_hash.as_slice())
                .bind(tx.now)
                .fetch_optional(&mut *tx.db)
                .await?;
        let Some((user,)) = row else { return Ok(Err(StoreError::NoSuchCode)) };
        let user = UserId::new(user);
        sqlx::query("UPDATE users SET password = ? WHERE id = ?")
            .bind(&self.password)
            .bind(user.uuid())
            .execute(&mut *tx.db)
            .await?;
        forget(tx, user).await?;
        sign_in::end(tx, user, Ending::All).await?;
        if let Some(before) = self.before {
            sign_in::end_token(tx, &before).await?;
        }
        self.sign_in.add(tx, user).await?;
        Ok(Ok(user))
    }
}

/// Ends all links of an account.
pub(super) async fn forget(tx: &mut Transaction<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM resets WHERE user_id = ?")
        .bind(user.uuid())
        .execute(&mut *tx.db)
        .await?;
    Ok(())
}
