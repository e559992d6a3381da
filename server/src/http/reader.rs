//! Who reads a page, as far as their request says.

use axum::http::HeaderMap;
use jiff::tz::TimeZone;
use starling_protocol::User;

use crate::app::App;
use crate::http::identity::{self, Identity};
use crate::http::zone;
use crate::refusal::Refusal;
use crate::store::Actor;

/// The reader of a page.
pub(crate) struct Reader {
    /// `None` for somebody new.
    pub(crate) identity: Option<Identity>,
    /// `None` until their browser has told it.
    pub(super) zone: Option<TimeZone>,
}

impl Reader {
    /// The person behind a request.
    ///
    /// # Errors
    /// As [`identity::find`].
    pub(crate) async fn of(app: &App, headers: &HeaderMap) -> Result<Self, Refusal> {
        let identity = identity::find(app, headers).await?;
        Ok(Self { identity, zone: zone::of(headers) })
    }

    /// The person, if they are known.
    pub(crate) fn viewer(&self) -> Option<&User> {
        self.identity.as_ref().map(|identity| &identity.user)
    }

    /// For whom a page is made, to the permission check.
    pub(crate) fn actor(&self) -> Actor {
        self.identity.as_ref().map_or(Actor::Anyone, Identity::actor)
    }

    /// For pages that are the same for everyone.
    pub(crate) fn anyone() -> Self {
        Self { identity: None, zone: None }
    }
}
