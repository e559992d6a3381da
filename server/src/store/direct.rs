//! Conversations of two people: what the store says of them.

use sqlx::Row;
use starling_protocol::{Direct, Slug, User, UserId};
use uuid::Uuid;

use super::decode::{seq_from, stored_user};
use super::{RoomId, RoomRecord, Store, StoreError};

/// A conversation that is there to be joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its room.
    pub room: RoomRecord,
    /// Who the other one is.
    pub with: User,
}

const DIRECTS: &str = "SELECT r.slug, s.last_seq, d.at, (SELECT author_id FROM messages m \
     WHERE m.stream_id = s.id ORDER BY m.seq DESC LIMIT 1) AS by, u.id, u.name, u.hue, u.avatar FROM directs d \
     JOIN rooms r ON r.id = d.room_id \
     JOIN streams s ON s.room_id = d.room_id AND s.kind = 'chat' \
     JOIN users u ON u.id = iif(d.low = ?1, d.high, d.low) \
     WHERE (d.low = ?1 OR d.high = ?1) AND (s.last_seq > 0 OR r.created_by = ?1) \
     ORDER BY d.at DESC, r.id DESC LIMIT ?2";

impl Store {
    /// A person's conversations, the latest first, at most so many. One that somebody else opened is
    /// there once they said something.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn directs(&self, user: UserId, limit: u32) -> Result<Vec<Direct>, StoreError> {
        let rows =
            sqlx::query(DIRECTS).bind(user.uuid()).bind(limit).fetch_all(&self.reads).await?;
        let direct = |row: sqlx::sqlite::SqliteRow| -> sqlx::Result<Direct> {
            let by: Option<Uuid> = row.try_get("by")?;
            Ok(Direct {
                room: Slug::new(row.try_get::<String, _>("slug")?),
                with: stored_user(&row)?,
                seq: seq_from(row.try_get("last_seq")?),
                by: by.map(UserId::new),
                at: row.try_get("at")?,
            })
        };
        Ok(rows.into_iter().map(direct).collect::<sqlx::Result<_>>()?)
    }

    /// Who the other one is in a conversation; `None` in other rooms, and for who is none of the two.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn direct_with(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<User>, StoreError> {
        let row = sqlx::query(
            "SELECT u.id, u.name, u.hue, u.avatar FROM directs d \
             JOIN users u ON u.id = iif(d.low = ?1, d.high, d.low) \
             WHERE d.room_id = ?2 AND (d.low = ?1 OR d.high = ?1)",
        )
        .bind(user.uuid())
        .bind(room.0)
        .fetch_optional(&self.reads)
        .await?;
        Ok(row.map(|row| stored_user(&row)).transpose()?)
    }
}
