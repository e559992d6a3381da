//! What is done about people: their role, measures, and handing the room over.

use serde::Deserialize;
use starling_app::page::settings::SettingsForm;
use starling_protocol::{Measure, Reason, Role, UserId};

use super::{Asked, Outcome, Refused, Submit};
use crate::store::NewMeasure;

/// `POST …/role`.
#[derive(Debug, Deserialize)]
pub(crate) struct NewRole {
    user: UserId,
    role: Role,
}

impl Submit for NewRole {
    const FORM: SettingsForm = SettingsForm::Members;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        if self.role == Role::Owner {
            return Err(Refused::Text("To hand the room over, use its own form.".to_owned()));
        }
        asked.set_role(self.user, self.role).await
    }
}

/// `POST …/hand-over`, which the page asks once more.
#[derive(Debug, Deserialize)]
pub(crate) struct HandOver {
    user: UserId,
}

impl Submit for HandOver {
    const FORM: SettingsForm = SettingsForm::Members;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        asked.set_role(self.user, Role::Owner).await
    }
}

impl Asked<'_> {
    async fn set_role(&self, user: UserId, role: Role) -> Result<Outcome, Refused> {
        self.app.store.set_role(self.actor, self.room.id, user, role).await?;
        Ok(Outcome::Done)
    }
}

/// `POST …/measure`: something is taken against somebody, or ended.
#[derive(Debug, Deserialize)]
pub(crate) struct TakeMeasure {
    user: UserId,
    measure: Measure,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    lasts: Lasts,
}

impl Submit for TakeMeasure {
    const FORM: SettingsForm = SettingsForm::Measures;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let reason = Reason::parse(&self.reason)?;
        let measure =
            NewMeasure { user: self.user, measure: self.measure, reason, lasts: self.lasts.ms() };
        asked.app.store.moderate(asked.actor, asked.room.id, measure).await?;
        Ok(Outcome::Done)
    }
}

/// For how long something holds, as the page offers it.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lasts {
    Hour,
    Day,
    Week,
    Month,
    #[default]
    Ever,
}

impl Lasts {
    /// In milliseconds; `None` without an end.
    pub(super) const fn ms(self) -> Option<i64> {
        const HOUR: i64 = 60 * 60 * 1_000;
        match self {
            Self::Hour => Some(HOUR),
            Self::Day => Some(24 * HOUR),
            Self::Week => Some(7 * 24 * HOUR),
            Self::Month => Some(30 * 24 * HOUR),
            Self::Ever => None,
        }
    }
}
