//! `/sign-up`: makes an account, of a guest with all that is theirs, or of somebody new.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;
use starling_app::page::{AccountView, SignUpForm};
use starling_protocol::{DisplayName, ErrorCode};

use super::{Login, Sent, form_error, go_with, next, or_refusal, page, refused};
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;
use crate::store::{NewAccount, Operates, StoreError};

const CLOSED: &str = "On this server only administrators make accounts.";

/// The form as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    email: String,
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
        let guest = identity::find_with_guests(&app, &headers).await?;
        if guest.as_ref().is_some_and(|known| known.has_account) {
            return Ok(Redirect::to(query.next()).into_response());
        }
        let form = SignUpForm {
            name: guest.as_ref().map(|guest| guest.user.name.to_string()).unwrap_or_default(),
            next: query.next().to_owned(),
            guest: guest.is_some(),
            ..SignUpForm::default()
        };
        page(&app, StatusCode::OK, &headers, AccountView::SignUp(form)).await
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
        let known = identity::find_with_guests(&app, &headers).await?;
        match sign_up(&app, &caller, known.as_ref(), &fields).await {
            Ok(cookie) => Ok(go_with(cookie, next::local(&fields.next))),
            Err(refusal) => {
                let form = SignUpForm {
                    next: next::local(&fields.next).to_owned(),
                    name: fields.name,
                    handle: fields.handle,
                    email: fields.email,
                    guest: known.is_some(),
                    error: Some(form_error(&refusal)),
                };
                refused(&app, &refusal, &headers, AccountView::SignUp(form)).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}

async fn sign_up(
    app: &App,
    caller: &Caller,
    known: Option<&Identity>,
    fields: &Fields,
) -> Result<Cookie<'static>, Refusal> {
    if !app.config.access.sign_up.is_on() {
        return Err(Refusal::new(ErrorCode::SignUpClosed, CLOSED));
    }
    let login = Login::parse(&fields.handle, &fields.email, &fields.password)?;
    make(app, caller, known, &fields.name, login, Operates::Not).await
}

/// Makes the account, and returns what stands for it in that browser.
pub(super) async fn make(
    app: &App,
    caller: &Caller,
    known: Option<&Identity>,
    name: &str,
    login: Login,
    operates: Operates,
) -> Result<Cookie<'static>, Refusal> {
    let name = DisplayName::parse(name, &app.limits)?;
    if known.is_some_and(|known| known.has_account) {
        return Err(StoreError::HasAccount.into());
    }
    app.rates.sign_up(caller.household())?;
    let (sign_in, cookie) = identity::new_sign_in(app, caller)?;
    let account = NewAccount {
        guest: known.map(|guest| guest.user.id),
        name,
        handle: login.handle,
        email: login.email,
        password: app.passwords.hash(login.password).await?,
        sign_in: Some(sign_in),
        operates,
    };
    let user = app.store.sign_up(account).await?;
    tracing::info!(%user, guest = known.is_some(), "an account was made");
    Ok(cookie)
}
