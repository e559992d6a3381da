//! What keepers of a room do about people: measures, and what somebody is there.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use starling_protocol::{Measure, Reason, Role, Slug, UserId};
use utoipa::ToSchema;

use super::answer::{Failed, Refused, nothing};
use super::asker::{Asker, At, InRoom, Said};
use crate::app::App;
use crate::store::NewMeasure;

/// The longest mute or ban that ends by itself, in seconds: a century.
const LONGEST: u64 = 100 * 366 * 24 * 60 * 60;

/// What is to be done about somebody.
#[derive(Deserialize, ToSchema)]
#[schema(as = WantedMeasure)]
pub(crate) struct Wanted {
    /// About whom.
    user: UserId,
    measure: Measure,
    /// Why; they are shown it. At most 200 characters.
    #[serde(default)]
    reason: String,
    /// After how many seconds a mute or a ban ends; without it, never by itself.
    seconds: Option<u64>,
}

/// What somebody is to be.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewRole {
    /// `visitor` ends their membership, `owner` hands the room over.
    role: Role,
}

/// Mutes, kicks or bans somebody, or ends that.
#[utoipa::path(post, path = "/rooms/{slug}/measures", tag = "Moderation", operation_id = "moderate",
    params(InRoom),
    request_body = Wanted, responses((status = 204, description = "It holds."), Refused))]
pub(crate) async fn measure(
    State(app): State<App>,
    asker: Asker,
    At(InRoom { slug }): At<InRoom>,
    Said(wanted): Said<Wanted>,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &slug).await?;
    let Wanted { user, measure, reason, seconds } = wanted;
    let reason = Reason::parse(&reason)?;
    let lasts = seconds.map(|it| i64::try_from(it.min(LONGEST)).unwrap_or_default() * 1_000);
    let measure = NewMeasure { user, measure, reason, lasts };
    let moderated = app.store.moderate(asker.actor(), room.id, measure).await;
    asker.outcome(&app, room.id, moderated).await?;
    Ok(nothing())
}

/// Makes somebody a member, a moderator or the owner of a room, or ends their membership.
#[utoipa::path(put, path = "/rooms/{slug}/members/{user}", tag = "Moderation",
    operation_id = "set_role",
    params(InRoom,
        ("user" = UserId, Path, description = "Who.")),
    request_body = NewRole, responses((status = 204, description = "They are that."), Refused))]
pub(crate) async fn set_role(
    State(app): State<App>,
    asker: Asker,
    At((slug, user)): At<(Slug, UserId)>,
    Said(NewRole { role }): Said<NewRole>,
) -> Result<Response, Failed> {
    let room = asker.act(&app, &slug).await?;
    let set = app.store.set_role(asker.actor(), room.id, user, role).await;
    asker.outcome(&app, room.id, set).await?;
    Ok(nothing())
}
