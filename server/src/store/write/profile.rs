//! How a person appears to others.

use starling_protocol::{Avatar, DisplayName, Hue, UserId};

use super::{Operation, Transaction};
use crate::store::decode::stored_user;
use crate::store::{Committed, Store, StoreError};

/// How somebody wants to appear from now on; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// What they call themselves.
    pub name: Option<DisplayName>,
    /// Their colour.
    pub hue: Option<Hue>,
    /// What stands in their circle; `Some(None)` is their initial.
    pub avatar: Option<Option<Avatar>>,
}

impl Store {
    /// Changes how a person appears, from their next message on.
    ///
    /// # Errors
    /// [`StoreError::NoSuchPerson`], [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Unavailable`].
    pub fn change_profile(
        &self,
        user: UserId,
        profile: Profile,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + use<> {
        self.writes.send(ChangeProfile { user, profile })
    }
}

struct ChangeProfile {
    user: UserId,
    profile: Profile,
}

impl Operation for ChangeProfile {
    type Outcome = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> sqlx::Result<Result<(), StoreError>> {
        change(tx, self.user, &self.profile).await
    }
}

pub(super) async fn change(
    tx: &mut Transaction<'_>,
    user: UserId,
    profile: &Profile,
) -> sqlx::Result<Result<(), StoreError>> {
    let Profile { name, hue, avatar } = profile;
    let row = sqlx::query(
        "UPDATE users SET name = coalesce(?1, name), hue = coalesce(?2, hue), \
         avatar = CASE WHEN ?3 THEN ?4 ELSE avatar END WHERE id = ?5 \
         RETURNING id, name, hue, avatar",
    )
    .bind(name.as_ref().map(DisplayName::as_str))
    .bind(hue.map(|hue| hue.0))
    .bind(avatar.is_some())
    .bind(avatar.as_ref().and_then(Option::as_ref).map(Avatar::as_str))
    .bind(user.uuid())
    .fetch_optional(&mut *tx.db)
    .await?;
    let Some(row) = row else { return Ok(Err(StoreError::NoSuchPerson)) };
    tx.announcements.push(Committed::Appearance { user: stored_user(&row)? });
    Ok(Ok(()))
}
