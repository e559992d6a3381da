//! The page as somebody may see it: of each part what is in it, if they may do anything there.

use starling_app::audit;
use starling_app::page::settings::{
    InvitesView, LogEntry, LogView, MeasureView, MembersView, OpenInvite, PersonView, SettingsView,
};
use starling_app::page::{SETTINGS_ACTIONS, View};
use starling_protocol::{Action, DisplayName, Measure, Role, Standing, UserId};

use super::Place;
use crate::app::App;
use crate::http::reader::Reader;
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{
    Done, InviteRecord, MeasureRecord, MemberRecord, Named, RoomRecord, StoreError,
};

/// How many members a page of them has, and entries a page of the log.
const A_PAGE: u32 = 50;
/// How many visitors are offered to become members.
const VISITORS: u32 = 20;
/// How many measures and invitations are listed.
const MOST: u32 = 200;

/// Says why, to somebody who may do nothing of what the page is for.
///
/// # Errors
/// The refusal of what takes least.
pub(super) fn refuse_whoever_may_nothing(standing: &Standing) -> Result<(), Refusal> {
    if SETTINGS_ACTIONS.into_iter().any(|action| standing.may(action).is_ok()) {
        return Ok(());
    }
    standing.may(Action::ReadAudit).map_err(permission::refusal)
}

pub(super) fn boxed(view: SettingsView) -> View {
    View::RoomSettings(Box::new(view))
}

pub(super) async fn view(
    app: &App,
    reader: &Reader,
    room: &RoomRecord,
    standing: &Standing,
    place: &Place,
) -> Result<SettingsView, Refusal> {
    let may_any = |actions: &[Action]| actions.iter().any(|action| standing.may(*action).is_ok());
    let about_members = [
        Action::SetRole,
        Action::RemoveMember,
        Action::HandOver,
        Action::Mute,
        Action::Kick,
        Action::Ban,
    ];
    let members = match may_any(&about_members) {
        true => Some(members(app, reader, room, standing, place).await?),
        false => None,
    };
    let measures = match may_any(&[Action::Mute, Action::Ban]) {
        true => {
            let measures = app.store.measures(room.id, MOST).await?;
            Some(measures.into_iter().map(|it| measure_view(it, standing)).collect())
        }
        false => None,
    };
    let invites = match may_any(&[Action::Invite]) {
        true => {
            let open = app.store.invites(room.id, MOST).await?;
            Some(InvitesView { open: open.into_iter().map(open_invite).collect(), made: None })
        }
        false => None,
    };
    let log = match may_any(&[Action::ReadAudit]) {
        true => Some(log(app, room, place).await?),
        false => None,
    };
    Ok(SettingsView {
        slug: room.slug.clone(),
        rights: permission::rights(app, reader.actor(), room, standing).await,
        visitors_talk: room.visitors_talk,
        refused: None,
        members,
        measures,
        invites,
        log,
    })
}

async fn members(
    app: &App,
    reader: &Reader,
    room: &RoomRecord,
    standing: &Standing,
    place: &Place,
) -> Result<MembersView, Refusal> {
    let viewer = reader.viewer().map(|viewer| viewer.id);
    let page = place.members.unwrap_or_default();
    let skip = page.saturating_mul(A_PAGE);
    let mut members = app.store.members(room.id, skip, A_PAGE + 1).await?;
    let more = members.len() > A_PAGE as usize;
    members.truncate(A_PAGE as usize);
    let visitors = app.store.visitors(room.id, VISITORS).await?;
    let heir = match place.heir {
        Some(heir) if standing.may(Action::HandOver).is_ok() && Some(heir) != viewer => {
            match app.store.user(heir).await {
                Ok(heir) => Some(heir),
                Err(StoreError::NoSuchPerson) => None,
                Err(error) => return Err(error.into()),
            }
        }
        _ => None,
    };
    let person = |member| person_view(member, viewer, standing);
    Ok(MembersView {
        members: members.into_iter().map(person).collect(),
        page,
        more,
        visitors: visitors.into_iter().map(person).collect(),
        heir,
    })
}

fn person_view(member: MemberRecord, viewer: Option<UserId>, standing: &Standing) -> PersonView {
    let MemberRecord { user, handle, role, operator } = member;
    let is_viewer = viewer == Some(user.id);
    let may = |action| !is_viewer && standing.may_to(action, role).is_ok();
    // A room is handed over by its owner, and taken from them by nobody.
    let roles = Role::ALL.iter().rev().copied().filter(|to| {
        let action = match (role, to) {
            (from, to) if from == *to => return false,
            (Role::Owner, _) => return false,
            (_, Role::Owner) => Action::HandOver,
            (Role::Member, Role::Visitor) => Action::RemoveMember,
            _ => Action::SetRole,
        };
        may(action)
    });
    let measures = [Measure::Mute, Measure::Kick, Measure::Ban];
    let stands = if operator { Role::Owner } else { role };
    let may = |action| !is_viewer && standing.may_to(action, stands).is_ok();
    let measures = measures.into_iter().filter(|measure| may(measure.action()));
    PersonView {
        roles: roles.collect(),
        measures: measures.collect(),
        user,
        handle,
        role,
        is_viewer,
    }
}

fn measure_view(record: MeasureRecord, standing: &Standing) -> MeasureView {
    let MeasureRecord { user, role, measure, until, reason, by, at } = record;
    let may_end = standing.may_to(measure.action(), role).is_ok();
    let name = user.name.map(String::from);
    MeasureView { user: user.id, name, measure, until, reason, by: in_words(by), at, may_end }
}

fn open_invite(record: InviteRecord) -> OpenInvite {
    let InviteRecord { id, made_by, made_at, expires_at, most_uses, uses } = record;
    OpenInvite {
        id: id.0,
        by: in_words(made_by),
        at: made_at,
        until: expires_at,
        left: most_uses.map(|most| most.saturating_sub(uses)),
        uses,
    }
}

async fn log(app: &App, room: &RoomRecord, place: &Place) -> Result<LogView, Refusal> {
    let mut done = app.store.done(room.id, place.before, A_PAGE + 1).await?;
    let more = done.len() > A_PAGE as usize;
    done.truncate(A_PAGE as usize);
    let older = done.last().filter(|_| more).map(|last| last.id);
    let entry = |done: Done| LogEntry {
        at: done.at,
        actor: in_words(done.actor),
        act: done.act,
        target: done.target.map(|target| in_words(Some(target))),
        detail: done.detail,
    };
    let entries = done.into_iter().map(entry).collect();
    Ok(LogView { entries, older, later: place.before.is_some() })
}

/// Somebody who did something, or to whom something was done.
fn in_words(named: Option<Named>) -> String {
    let named = named.map(|Named { name, .. }| name);
    audit::who(named.as_ref().map(|name| name.as_ref().map(DisplayName::as_str))).to_owned()
}
