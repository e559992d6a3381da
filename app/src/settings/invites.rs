//! Invitations: to make one, the one that was made just now, and those that are open.

use leptos::prelude::*;

use super::part::{Lasts, Times};
use crate::page::settings::{InvitesView, MadeInvite, OpenInvite, QrCode, RefusedForm};

/// The part "Invitations".
pub(super) fn invites(
    base: &str,
    view: InvitesView,
    times: &Times,
    refused: Option<RefusedForm>,
) -> impl IntoView + use<> {
    let InvitesView { open, made } = view;
    let about_text = refused.as_ref().is_some_and(|refused| refused.about_text);
    let typed = refused.as_ref().map(|refused| refused.typed.clone()).unwrap_or_default();
    let message = refused.map(|refused| refused.message);
    let none = open.is_empty().then(|| view! { <p class="empty">"No invitation is open."</p> });
    let entries = open.into_iter().map(|invite| entry(base, invite, times)).collect_view();
    view! {
        <p class="hint">"Whoever opens the link of an invitation can become a member."</p>
        <form class="make-invite" method="post" action=format!("{base}/invite#invites")>
            <label class="field"><span>"Good for"</span> <Lasts chosen="week"/></label>
            <div class="field">
                <label for="uses">"How many people"</label>
                <input
                    id="uses"
                    name="uses"
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    placeholder="any number"
                    value=typed
                    aria-describedby="uses-error"
                    aria-invalid=about_text.then_some("true")
                />
            </div>
            <button type="submit" class="primary">"Invite"</button>
            <p class="error" id="uses-error">{message}</p>
        </form>
        {made.map(just_made)}
        {none}
        <ul class="entries">{entries}</ul>
    }
}

/// Link and picture of an invitation that was made just now.
fn just_made(made: MadeInvite) -> impl IntoView + use<> {
    let MadeInvite { link, qr: QrCode { side, path } } = made;
    view! {
        <div class="question" role="status">
            <p>"Here is your invitation. It is shown this once: copy it, or let a camera see it."</p>
            // One click chooses the whole of it.
            <output class="to-copy" id="invite-link" aria-label="Link of the invitation">{link}</output>
            <svg
                class="qr"
                role="img"
                aria-label="QR code of the link"
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
            >
                <rect width=side height=side fill="#fff"/>
                <path d=path fill="#000"/>
            </svg>
        </div>
    }
}

fn entry(base: &str, invite: OpenInvite, times: &Times) -> impl IntoView + use<> {
    let OpenInvite { id, by, at, until, left, uses } = invite;
    let left = match left {
        Some(1) => "for 1 more person".to_owned(),
        Some(left) => format!("for {left} more people"),
        None => "for any number of people".to_owned(),
    };
    let used = match uses {
        0 => "nobody came by it yet".to_owned(),
        1 => "1 person came by it".to_owned(),
        uses => format!("{uses} people came by it"),
    };
    let until = match until {
        Some(until) => view! { ", until " {times.show(until)} }.into_any(),
        None => ", until it is taken back".into_any(),
    };
    view! {
        <li class="entry split">
            <div>
                <p><span class="person-name">{format!("Invitation {id}")}</span> " " {left} {until}</p>
                <p class="hint">"By " <bdi>{by}</bdi> ", " {times.show(at)} "; " {used}</p>
            </div>
            <form method="post" action=format!("{base}/take-back")>
                <input type="hidden" name="invite" value=id.to_string()/>
                <button type="submit" class="quiet" aria-label=format!("Take back invitation {id}")>
                    "Take back"
                </button>
            </form>
        </li>
    }
}
