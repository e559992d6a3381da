//! `/api/v1/directs`: private messages, each conversation a room that only two people see.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use starling_protocol::{Action, Denial, Direct, Message, Slug, User, UserId};
use utoipa::ToSchema;

use super::answer::{Failed, NotRead, Refused, answer, found, made};
use super::asker::{Asker, At, Said};
use super::messages::{Wanted, id_in, say};
use super::rooms::address;
use crate::app::App;
use crate::permission;
use crate::store;

/// How many conversations are listed.
const MOST: u32 = 100;

/// One's conversations, the latest first, at most 100.
#[derive(Serialize, ToSchema)]
pub(super) struct Directs {
    directs: Vec<Direct>,
}

/// With whom.
#[derive(Deserialize, ToSchema)]
#[schema(as = DirectWith)]
pub(crate) struct With {
    user: UserId,
}

/// A conversation.
#[derive(Serialize, ToSchema)]
#[schema(as = DirectOpened)]
pub(super) struct Opened {
    /// Its room, which is read and written like any other.
    room: Slug,
    /// Who the other one is.
    with: User,
}

/// Lists one's conversations.
#[utoipa::path(get, path = "/directs", tag = "Private messages", operation_id = "list_directs",
    responses((status = 200, body = Directs), NotRead))]
pub(crate) async fn list(State(app): State<App>, asker: Asker) -> Result<Response, Failed> {
    let user = asker.person()?;
    if !asker.actor().may(Action::Read) {
        return Err(permission::refusal(Denial::Scope).into());
    }
    Ok(found(Directs { directs: app.store.directs(user, MOST).await? }))
}

/// Opens the conversation with somebody; it is made if there is none.
#[utoipa::path(post, path = "/directs", tag = "Private messages", operation_id = "open_direct",
    request_body = With, responses((status = 200, body = Opened), Refused))]
pub(crate) async fn open(
    State(app): State<App>,
    asker: Asker,
    Said(With { user }): Said<With>,
) -> Result<Response, Failed> {
    let store::Opened { room, with } = opened(&app, &asker, user).await?;
    Ok(answer(StatusCode::OK, Opened { room: room.slug, with }))
}

/// Says something to somebody, in private.
#[utoipa::path(post, path = "/directs/{user}/messages", tag = "Private messages",
    operation_id = "post_direct",
    params(("user" = UserId, Path, description = "To whom."),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible signs.")),
    request_body = Wanted,
    responses((status = 201, description = "It was said, now or before.", body = Message), Refused))]
pub(crate) async fn post(
    State(app): State<App>,
    asker: Asker,
    At(user): At<UserId>,
    headers: HeaderMap,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Failed> {
    let id = id_in(&headers)?;
    let store::Opened { room, .. } = opened(&app, &asker, user).await?;
    let message = say(&app, &asker, &room, id, &wanted).await?;
    Ok(made(&format!("{}/messages/{}", address(&room.slug), message.seq.0), message))
}

async fn opened(app: &App, asker: &Asker, user: UserId) -> Result<store::Opened, Failed> {
    // It may make a room, and counts as entering one.
    app.rates.join(asker.person()?)?;
    Ok(app.store.open_direct(asker.actor(), user).await?)
}
