//! `GET /api/v1/rooms/{slug}/messages/search`: where words stand in a room.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use starling_protocol::{Message, Seq};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Failed, NotRead, found};
use super::asker::{Asked, Asker, At, InRoom, bad_request};
use super::messages::MOST;
use super::rooms::limit;
use crate::app::App;
use crate::refusal::Refusal;
use crate::store::{RoomRecord, Words};

/// The longest search, in characters.
const LONGEST: usize = 200;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Words, all of which a message has. The last one may be only the beginning of one. Upper and lower
    /// case and accents are no matter.
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// Only in messages before this number.
    before: Option<u64>,
    /// How many at most; without it 50.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Messages that have the words, the latest first.
#[derive(Serialize, ToSchema)]
#[schema(as = MessagesFound)]
pub(super) struct Hits {
    messages: Vec<Message>,
    /// Whether there are more, before the last of these.
    more: bool,
}

/// Searches what was said in a room.
#[utoipa::path(get, path = "/rooms/{slug}/messages/search", tag = "Messages",
    operation_id = "search_messages",
    params(InRoom, Which),
    responses((status = 200, body = Hits), NotRead))]
pub(crate) async fn search(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    Asked(which): Asked<Which>,
) -> Result<Response, Failed> {
    let limit = limit(which.limit, MOST)? as usize;
    let (room, _) = asker.room(&app, &slug).await?;
    let before = which.before.map(Seq);
    let (messages, more) = find(&app, &asker, &room, &which.q, before, limit).await?;
    Ok(found(Hits { messages, more }))
}

/// The latest messages of a room with these words, and whether there are more.
pub(super) async fn find(
    app: &App,
    asker: &Asker,
    room: &RoomRecord,
    text: &str,
    before: Option<Seq>,
    limit: usize,
) -> Result<(Vec<Message>, bool), Refusal> {
    if !(1..=LONGEST).contains(&text.chars().count()) {
        return Err(bad_request(&format!("A search has 1 to {LONGEST} characters")));
    }
    asker.search(app)?;
    let Some(words) = Words::of(text) else { return Ok((Vec::new(), false)) };
    let _turn = app.turns.next().await;
    Ok(app.store.search(room.id, &words, before, limit).await?)
}
