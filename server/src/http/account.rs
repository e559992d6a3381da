//! The pages about accounts, a file each: signing up and in, one's own settings, forgotten passwords, and
//! administrators. What they have in common is here.
//!
//! Each `POST` answers with a redirect, or with the same page, what was typed but never a password, and
//! what was wrong.

mod agent;
pub(crate) mod forgot;
mod next;
pub(crate) mod people;
pub(crate) mod profile;
pub(crate) mod reset;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sign_up;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use starling_app::page::{AccountView, Field, FormError, View};
use starling_protocol::{AccountError, Email, ErrorCode, Handle, Password};

use crate::app::App;
use crate::http::form::Sent;
use crate::http::reader::Reader;
use crate::http::render;
use crate::refusal::Refusal;

/// The address of a form on one's own settings, opened again, as from a bookmark.
pub(crate) async fn back() -> Redirect {
    Redirect::to("/account")
}

/// The answer, or the page that says why there is none.
async fn or_refusal(app: &App, answer: Result<Response, Refusal>) -> Response {
    match answer {
        Ok(response) => response,
        Err(refusal) => render::refusal(app, refusal).await,
    }
}

/// A page about accounts for whoever sent these headers.
async fn page(
    app: &App,
    status: StatusCode,
    headers: &HeaderMap,
    view: AccountView,
) -> Result<Response, Refusal> {
    let reader = Reader::of(app, headers).await?;
    Ok(render::page(app, status, reader, View::Account(view)).await)
}

/// The same for what was refused.
async fn refused(
    app: &App,
    refusal: &Refusal,
    headers: &HeaderMap,
    view: AccountView,
) -> Result<Response, Refusal> {
    let mut page = page(app, refusal.status(), headers, view).await?;
    refusal.add_headers(page.headers_mut());
    Ok(page)
}

/// On to another page, with another cookie.
fn go_with(cookie: Cookie<'static>, path: &str) -> Response {
    (CookieJar::new().add(cookie), Redirect::to(path)).into_response()
}

/// Where a refusal is shown. Of a form with fields for a current and for a new password, wrong
/// credentials are the current one's.
fn form_error(refusal: &Refusal) -> FormError {
    let field = match refusal.code {
        ErrorCode::NameEmpty | ErrorCode::NameTooLong => Field::Name,
        ErrorCode::BadHandle | ErrorCode::HandleTaken | ErrorCode::NoSuchPerson => Field::Handle,
        ErrorCode::BadEmail | ErrorCode::EmailTaken => Field::Email,
        ErrorCode::BadPassword => Field::Password,
        ErrorCode::WrongCredentials => Field::CurrentPassword,
        ErrorCode::BadAvatar => Field::Avatar,
        ErrorCode::BadCode => Field::Code,
        _ => Field::Form,
    };
    FormError { field, message: refusal.sentence.clone() }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// What a new account signs in with, checked.
struct Login {
    handle: Handle,
    email: Option<Email>,
    password: Password,
}

impl Login {
    fn parse(handle: &str, email: &str, password: &str) -> Result<Self, Refusal> {
        let email = match email.trim() {
            "" => None,
            email => Some(Email::parse(email)?),
        };
        Ok(Self { handle: Handle::parse(handle)?, email, password: Password::parse(password)? })
    }
}
