//! The page of somebody's tokens for programs: what each allows, the form that makes one, and the one
//! that was made just now, shown this once.

use leptos::either::Either;
use leptos::prelude::*;

use crate::page::{AccountTokensView, Clock, Field, FormError, Lasts, TokenForm, TokenLine};
use crate::time::{WallTime, day_name};

/// The page at `/account/tokens`.
#[component]
pub(crate) fn AccountTokens(
    /// As the server renders it.
    view: AccountTokensView,
    /// The clock on the reader's wall, as far as the server knows it.
    clock: Option<Clock>,
) -> impl IntoView {
    let AccountTokensView { made, tokens, form } = view;
    let is_empty = tokens.is_empty();
    let lines = tokens.into_iter().map(move |token| line(token, clock.as_ref())).collect_view();
    let list = match is_empty {
        true => Either::Left(view! {
            <p class="empty">"You have no tokens. A program that speaks for you needs one."</p>
        }),
        false => Either::Right(view! {
            <ul class="tokens">
                {lines}
            </ul>
        }),
    };
    view! {
        <main class="front">
            <header class="front-head">
                <a class="wordmark" href="/">"Starling"</a>
                <h1>"Tokens for programs"</h1>
                <p class="lead">
                    "A program that has one of these speaks for you, as far as the token allows."
                </p>
            </header>
            {made.map(new_token)}
            <section class="panel" aria-labelledby="tokens-heading">
                <h2 id="tokens-heading">"Your tokens"</h2>
                {list}
                <p class="hint">
                    "A token that you end is closed at once, with whatever it holds open. When you change your password or sign out everywhere, all of them end."
                </p>
            </section>
            <section class="panel" aria-labelledby="make-heading">
                <h2 id="make-heading">"Make a token"</h2>
                <MakeToken form/>
            </section>
        </main>
    }
}

fn new_token(token: String) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="made-heading">
            <h2 id="made-heading">"Your new token"</h2>
            <div class="field">
                <label for="made">"Copy it now. It is shown this once."</label>
                <input
                    id="made"
                    class="token-text"
                    type="text"
                    readonly=true
                    autocomplete="off"
                    spellcheck="false"
                    value=token
                />
            </div>
            <p class="hint">
                "Whoever has it can do what it allows. Keep it where you keep passwords."
            </p>
        </section>
    }
}

fn line(token: TokenLine, clock: Option<&Clock>) -> impl IntoView + use<> {
    let TokenLine { id, name, scopes, created_at, expires_at, used_at } = token;
    let day = |at: i64| {
        let offset = clock.map_or(0, |clock| clock.minutes_at(at));
        day_name(WallTime::new(at, offset).date(), None)
    };
    let ends = match expires_at {
        Some(at) if clock.is_some_and(|clock| at <= clock.now) => format!("ended {}", day(at)),
        Some(at) => format!("ends {}", day(at)),
        None => "does not end by itself".to_owned(),
    };
    let used = used_at.map_or("never used".to_owned(), |at| format!("last used {}", day(at)));
    let name = name.to_string();
    let label = format!("End {name}");
    view! {
        <li class="token">
            <div class="token-text">
                <bdi class="token-name">{name}</bdi>
                <p class="hint">
                    {format!("Allows: {scopes}. Made {}, {used}, {ends}.", day(created_at))}
                </p>
            </div>
            <form method="post" action=format!("/account/tokens/{id}/end")>
                <button class="quiet" type="submit" aria-label=label>
                    "End"
                </button>
            </form>
        </li>
    }
}

/// `POST /account/tokens`.
#[component]
fn MakeToken(
    /// As it was filled in.
    form: TokenForm,
) -> impl IntoView {
    let TokenForm { name, read, write, manage, lasts, error } = form;
    let message_at = |field| match &error {
        Some(FormError { field: at, message }) if *at == field => message.clone(),
        _ => String::new(),
    };
    let (name_error, form_error) = (message_at(Field::Name), message_at(Field::Form));
    let is_invalid = (!name_error.is_empty()).then_some("true");
    let tick = |name: &'static str, ticked: bool, meaning: &'static str| {
        view! {
            <label class="tick">
                <input type="checkbox" name=name value="true" checked=ticked/>
                {meaning}
            </label>
        }
    };
    let choice = |(length, value, words): (Lasts, &'static str, &'static str)| {
        view! {
            <option value=value selected=length == lasts>
                {words}
            </option>
        }
    };
    view! {
        <form class="join" method="post" action="/account/tokens">
            <div class="field">
                <label for="name">"What is it for?"</label>
                <input
                    id="name"
                    name="name"
                    type="text"
                    autocomplete="off"
                    value=name
                    aria-describedby="name-error"
                    aria-invalid=is_invalid
                />
                <p class="error" id="name-error">{name_error}</p>
            </div>
            <fieldset class="ticks">
                <legend>"It may"</legend>
                {tick("read", read, "read: enter rooms and read")}
                {tick("write", write, "write: write, point, and delete what you wrote")}
                {tick("manage", manage, "manage: all else that you may: keep rooms, make rooms, change your name")}
            </fieldset>
            <div class="field">
                <label for="lasts">"It lasts"</label>
                <select id="lasts" name="lasts">{Lasts::ALL.map(choice).collect_view()}</select>
            </div>
            <p class="error" role="alert">{form_error}</p>
            <button class="primary" type="submit">"Make the token"</button>
        </form>
    }
}
