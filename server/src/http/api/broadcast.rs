//! `POST /api/v1/rooms/{slug}/broadcast`: an event of a program's own, to everyone in a room. It is not
//! stored: who is not there does not get it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use starling_protocol::{Action, ErrorCode, Json, ServerEvent, Slug};
use tokio::sync::mpsc::error::TrySendError;
use utoipa::ToSchema;

use super::answer::{Failed, Refused, answer};
use super::asker::{Asker, At, InRoom, Said, bad_request};
use crate::app::App;
use crate::gateway;
use crate::permission;
use crate::refusal::Refusal;
use crate::room::Text;
use crate::room_task::RoomCommand;
use crate::store::{RoomRecord, StoreError, unix_ms};

/// The longest name of an event, in characters.
const NAME: usize = 64;

/// An event for everyone in the room.
#[derive(Deserialize, ToSchema)]
#[schema(as = CustomEvent)]
pub(crate) struct Event {
    /// What the program calls it: 1 to 64 characters, and none of the names under which Socket.IO clients are
    /// told something by Starling.
    pub(super) event: String,
    /// Whatever it says.
    #[serde(default)]
    pub(super) data: Value,
}

/// Whom it was sent to.
#[derive(Serialize, ToSchema)]
pub(super) struct Told {
    /// How many people are in the room.
    people: usize,
}

/// Sends an event of one's own program to everyone who is in the room now: a moderator's.
#[utoipa::path(post, path = "/rooms/{slug}/broadcast", tag = "Rooms", operation_id = "broadcast",
    params(InRoom),
    request_body = Event, responses((status = 200, body = Told), Refused))]
pub(crate) async fn broadcast(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    Said(event): Said<Event>,
) -> Result<Response, Failed> {
    let (_, people) = tell(&app, &asker, &slug, event).await?;
    Ok(answer(StatusCode::OK, Told { people }))
}

/// Tells everyone in the room; says which room it was, and how many they are.
pub(super) async fn tell(
    app: &App,
    asker: &Asker,
    slug: &Slug,
    Event { event, data }: Event,
) -> Result<(RoomRecord, usize), Refusal> {
    let by = asker.person()?;
    let (room, standing) = asker.room(app, slug).await?;
    // Nothing is written, so that this is as close as it gets.
    standing.may(Action::Broadcast).map_err(permission::refusal)?;
    app.rates.message(by)?;
    if !(1..=NAME).contains(&event.chars().count()) {
        return Err(bad_request(&format!("An event's name has 1 to {NAME} characters")));
    }
    if gateway::is_taken(&event) {
        let sentence =
            "Socket.IO clients are told something else under this name. Choose another one";
        return Err(bad_request(sentence));
    }
    let data = Json::of(&data);
    let event = ServerEvent::Custom { room: room.slug.clone(), event, data, by, at: unix_ms() };
    let event = Text::new(&event);
    let most = app.config.api.event_bytes;
    if event.bytes().len() > most {
        let sentence = format!("This event is too large: one has at most {most} bytes in JSON.");
        return Err(Refusal::new(ErrorCode::TooLarge, sentence));
    }
    if let Some(handle) = app.hub.running(room.id)
        && let Err(TrySendError::Full(_)) = handle.commands.try_send(RoomCommand::Custom { event })
    {
        return Err(StoreError::Busy.into());
    }
    let people = app.hub.people(room.id);
    Ok((room, people))
}
