//! What somebody who forgot their password can do.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::{FormProblem, Front, said};
use crate::field::TextField;
use crate::page::{Access, Field, ForgotForm};

/// The page at `/forgot`.
#[component]
pub(crate) fn Forgot(
    /// As it was filled in.
    form: ForgotForm,
    /// Who may come in.
    access: Access,
) -> impl IntoView {
    let ForgotForm { login, sent, error } = form;
    let error = Signal::stored(error);
    if !access.mail {
        return EitherOf3::A(view! {
            <Front
                heading="Forgotten password"
                lead="Ask an administrator of this server for a link. It holds for an hour, and with it you choose another password."
            >
                <p class="hint"><a href="/sign-in">"Back to signing in"</a></p>
            </Front>
        });
    }
    if sent {
        return EitherOf3::B(view! {
            <Front
                heading="Look into your mail"
                lead="If there is such an account, and it has an email address, a link is on its way there. It holds for an hour."
            >
                <p class="hint"><a href="/sign-in">"Back to signing in"</a></p>
            </Front>
        });
    }
    EitherOf3::C(view! {
        <Front
            heading="Forgotten password"
            lead="A link to choose another one comes by mail, if your account has an email address. Otherwise ask an administrator for one."
        >
            <form class="join" method="post" action="/forgot" novalidate>
                <TextField
                    label="Handle or email"
                    name="login"
                    value=login
                    autocomplete="username"
                    error=said(error, Field::Handle)
                />
                <FormProblem error/>
                <button class="primary" type="submit">"Send me a link"</button>
            </form>
            <p class="hint"><a href="/sign-in">"Back to signing in"</a></p>
        </Front>
    })
}
