//! Sign-ins: what stands for a person in a browser.

use starling_protocol::UserId;

use super::{Operation, Transaction, token};
use crate::store::{Committed, NewSignIn, SEEN_EVERY_MS, Store, StoreError};

/// Which sign-ins of a person end.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// That one.
    One(i64),
    /// The one with that token.
    Token([u8; 32]),
    /// All but the one with that token; personal tokens end, too.
    AllBut([u8; 32]),
    /// All of them; personal tokens end, too.
    All,
}

impl Store {
    /// Ends sign-ins of a person; what they hold open is closed.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Full`], [`StoreError::Unavailable`].
    pub fn sign_out(
        &self,
        user: UserId,
        ending: Ending,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(SignOut { user, ending })
    }

    /// Notes that a sign-in was used, some time soon. Nobody waits for that, so it is left out while
    /// much else waits to be written: the next use notes it.
    pub fn note_use(&self, token_hash: [u8; 32]) {
        if self.writes.is_quiet() {
            drop(self.writes.send(NoteUse { token_hash }));
        }
    }
}

struct NoteUse {
    token_hash: [u8; 32],
}

impl Operation for NoteUse {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        // Of several that were under way, one is enough.
        sqlx::query("UPDATE sign_ins SET seen_at = ?1 WHERE token_hash = ?2 AND seen_at <= ?3")
            .bind(tx.now)
            .bind(self.token_hash.as_slice())
            .bind(tx.now - SEEN_EVERY_MS)
            .execute(&mut *tx.db)
            .await?;
        Ok(Ok(()))
    }
}

impl NewSignIn {
    /// Writes it down for that person.
    pub(super) async fn add(&self, tx: &mut Transaction<'_>, user: UserId) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO sign_ins (token_hash, user_id, created_at, seen_at, agent, address) \
             VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
        )
        .bind(self.token_hash.as_slice())
        .bind(user.uuid())
        .bind(tx.now)
        .bind(&self.agent)
        .bind(&self.address)
        .execute(&mut *tx.db)
        .await?;
        Ok(())
    }
}

struct SignOut {
    user: UserId,
    ending: Ending,
}

impl Operation for SignOut {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        end(tx, self.user, self.ending).await?;
        Ok(Ok(()))
    }
}

/// Ends the sign-in of that token, if there is one, and announces it.
pub(super) async fn end_token(tx: &mut Transaction<'_>, token_hash: &[u8; 32]) -> sqlx::Result<()> {
    let ended: Option<(uuid::Uuid,)> =
        sqlx::query_as("DELETE FROM sign_ins WHERE token_hash = ? RETURNING user_id")
            .bind(token_hash.as_slice())
            .fetch_optional(&mut *tx.db)
            .await?;
    if let Some((user,)) = ended {
        tx.announcements.push(Committed::SignedOut { user: UserId::new(user) });
    }
    Ok(())
}

/// Ends sign-ins, and announces it.
pub(super) async fn end(
    tx: &mut Transaction<'_>,
    user: UserId,
    ending: Ending,
) -> sqlx::Result<()> {
    let (one, token, but) = match &ending {
        Ending::One(id) => (Some(*id), None, None),
        Ending::Token(hash) => (None, Some(hash.as_slice()), None),
        Ending::AllBut(hash) => (None, None, Some(hash.as_slice())),
        Ending::All => (None, None, None),
    };
    sqlx::query(
        "DELETE FROM sign_ins WHERE user_id = ?1 AND (?2 IS NULL OR id = ?2) \
         AND (?3 IS NULL OR token_hash = ?3) AND (?4 IS NULL OR token_hash <> ?4)",
    )
    .bind(user.uuid())
    .bind(one)
    .bind(token)
    .bind(but)
    .execute(&mut *tx.db)
    .await?;
    if matches!(ending, Ending::AllBut(_) | Ending::All) {
        // Whoever signs out everywhere does not know who else got in: what they could have made ends, too.
        token::end_all(tx, user).await?;
    }
    tx.announcements.push(Committed::SignedOut { user });
    Ok(())
}
