//! The questions that the store answers of people and rooms. What was said is read in `read_log.rs`.

use sqlx::{QueryBuilder, Row};
use starling_protocol::{Slug, User, UserId};
use uuid::Uuid;

use super::decode::stored_user;
use super::{RoomId, RoomRecord, SEEN_EVERY_MS, SignedIn, Store, StoreError};

impl Store {
    /// The room of that address.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn room(&self, slug: &Slug) -> Result<RoomRecord, StoreError> {
        sqlx::query_as("SELECT * FROM rooms WHERE slug = ?")
            .bind(slug.as_str())
            .fetch_optional(&self.reads)
            .await?
            .ok_or(StoreError::NotFound)
    }

    /// The room of that number.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    pub async fn room_of(&self, id: RoomId) -> Result<RoomRecord, StoreError> {
        sqlx::query_as("SELECT * FROM rooms WHERE id = ?")
            .bind(id.0)
            .fetch_optional(&self.reads)
            .await?
            .ok_or(StoreError::NotFound)
    }

    /// Those of these rooms that are there and are no conversations of two, in no order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn these_rooms(&self, ids: &[RoomId]) -> Result<Vec<RoomRecord>, StoreError> {
        let mut query = QueryBuilder::new("SELECT * FROM rooms WHERE NOT direct AND id IN (");
        let mut separated = query.separated(", ");
        for id in ids {
            separated.push_bind(id.0);
        }
        query.push(")");
        Ok(query.build_query_as().fetch_all(&self.reads).await?)
    }

    /// The listed ones of these rooms, then the newest of the others, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn listed_rooms(
        &self,
        first: &[RoomId],
        limit: u32,
    ) -> Result<Vec<RoomRecord>, StoreError> {
        let mut query = QueryBuilder::new(
            "SELECT * FROM rooms WHERE visibility = 'public' AND NOT archived ORDER BY id IN (",
        );
        let mut ids = query.separated(", ");
        for id in first {
            ids.push_bind(id.0);
        }
        query.push(") DESC, created_at DESC LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(&self.reads).await?)
    }

    /// The rooms that everyone finds, from the first one after that address, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn public_rooms(
        &self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<RoomRecord>, StoreError> {
        let rooms = sqlx::query_as(
            "SELECT * FROM rooms WHERE visibility = 'public' AND NOT archived AND slug > ? \
             ORDER BY slug LIMIT ?",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.reads)
        .await?;
        Ok(rooms)
    }

    /// The rooms that a person has joined, the latest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn rooms_of(&self, user: UserId, limit: u32) -> Result<Vec<RoomRecord>, StoreError> {
        let rooms = sqlx::query_as(
            "SELECT r.* FROM visits v JOIN rooms r ON r.id = v.room_id \
             LEFT JOIN members m ON m.room_id = r.id AND m.user_id = v.user_id \
             WHERE v.user_id = ? AND NOT r.direct \
             AND (r.visibility <> 'private' OR m.role IS NOT NULL) \
             ORDER BY v.first_at DESC, r.id DESC LIMIT ?",
        )
        .bind(user.uuid())
        .bind(limit)
        .fetch_all(&self.reads)
        .await?;
        Ok(rooms)
    }

    /// A person, as they appear now.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        let row = sqlx::query("SELECT id, name, hue, avatar FROM users WHERE id = ?")
            .bind(id.uuid())
            .fetch_optional(&self.reads)
            .await?;
        Ok(stored_user(&row.ok_or(StoreError::NoSuchPerson)?)?)
    }

    /// The person that a sign-in stands for.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn signed_in(&self, token_hash: &[u8; 32]) -> Result<SignedIn, StoreError> {
        let row = sqlx::query(
            "SELECT u.id, u.name, u.hue, u.avatar, \
             u.handle IS NOT NULL OR u.external IS NOT NULL AS has_account, s.seen_at \
             FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ?",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(&self.reads)
        .await?;
        let row = row.ok_or(StoreError::NoSuchPerson)?;
        let seen_at: i64 = row.try_get("seen_at")?;
        Ok(SignedIn {
            user: stored_user(&row)?,
            has_account: row.try_get("has_account")?,
            seen_long_ago: super::unix_ms() - seen_at >= SEEN_EVERY_MS,
        })
    }

    /// The account of that handle or address, and the hash of its password.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Unavailable`].
    pub async fn account(&self, login: &str) -> Result<(UserId, String), StoreError> {
        let row: Option<(Uuid, String)> = sqlx::query_as(
            "SELECT id, password FROM users WHERE (handle = ?1 OR email = ?1) \
             AND password IS NOT NULL",
        )
        .bind(login.trim().to_lowercase())
        .fetch_optional(&self.reads)
        .await?;
        let (id, password) = row.ok_or(StoreError::NoSuchPerson)?;
        Ok((UserId::new(id), password))
    }

    /// Whether that person has ever entered that room.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn has_visited(&self, user: UserId, room: RoomId) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM visits WHERE user_id = ? AND room_id = ?")
            .bind(user.uuid())
            .bind(room.0)
            .fetch_optional(&self.reads)
            .await?;
        Ok(row.is_some())
    }
}
