//! Somebody new who is in no room yet, as programs are that connect before they join.

use starling_protocol::{DisplayName, UserId};

use super::enter::settle;
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
