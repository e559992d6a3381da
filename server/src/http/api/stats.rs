//! `GET /api/v1/rooms/{slug}/stats`: how much was said in a room.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use starling_protocol::User;
use utoipa::ToSchema;

use super::answer::{Failed, NotRead, found};
use super::asker::{Asker, At, InRoom};
use crate::app::App;
use crate::refusal::Refusal;
use crate::store::{RoomRecord, Statistics};

/// How many people are named.
const MOST: usize = 100;

/// How much was said in a room. What was deleted does not count.
#[derive(Serialize, ToSchema)]
pub(super) struct Stats {
    /// How many messages there are.
    total: u64,
    /// Those who said most, at most 100.
    by_user: Vec<ByUser>,
    /// When the first of them was said, in milliseconds since 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_at: Option<i64>,
    /// When the last of them was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_at: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ByUser {
    user: User,
    /// How many messages are theirs.
    messages: u64,
}

/// Counts what was said in a room.
#[utoipa::path(get, path = "/rooms/{slug}/stats", tag = "Rooms", operation_id = "room_stats",
    params(InRoom),
    responses((status = 200, body = Stats), NotRead))]
pub(crate) async fn stats(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
) -> Result<Response, Failed> {
    let (room, _) = asker.room(&app, &slug).await?;
    let Statistics { total, by_user, first_at, last_at } = count(&app, &asker, &room).await?;
    let by_user = by_user.into_iter().map(|(user, messages)| ByUser { user, messages }).collect();
    Ok(found(Stats { total, by_user, first_at, last_at }))
}

/// Counts, as often as somebody may search.
pub(super) async fn count(
    app: &App,
    asker: &Asker,
    room: &RoomRecord,
) -> Result<Statistics, Refusal> {
    asker.search(app)?;
    let _turn = app.turns.next().await;
    Ok(app.store.statistics(room.id, MOST).await?)
}
