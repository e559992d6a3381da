//! Who reads a page, as far as their request says.

use axum::http::HeaderMap;
use jiff::tz::TimeZone;
use starling_protocol::User;

use crate::app::App;
use crate::http::{identity, zone};
use crate::store::{Actor, StoreError};

/// The reader of a page.
pub(crate) struct Reader {
    /// `None` for somebody new.
    pub(crate) viewer: Option<User>,
    /// `None` until their browser has told it.
    pub(super) zone: Option<TimeZone>,
}

impl Reader {
    /// The person behind a request.
    pub(crate) async fn of(app: &App, headers: &HeaderMap) -> Result<Self, StoreError> {
        let viewer = identity::find(app, headers).await?;
        Ok(Self { viewer, zone: zone::of(headers) })
    }

    /// For whom a page is made, to the permission check.
    pub(crate) fn actor(&self) -> Actor {
        self.viewer.as_ref().map_or(Actor::Anyone, |viewer| Actor::person(viewer.id))
    }

    /// For pages that are the same for everyone.
    pub(crate) fn anyone() -> Self {
        Self { viewer: None, zone: None }
    }
}
