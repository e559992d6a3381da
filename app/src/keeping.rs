//! Keeping order in a room: deleting messages, and locking the room. What the viewer may not do is
//! not offered; what is refused all the same is said over the chat. About people: `managing`.

use leptos::either::Either;
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{Action, Seq, UserId};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use crate::model::{Reach, RoomModel, Wish};

/// So much of a message tells which one it is.
const NAMED_BY: usize = 40;

/// Deletes a message, once that was said twice. Not a stop of the Tab key, as every line has one:
/// [`walk`] leads there.
#[component]
pub(crate) fn Delete(
    /// Where it was said.
    room: RoomModel,
    /// By whom.
    author: UserId,
    /// Which one.
    message: Seq,
    /// Which one that is, for those who do not see it: see [`delete_words`].
    words: String,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    // Only then did a button that had the focus go away.
    let was_asked = StoredValue::new(false);
    let (corner, delete) = (NodeRef::<html::Div>::new(), NodeRef::<html::Button>::new());
    let keep = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = delete.get()
            && was_asked.get_value()
        {
            was_asked.set_value(false);
            focus(Some(&button));
        }
    });
    // Of the two the one that does no harm: pressed twice, "Delete" deletes nothing.
    focus_when_there(keep);
    let spare = move || {
        was_asked.set_value(true);
        asked.set(false);
    };
    let really = move |_| {
        focus_log(corner.get_untracked().map(Into::into));
        asked.set(false);
        room.act(Wish::Delete { message });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && asked.get_untracked() {
            event.stop_propagation();
            spare();
        }
    };
    let left = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let Some(to) = to else { return };
        if corner.get_untracked().is_some_and(|corner| !corner.contains(Some(&to))) {
            asked.set(false);
        }
    };
    let buttons = move || {
        if asked.get() {
            Either::Left(view! {
                <button type="button" class="harm" on:click=really>"Really delete"</button>
                <button type="button" node_ref=keep on:click=move |_| spare()>"Keep"</button>
            })
        } else {
            Either::Right(view! {
                <button
                    type="button"
                    tabindex="-1"
                    aria-label=words.clone()
                    node_ref=delete
                    on:click=move |_| asked.set(true)
                >
                    "Delete"
                </button>
            })
        }
    };
    view! {
        <Show when=move || room.may_delete(author)>
            <div
                class="delete"
                data-asked=move || asked.get().to_string()
                node_ref=corner
                on:keydown=key
                on:focusout=left
            >
                {buttons.clone()}
            </div>
        </Show>
    }
}

/// What the button that deletes a message is called.
pub(crate) fn delete_words(text: &str) -> String {
    format!("Delete: {}", text.chars().take(NAMED_BY).collect::<String>())
}

/// Goes by keys from the log to the messages that can be deleted: Enter to the newest, arrows from
/// one to the next, Escape back.
pub(crate) fn walk(event: &KeyboardEvent, log: &HtmlElement) {
    let found = log.get_elements_by_class_name("delete");
    let corners: Vec<Element> = (0..found.length()).filter_map(|at| found.item(at)).collect();
    let focused = document().active_element();
    let is_log = focused.as_ref() == Some(log);
    let at = corners.iter().position(|corner| corner.contains(focused.as_deref()));
    let to = match (event.key().as_str(), at) {
        ("Enter", None) if is_log => corners.last(),
        ("ArrowUp", Some(at)) => at.checked_sub(1).and_then(|at| corners.get(at)),
        ("ArrowDown", Some(at)) => corners.get(at + 1),
        ("Escape", Some(_)) => None,
        _ => return,
    };
    event.prevent_default();
    match to.and_then(|corner| corner.query_selector("button").ok().flatten()) {
        Some(button) => focus(button.dyn_ref()),
        None if event.key() == "Escape" => focus(Some(log)),
        None => {}
    }
}

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

/// The buttons go, and with them the focus.
fn focus_log(corner: Option<Element>) {
    let log = corner.and_then(|corner| corner.closest("[role=log]").ok().flatten());
    focus(log.as_ref().and_then(JsCast::dyn_ref));
}

fn focus(element: Option<&HtmlElement>) {
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
