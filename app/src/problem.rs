//! The pages that are not there: a room that nobody has made, a request that failed.

use leptos::prelude::*;
use starling_protocol::Limits;

use crate::join_form::{Door, JoinForm, Target};
use crate::page;

/// The page of an address that is no room yet.
#[component]
pub(crate) fn NoSuchRoom(
    /// As it was filled in.
    form: page::JoinForm,
    /// What the server accepts.
    limits: Limits,
    /// Whether they may come in.
    door: Door,
) -> impl IntoView {
    view! {
        <main class="front">
            <header class="front-head">
                <a class="wordmark" href="/">"Starling"</a>
                <h1>"This room does not exist yet"</h1>
                <p class="lead">"Nobody has made a room at this address. You can be the first."</p>
            </header>
            <section class="panel" aria-label="Make this room">
                <JoinForm form target=Target::AnyRoom limits door/>
            </section>
        </main>
    }
}

/// The page of a request that failed.
#[component]
pub(crate) fn Problem(
    /// The HTTP status.
    status: u16,
    /// Why, for people.
    message: String,
) -> impl IntoView {
    view! {
        <main class="front">
            <header class="front-head">
                <a class="wordmark" href="/">"Starling"</a>
                <h1>{message}</h1>
                <p class="lead">"Status " {status} ". " <a href="/">"Go to the lobby"</a></p>
            </header>
        </main>
    }
}
