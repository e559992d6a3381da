//! Who belongs to the room, and what can be done about each: their role, measures, handing over.

use leptos::prelude::*;
use starling_protocol::{Measure, Role, RoomName, User};

use super::part::{Lasts, alert, face};
use crate::page::settings::{MembersView, PersonView, RefusedForm};

/// The part "Members".
pub(super) fn members(
    base: &str,
    room: &RoomName,
    view: MembersView,
    refused: Option<RefusedForm>,
) -> impl IntoView + use<> {
    let MembersView { members, page, more, visitors, heir } = view;
    let people = |people: Vec<PersonView>| {
        people.into_iter().map(|person| entry(base, person)).collect_view()
    };
    let to_page = |page: u32| format!("{base}?members={page}#members");
    let earlier = page.checked_sub(1).map(|page| {
        view! { <a href=to_page(page)>"Earlier members"</a> }
    });
    let further = more.then(|| view! { <a href=to_page(page + 1)>"Further members"</a> });
    let pages = (earlier.is_some() || further.is_some())
        .then(|| view! { <p class="pages">{earlier} {further}</p> });
    let heir = heir.map(|heir| hand_over(base, room, &heir));
    let visited = (!visitors.is_empty()).then(|| {
        view! {
            <h3>"Who came without being a member"</h3>
            <ul class="entries">{people(visitors)}</ul>
        }
    });
    view! {
        {alert(refused)}
        {heir}
        <ul class="entries">{people(members)}</ul>
        {pages}
        {visited}
    }
}

/// Asks once more.
fn hand_over(base: &str, room: &RoomName, heir: &User) -> impl IntoView + use<> {
    let name = heir.name.to_string();
    view! {
        <form class="question" method="post" action=format!("{base}/hand-over")>
            <p>
                "Make " <bdi>{name}</bdi> " the owner of " <bdi>{room.to_string()}</bdi>
                "? You become a moderator, and only they can hand it back."
            </p>
            <input type="hidden" name="user" value=heir.id.to_string()/>
            <div class="ways">
                <button type="submit">"Hand over"</button>
                <a href=format!("{base}#members")>"Cancel"</a>
            </div>
        </form>
    }
}

fn entry(base: &str, person: PersonView) -> impl IntoView + use<> {
    let PersonView { user, handle, role, is_viewer, roles, measures } = person;
    let handle = handle.map(|handle| view! { <span class="hint">{format!("@{handle}")}</span> });
    let rank = (role != Role::Visitor).then(|| view! { <span class="rank">{role.name()}</span> });
    let you = is_viewer.then(|| view! { <span class="you">"you"</span> });
    let who = view! {
        {face(&user)}
        <bdi class="person-name">{user.name.to_string()}</bdi>
        {handle}
        {you}
        {rank}
    };
    if roles.is_empty() && measures.is_empty() {
        return view! { <li class="entry">{who}</li> }.into_any();
    }
    let id = user.id.to_string();
    let hand_over = roles.contains(&Role::Owner).then(|| {
        view! { <a href=format!("{base}?heir={id}#members")>"Hand the room over…"</a> }
    });
    let buttons: Vec<_> = roles
        .into_iter()
        .filter_map(|to| Some((to, words(role, to)?)))
        .map(|(to, words)| {
            view! { <button type="submit" class="quiet" name="role" value=to.name()>{words}</button> }
        })
        .collect();
    let make = (!buttons.is_empty() || hand_over.is_some()).then(|| {
        view! {
            <form class="ways" method="post" action=format!("{base}/role")>
                <input type="hidden" name="user" value=id.clone()/>
                {buttons}
                {hand_over}
            </form>
        }
    });
    let against = (!measures.is_empty()).then(|| {
        let buttons = measures
            .into_iter()
            .map(|measure| {
                let (value, words) = named(measure);
                view! {
                    <button type="submit" class="quiet" name="measure" value=value>{words}</button>
                }
            })
            .collect_view();
        view! {
            <form class="against" method="post" action=format!("{base}/measure")>
                <input type="hidden" name="user" value=id/>
                <label>"Reason" <input type="text" name="reason" maxlength="200" autocomplete="off"/></label>
                <label>"For" <Lasts chosen="hour"/></label>
                <div class="ways">{buttons}</div>
            </form>
        }
    });
    view! {
        <li>
            <details class="entry-opens">
                <summary class="entry">{who}</summary>
                <div class="entry-more">
                    {make}
                    {against}
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// What the button says that makes somebody that; handing over is asked once more instead.
fn words(from: Role, to: Role) -> Option<&'static str> {
    match (from, to) {
        (_, Role::Owner) => None,
        (_, Role::Moderator) => Some("Make moderator"),
        (_, Role::Member) => Some("Make member"),
        (_, Role::Visitor) => Some("Remove from the members"),
    }
}

/// A measure as it is sent, and its button.
pub(super) fn named(measure: Measure) -> (&'static str, &'static str) {
    match measure {
        Measure::Mute => ("mute", "Mute"),
        Measure::Unmute => ("unmute", "Let talk"),
        Measure::Kick => ("kick", "Send out"),
        Measure::Ban => ("ban", "Ban"),
        Measure::Unban => ("unban", "End the ban"),
    }
}
