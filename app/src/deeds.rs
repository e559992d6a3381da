//! What can be done about a message: reacting to it, editing and deleting it. What the viewer may not do
//! is not offered; what is refused all the same is said over the chat.

use leptos::either::EitherOf3;
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{Action, Emoji, Seq, UserId};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use crate::keeping::{focus, focus_when_there};
use crate::model::{RoomModel, Wish};

/// So much of a message tells which one it is.
const NAMED_BY: usize = 40;
/// The signs that are offered, each with its name.
const SIGNS: [(&str, &str); 6] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "laughing"),
    ("🎉", "party"),
    ("👀", "eyes"),
    ("✅", "done"),
];

/// What was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    Nothing,
    /// A sign is being chosen.
    React,
    /// It was asked whether to delete.
    Delete,
}

/// The corner of a message. Its buttons are no stops of the Tab key, as every line has them: [`walk`]
/// leads there.
#[component]
pub(crate) fn Deeds(
    /// Where it was said.
    room: RoomModel,
    /// By whom.
    author: UserId,
    /// Which one.
    message: Seq,
    /// What it says, for those who do not see which one it is.
    text: String,
) -> impl IntoView {
    let begun = RwSignal::new(Begun::Nothing);
    // Only then did a button that had the focus go away.
    let was_begun = StoredValue::new(false);
    let (corner, first) = (NodeRef::<html::Div>::new(), NodeRef::<html::Button>::new());
    let keep = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = first.get()
            && was_begun.get_value()
        {
            was_begun.set_value(false);
            focus(Some(&button));
        }
    });
    // Of the two the one that does no harm: pressed twice, "Delete" deletes nothing.
    focus_when_there(keep);
    let stop = move || {
        was_begun.set_value(true);
        begun.set(Begun::Nothing);
    };
    let really = move |_| {
        focus_log(corner.get_untracked().map(Into::into));
        begun.set(Begun::Nothing);
        room.act(Wish::Delete { message });
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && begun.get_untracked() != Begun::Nothing {
            event.stop_propagation();
            stop();
        }
    };
    let left = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let Some(to) = to else { return };
        if corner.get_untracked().is_some_and(|corner| !corner.contains(Some(&to))) {
            begun.set(Begun::Nothing);
        }
    };
    let may_edit = move || room.is_viewer(author) && room.may(Action::EditOwn);
    let named =
        move |what: &str| format!("{what}: {}", text.chars().take(NAMED_BY).collect::<String>());
    let deed = move |word: &'static str, name: String, first, act: Box<dyn Fn()>| {
        view! {
            <button type="button" tabindex="-1" aria-label=name node_ref=first on:click=move |_| act()>
                {word}
            </button>
        }
    };
    let buttons = move || match begun.get() {
        Begun::Delete => EitherOf3::A(view! {
            <button type="button" class="harm" on:click=really>"Really delete"</button>
            <button type="button" node_ref=keep on:click=move |_| stop()>"Keep"</button>
        }),
        Begun::React => EitherOf3::B(signs(room, message, keep, stop)),
        Begun::Nothing => EitherOf3::C({
            let begin = move |what| Box::new(move || begun.set(what)) as Box<dyn Fn()>;
            let edit = Box::new(move || room.editing.set(Some(message))) as Box<dyn Fn()>;
            let react = room.may(Action::React);
            let none = NodeRef::new;
            view! {
                {react.then(|| deed("React", named("React"), first, begin(Begun::React)))}
                {may_edit().then(|| deed("Edit", named("Edit"), none(), edit))}
                {room.may_delete(author).then(|| {
                    let place = if react { none() } else { first };
                    deed("Delete", named("Delete"), place, begin(Begun::Delete))
                })}
            }
        }),
    };
    let offered = move || room.may(Action::React) || room.may_delete(author) || may_edit();
    view! {
        <Show when=offered>
            <div
                class="deeds"
                data-begun=move || (begun.get() != Begun::Nothing).to_string()
                node_ref=corner
                on:keydown=key
                on:focusout=left
            >
                {buttons.clone()}
            </div>
        </Show>
    }
}

fn signs(
    room: RoomModel,
    message: Seq,
    keep: NodeRef<html::Button>,
    stop: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    SIGNS
        .into_iter()
        .enumerate()
        .map(|(at, (sign, name))| {
            let place = if at == 0 { keep } else { NodeRef::new() };
            let react = move |_| {
                stop();
                if let Ok(emoji) = Emoji::parse(sign) {
                    room.act(Wish::React { message, emoji, active: true });
                }
            };
            view! {
                <button type="button" class="sign" aria-label=name title=name node_ref=place on:click=react>
                    {sign}
                </button>
            }
        })
        .collect_view()
}

/// Goes by keys from the log to what can be done about a message: Enter to the newest, up and down from
/// one message to the next, left and right from one button to the next, Escape back.
pub(crate) fn walk(event: &KeyboardEvent, log: &HtmlElement) {
    let found = log.get_elements_by_class_name("deeds");
    let corners: Vec<Element> = (0..found.length()).filter_map(|at| found.item(at)).collect();
    let focused = document().active_element();
    let is_log = focused.as_ref() == Some(log);
    let at = corners.iter().position(|corner| corner.contains(focused.as_deref()));
    let beside = |next: bool| {
        let focused = focused.as_ref()?;
        if next { focused.next_element_sibling() } else { focused.previous_element_sibling() }
    };
    let first_of = |corner: &Element| corner.query_selector("button").ok().flatten();
    let to = match (event.key().as_str(), at) {
        ("Enter", None) if is_log => corners.last().and_then(first_of),
        ("ArrowUp", Some(at)) => {
            at.checked_sub(1).and_then(|at| corners.get(at)).and_then(first_of)
        }
        ("ArrowDown", Some(at)) => corners.get(at + 1).and_then(first_of),
        ("ArrowLeft", Some(_)) => beside(false),
        ("ArrowRight", Some(_)) => beside(true),
        ("Escape", Some(_)) => None,
        _ => return,
    };
    event.prevent_default();
    match to {
        Some(button) => focus(button.dyn_ref()),
        None if event.key() == "Escape" => focus(Some(log)),
        None => {}
    }
}

/// The buttons go, and with them the focus.
fn focus_log(corner: Option<Element>) {
    let log = corner.and_then(|corner| corner.closest("[role=log]").ok().flatten());
    focus(log.as_ref().and_then(JsCast::dyn_ref));
}
