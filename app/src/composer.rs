//! The composer: where one writes. The text lives in the textarea itself, so that nothing typed
//! before hydration is lost; `draft` mirrors it. Without JavaScript it is an ordinary form.

use html_escape::encode_text;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{MessageBody, grouped};

use crate::attach::Attach;
use crate::model::{RoomModel, Wish};
use crate::page::PostForm;

/// With so many characters left, the count is shown.
const COUNT_WITHIN: usize = 200;

/// Markup and no view, as it never changes. The board does what it says, and the style sheet shows it once
/// the board lives.
const MENTION: &str = "\
    <button class=\"attach\" type=\"button\" data-mention title=\"Point at the middle of what you see of the board\">\
    <svg viewBox=\"0 0 16 16\" width=\"18\" height=\"18\" aria-hidden=\"true\">\
    <path d=\"M8 14s4.5-4.2 4.5-7.6a4.5 4.5 0 0 0-9 0C3.5 9.8 8 14 8 14Z\"/>\
    <circle cx=\"8\" cy=\"6.4\" r=\"1.5\"/></svg>\
    <span class=\"visually-hidden\">Point at the board</span></button>";

/// The code of a key that an input method has taken:
/// <https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode>.
const COMPOSING: u32 = 229;

/// The textbox "Message" and the button "Send".
#[component]
pub(crate) fn Composer(
    /// Where it speaks.
    room: RoomModel,
    /// Where it is sent without JavaScript.
    action: String,
    /// As it was filled in.
    post: PostForm,
) -> impl IntoView {
    let max = room.limits.message_chars;
    let field = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(post.error);

    // A browser restores what was typed, and people type before the page is live.
    field.on_load(move |field| {
        let text = field.value();
        if !text.is_empty() {
            room.draft.set(text);
        }
        #[cfg(feature = "hydrate")]
        crate::browser::take_free_focus(&field);
    });
    Effect::new(move |_| {
        let (Some(field), draft) = (field.get(), room.draft.get()) else { return };
        if field.value() != draft {
            field.set_value(&draft);
        }
    });

    Effect::new(move |asked: Option<()>| {
        room.wants_focus.track();
        if let (Some(()), Some(field)) = (asked, field.get_untracked()) {
            let _ = field.focus();
        }
    });

    let written = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let text = field.value();
        room.wish(Wish::Typing { active: !text.trim().is_empty() });
        room.draft.set(text);
        error.set(None);
    };
    let send = move || {
        let Some(field) = field.get_untracked() else { return };
        if field.value().trim().is_empty() {
            return;
        }
        match MessageBody::parse(&field.value(), &room.limits) {
            Ok(body) => {
                room.draft.set(String::new());
                error.set(None);
                room.spoke_here.set_value(true);
                room.wish(Wish::Post { body });
            }
            Err(refused) => error.set(Some(refused.to_string())),
        }
        // Somebody who clicks "Send" goes on writing.
        let _ = field.focus();
    };
    let key = move |event: KeyboardEvent| {
        if is_send_key(&event) {
            event.prevent_default();
            send();
        }
    };
    let chars = Memo::new(move |_| room.draft.with(|draft| draft.trim().chars().count()));
    let count = move || {
        let chars = chars.get();
        (chars + COUNT_WITHIN > max).then(|| format!("{} of {}", grouped(chars), grouped(max)))
    };
    let closed = Memo::new(move |_| room.is_closed());
    #[cfg(feature = "hydrate")]
    Effect::new(move |was_closed| {
        let closed = closed.get();
        // A field that is closed loses the focus.
        if was_closed == Some(true) && !closed {
            queue_microtask(move || {
                if let Some(field) = field.get_untracked() {
                    crate::browser::take_free_focus(&field);
                }
            });
        }
        closed
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form
            class="composer"
            method="post"
            action=action
            novalidate
            on:submit=submit
        >
            <input type="hidden" name="id" value=post.id.to_string()/>
            <Attach room/>
            <div class="mentioning" hidden=move || closed.get() inner_html=MENTION></div>
            <label class="visually-hidden" for="message">"Message"</label>
            <textarea
                id="message"
                name="body"
                rows="1"
                enterkeyhint="send"
                placeholder=move || if closed.get() { "Closed" } else { "Say something" }
                node_ref=field
                disabled=move || closed.get()
                aria-describedby="message-error message-count"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:input=written
                on:keydown=key
                // Text and nothing but text: leptos would mark where it ends.
                inner_html=encode_text(&post.body).into_owned()
            ></textarea>
            <button class="primary" type="submit" disabled=move || closed.get()>
                "Send"
            </button>
            <p class="error" id="message-error" role="alert">{move || error.get()}</p>
            <p class="count" id="message-count" data-over=move || (chars.get() > max).to_string()>
                {count}
            </p>
        </form>
    }
}

/// Whether a key says that what is written is done.
pub(crate) fn is_send_key(event: &KeyboardEvent) -> bool {
    // While an input method composes, Enter picks a word. Safari tells by the code alone, since the
    // composing has just ended: <https://bugs.webkit.org/show_bug.cgi?id=165004>.
    let composes = event.is_composing() || event.key_code() == COMPOSING;
    event.key() == "Enter" && !event.shift_key() && !composes
}
