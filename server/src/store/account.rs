//! The questions about accounts that the store answers.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};
use starling_protocol::{AccountError, Email, Handle, UserId};

use super::{AccountRecord, SignInRecord, Store, StoreError};

const ACCOUNT: &str = "SELECT id, handle, email, operator FROM users WHERE handle IS NOT NULL";

impl Store {
    /// The account of a person; `None` for a guest.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn account_of(&self, user: UserId) -> Result<Option<AccountRecord>, StoreError> {
        let sql = format!("{ACCOUNT} AND id = ?");
        let account = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user.uuid());
        Ok(account.fetch_optional(&self.reads).await?)
    }

    /// The account of that handle or address.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn account_called(&self, login: &str) -> Result<AccountRecord, StoreError> {
        let sql = format!("{ACCOUNT} AND (handle = ?1 OR email = ?1)");
        let account = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(login.trim().to_lowercase());
        account.fetch_optional(&self.reads).await?.ok_or(StoreError::NoSuchPerson)
    }

    /// The hash of a person's password; `None` for a guest.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn password_of(&self, user: UserId) -> Result<Option<String>, StoreError> {
        let hash: Option<Option<String>> =
            sqlx::query_scalar("SELECT password FROM users WHERE id = ?")
                .bind(user.uuid())
                .fetch_optional(&self.reads)
                .await?;
        Ok(hash.flatten())
    }

    /// All who operate the server, by handle.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn operators(&self) -> Result<Vec<AccountRecord>, StoreError> {
        let sql = format!("{ACCOUNT} AND operator ORDER BY handle");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.reads).await?)
    }

    /// Whether anybody operates the server.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn has_operator(&self) -> Result<bool, StoreError> {
        let mut db = self.reads.acquire().await?;
        Ok(has_operator(&mut db).await?)
    }

    /// A person's sign-ins, the one that was seen last first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sign_ins(&self, user: UserId) -> Result<Vec<SignInRecord>, StoreError> {
        let sign_ins = sqlx::query_as(
            "SELECT id, token_hash, agent, address, created_at, seen_at FROM sign_ins \
             WHERE user_id = ? ORDER BY seen_at DESC, id DESC",
        );
        Ok(sign_ins.bind(user.uuid()).fetch_all(&self.reads).await?)
    }

    /// Whether a link that sets a password is good right now.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCode`], [`StoreError::Unavailable`].
    pub async fn check_reset(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        let row = sqlx::query("SELECT 1 FROM resets WHERE token_hash = ? AND expires_at > ?")
            .bind(token_hash.as_slice())
            .bind(super::unix_ms())
            .fetch_optional(&self.reads)
            .await?;
        row.map(drop).ok_or(StoreError::NoSuchCode)
    }
}

pub(super) async fn has_operator(db: &mut SqliteConnection) -> sqlx::Result<bool> {
    let row = sqlx::query("SELECT 1 FROM users WHERE operator LIMIT 1").fetch_optional(db).await?;
    Ok(row.is_some())
}

impl FromRow<'_, SqliteRow> for AccountRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let damaged = |error: AccountError| sqlx::Error::Decode(Box::new(error));
        let email: Option<&str> = row.try_get("email")?;
        Ok(Self {
            user: UserId::new(row.try_get("id")?),
            handle: Handle::parse(row.try_get("handle")?).map_err(damaged)?,
            email: email.map(Email::parse).transpose().map_err(damaged)?,
            operator: row.try_get("operator")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for SignInRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let hash: &[u8] = row.try_get("token_hash")?;
        Ok(Self {
            id: row.try_get("id")?,
            token_hash: hash.try_into().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            agent: row.try_get("agent")?,
            address: row.try_get("address")?,
            created_at: row.try_get("created_at")?,
            seen_at: row.try_get("seen_at")?,
        })
    }
}
