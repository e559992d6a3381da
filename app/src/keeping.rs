//! Keeping order in a room: what moderators and owners do about people, messages and the room. What
//! the viewer may not do is not offered; what is refused all the same is said.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{Action, Measure, Role, Seq, UserId};

use crate::model::{RoomModel, Wish};

/// For how long somebody can be muted or banned, as offered; `None` is for good.
const LASTS: [(&str, Option<u64>); 4] = [
    ("10 minutes", Some(600)),
    ("1 hour", Some(3_600)),
    ("1 day", Some(86_400)),
    ("until I end it", None),
];

/// Opens what can be done about somebody.
#[component]
pub(crate) fn ManageOpener(
    /// Where they are.
    room: RoomModel,
    /// Who.
    user: UserId,
    /// What they are called.
    name: Signal<String>,
    /// What they are in the room.
    role: Signal<Role>,
) -> impl IntoView {
    let offered = move || room.may_to(Action::Mute, role.get());
    let words = move || format!("Manage {}", name.get());
    view! {
        <Show when=offered>
            <button
                type="button"
                class="icon"
                title=words
                aria-expanded=move || (room.managing.get() == Some(user)).to_string()
                on:click=move |_| {
                    room.managing.update(|who| *who = (*who != Some(user)).then_some(user));
                }
            >
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <circle cx="3" cy="8" r="1.4" fill="currentColor"/>
                    <circle cx="8" cy="8" r="1.4" fill="currentColor"/>
                    <circle cx="13" cy="8" r="1.4" fill="currentColor"/>
                </svg>
                <span class="visually-hidden">{words}</span>
            </button>
        </Show>
    }
}

/// What can be done about the person that was chosen.
#[component]
pub(crate) fn Manage(
    /// Where they are.
    room: RoomModel,
    /// About whom.
    user: UserId,
) -> impl IntoView {
    let (reason, lasts) = (NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let name = move || {
        let people = room.people.get();
        let entry = people.into_iter().find(|entry| entry.key == user);
        entry.map(|entry| entry.value.with(|person| person.name.to_string())).unwrap_or_default()
    };
    let close = move || room.managing.set(None);
    reason.on_load(|field| {
        // Only a field that is not on the page cannot take the focus.
        let _ = field.focus();
    });
    let act = move |measure: Measure| {
        let reason = reason.get_untracked().map(|field| field.value()).unwrap_or_default();
        let index = lasts.get_untracked().map_or(0, |field| field.selected_index());
        let chosen = usize::try_from(index).ok().and_then(|index| LASTS.get(index));
        let seconds = chosen.and_then(|(_, seconds)| *seconds);
        room.refused.set(None);
        room.wish(Wish::Moderate { user, measure, reason, seconds });
        close();
    };
    let options = LASTS.map(|(words, _)| view! { <option>{words}</option> }).collect_view();
    view! {
        <form
            class="popover manage"
            aria-label=move || format!("Manage {}", name())
            on:submit=move |event: SubmitEvent| event.prevent_default()
            on:keydown=move |event| if event.key() == "Escape" { close() }
        >
            <p class="popover-title"><bdi>{name}</bdi></p>
            <label for="manage-reason">"Reason"</label>
            <input id="manage-reason" type="text" maxlength="200" autocomplete="off" node_ref=reason/>
            <label for="manage-lasts">"For"</label>
            <select id="manage-lasts" node_ref=lasts>{options}</select>
            <div class="ways">
                <button type="button" on:click=move |_| act(Measure::Mute)>"Mute"</button>
                <button type="button" on:click=move |_| act(Measure::Unmute)>"Let talk"</button>
                <button type="button" on:click=move |_| act(Measure::Kick)>"Send out"</button>
                <button type="button" on:click=move |_| act(Measure::Ban)>"Ban"</button>
                <button type="button" on:click=move |_| close()>"Cancel"</button>
            </div>
        </form>
    }
}

/// Deletes a message, once that was said twice.
#[component]
pub(crate) fn Delete(
    /// Where it was said.
    room: RoomModel,
    /// By whom.
    author: UserId,
    /// Which one.
    message: Seq,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    let offered = move || {
        let own = room.is_viewer(author);
        room.may(if own { Action::DeleteOwn } else { Action::DeleteAny })
    };
    let press = move |_| {
        if asked.get_untracked() {
            room.refused.set(None);
            room.wish(Wish::Delete { message });
            // The button goes, and with it the focus.
            room.wants_focus.notify();
        } else {
            asked.set(true);
        }
    };
    view! {
        <Show when=offered>
            <button
                type="button"
                class="delete"
                on:click=press
                on:blur=move |_| asked.set(false)
            >
                {move || if asked.get() { "Really delete" } else { "Delete" }}
            </button>
        </Show>
    }
}

/// Locks the room, and unlocks it.
#[component]
pub(crate) fn LockSwitch(
    /// Which room.
    room: RoomModel,
) -> impl IntoView {
    let locked = move || room.rights.with(|rights| rights.locked);
    view! {
        <Show when=move || room.may(Action::Lock)>
            <button
                type="button"
                class="quiet"
                title="In a locked room only its moderators and its owner talk"
                aria-pressed=move || locked().to_string()
                on:click=move |_| room.wish(Wish::Lock { locked: !room.rights.with_untracked(|it| it.locked) })
            >
                {move || if locked() { "Unlock" } else { "Lock" }}
            </button>
        </Show>
    }
}
