//! From where somebody stands in a room to what they are told: the refusal of what they may not do,
//! and their rights. What they may do is decided by the table alone, `starling_protocol::Standing`:
//! here for reading, and in the store's transactions for everything that is written.

use starling_protocol::{Action, Denial, ErrorCode, Measure, Rights, Role, Slug, Standing};

use crate::app::App;
use crate::refusal::Refusal;
use crate::store::{Actor, RoomId, RoomRecord, StoreError, unix_ms};

/// A room that somebody may read, and where they stand in it.
///
/// # Errors
/// A [`Refusal`]; of a private room the same as of one that does not exist.
pub(crate) async fn admit(
    app: &App,
    actor: Actor,
    slug: &Slug,
) -> Result<(RoomRecord, Standing), Refusal> {
    let room = app.store.room(slug).await?;
    let standing = app.store.standing(actor, room.id).await?;
    match standing.may(Action::Read) {
        Ok(()) => Ok((room, standing)),
        Err(denial) => Err(denied(app, actor, room.id, denial).await),
    }
}

/// Whether somebody may do that in a room, if nothing is written for it.
///
/// # Errors
/// A [`Refusal`].
pub(crate) async fn may(
    app: &App,
    actor: Actor,
    room: RoomId,
    action: Action,
) -> Result<(), Refusal> {
    let standing = app.store.standing(actor, room).await?;
    match standing.may(action) {
        Ok(()) => Ok(()),
        Err(denial) => Err(denied(app, actor, room, denial).await),
    }
}

/// What somebody is told of what they may do.
pub(crate) async fn rights(
    app: &App,
    actor: Actor,
    room: &RoomRecord,
    standing: &Standing,
) -> Rights {
    let (silenced, silenced_until) = match standing.may(Action::Post) {
        Ok(()) => (None, None),
        Err(denial) => {
            // A sentence that stays on view does not say how long from now.
            let (denial, until) = match denial {
                Denial::Muted { until } => (Denial::Muted { until: None }, until),
                other => (other, None),
            };
            (Some(denied(app, actor, room.id, denial).await.sentence), until)
        }
    };
    let with = match (room.direct, actor.user()) {
        // Where it cannot be read, the room is called what it is called.
        (true, Some(user)) => app.store.direct_with(room.id, user).await.unwrap_or_default(),
        _ => None,
    };
    Rights {
        room: room.slug.clone(),
        role: standing.role,
        may: standing.allowed().collect(),
        silenced,
        silenced_until,
        name: room.name.clone(),
        visibility: room.visibility,
        locked: room.locked,
        archived: room.archived,
        with,
    }
}

/// What the store said of something that was to be done in a room, as it is told to whoever asked.
pub(crate) async fn refused(app: &App, actor: Actor, room: RoomId, error: StoreError) -> Refusal {
    match error {
        StoreError::Denied(denial) => denied(app, actor, room, denial).await,
        error => error.into(),
    }
}

/// Why something is not allowed, with the reason that was given for the measure behind it.
async fn denied(app: &App, actor: Actor, room: RoomId, denial: Denial) -> Refusal {
    let refusal = refusal(denial);
    let measure = match denial {
        Denial::Banned { .. } => Measure::Ban,
        Denial::Kicked { .. } => Measure::Kick,
        Denial::Muted { .. } => Measure::Mute,
        _ => return refusal,
    };
    // Where it cannot be read, they are refused without it.
    match app.store.reason(actor, room, measure).await {
        Ok(Some(reason)) if !reason.as_str().is_empty() => {
            Refusal { sentence: format!("{} Reason: {reason}", refusal.sentence), ..refusal }
        }
        _ => refusal,
    }
}

/// Why something is not allowed, for people and for programs.
pub(crate) fn refusal(denial: Denial) -> Refusal {
    refusal_at(denial, unix_ms())
}

fn refusal_at(denial: Denial, now: i64) -> Refusal {
    let for_another = |until: Option<i64>| match until {
        Some(until) => {
            let span = span(until - now);
            format!(" for another {}", span.strip_prefix("1 ").unwrap_or(&span))
        }
        None => String::new(),
    };
    match denial {
        Denial::Hidden => Refusal::new(ErrorCode::NoSuchRoom, "There is no such room."),
        Denial::Banned { until } => Refusal::new(
            ErrorCode::Banned,
            format!("You are banned from this room{}.", for_another(until)),
        ),
        Denial::Kicked { until } => Refusal::new(
            ErrorCode::Kicked,
            format!(
                "You were kicked out of this room. You can come back in {}.",
                span(until - now)
            ),
        ),
        Denial::Muted { until } => Refusal::new(
            ErrorCode::Muted,
            format!("You are muted in this room{}.", for_another(until)),
        ),
        Denial::Oneself => Refusal::new(ErrorCode::Forbidden, "You cannot do that to yourself."),
        Denial::Scope => Refusal::new(ErrorCode::ScopeMissing, "Your token is not for that."),
        Denial::Archived => Refusal::new(
            ErrorCode::RoomArchived,
            "This room is archived: what was said can be read, and that is all.",
        ),
        Denial::Locked => Refusal::new(
            ErrorCode::RoomLocked,
            "This room is locked: only its moderators and its owner can talk.",
        ),
        Denial::ReadOnly => {
            Refusal::new(ErrorCode::ReadOnly, "Visitors can read here. To talk, ask to be invited.")
        }
        Denial::Role { least } => Refusal::new(
            ErrorCode::Forbidden,
            match least {
                Role::Visitor | Role::Member => "Only members of this room may do that.",
                Role::Moderator => "Only moderators of this room may do that.",
                Role::Owner => "Only the owner of this room may do that.",
            },
        ),
    }
}

/// A length of time as people say it, never less than it is.
fn span(ms: i64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    let ms = u64::try_from(ms).unwrap_or_default().max(1);
    let (unit, name) =
        UNITS.into_iter().find(|(unit, _)| ms > 2 * unit).unwrap_or((1_000, "second"));
    let whole = ms.div_ceil(unit) * unit;
    // As many minutes as make hours are hours.
    let (unit, name) =
        UNITS.into_iter().find(|(unit, _)| whole % unit == 0).unwrap_or((unit, name));
    let count = whole / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_unit_that_fits() {
        let spans = [0, 1_000, 90_000, 121_000, 7_200_001, 10 * 86_400_000].map(span);
        assert_eq!(
            spans,
            ["1 second", "1 second", "90 seconds", "3 minutes", "3 hours", "10 days"]
        );
        let nearly = [59_900, 3_599_900, 7_199_900, 86_399_900, 604_799_900].map(span);
        assert_eq!(nearly, ["1 minute", "1 hour", "2 hours", "1 day", "7 days"]);
        let banned = refusal_at(Denial::Banned { until: Some(3_600_000) }, 100);
        assert_eq!(banned.sentence, "You are banned from this room for another hour.");
        let muted = refusal_at(Denial::Muted { until: Some(60_000) }, 30_000);
        assert_eq!(muted.sentence, "You are muted in this room for another 30 seconds.");
    }

    #[test]
    fn a_private_room_is_refused_like_none() {
        let none = Refusal::from(crate::store::StoreError::NotFound);
        assert_eq!(refusal(Denial::Hidden), none);
    }
}
