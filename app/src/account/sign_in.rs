//! The form that signs in.

use leptos::prelude::*;

use super::{Done, FormProblem, Front, leading_to, said};
use crate::field::{Kind, TextField};
use crate::page::{Access, Field, SignInForm};

/// The page at `/sign-in`.
#[component]
pub(crate) fn SignIn(
    /// As it was filled in.
    form: SignInForm,
    /// Who may come in.
    access: Access,
) -> impl IntoView {
    let SignInForm { login, next, done, error } = form;
    let error = Signal::stored(error);
    let sign_up = leading_to("/sign-up", &next);
    let sign_up = access.sign_up.then(|| {
        view! { <p class="hint">"No account yet? " <a href=sign_up>"Make one"</a></p> }
    });
    view! {
        <Front heading="Sign in">
            <Done done/>
            <form class="join" method="post" action="/sign-in" novalidate>
                <input type="hidden" name="next" value=next/>
                <TextField
                    label="Handle or email"
                    name="login"
                    value=login
                    autocomplete="username"
                    error=said(error, Field::Handle)
                />
                <TextField
                    label="Password"
                    name="password"
                    kind=Kind::Password
                    autocomplete="current-password"
                    error=said(error, Field::Password)
                />
                <FormProblem error/>
                <button class="primary" type="submit">"Sign in"</button>
            </form>
            <div class="ways-on">
                <p class="hint"><a href="/forgot">"I forgot my password"</a></p>
                {sign_up}
            </div>
        </Front>
    }
}
