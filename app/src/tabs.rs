//! The tabs of a narrow window: board, chat and people, one at a time, at the thumb. Wide windows
//! show all three at once, and no tabs.

use leptos::ev::{self, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use starling_protocol::grouped;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::model::{RoomModel, Tab};

/// As in the style sheets.
const NARROW: &str = "(max-width: 720px)";

const TABS: [(Tab, &str, &str); 3] = [
    (Tab::Board, "Board", "board"),
    (Tab::Chat, "Chat", "chat"),
    (Tab::People, "People", "people"),
];

fn is_narrow() -> bool {
    window().match_media(NARROW).ok().flatten().is_some_and(|query| query.matches())
}

/// What a part of the room is: in a narrow window, what its tab shows.
pub(crate) fn panel_role(room: RoomModel) -> Option<&'static str> {
    room.narrow.get().then_some("tabpanel")
}

/// The name of a tab in the style sheets, and the id of what it shows.
pub(crate) fn tab_id(tab: Tab) -> &'static str {
    TABS.iter().find(|(other, ..)| *other == tab).map_or("", |(_, _, id)| id)
}

/// The tab list "Parts of the room".
#[component]
pub(crate) fn Tabs(
    /// Which room.
    room: RoomModel,
    /// Whether the viewer is in the room; others do not see who is.
    joined: bool,
) -> impl IntoView {
    Effect::new(move |_| {
        room.narrow.set(is_narrow());
        window_event_listener(ev::resize, move |_| {
            if room.narrow.get_untracked() != is_narrow() {
                room.narrow.set(is_narrow());
            }
        });
    });
    let list = NodeRef::<html::Div>::new();
    let shown = TABS.iter().filter(move |(tab, ..)| joined || *tab != Tab::People);
    let turn = move |event: KeyboardEvent| {
        let count = if joined { TABS.len() } else { TABS.len() - 1 };
        let at = TABS.iter().position(|(tab, ..)| *tab == room.tab.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        room.tab.set(TABS[next].0);
        // The tab that is shown has the focus.
        let button = list.get_untracked().and_then(|list| list.children().item(next as u32));
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let tabs = shown
        .map(|(tab, name, id)| {
            let tab = *tab;
            let is_shown = move || room.tab.get() == tab;
            let badge = move || {
                let unread = room.unread.get();
                (tab == Tab::Chat && unread > 0).then(|| {
                    view! {
                        <span class="badge">
                            {grouped(unread)} <span class="visually-hidden">" new"</span>
                        </span>
                    }
                })
            };
            let people = move || {
                let people = room.people.len();
                (tab == Tab::People && people > 0)
                    .then(|| view! { <span class="tab-count">{grouped(people)}</span> })
            };
            view! {
                <button
                    type="button"
                    role="tab"
                    class="tab"
                    aria-selected=move || is_shown().to_string()
                    aria-controls=*id
                    tabindex=move || if is_shown() { "0" } else { "-1" }
                    on:click=move |_| room.tab.set(tab)
                >
                    {*name} {people} {badge}
                </button>
            }
        })
        .collect_view();
    view! {
        // The room's last part: `shell.rs` has the page painted once it is there.
        <nav class="tabs" id="parts" aria-label="Parts of the room">
            <div class="tab-list" role="tablist" node_ref=list on:keydown=turn>
                {tabs}
            </div>
        </nav>
    }
}
