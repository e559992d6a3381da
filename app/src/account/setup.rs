//! The form that makes the first administrator.

use leptos::either::Either;
use leptos::prelude::*;

use super::{FormProblem, Front, said};
use crate::code_field::CodeField;
use crate::field::{Kind, TextField};
use crate::page::{Field, SetupForm};

/// The page at `/setup`.
#[component]
pub(crate) fn Setup(
    /// As it was filled in.
    form: SetupForm,
) -> impl IntoView {
    let SetupForm { open, account, code, name, handle, error } = form;
    let error = Signal::stored(error);
    if !open {
        return Either::Left(view! {
            <Front heading="First administrator" lead="This server has an administrator already.">
                <p class="hint"><a href="/">"Go to the lobby"</a></p>
            </Front>
        });
    }
    let code = view! {
        <CodeField
            label="The code that the server printed when it started"
            value=code
            error=said(error, Field::Code)
        />
    };
    let (lead, who) = match account {
        Some(handle) => (
            format!(
                "You are signed in as {handle}. With the code you become this server's administrator."
            ),
            None,
        ),
        None => (
            "Make the account of this server's administrator.".to_owned(),
            Some(view! {
                <TextField
                    label="Your name"
                    name="name"
                    value=name
                    autocomplete="nickname"
                    error=said(error, Field::Name)
                />
                <TextField
                    label="Handle"
                    name="handle"
                    value=handle
                    autocomplete="username"
                    hint="The name you sign in with: 3 to 30 of a–z, 0–9, “-” and “_”."
                    error=said(error, Field::Handle)
                />
                <TextField
                    label="Password"
                    name="password"
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint="At least 8 characters."
                    error=said(error, Field::Password)
                />
            }),
        ),
    };
    Either::Right(view! {
        <Front heading="First administrator" lead=lead>
            <form class="join" method="post" action="/setup" novalidate>
                {code}
                {who}
                <FormProblem error/>
                <button class="primary" type="submit">"Become administrator"</button>
            </form>
        </Front>
    })
}
