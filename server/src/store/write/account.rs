//! Accounts: how a guest becomes one, and what changes about it.

use starling_protocol::{DisplayName, Email, Handle, UserId};
use uuid::Uuid;

use super::enter::add_person;
use super::profile::{self, Profile};
use super::sign_in::{self, Ending};
use super::{Operation, Transaction, granted, reset};
use crate::store::account::has_operator;
use crate::store::{Committed, NewSignIn, Store, StoreError};

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
    /// What stands for them from now on, if they made it themselves.
    pub sign_in: Option<NewSignIn>,
    /// Whether they operate the server.
    pub operates: Operates,
}

/// Whether somebody operates the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operates {
    /// No.
    Not,
    /// If nobody has until now.
    First,
    /// Yes.
    Too,
}

impl Store {
    /// Makes an account. A guest's earlier sign-ins end: what stands for them is new.
    ///
    /// # Errors
    /// [`StoreError::HandleTaken`], [`StoreError::EmailTaken`], [`StoreError::HasAccount`],
    /// [`StoreError::HasOperator`], [`StoreError::NoSuchPerson`], [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn sign_up(
        &self,
        account: NewAccount,
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send + use<> {
        self.writes.send(account)
    }

    /// Signs somebody in whose password was right: `password` is the hash that it fitted. What stood
    /// for them or for a guest in that browser until now, if anything, ends.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], also if they have another password by now; [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn sign_in(
        &self,
        user: UserId,
        password: String,
        sign_in: NewSignIn,
        before: Option<[u8; 32]>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(SignIn { user, password, sign_in, before })
    }

    /// Gives an account another password in the place of the one with that hash. All its sign-ins end
    /// but the one with that token, and so do all its personal tokens and links that would set a
    /// password.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], also if they have another password by now; [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn change_password(
        &self,
        user: UserId,
        was: String,
        password: String,
        keep: [u8; 32],
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(ChangePassword { user, was, password, keep })
    }

    /// Makes somebody with an account operate the server, or ends that.
    ///
    /// # Errors
    /// [`StoreError::HasOperator`], [`StoreError::NoSuchPerson`], [`StoreError::Busy`],
    /// [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn set_operator(
        &self,
        user: UserId,
        operates: Operates,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(SetOperator { user, operates })
    }
}

impl Operation for NewAccount {
    type Outcome = UserId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<UserId, StoreError>> {
        if self.operates == Operates::First && has_operator(tx.db).await? {
            return Ok(Err(StoreError::HasOperator));
        }
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
                let renamed = Profile { name: Some(self.name.clone()), ..Profile::default() };
                granted!(profile::change(tx, guest, &renamed).await?);
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
        .bind(self.operates != Operates::Not)
        .bind(user.uuid())
        .execute(&mut *tx.db)
        .await?;
        if let Some(sign_in) = &self.sign_in {
            sign_in.add(tx, user).await?;
        }
        Ok(Ok(user))
    }
}

struct SignIn {
    user: UserId,
    password: String,
    sign_in: NewSignIn,
    before: Option<[u8; 32]>,
}

impl Operation for SignIn {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        // While it was checked, the password may have become another one.
        let row = sqlx::query("SELECT 1 FROM users WHERE id = ? AND password = ?")
            .bind(self.user.uuid())
            .bind(&self.password)
            .fetch_optional(&mut *tx.db)
            .await?;
        if row.is_none() {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        if let Some(before) = self.before {
            sign_in::end_token(tx, &before).await?;
        }
        self.sign_in.add(tx, self.user).await?;
        Ok(Ok(()))
    }
}

struct ChangePassword {
    user: UserId,
    was: String,
    password: String,
    keep: [u8; 32],
}

impl Operation for ChangePassword {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        let changed = sqlx::query("UPDATE users SET password = ? WHERE id = ? AND password = ?")
            .bind(&self.password)
            .bind(self.user.uuid())
            .bind(&self.was)
            .execute(&mut *tx.db)
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        reset::forget(tx, self.user).await?;
        sign_in::end(tx, self.user, Ending::AllBut(self.keep)).await?;
        Ok(Ok(()))
    }
}

struct SetOperator {
    user: UserId,
    operates: Operates,
}

impl Operation for SetOperator {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        if self.operates == Operates::First && has_operator(tx.db).await? {
            return Ok(Err(StoreError::HasOperator));
        }
        let changed =
            sqlx::query("UPDATE users SET operator = ? WHERE id = ? AND handle IS NOT NULL")
                .bind(self.operates != Operates::Not)
                .bind(self.user.uuid())
                .execute(&mut *tx.db)
                .await?;
        if changed.rows_affected() == 0 {
            return Ok(Err(StoreError::NoSuchPerson));
        }
        // It changes what they may do in every room.
        tx.announcements.push(Committed::Elsewhere);
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
