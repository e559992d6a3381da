//! Invitations to the room: to make one, whose code is told this once, and to take one back.

use axum::http::header;
use serde::Deserialize;
use starling_app::page::settings::{MadeInvite, SettingsForm};

use super::members::Lasts;
use super::{Asked, Outcome, Refused, Submit};
use crate::invitation;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::{InviteId, NewInvite};

/// The most people whom one invitation can let in, if their number is bounded.
const MOST_USES: u32 = 100_000;
const BAD_USES: &str = "That is a whole number from 1 to 100,000, or nothing for any number.";

/// `POST …/invite`.
#[derive(Debug, Deserialize)]
pub(crate) struct Invite {
    #[serde(default)]
    lasts: Lasts,
    #[serde(default)]
    uses: String,
}

impl Submit for Invite {
    const FORM: SettingsForm = SettingsForm::Invites;

    fn typed(&self) -> &str {
        &self.uses
    }

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let bad = || Refused::Text(BAD_USES.to_owned());
        let most_uses = match self.uses.trim() {
            "" => None,
            uses => match uses.parse::<u32>().map_err(|_| bad())? {
                uses @ 1..=MOST_USES => Some(uses),
                _ => return Err(bad()),
            },
        };
        let code = Secret::new().map_err(Refusal::from)?;
        let invite = NewInvite { code_hash: code.hash, lasts: self.lasts.ms(), most_uses };
        asked.app.store.make_invite(asked.actor, asked.room.id, invite).await?;
        let link = invitation::link(&self.origin(asked), &code.text);
        let qr = invitation::qr(&link);
        Ok(Outcome::Made(MadeInvite { link, qr }))
    }
}

impl Invite {
    /// Where the page is that the form came from; a program with a token may name another site.
    fn origin(&self, asked: &Asked<'_>) -> String {
        let named = |name| asked.headers.get(name).and_then(|value| value.to_str().ok());
        let host = named(header::HOST).unwrap_or_default();
        let own = named(header::ORIGIN).filter(|origin| {
            origin.split_once("://").is_some_and(|(_, named)| named.eq_ignore_ascii_case(host))
        });
        match (&asked.app.config.public_url, own) {
            (Some(url), _) => url.clone(),
            (None, Some(origin)) => origin.to_owned(),
            (None, None) => format!("http://{host}"),
        }
    }
}

/// `POST …/take-back`.
#[derive(Debug, Deserialize)]
pub(crate) struct TakeBack {
    invite: i64,
}

impl Submit for TakeBack {
    const FORM: SettingsForm = SettingsForm::Invites;

    async fn submit(&self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let invite = InviteId(self.invite);
        asked.app.store.take_back_invite(asked.actor, asked.room.id, invite).await?;
        Ok(Outcome::Done)
    }
}
