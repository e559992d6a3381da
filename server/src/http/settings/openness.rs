//! Whether the room is locked or archived, and its end.

use serde::Deserialize;
use starling_app::page::settings::SettingsForm;
use starling_protocol::Action;

use super::{Asked, Outcome, Refused, Submit};
use crate::permission;
use crate::store::RoomChange;

/// `POST …/lock`.
#[derive(Debug, Deserialize)]
pub(crate) struct Lock {
    locked: bool,
}

impl Submit for Lock {
    const FORM: SettingsForm = SettingsForm::Openness;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        asked.change(RoomChange { locked: Some(self.locked), ..RoomChange::default() }).await
    }
}

/// `POST …/archive`.
#[derive(Debug, Deserialize)]
pub(crate) struct Archive {
    archived: bool,
}

impl Submit for Archive {
    const FORM: SettingsForm = SettingsForm::Openness;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        asked.change(RoomChange { archived: Some(self.archived), ..RoomChange::default() }).await
    }
}

/// `POST …/delete`.
#[derive(Debug, Deserialize)]
pub(crate) struct Delete {
    /// The room's name.
    #[serde(default)]
    confirm: String,
}

impl Submit for Delete {
    const FORM: SettingsForm = SettingsForm::Delete;

    fn typed(&self) -> &str {
        &self.confirm
    }

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let Asked { app, actor, room, .. } = asked;
        // Who may not is told so, whatever they typed.
        let standing = app.store.standing(*actor, room.id).await?;
        standing.may(Action::DeleteRoom).map_err(permission::refusal)?;
        if self.confirm.trim() != room.name.as_str() {
            return Err(Refused::Text(
                "This is not the room's name. Nothing was deleted.".to_owned(),
            ));
        }
        app.store.delete_room(*actor, room.id, None).await?;
        Ok(Outcome::Gone)
    }
}
