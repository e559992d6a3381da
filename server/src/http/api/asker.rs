//! Who asks, and what they ask: out of the request, or refused as everything here is.

use std::net::IpAddr;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use starling_protocol::{ErrorCode, Slug, Standing, UserId};
use utoipa::IntoParams;

use super::Failed;
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity::{self, Identity};
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{Actor, RoomId, RoomRecord, StoreError};

/// Whoever asks.
pub(super) struct Asker {
    /// `None` for who shows nothing.
    pub(super) identity: Option<Identity>,
    /// What counts as their address to limits.
    pub(super) household: IpAddr,
}

impl Asker {
    /// To the permission check.
    pub(super) fn actor(&self) -> Actor {
        self.identity.as_ref().map_or(Actor::Anyone, Identity::actor)
    }

    /// As whom.
    ///
    /// # Errors
    /// A [`Refusal`] of who shows nothing.
    pub(super) fn identity(&self) -> Result<&Identity, Refusal> {
        let sentence = "Say who you are: with a token in the Authorization header, or a cookie.";
        self.identity.as_ref().ok_or_else(|| Refusal::new(ErrorCode::NoIdentity, sentence))
    }

    /// Which person.
    ///
    /// # Errors
    /// A [`Refusal`] of who shows nothing.
    pub(super) fn person(&self) -> Result<UserId, Refusal> {
        Ok(self.identity()?.user.id)
    }

    /// A room that they may read.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub(super) async fn room(
        &self,
        app: &App,
        slug: &Slug,
    ) -> Result<(RoomRecord, Standing), Refusal> {
        permission::admit(app, self.actor(), slug).await
    }

    /// A room in which they are about to do something that others are told of, which counts as a
    /// message does.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub(super) async fn act(&self, app: &App, slug: &Slug) -> Result<RoomRecord, Refusal> {
        let user = self.person()?;
        let (room, _) = self.room(app, slug).await?;
        app.rates.message(user)?;
        Ok(room)
    }

    /// Counts one search of theirs, or something that reads as much.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub(super) fn search(&self, app: &App) -> Result<(), Refusal> {
        let user = self.identity.as_ref().map(|identity| identity.user.id);
        app.rates.search(user, self.household)
    }

    /// What came of something they did in a room.
    ///
    /// # Errors
    /// A [`Refusal`] that says why nothing did.
    pub(super) async fn outcome<T>(
        &self,
        app: &App,
        room: RoomId,
        done: Result<T, StoreError>,
    ) -> Result<T, Refusal> {
        match done {
            Ok(done) => Ok(done),
            Err(error) => Err(permission::refused(app, self.actor(), room, error).await),
        }
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failed> {
        let Ok(caller) = Caller::from_request_parts(parts, app).await;
        let identity = identity::find(app, &parts.headers).await?;
        Ok(Self { identity, household: caller.household() })
    }
}

/// A body in JSON.
pub(super) struct Said<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Said<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failed> {
        match <Json<T> as FromRequest<App>>::from_request(request, app).await {
            Ok(Json(said)) => Ok(Self(said)),
            Err(error) => Err(unreadable(&error).into()),
        }
    }
}

impl<T: DeserializeOwned> OptionalFromRequest<App> for Said<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, app: &App) -> Result<Option<Self>, Failed> {
        match <Json<T> as OptionalFromRequest<App>>::from_request(request, app).await {
            Ok(said) => Ok(said.map(|Json(said)| Self(said))),
            Err(error) => Err(unreadable(&error).into()),
        }
    }
}

/// Why a body could not be read.
pub(super) fn unreadable(error: &JsonRejection) -> Refusal {
    Refusal::new(ErrorCode::BadJson, sentence(&error.body_text()))
}

/// What stands behind the question mark of the address.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failed> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(bad_request(&error.body_text()).into()),
        }
    }
}

/// In an address, which room.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct InRoom {
    /// The room.
    #[param(value_type = String)]
    pub(super) slug: Slug,
}

/// What stands in the address itself.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failed> {
        match Path::from_request_parts(parts, app).await {
            Ok(Path(at)) => Ok(Self(at)),
            Err(_) => Err(super::no_such_address().await),
        }
    }
}

/// Part of a request cannot be.
pub(super) fn bad_request(why: &str) -> Refusal {
    Refusal::new(ErrorCode::BadRequest, sentence(why))
}

fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}
