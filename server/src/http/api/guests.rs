//! `POST /api/v1/guests`: somebody new, who shows a token. For pages of other sites, which have no cookie.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use starling_protocol::{DisplayName, UserId};
use utoipa::ToSchema;

use super::answer::{Failed, Refused, answer};
use super::asker::Said;
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity;
use crate::secret::Secret;

/// The guest to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedGuest)]
pub(crate) struct Wanted {
    name: String,
}

/// A guest. The token is told once.
#[derive(Serialize, ToSchema)]
pub(super) struct Guest {
    id: UserId,
    token: String,
}

/// Makes a guest, where guests are let in, and a token that stands for them.
#[utoipa::path(post, path = "/guests", tag = "Identity", operation_id = "make_guest",
    request_body = Wanted,
    responses((status = 201, description = "They were made.", body = Guest), Refused))]
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Failed> {
    let name = DisplayName::parse(&wanted.name, &app.limits)?;
    identity::let_in(&app, &caller)?;
    let Secret { text: token, hash: token_hash } = identity::new_token()?;
    let id = app.store.make_guest(name, token_hash).await?;
    Ok(answer(StatusCode::CREATED, Guest { id, token }))
}
