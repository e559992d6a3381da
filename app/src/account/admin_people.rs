//! What administrators do about people: links for those who forgot their password.

use leptos::prelude::*;

use super::{Front, said};
use crate::field::TextField;
use crate::page::{Field, PeopleView};

/// The page at `/admin/people`.
#[component]
pub(crate) fn AdminPeople(
    /// As it was filled in, and what was made.
    view: PeopleView,
) -> impl IntoView {
    let PeopleView { login, link, error } = view;
    let link = link.map(|link| {
        view! {
            <section class="panel" aria-labelledby="link-heading">
                <h2 id="link-heading">"The link"</h2>
                <p class="lead">
                    "Pass it on to nobody else. It is shown only now, holds for an hour, and works once."
                </p>
                <input type="text" readonly aria-label="The link" value=link/>
            </section>
        }
    });
    view! {
        <Front heading="People">
            {link}
            <section class="panel" aria-labelledby="forgotten-heading">
                <h2 id="forgotten-heading">"Somebody forgot their password"</h2>
                <form class="join" method="post" action="/admin/people" novalidate>
                    <TextField
                        label="Their handle or email"
                        name="login"
                        value=login
                        error=said(Signal::stored(error), Field::Handle)
                    />
                    <button class="primary" type="submit">"Make a link"</button>
                </form>
            </section>
            <p class="hint"><a href="/account">"Back to your settings"</a></p>
        </Front>
    }
}
