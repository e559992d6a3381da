//! Who is here: in a room, and on the server.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use starling_protocol::Person;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::answer::{Failed, NotRead, found};
use super::asker::{Asker, At, InRoom};
use crate::app::App;
use crate::refusal::Refusal;
use crate::room_task::RoomCommand;
use crate::store::{RoomId, StoreError};

#[derive(Serialize, ToSchema)]
pub(super) struct Here {
    people: Vec<Person>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Online {
    /// How many people are connected.
    people: usize,
}

/// Tells who is in a room now, each person once, and how they are there.
#[utoipa::path(get, path = "/rooms/{slug}/people", tag = "Presence", operation_id = "who_is_here",
    params(InRoom),
    responses((status = 200, body = Here), NotRead))]
pub(crate) async fn here(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
) -> Result<Response, Failed> {
    let (room, _) = asker.room(&app, &slug).await?;
    Ok(found(Here { people: in_room(&app, room.id).await? }))
}

/// Tells how many people are connected to the server.
#[utoipa::path(get, path = "/presence", tag = "Presence", operation_id = "online",
    responses((status = 200, body = Online), NotRead))]
pub(crate) async fn online(State(app): State<App>) -> Result<Response, Failed> {
    Ok(found(Online { people: app.online.people() }))
}

/// Who is in a room now.
pub(super) async fn in_room(app: &App, room: RoomId) -> Result<Vec<Person>, Refusal> {
    let Some(handle) = app.hub.running(room) else { return Ok(Vec::new()) };
    let (reply, people) = oneshot::channel();
    if handle.commands.try_send(RoomCommand::Who { reply }).is_err() {
        return Err(StoreError::Busy.into());
    }
    // A room that ends meanwhile is empty.
    Ok(people.await.unwrap_or_default())
}
