//! One's own settings.

use leptos::either::Either;
use leptos::prelude::*;

use super::profile::Profile;
use super::sign_ins::SignIns;
use super::{Done, FormProblem, Front, said};
use crate::field::{Kind, TextField};
use crate::page::{Access, Field, FormError, OwnAccount, SettingsView};

/// The page at `/account`.
#[component]
pub(crate) fn Settings(
    /// As the server renders it.
    view: SettingsView,
    /// Who may come in.
    access: Access,
) -> impl IntoView {
    let SettingsView { account, profile, password_error, sign_ins, done } = view;
    let lead = match &account {
        Some(OwnAccount { handle, email: Some(email), .. }) => {
            format!("You sign in as {handle}, or with {email}.")
        }
        Some(OwnAccount { handle, email: None, .. }) => format!("You sign in as {handle}."),
        None => "You are here as a guest.".to_owned(),
    };
    let administration = account.as_ref().is_some_and(|account| account.operator).then(|| {
        view! { <p class="hint"><a href="/admin/people">"Help people who forgot their password"</a></p> }
    });
    let rest = match account {
        Some(OwnAccount { handle, .. }) => Either::Left(view! {
            <Password handle error=password_error/>
            <SignIns sign_ins/>
            <section class="panel" aria-labelledby="programs-heading">
                <h2 id="programs-heading">"Programs"</h2>
                <p class="lead">
                    "A program speaks for you with a token. " <a href="/account/tokens">"Tokens for programs"</a>
                </p>
            </section>
        }),
        None => Either::Right(view! { <Guest access/> }),
    };
    view! {
        <Front heading="You" lead=lead>
            <Done done/>
            {administration}
            <Profile form=profile/>
            {rest}
        </Front>
    }
}

/// What a guest can do to stay.
#[component]
fn Guest(
    /// Who may come in.
    access: Access,
) -> impl IntoView {
    let sign_up = access.sign_up.then(|| {
        view! { <a class="button primary" href="/sign-up?next=/account">"Make an account"</a> }
    });
    view! {
        <section class="panel" aria-labelledby="keep-heading">
            <h2 id="keep-heading">"Make an account to keep your name"</h2>
            <p class="lead">
                "As a guest you are known to this browser alone. With an account, what you said and \
                 the rooms you are in stay yours wherever you sign in."
            </p>
            <div class="ways-on">
                {sign_up}
                <a href="/sign-in?next=/account">"Sign in"</a>
            </div>
        </section>
        <section class="panel" aria-labelledby="forget-heading">
            <h2 id="forget-heading">"Leave"</h2>
            <p class="lead">"This browser forgets who you are. Nobody can come back as this guest."</p>
            <form method="post" action="/sign-out">
                <button type="submit">"Forget me here"</button>
            </form>
        </section>
    }
}

#[component]
fn Password(
    /// Whose.
    handle: String,
    /// What was wrong with it, if it was sent.
    error: Option<FormError>,
) -> impl IntoView {
    let error = Signal::stored(error);
    view! {
        <section class="panel" aria-labelledby="password-heading">
            <h2 id="password-heading">"Password"</h2>
            <form class="join" method="post" action="/account/password" novalidate>
                // For password managers: whose password it is.
                <input type="text" autocomplete="username" value=handle readonly hidden/>
                <TextField
                    label="Current password"
                    name="current"
                    kind=Kind::Password
                    autocomplete="current-password"
                    error=said(error, Field::CurrentPassword)
                />
                <TextField
                    label="New password"
                    name="password"
                    kind=Kind::Password
                    autocomplete="new-password"
                    hint="At least 8 characters. Everywhere else you will be signed out."
                    error=said(error, Field::Password)
                />
                <FormProblem error/>
                <button type="submit">"Change the password"</button>
            </form>
        </section>
    }
}
