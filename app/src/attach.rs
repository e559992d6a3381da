//! Sending files: the button in the composer, what is dropped on the page or pasted, and what is under
//! way. How a file travels is `live/sending.rs`'s.

use leptos::html;
use leptos::prelude::*;
use starling_protocol::bytes_in_words;
use web_sys::FileList;

use crate::keyed::Entry;
use crate::model::{RoomModel, Wish};

/// A file on its way, as the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sending {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// How much of it has arrived, in percent.
    pub(crate) percent: u8,
    pub(crate) state: SendingState,
}

/// How a file fares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SendingState {
    /// It goes, or its turn comes.
    Going,
    /// It goes on by itself when the server can be reached.
    Waiting,
    /// It was refused.
    Refused {
        /// Why.
        why: String,
    },
}

/// The button "Attach a file". Whoever may not talk, or where no files are taken, has none.
#[component]
pub(crate) fn Attach(
    /// Where files go.
    room: RoomModel,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        attach(room, input.files());
        // So that the same file can be chosen again.
        input.set_value("");
    };
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| heed_drops_and_pastes(room, over));
    (room.limits.file_bytes > 0).then(|| {
        view! {
            <input type="file" multiple hidden node_ref=input on:change=chosen/>
            <button
                class="attach"
                type="button"
                title="Attach a file"
                disabled=move || room.is_closed()
                on:click=open
            >
                <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
                    <path d="m13.5 7.5-5.6 5.6a3.2 3.2 0 0 1-4.5-4.5l6-6a2.1 2.1 0 0 1 3 3l-6 6a1 1 0 0 1-1.5-1.5l5.1-5.1"/>
                </svg>
                <span class="visually-hidden">"Attach a file"</span>
            </button>
            <p class="drop-here" hidden=move || !over.get()>"Drop to send"</p>
        }
    })
}

/// The list "Files on their way".
#[component]
pub(crate) fn FilesOnTheirWay(
    /// From where.
    room: RoomModel,
) -> impl IntoView {
    view! {
        <ul class="sending" aria-label="Files on their way">
            <For each=move || room.sending.get() key=|entry| entry.key let(entry)>
                <OnItsWay room entry/>
            </For>
        </ul>
    }
}

#[component]
fn OnItsWay(
    /// From where.
    room: RoomModel,
    /// What.
    entry: Entry<u32, Sending>,
) -> impl IntoView {
    let Entry { key, value } = entry;
    let (name, size) = value.with_untracked(|it| (it.name.clone(), bytes_in_words(it.size)));
    let percent = {
        let value = value.clone();
        move || value.with(|it| it.percent.to_string())
    };
    let state = Memo::new(move |_| value.with(|it| it.state.clone()));
    let words = move || match state.get() {
        SendingState::Going => String::new(),
        SendingState::Waiting => "Waits for the connection…".to_owned(),
        SendingState::Refused { why } => why,
    };
    let refused = move || state.with(|it| matches!(it, SendingState::Refused { .. }));
    let give_up = move |_| {
        room.wish(Wish::GiveUp { key });
        room.wants_focus.notify();
    };
    let label = name.clone();
    view! {
        <li data-refused=move || refused().to_string()>
            <bdi>{name}</bdi>
            <span class="size">{size}</span>
            <progress max="100" value=percent aria-label=label hidden=refused></progress>
            <span class="fate" role="status">{words}</span>
            <button class="quiet" type="button" on:click=give_up>
                {move || if refused() { "Dismiss" } else { "Cancel" }}
            </button>
        </li>
    }
}

/// Has files sent, one after the other.
fn attach(room: RoomModel, files: Option<FileList>) {
    let files =
        files.into_iter().flat_map(|files| (0..files.length()).map(move |at| files.get(at)));
    for file in files.flatten() {
        room.wish(Wish::Attach { file });
    }
}

/// A file that is dropped anywhere on the page is sent, and not opened in the page's place.
#[cfg(feature = "hydrate")]
fn heed_drops_and_pastes(room: RoomModel, over: RwSignal<bool>) {
    use leptos::ev;

    let has_files = |event: &web_sys::DragEvent| {
        event.data_transfer().is_some_and(|it| it.types().includes(&"Files".into(), 0))
    };
    let takes = move || room.limits.file_bytes > 0 && !room.is_closed();
    window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(untrack(takes));
        }
    });
    window_event_listener(ev::dragleave, move |event| {
        // Not from one element of the page to the next.
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(false);
            if untrack(takes) {
                attach(room, event.data_transfer().and_then(|it| it.files()));
            }
        }
    });
    window_event_listener(ev::paste, move |event| {
        let files = event.clipboard_data().and_then(|it| it.files());
        if files.as_ref().is_some_and(|files| files.length() > 0) && untrack(takes) {
            event.prevent_default();
            attach(room, files);
        }
    });
}
