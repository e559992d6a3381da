//! Sending files: the button in the composer, what is dropped on the page or pasted, and what is under
//! way. How a file travels is `live/sending.rs`'s.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FileList};

use crate::model::{RoomModel, Wish};

/// The list of what is on its way.
pub(crate) const LIST: &str = "sending";

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

/// The list "Files on their way". Its entries come and go with `live/sending.rs`.
#[component]
pub(crate) fn FilesOnTheirWay(
    /// From where.
    room: RoomModel,
) -> impl IntoView {
    let click = move |event: MouseEvent| {
        let pressed = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let button = pressed.and_then(|it| it.closest("button").ok().flatten());
        let entry = button.and_then(|it| it.closest("[data-key]").ok().flatten());
        let key = entry.and_then(|it| it.get_attribute("data-key")?.parse().ok());
        if let Some(key) = key {
            room.wish(Wish::GiveUp { key });
            // The button is gone, and with it the focus.
            room.wants_focus.notify();
        }
    };
    view! { <ul class="sending" id=LIST aria-label="Files on their way" on:click=click></ul> }
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
            over.set(takes());
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
            if takes() {
                attach(room, event.data_transfer().and_then(|it| it.files()));
            }
        }
    });
    window_event_listener(ev::paste, move |event| {
        let files = event.clipboard_data().and_then(|it| it.files());
        if files.as_ref().is_some_and(|files| files.length() > 0) && takes() {
            event.prevent_default();
            attach(room, files);
        }
    });
}
