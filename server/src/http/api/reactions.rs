//! `/api/v1/rooms/{slug}/messages/{seq}/reactions/{emoji}`: one's own reaction to a message.

use axum::extract::State;
use axum::response::Response;
use starling_protocol::{Emoji, Seq, Slug};

use super::answer::{Failed, Refused, nothing};
use super::asker::{Asker, At, InRoom};
use crate::app::App;

/// Reacts to a message. A repeat changes nothing.
#[utoipa::path(put, path = "/rooms/{slug}/messages/{seq}/reactions/{emoji}", tag = "Messages",
    operation_id = "react",
    params(InRoom,
        ("seq" = u64, Path, description = "The message's number."),
        ("emoji" = String, Path, description = "One emoji or sign.")),
    responses((status = 204, description = "It is there."), Refused))]
pub(crate) async fn add(
    State(app): State<App>,
    asker: Asker,
    At(at): At<(Slug, u64, String)>,
) -> Result<Response, Failed> {
    react(&app, &asker, at, true).await
}

/// Takes one's reaction to a message back. A repeat changes nothing.
#[utoipa::path(delete, path = "/rooms/{slug}/messages/{seq}/reactions/{emoji}", tag = "Messages",
    operation_id = "take_reaction_back",
    params(InRoom,
        ("seq" = u64, Path, description = "The message's number."),
        ("emoji" = String, Path, description = "One emoji or sign.")),
    responses((status = 204, description = "It is not there."), Refused))]
pub(crate) async fn take_back(
    State(app): State<App>,
    asker: Asker,
    At(at): At<(Slug, u64, String)>,
) -> Result<Response, Failed> {
    react(&app, &asker, at, false).await
}

async fn react(
    app: &App,
    asker: &Asker,
    (slug, seq, emoji): (Slug, u64, String),
    active: bool,
) -> Result<Response, Failed> {
    let room = asker.act(app, &slug).await?;
    let emoji = Emoji::parse(&emoji)?;
    let reacted = app.store.react(asker.actor(), room.id, Seq(seq), emoji, active).await;
    asker.outcome(app, room.id, reacted).await?;
    Ok(nothing())
}
