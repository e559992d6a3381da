//! The form that joins a room. It works without JavaScript; with it, the server's own checks say
//! what is wrong before anything is sent.

use leptos::either::Either;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{DisplayName, Limits, RoomName, Slug, User};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::field::{TextField, said_of};
use crate::link::leading_to;
use crate::page::{self, Access, Field, FormError};

const ACTION: &str = "/join";

/// Which room the form joins.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The one whose name is typed.
    AnyRoom,
    /// The one of this page.
    ThisRoom(Slug),
}

/// Whether somebody may come in as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door {
    /// By giving a name, or as who they are.
    pub(crate) is_open: bool,
    /// Whether they can make an account.
    sign_up: bool,
    /// Whether they are somebody already.
    pub(crate) is_known: bool,
}

impl Door {
    pub(crate) fn of(access: Access, viewer: Option<&User>) -> Self {
        let is_known = viewer.is_some();
        Self { is_open: access.guests || is_known, sign_up: access.sign_up, is_known }
    }
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
    /// Whether they may come in.
    door: Door,
) -> impl IntoView {
    let next = match &target {
        Target::AnyRoom => "/".to_owned(),
        Target::ThisRoom(slug) => slug.path(),
    };
    if !door.is_open {
        return Either::Left(view! { <SignInFirst next sign_up=door.sign_up/> });
    }
    // The lobby says it in its head.
    let sign_in = (!door.is_known && next != "/").then(|| {
        let sign_in = leading_to("/sign-in", &next);
        view! { <div class="hint">"You have an account? " <a href=sign_in>"Sign in"</a></div> }
    });
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
        } else if let Some(form) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) {
            // Where on the board a link leads: a redirect goes on with the end of the address it answers.
            let hash = window().location().hash().unwrap_or_default();
            let _ = form.set_attribute("action", &format!("{ACTION}{hash}"));
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
            <TextField
                label="Room name"
                name="room"
                value=room
                error=Signal::derive(move || message_at(error, Field::Room))
                input=room_input
            />
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
    Either::Right(view! {
        <form class="join" method="post" action=ACTION novalidate on:submit=check>
            <TextField
                label="Your name"
                name="name"
                value=name
                autocomplete="nickname"
                error=Signal::derive(move || message_at(error, Field::Name))
                input=name_input
            />
            {which}
            <p class="error" role="alert">{move || message_at(error, Field::Form)}</p>
            <button class="primary" type="submit" aria-busy=move || sending.get().to_string()>
                {move || if sending.get() { "Joining…" } else { "Join" }}
            </button>
            {sign_in}
        </form>
    })
}

/// What stands in the form's place where only people with an account come in.
#[component]
fn SignInFirst(
    /// Where they go then.
    next: String,
    /// Whether they can make an account.
    sign_up: bool,
) -> impl IntoView {
    let sign_up = sign_up.then(|| {
        view! { <a href=leading_to("/sign-up", &next)>"Make an account"</a> }
    });
    view! {
        <p class="lead">"Only people with an account come in here."</p>
        <div class="ways-on">
            <a class="button primary" href=leading_to("/sign-in", &next)>"Sign in"</a>
            {sign_up}
        </div>
    }
}

fn message_at(error: RwSignal<Option<FormError>>, field: Field) -> String {
    error.with(|error| said_of(error.as_ref(), field))
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
        _ => Ok(()),
    };
    let error = checked.err()?;
    Some((input, FormError { field, message: error.to_string() }))
}
