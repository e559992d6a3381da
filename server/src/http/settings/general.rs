//! The room's name, who finds it, and what visitors may.

use serde::Deserialize;
use starling_app::page::settings::SettingsForm;
use starling_protocol::{RoomName, Visibility};

use super::{Asked, Outcome, Refused, Submit};
use crate::store::RoomChange;

/// `POST …/name`.
#[derive(Debug, Deserialize)]
pub(crate) struct Name {
    name: String,
}

impl Submit for Name {
    const FORM: SettingsForm = SettingsForm::Name;

    fn typed(&self) -> &str {
        &self.name
    }

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let name = Some(RoomName::parse(&self.name, &asked.app.limits)?);
        asked.change(RoomChange { name, ..RoomChange::default() }).await
    }
}

/// `POST …/access`.
#[derive(Debug, Deserialize)]
pub(crate) struct Access {
    visibility: Visibility,
    /// Ticked boxes are sent, empty ones are not.
    visitors_talk: Option<String>,
}

impl Submit for Access {
    const FORM: SettingsForm = SettingsForm::Access;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let visibility = Some(self.visibility).filter(|it| *it != asked.room.visibility);
        let talk = self.visitors_talk.is_some();
        let visitors_talk = Some(talk).filter(|it| *it != asked.room.visitors_talk);
        let change = match (visibility, visitors_talk) {
            // Whether they could have is said all the same.
            (None, None) => RoomChange { visitors_talk: Some(talk), ..RoomChange::default() },
            _ => RoomChange { visibility, visitors_talk, ..RoomChange::default() },
        };
        asked.change(change).await
    }
}

impl Asked<'_> {
    /// Changes the room.
    pub(super) async fn change(&self, change: RoomChange) -> Result<Outcome, Refused> {
        self.app.store.change_room(self.actor, self.room.id, change).await?;
        Ok(Outcome::Done)
    }
}
