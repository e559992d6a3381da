//! The composer: where one writes. The text lives in the textarea itself, so that nothing typed
//! before hydration is lost; `draft` mirrors it.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::MessageBody;

use crate::model::{RoomModel, Wish};

/// With so many characters left, the count is shown.
const COUNT_WITHIN: usize = 200;

/// The textbox "Message" and the button "Send".
#[component]
pub(crate) fn Composer(
    /// Where it speaks.
    room: RoomModel,
) -> impl IntoView {
    let max = room.limits.message_chars;
    let field = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<String>);

    // A browser restores what was typed, and people type before the page is live.
    field.on_load(move |field| room.draft.set(field.value()));

    let written = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let text = field.value();
        room.wish(Wish::Typing { active: !text.trim().is_empty() });
        room.draft.set(text);
        error.set(None);
    };
    let send = move || {
        let Some(field) = field.get_untracked() else { return };
        match MessageBody::parse(&field.value(), &room.limits) {
            Ok(body) => {
                field.set_value("");
                room.draft.set(String::new());
                error.set(None);
                room.wish(Wish::Post { body });
            }
            Err(refused) => error.set(Some(refused.to_string())),
        }
        // Somebody who clicks "Send" goes on writing.
        let _ = field.focus();
    };
    let key = move |event: KeyboardEvent| {
        // While an input method composes, Enter picks a word.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let chars = Memo::new(move |_| room.draft.with(|draft| draft.trim().chars().count()));
    let count =
        move || (chars.get() + COUNT_WITHIN > max).then(|| format!("{} of {max}", chars.get()));
    view! {
        <div class="composer">
            <label class="visually-hidden" for="message">"Message"</label>
            <textarea
                id="message"
                rows="1"
                enterkeyhint="send"
                placeholder="Say something"
                node_ref=field
                aria-describedby="message-error message-count"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:input=written
                on:keydown=key
            ></textarea>
            <button class="primary" type="button" on:click=move |_| send()>"Send"</button>
            <p class="error" id="message-error" role="alert">{move || error.get()}</p>
            <p class="count" id="message-count" data-over=move || (chars.get() > max).to_string()>
                {count}
            </p>
        </div>
    }
}
