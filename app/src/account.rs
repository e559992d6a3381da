//! The pages about accounts: which component shows which, and what they have in common. They are plain
//! forms, which the server alone renders: browsers load no frontend for them.

mod admin_people;
mod forgot;
mod profile;
mod reset;
mod settings;
mod setup;
mod sign_in;
mod sign_ins;
mod sign_up;

use leptos::prelude::*;

use crate::field::said_of;
use crate::link::leading_to;
use crate::page::{Access, AccountView, Field, FormError};

use admin_people::AdminPeople;
use forgot::Forgot;
use reset::Reset;
use settings::Settings;
use setup::Setup;
use sign_in::SignIn;
use sign_up::SignUp;

/// One of the pages about accounts.
#[component]
pub(crate) fn AccountPage(
    /// Which one, and what is on it.
    view: AccountView,
    /// Who may come in.
    access: Access,
) -> impl IntoView {
    match view {
        AccountView::SignUp(form) => view! { <SignUp form access/> }.into_any(),
        AccountView::SignIn(form) => view! { <SignIn form access/> }.into_any(),
        AccountView::Settings(view) => view! { <Settings view access/> }.into_any(),
        AccountView::Forgot(form) => view! { <Forgot form access/> }.into_any(),
        AccountView::Reset(form) => view! { <Reset form/> }.into_any(),
        AccountView::Setup(form) => view! { <Setup form/> }.into_any(),
        AccountView::People(view) => view! { <AdminPeople view/> }.into_any(),
    }
}

/// What a page is called.
pub(crate) fn title(view: &AccountView) -> &'static str {
    match view {
        AccountView::SignUp(_) => "Make an account",
        AccountView::SignIn(_) => "Sign in",
        AccountView::Settings(_) => "You",
        AccountView::Forgot(_) => "Forgotten password",
        AccountView::Reset(_) => "A new password",
        AccountView::Setup(_) => "First administrator",
        AccountView::People(_) => "People",
    }
}

/// The frame of such a page: the way back, a heading, and what follows.
#[component]
fn Front(
    /// What the page is for.
    heading: &'static str,
    /// A sentence more.
    #[prop(optional, into)]
    lead: String,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let lead = (!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> });
    view! {
        <main class="front">
            <header class="front-head">
                <a class="wordmark" href="/">"Starling"</a>
                <h1>{heading}</h1>
                {lead}
            </header>
            {children()}
        </main>
    }
}

/// What an answer says of a field, for as long as the page is there.
fn said(error: Signal<Option<FormError>>, field: Field) -> Signal<String> {
    Signal::derive(move || error.with(|error| said_of(error.as_ref(), field)))
}

/// What an answer says of a form as a whole.
#[component]
fn FormProblem(
    /// What was wrong with the form.
    error: Signal<Option<FormError>>,
) -> impl IntoView {
    view! { <p class="error" role="alert">{said(error, Field::Form)}</p> }
}

/// What has just been done.
#[component]
fn Done(
    /// In words.
    done: Option<String>,
) -> impl IntoView {
    done.map(|done| view! { <p class="done" role="status">{done}</p> })
}
