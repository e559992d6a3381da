//! Keeping order in a room: locking it. What the viewer may not do is not offered; what is refused all
//! the same is said over the chat. About messages: `deeds`; about people: `managing`.

use leptos::html;
use leptos::prelude::*;
use starling_protocol::Action;
use web_sys::HtmlElement;

use crate::model::{Reach, RoomModel, Wish};

/// Gives a button the focus whenever it comes.
pub(crate) fn focus_when_there(button: NodeRef<html::Button>) {
    // Not `on_load`, which is for what comes once.
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            focus(Some(&button));
        }
    });
}

/// A padlock, as it is now.
const CLOSED: &str = "M3.5 7.5h9v6h-9ZM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2";
const OPEN: &str = "M3.5 7.5h9v6h-9ZM5.5 7.5v-3a2.5 2.5 0 0 1 5 0";

/// Gives an element the focus, if it is there.
pub(crate) fn focus(element: Option<&HtmlElement>) {
    if let Some(element) = element {
        // Only what is not on the page cannot take the focus.
        let _ = element.focus();
    }
}

/// Locks the room, and unlocks it. Where it is offered at all, it is there from the first view on.
#[component]
pub(crate) fn LockSwitch(
    /// Which room.
    room: RoomModel,
) -> impl IntoView {
    let locked = move || room.rights.with(|rights| rights.locked);
    let offered = Memo::new(move |_| {
        room.rights.with(|rights| rights.include(Action::Lock))
            && room.problem.with(Option::is_none)
    });
    let before = move || room.reach.with(|reach| *reach == Reach::Connecting);
    view! {
        <Show when=move || offered.get()>
            <button
                type="button"
                class="quiet lock"
                title="In a locked room only its moderators and its owner talk"
                disabled=before
                on:click=move |_| {
                    let locked = room.rights.with_untracked(|rights| rights.locked);
                    room.act(Wish::Lock { locked: !locked });
                }
            >
                // A narrow window has no room for the word.
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path d=move || if locked() { CLOSED } else { OPEN }/>
                </svg>
                <span class="lock-word">{move || if locked() { "Unlock" } else { "Lock" }}</span>
            </button>
        </Show>
    }
}
