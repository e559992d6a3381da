//! Accounts: how a guest becomes one, and what changes about it.

use starling_protocol::{DisplayName, Email, Handle, UserId};
use uuid::Uuid;

use super::enter::add_person;
use super::sign_in::{self, Ending};
use super::{Operation, Transaction};
use crate::store::{NewSignIn, Store, StoreError};

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The guest who becomes it, with all they said and where they belong; `None` for somebody new.
    pub guest: Option<UserId>,
    /// What they call themselves.
    pub name: DisplayName,
    /// Under which name they sign in.
    pub handle: Handle,
    /// Under which address they may sign in, too, and get mail.
    pub email: Option<Email>,
    /// The hash of their password, with its parameters.
    pub password: String,
    /// What stands for them from now on.
    pub sign_in: NewSignIn,
    /// Whether they operate the server.
    pub operator: bool,
}

impl Store {
    /// Makes an account. A guest's earlier sign-ins end: what stands for them is new.
    ///
    /// # Errors
    /// [`StoreError::HandleTaken`], [`StoreError::EmailTaken`], [`StoreError::HasAccount`],
    /// [`StoreError::NoSuchPerson`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn sign_up(
        &self,
        account: NewAccount,
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send + use<> {
        self.writes.send(account)
    }

    /// Signs somebody in whose password was right. What stood for them or for a guest in that browser
    /// until now, if anything, ends.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn sign_in(
        &self,
        user: UserId,
        sign_in: NewSignIn,
        before: Option<[u8; 32]>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(SignIn { user, sign_in, before })
    }

    /// Gives an account another password. All its sign-ins end but the one with that token, and all its
    /// personal tokens.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn set_password(
        &self,
        user: UserId,
        password: String,
        keep: Option<[u8; 32]>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(SetPassword { user, password, keep })
    }
}

impl Operation for NewAccount {
    type Outcome = UserId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<UserId, StoreError>> {
        if is_taken(tx, "SELECT 1 FROM users WHERE handle = ?", self.handle.as_str()).await? {
            return Ok(Err(StoreError::HandleTaken));
        }
        if let Some(email) = &self.email
            && is_taken(tx, "SELECT 1 FROM users WHERE email = ?", email.as_str()).await?
        {
            return Ok(Err(StoreError::EmailTaken));
        }
        let user = match self.guest {
            Some(guest) => {
                let account: Option<(bool,)> =
                    sqlx::query_as("SELECT handle IS NOT NULL FROM users WHERE id = ?")
                        .bind(guest.uuid())
                        .fetch_optional(&mut *tx.db)
                        .await?;
                match account {
                    None => return Ok(Err(StoreError::NoSuchPerson)),
                    Some((true,)) => return Ok(Err(StoreError::HasAccount)),
                    Some((false,)) => {}
                }
                sign_in::end(tx, guest, Ending::All).await?;
                guest
            }
            None => {
                let user = UserId::new(Uuid::now_v7());
                add_person(tx, user, &self.name).await?;
                user
            }
        };
        sqlx::query(
            "UPDATE users SET handle = ?, email = ?, password = ?, operator = operator OR ? \
             WHERE id = ?",
        )
        .bind(self.handle.as_str())
        .bind(self.email.as_ref().map(Email::as_str))
        .bind(&self.password)
        .bind(self.operator)
        .bind(user.uuid())
        .execute(&mut *tx.db)
        .await?;
        self.sign_in.add(tx, user).await?;
        Ok(Ok(user))
    }
}

struct SignIn {
    user: UserId,
    sign_in: NewSignIn,
    before: Option<[u8; 32]>,
}

impl Operation for SignIn {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        if !crate::store::standing::is_known(tx.db, self.user).await? {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        if let Some(before) = self.before {
            sign_in::end_token(tx, &before).await?;
        }
        self.sign_in.add(tx, self.user).await?;
        Ok(Ok(()))
    }
}

struct SetPassword {
    user: UserId,
    password: String,
    keep: Option<[u8; 32]>,
}

impl Operation for SetPassword {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        let changed =
            sqlx::query("UPDATE users SET password = ? WHERE id = ? AND handle IS NOT NULL")
                .bind(&self.password)
                .bind(self.user.uuid())
                .execute(&mut *tx.db)
                .await?;
        if changed.rows_affected() == 0 {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        let ending = self.keep.map_or(Ending::All, Ending::AllBut);
        sign_in::end(tx, self.user, ending).await?;
        Ok(Ok(()))
    }
}

async fn is_taken(
    tx: &mut Transaction<'_>,
    question: &'static str,
    value: &str,
) -> sqlx::Result<bool> {
    let row = sqlx::query(question).bind(value).fetch_optional(&mut *tx.db).await?;
    Ok(row.is_some())
}
