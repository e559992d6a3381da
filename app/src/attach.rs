//! Sending files: the button in the composer, what is dropped on the page or pasted, and the list of what
//! is on its way. How a file travels is `live/sending.rs`'s.

use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FileList, HtmlElement, HtmlInputElement};

use crate::model::{RoomModel, Wish};

/// The list of what is on its way. Its entries come and go with `live/sending.rs`.
pub(crate) const LIST: &str = "sending";

/// Markup and no view: none of it ever changes but the list's entries, and so the download stays small.
const PARTS: &str = "\
    <ul class=\"sending\" id=\"sending\" aria-label=\"Files on their way\"></ul>\
    <input type=\"file\" multiple hidden>\
    <button class=\"attach\" type=\"button\" title=\"Attach a file\">\
    <svg viewBox=\"0 0 16 16\" width=\"18\" height=\"18\" aria-hidden=\"true\"><path d=\"m13.5 7.5-5.6 \
    5.6a3.2 3.2 0 0 1-4.5-4.5l6-6a2.1 2.1 0 0 1 3 3l-6 6a1 1 0 0 1-1.5-1.5l5.1-5.1\"/></svg>\
    <span class=\"visually-hidden\">Attach a file</span></button>\
    <p class=\"drop-here\">Drop to send</p>";

/// The button "Attach a file" and the list "Files on their way". Whoever may not talk has none, nor has
/// anybody where no files are taken.
#[component]
pub(crate) fn Attach(
    /// Where files go.
    room: RoomModel,
) -> impl IntoView {
    let over = RwSignal::new(false);
    let takes = move || room.limits.file_bytes > 0 && !room.is_closed();
    let click = move |event: MouseEvent| {
        let Some(button) = closest(&event, "button") else { return };
        match button.closest("[data-key]").ok().flatten() {
            Some(entry) => {
                if let Some(key) = entry.get_attribute("data-key").and_then(|key| key.parse().ok())
                {
                    room.wish(Wish::GiveUp { key });
                }
                // The button is gone, and with it the focus.
                room.wants_focus.notify();
            }
            None => {
                let input = button.previous_element_sibling();
                if let Some(input) = input.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                    input.click();
                }
            }
        }
    };
    let chosen = move |event: Event| {
        let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            attach(room, input.files());
            // So that the same file can be chosen again.
            input.set_value("");
        }
    };
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| heed_drops_and_pastes(room, over, takes));
    view! {
        <div
            class="attaching"
            hidden=move || !takes()
            data-over=move || over.get().to_string()
            on:click=click
            on:change=chosen
            inner_html=PARTS
        ></div>
    }
}

fn closest(event: &MouseEvent, what: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(what).ok()?
}

/// Has files sent, one after the other.
fn attach(room: RoomModel, files: Option<FileList>) {
    let Some(files) = files else { return };
    for file in (0..files.length()).filter_map(|at| files.get(at)) {
        room.wish(Wish::Attach { file });
    }
}

/// A file that is dropped anywhere on the page is sent, and not opened in the page's place.
#[cfg(feature = "hydrate")]
fn heed_drops_and_pastes(
    room: RoomModel,
    over: RwSignal<bool>,
    takes: impl Fn() -> bool + Copy + 'static,
) {
    use leptos::ev;

    let has_files = |event: &web_sys::DragEvent| {
        event.data_transfer().is_some_and(|it| it.types().includes(&"Files".into(), 0))
    };
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
