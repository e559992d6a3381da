//! The form that makes an account.

use leptos::either::Either;
use leptos::prelude::*;

use super::{FormProblem, Front, leading_to, said};
use crate::field::{Kind, TextField};
use crate::page::{Access, Field, SignUpForm};

/// The page at `/sign-up`.
#[component]
pub(crate) fn SignUp(
    /// As it was filled in.
    form: SignUpForm,
    /// Who may come in.
    access: Access,
) -> impl IntoView {
    let SignUpForm { name, handle, email, next, guest, error } = form;
    let sign_in = leading_to("/sign-in", &next);
    if !access.sign_up {
        return Either::Left(view! {
            <Front heading="Make an account" lead="On this server only administrators make accounts. Ask one of them.">
                <p class="hint"><a href=sign_in>"Sign in"</a></p>
            </Front>
        });
    }
    let lead = if guest {
        "What you said and the rooms you are in stay yours, in every browser you sign in with."
    } else {
        "Keep your name and your rooms, in every browser you sign in with."
    };
    let error = Signal::stored(error);
    Either::Right(view! {
        <Front heading="Make an account" lead=lead>
            <form class="join" method="post" action="/sign-up" novalidate>
                <input type="hidden" name="next" value=next/>
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
                    label="Email, if you like"
                    name="email"
                    kind=Kind::Email
                    value=email
                    autocomplete="email"
                    hint="You can sign in with it, too. Nobody else sees it."
                    error=said(error, Field::Email)
                />
                <TextField
                    label="Password"
                    name="password"
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint="At least 8 characters."
                    error=said(error, Field::Password)
                />
                <FormProblem error/>
                <button class="primary" type="submit">"Make the account"</button>
            </form>
            <p class="hint">"You have one? " <a href=sign_in>"Sign in"</a></p>
        </Front>
    })
}
