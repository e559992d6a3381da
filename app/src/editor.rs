//! Where the author of a message changes what it says. The field stays until the change is stored, so
//! that nothing typed is lost.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{MessageBody, Seq};

use crate::composer::is_send_key;
use crate::model::{RoomModel, Wish};

/// The textbox "Edit message", with "Save" and "Cancel".
#[component]
pub(crate) fn Editor(
    /// Where it was said.
    room: RoomModel,
    /// Which message.
    message: Seq,
    /// What it says now.
    body: String,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<String>);
    let stop = move || {
        room.editing.set(None);
        // The field goes, and with it the focus.
        room.wants_focus.notify();
    };
    let before = body.clone();
    field.on_load(move |field| {
        field.set_value(&body);
        // Only a field that is not on the page cannot take the focus.
        let _ = field.focus();
    });
    let save = move || {
        let Some(field) = field.get_untracked() else { return };
        match MessageBody::parse(&field.value(), &room.limits) {
            Ok(body) if body.as_str() == before => stop(),
            Ok(body) => {
                error.set(None);
                room.act(Wish::Edit { message, body });
            }
            Err(refused) => error.set(Some(refused.to_string())),
        }
    };
    let by_key = save.clone();
    let key = move |event: KeyboardEvent| {
        // What the log does with keys is not meant.
        event.stop_propagation();
        if event.key() == "Escape" {
            stop();
        } else if is_send_key(&event) {
            event.prevent_default();
            by_key();
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save();
    };
    view! {
        <form class="editor" novalidate on:submit=submit on:keydown=key>
            <textarea rows="2" aria-label="Edit message" enterkeyhint="done" node_ref=field></textarea>
            <span class="ways">
                <button class="primary" type="submit">"Save"</button>
                <button type="button" on:click=move |_| stop()>"Cancel"</button>
            </span>
            <p class="error" role="alert">{move || error.get()}</p>
        </form>
    }
}
