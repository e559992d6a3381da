//! What stands for people beside sign-ins: personal tokens for programs, and who somebody is on
//! another site. Of a token only its hash is known.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};
use starling_protocol::{DisplayName, Scopes, UserId};

use super::decode::{stored_name, stored_user};
use super::{SignedIn, Store, StoreError};

/// A personal token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose.
    pub user: UserId,
    /// What its owner calls it.
    pub name: DisplayName,
    /// Its hash.
    pub token_hash: [u8; 32],
    /// What it allows.
    pub scopes: Scopes,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z; `None`: not by itself.
    pub expires_at: Option<i64>,
}

/// A personal token, as its owner sees it. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its number, by which it is ended.
    pub id: i64,
    /// What its owner calls it.
    pub name: DisplayName,
    /// What it allows.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: i64,
    /// When it ends; `None`: not by itself.
    pub expires_at: Option<i64>,
    /// When it was last used, to the hour; `None`: never.
    pub used_at: Option<i64>,
}

/// Whom a personal token stands for, and how far. It may have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHolder {
    /// Its owner.
    pub signed_in: SignedIn,
    /// What it allows.
    pub scopes: Scopes,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z; `None`: not by itself.
    pub expires_at: Option<i64>,
    /// When it was last used, to the hour.
    pub used_at: Option<i64>,
}

/// Who somebody is on another site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Which site. Without line feeds.
    pub issuer: String,
    /// Who they are there.
    pub subject: String,
}

impl External {
    /// As it is stored. No two look alike, as an issuer has no line feed.
    pub(super) fn key(&self) -> String {
        format!("{}\n{}", self.issuer, self.subject)
    }
}

impl FromRow<'_, SqliteRow> for TokenRecord {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            name: stored_name(row.try_get("name")?)?,
            scopes: Scopes::known_in(row.try_get("scopes")?),
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
            used_at: row.try_get("used_at")?,
        })
    }
}

impl Store {
    /// The person that a personal token stands for, also when it has ended.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn token_holder(&self, token_hash: &[u8; 32]) -> Result<TokenHolder, StoreError> {
        let row = sqlx::query(
            "SELECT u.id, u.name, u.hue, u.avatar, t.scopes, t.expires_at, t.used_at, \
             u.handle IS NOT NULL OR u.external IS NOT NULL AS has_account \
             FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.token_hash = ?",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(&self.reads)
        .await?;
        let row = row.ok_or(StoreError::NoSuchPerson)?;
        Ok(TokenHolder {
            signed_in: signed_in(&row)?,
            scopes: Scopes::known_in(row.try_get("scopes")?),
            expires_at: row.try_get("expires_at")?,
            used_at: row.try_get("used_at")?,
        })
    }

    /// A person's tokens, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tokens_of(&self, user: UserId) -> Result<Vec<TokenRecord>, StoreError> {
        let tokens = sqlx::query_as("SELECT * FROM api_tokens WHERE user_id = ? ORDER BY id DESC")
            .bind(user.uuid())
            .fetch_all(&self.reads)
            .await?;
        Ok(tokens)
    }

    /// A person, by whatever they are known.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn person(&self, user: UserId) -> Result<SignedIn, StoreError> {
        let row = sqlx::query(
            "SELECT id, name, hue, avatar, \
             handle IS NOT NULL OR external IS NOT NULL AS has_account FROM users WHERE id = ?",
        )
        .bind(user.uuid())
        .fetch_optional(&self.reads)
        .await?;
        Ok(signed_in(&row.ok_or(StoreError::NoSuchPerson)?)?)
    }

    /// The person who is that one on another site.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn from_elsewhere(&self, external: &External) -> Result<SignedIn, StoreError> {
        let row = sqlx::query(
            "SELECT id, name, hue, avatar, TRUE AS has_account FROM users WHERE external = ?",
        )
        .bind(external.key())
        .fetch_optional(&self.reads)
        .await?;
        Ok(signed_in(&row.ok_or(StoreError::NoSuchPerson)?)?)
    }
}

fn signed_in(row: &SqliteRow) -> sqlx::Result<SignedIn> {
    Ok(SignedIn {
        user: stored_user(row)?,
        has_account: row.try_get("has_account")?,
        seen_long_ago: false,
    })
}
