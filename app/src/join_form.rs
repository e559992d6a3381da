//! The form that joins a room. It works without JavaScript; with it, the server's own checks say
//! what is wrong before anything is sent.

use leptos::either::Either;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{DisplayName, Limits, RoomName, Slug};
use web_sys::HtmlInputElement;

use crate::page::{self, Field, FormError};

/// Which room the form joins.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The one whose name is typed.
    AnyRoom,
    /// The one of this page.
    ThisRoom(Slug),
}

/// `POST /join`.
#[component]
pub(crate) fn JoinForm(
    /// As it was filled in.
    form: page::JoinForm,
    /// Which room it joins.
    target: Target,
    /// What the server accepts.
    limits: Limits,
) -> impl IntoView {
    let page::JoinForm { name, room, listed, error } = form;
    let error = RwSignal::new(error);
    let sending = RwSignal::new(false);
    let (name_input, room_input) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());

    let check = move |event: SubmitEvent| {
        let refused = [(Field::Name, name_input), (Field::Room, room_input)]
            .into_iter()
            .find_map(|(field, input)| refusal(field, input.get_untracked()?, &limits));
        if let Some((input, _)) = &refused {
            event.prevent_default();
            // A field that cannot take the focus still shows its error.
            let _ = input.focus();
        }
        sending.set(refused.is_none());
        error.set(refused.map(|(_, error)| error));
    };
    // A page that comes back from the browser's memory has nothing under way any more.
    Effect::new(move |_| {
        window_event_listener(leptos::ev::pageshow, move |_| sending.set(false));
    });
    let which = match target {
        Target::AnyRoom => Either::Left(view! {
            <TextField label="Room name" name="room" value=room field=Field::Room error input=room_input/>
            <label class="tick">
                <input type="checkbox" name="listed" value="true" checked=listed/>
                "List this room"
            </label>
            <p class="hint">
                "A listed room stands in the lobby. Any other is found by its link alone."
            </p>
        }),
        Target::ThisRoom(slug) => {
            let slug = slug.as_str().to_owned();
            Either::Right(view! { <input type="hidden" name="slug" value=slug/> })
        }
    };
    view! {
        <form class="join" method="post" action="/join" novalidate on:submit=check>
            <TextField label="Your name" name="name" value=name field=Field::Name error input=name_input/>
            {which}
            <p class="error" role="alert">{move || message_at(error, Field::Form)}</p>
            <button class="primary" type="submit" aria-busy=move || sending.get().to_string()>
                {move || if sending.get() { "Joining…" } else { "Join" }}
            </button>
        </form>
    }
}

/// A labelled input with its error.
#[component]
fn TextField(
    /// What to type.
    label: &'static str,
    /// The field's name in the form, and its id.
    name: &'static str,
    /// What stands in it at first.
    value: String,
    /// Which errors are its own.
    field: Field,
    /// What is wrong with the form.
    error: RwSignal<Option<FormError>>,
    /// The input itself.
    input: NodeRef<html::Input>,
) -> impl IntoView {
    let message = move || message_at(error, field);
    let error_id = format!("{name}-error");
    let autocomplete = if field == Field::Name { "nickname" } else { "off" };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="text"
                autocomplete=autocomplete
                value=value
                node_ref=input
                aria-describedby=error_id.clone()
                aria-invalid=move || (!message().is_empty()).then_some("true")
            />
            <p class="error" id=error_id>{message}</p>
        </div>
    }
}

fn message_at(error: RwSignal<Option<FormError>>, field: Field) -> String {
    error.with(|error| match error {
        Some(error) if error.field == field => error.message.clone(),
        _ => String::new(),
    })
}

/// What the server would say of this field.
fn refusal(
    field: Field,
    input: HtmlInputElement,
    limits: &Limits,
) -> Option<(HtmlInputElement, FormError)> {
    let text = input.value();
    let checked = match field {
        Field::Name => DisplayName::parse(&text, limits).map(drop),
        Field::Room => RoomName::parse(&text, limits).map(drop),
        Field::Form => Ok(()),
    };
    let error = checked.err()?;
    Some((input, FormError { field, message: error.to_string() }))
}
