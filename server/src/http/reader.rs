//! Who reads a page, as far as their request says.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::Cookie;
use jiff::tz::TimeZone;
use starling_protocol::{DisplayName, User};

use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity::{self, Identity};
use crate::http::zone;
use crate::refusal::Refusal;
use crate::store::{Actor, Visitor};

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

    /// Whoever enters a room under that name by form, counted as over a WebSocket, and the cookie of
    /// somebody new.
    ///
    /// # Errors
    /// A [`Refusal`] when they do it too often, and as [`identity::newcomer`].
    pub(crate) fn visitor(
        &self,
        app: &App,
        name: DisplayName,
        caller: &Caller,
    ) -> Result<(Visitor, Option<Cookie<'static>>), Refusal> {
        let Some(user) = self.viewer() else {
            let (visitor, cookie) = identity::newcomer(app, name, caller)?;
            return Ok((visitor, Some(cookie)));
        };
        app.rates.join(user.id)?;
        let name = (user.name != name).then_some(name);
        if name.is_some() {
            // Everybody is told of a new name, as of a message.
            app.rates.message(user.id)?;
        }
        Ok((Visitor::Known { actor: self.actor(), name }, None))
    }

    /// For pages that are the same for everyone.
    pub(crate) fn anyone() -> Self {
        Self { identity: None, zone: None }
    }
}
