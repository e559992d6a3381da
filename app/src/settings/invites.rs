//! Invitations: to make one, the one that was made just now, and those that are open.

use leptos::html;
use leptos::prelude::*;

use super::part::{Lasts, Times};
use crate::page::settings::{InvitesView, MadeInvite, OpenInvite, RefusedForm};

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
        <form class="make-invite" method="post" action=format!("{base}/invite")>
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
        {made.map(|made| view! { <Made made/> })}
        {none}
        <ul class="entries">{entries}</ul>
    }
}

/// Link and picture of an invitation that was made just now.
#[component]
fn Made(made: MadeInvite) -> impl IntoView {
    let MadeInvite { link, qr } = made;
    let field = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(false);
    let copy = {
        let link = link.clone();
        move |_| {
            #[cfg(feature = "hydrate")]
            {
                let link = link.clone();
                leptos::task::spawn_local(async move {
                    let done = crate::clipboard::copy(&link).await;
                    copied.set(done);
                    if let Some(field) = field.get_untracked().filter(|_| !done) {
                        // It can be copied by hand.
                        let _ = field.focus();
                        field.select();
                    }
                });
            }
            #[cfg(not(feature = "hydrate"))]
            let _ = &link;
        }
    };
    let side = qr.side;
    view! {
        <div class="question made-invite" role="status">
            <p>"Here is your invitation. It is shown this once: copy it, or let a camera see it."</p>
            <label for="invite-link">"Link"</label>
            <div class="one-field">
                <input id="invite-link" type="text" readonly value=link node_ref=field/>
                <button type="button" class="needs-script" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
            </div>
            <svg
                class="qr"
                role="img"
                aria-label="QR code of the link"
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
            >
                <rect width=side height=side fill="#fff"/>
                <path d=qr.path fill="#000"/>
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
