//! Somebody new who is in no room yet, as programs are that connect before they join.

use starling_protocol::{DisplayName, Scopes, UserId};
use uuid::Uuid;

use super::enter::{add_person, settle};
use super::{Operation, Transaction};
use crate::store::{NewSignIn, Store, StoreError, Visitor};

impl Store {
    /// Makes a guest, for whom that sign-in stands.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn welcome_guest(
        &self,
        name: DisplayName,
        sign_in: NewSignIn,
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send + use<> {
        self.writes.send(Welcome { visitor: Visitor::Newcomer { name, sign_in } })
    }

    /// Makes a guest who is known by that token, and by nothing else. It allows all that a guest may.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn make_guest(
        &self,
        name: DisplayName,
        token_hash: [u8; 32],
    ) -> impl Future<Output = Result<UserId, StoreError>> + Send + use<> {
        self.writes.send(NewGuest { name, token_hash })
    }
}

struct Welcome {
    visitor: Visitor,
}

impl Operation for Welcome {
    type Outcome = UserId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<UserId, StoreError>> {
        settle(tx, &self.visitor, None).await
    }
}

struct NewGuest {
    name: DisplayName,
    token_hash: [u8; 32],
}

impl Operation for NewGuest {
    type Outcome = UserId;

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<UserId, StoreError>> {
        let id = UserId::new(Uuid::now_v7());
        add_person(tx, id, &self.name).await?;
        sqlx::query(
            "INSERT INTO api_tokens (token_hash, user_id, name, scopes, created_at) \
             VALUES (?, ?, 'Guest', ?, ?)",
        )
        .bind(self.token_hash.as_slice())
        .bind(id.uuid())
        .bind(Scopes::ALL.to_string())
        .bind(tx.now)
        .execute(&mut *tx.db)
        .await?;
        Ok(Ok(id))
    }
}
