//! `/sign-in`: whoever knows the password of an account gets a new cookie.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;
use starling_app::page::{AccountView, Field, FormError, SignInForm};
use starling_protocol::ErrorCode;

use super::{Sent, form_error, go_with, next, or_refusal, page, refused};
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity;
use crate::refusal::Refusal;
use crate::store::StoreError;

/// The same for a name that nobody has and for a password that does not fit.
const WRONG: &str = "No account has that handle or address with that password.";

/// The form as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Query(query): Query<next::Query>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let known = identity::find(&app, &headers).await?;
        if known.is_some_and(|known| known.has_account) {
            return Ok(Redirect::to(query.next()).into_response());
        }
        let done =
            (query.done == "everywhere").then(|| "You are signed out everywhere.".to_owned());
        let form = SignInForm { next: query.next().to_owned(), done, ..SignInForm::default() };
        page(&app, StatusCode::OK, &headers, AccountView::SignIn(form)).await
    };
    or_refusal(&app, answer.await).await
}

pub(crate) async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let fields = form.read()?;
        let (login, next) = (fields.login.clone(), next::local(&fields.next).to_owned());
        match sign_in(&app, &caller, &headers, fields).await {
            Ok(cookie) => Ok(go_with(cookie, &next)),
            Err(refusal) => {
                let error = match refusal.code {
                    ErrorCode::WrongCredentials => {
                        FormError { field: Field::Password, message: refusal.sentence.clone() }
                    }
                    _ => form_error(&refusal),
                };
                let form = SignInForm { login, next, done: None, error: Some(error) };
                refused(&app, &refusal, &headers, AccountView::SignIn(form)).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}

async fn sign_in(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    fields: Fields,
) -> Result<Cookie<'static>, Refusal> {
    let wrong = || Refusal::new(ErrorCode::WrongCredentials, WRONG);
    app.rates.sign_in(caller.household(), &fields.login)?;
    let known = match app.store.account(&fields.login).await {
        Ok(known) => Some(known),
        Err(StoreError::NoSuchPerson) => None,
        Err(error) => return Err(error.into()),
    };
    let hash = known.as_ref().map(|(_, hash)| hash.clone());
    // Before it is looked whether there is such an account: the work is the same.
    let fits = app.passwords.fits(fields.password, hash).await?;
    let Some((user, hash)) = known.filter(|_| fits) else { return Err(wrong()) };
    let (sign_in, cookie) = identity::new_sign_in(app, caller)?;
    match app.store.sign_in(user, hash, sign_in, identity::shown(app, headers)).await {
        Ok(()) => Ok(cookie),
        Err(StoreError::NoSuchPerson) => Err(wrong()),
        Err(error) => Err(error.into()),
    }
}
