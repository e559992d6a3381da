//! What `starling room` prints: one thing a line, its parts separated by tabs.

use jiff::Timestamp;
use starling_app::audit;
use starling_protocol::{Denial, Measure};
use starling_server::store::{
    InviteRecord, MeasureRecord, MemberRecord, Named, RoomRecord, StoreError,
};

/// Why something was not done, for whoever runs the server.
pub(super) fn why(error: StoreError) -> anyhow::Error {
    match error {
        StoreError::NotFound => {
            anyhow::anyhow!("there is no room at that address; `starling room list` shows them all")
        }
        StoreError::NoSuchPerson => anyhow::anyhow!(
            "nobody has that handle or id; `starling room show` has those of who was in the room"
        ),
        StoreError::BadInvite(_) => anyhow::anyhow!("the room has no such invitation"),
        StoreError::Denied(Denial::Archived) => {
            anyhow::anyhow!("the room is archived; `starling room unarchive` opens it again")
        }
        StoreError::Denied(Denial::Role { .. }) => anyhow::anyhow!(
            "the owner of a room stays its owner until `starling room hand-over` makes another one"
        ),
        error => error.into(),
    }
}

/// What a room is.
pub(super) fn state(room: &RoomRecord) -> String {
    let mut state = vec![room.visibility.name()];
    let more = [
        (!room.visitors_talk, "visitors read"),
        (room.locked, "locked"),
        (room.archived, "archived"),
    ];
    state.extend(more.into_iter().filter_map(|(so, word)| so.then_some(word)));
    state.join(", ")
}

/// Somebody, and how they are named to commands.
pub(super) fn person(member: &MemberRecord) -> String {
    let id = member.user.id.to_string();
    let named = member.handle.as_ref().unwrap_or(&id);
    line_of(&[member.role.name(), named, member.user.name.as_str()])
}

/// A mute or a ban.
pub(super) fn measure(measure: &MeasureRecord) -> String {
    let kind = if measure.measure == Measure::Ban { "banned" } else { "muted" };
    let until = until(measure.until);
    let (user, by) = (who(Some(&measure.user)), who(measure.by.as_ref()));
    line_of(&[kind, &measure.user.id.to_string(), &user, &until, &by, &measure.reason])
}

/// An invitation.
pub(super) fn invite(invite: &InviteRecord) -> String {
    let uses = match invite.most_uses {
        Some(most) => format!("{} of {most} used", invite.uses),
        None => format!("{} used", invite.uses),
    };
    let by = who(invite.made_by.as_ref());
    line_of(&[&invite.id.0.to_string(), &uses, &until(invite.expires_at), &by])
}

/// Somebody who did something, or to whom something was done.
pub(super) fn who(named: Option<&Named>) -> String {
    audit::who(named.map(|named| named.name.as_ref().map(|name| name.as_str()))).to_owned()
}

/// An instant, in UTC.
pub(super) fn moment(at: i64) -> String {
    Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| format!("{at:.0}"))
}

/// The parts of a line.
pub(super) fn line_of(parts: &[&str]) -> String {
    parts.join("\t").trim_end().to_owned()
}

fn until(until: Option<i64>) -> String {
    until.map_or_else(|| "no end".to_owned(), |until| format!("until {}", moment(until)))
}
