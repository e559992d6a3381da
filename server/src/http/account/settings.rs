//! `/account`: what a person sees and changes of themselves. The forms on it are `profile.rs`, and here the
//! one for another password.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use starling_app::page::{
    AccountView, FormError, OwnAccount, ProfileForm, SettingsView, SignInLine,
};
use starling_protocol::{ErrorCode, Password};

use super::{Sent, agent, form_error, next, or_refusal, page, refused};
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;
use crate::store::{SignInRecord, StoreError, unix_ms};

const SIGN_IN: &str = "/sign-in?next=/account";

/// The form for another password as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    current: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Query(query): Query<next::Query>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let Some(identity) = identity::find(&app, &headers).await? else {
            return Ok(Redirect::to(SIGN_IN).into_response());
        };
        let view = SettingsView { done: done(&query.done), ..view(&app, &identity).await? };
        page(&app, StatusCode::OK, &headers, AccountView::Settings(view)).await
    };
    or_refusal(&app, answer.await).await
}

/// `POST /account/password`.
pub(crate) async fn password(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let fields = form.read()?;
        let Some(identity) = identity::find(&app, &headers).await? else {
            return Ok(Redirect::to(SIGN_IN).into_response());
        };
        match change(&app, &caller, &identity, fields).await {
            Ok(()) => Ok(Redirect::to("/account?done=password").into_response()),
            Err(refusal) => {
                let password_error = Some(form_error(&refusal));
                let view = SettingsView { password_error, ..view(&app, &identity).await? };
                refused(&app, &refusal, &headers, AccountView::Settings(view)).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}

async fn change(
    app: &App,
    caller: &Caller,
    identity: &Identity,
    fields: Fields,
) -> Result<(), Refusal> {
    let wrong = || Refusal::new(ErrorCode::WrongCredentials, "This is not your password.");
    let token_hash = identity.sign_in()?;
    let password = Password::parse(&fields.password)?;
    app.rates.password(caller.household(), identity.user.id)?;
    let was = app.store.password_of(identity.user.id).await?;
    let fits = app.passwords.fits(fields.current, was.clone()).await?;
    let Some(was) = was.filter(|_| fits) else { return Err(wrong()) };
    let password = app.passwords.hash(password).await?;
    match app.store.change_password(identity.user.id, was, password, token_hash).await {
        Ok(()) => Ok(()),
        Err(StoreError::NoSuchPerson) => Err(wrong()),
        Err(error) => Err(error.into()),
    }
}

/// The page, with nothing wrong.
pub(super) async fn view(app: &App, identity: &Identity) -> Result<SettingsView, Refusal> {
    let user = &identity.user;
    let account = app.store.account_of(user.id).await?.map(|account| OwnAccount {
        handle: account.handle.as_str().to_owned(),
        email: account.email.map(|email| email.as_str().to_owned()),
        operator: account.operator,
    });
    let token_hash = identity.sign_in()?;
    let now = unix_ms();
    let sign_ins = app.store.sign_ins(user.id).await?;
    Ok(SettingsView {
        account,
        profile: ProfileForm {
            whose: user.id.to_string(),
            name: user.name.to_string(),
            hue: user.hue.0,
            avatar: user.avatar.as_ref().map(ToString::to_string).unwrap_or_default(),
            error: None,
        },
        password_error: None::<FormError>,
        sign_ins: sign_ins.into_iter().map(|it| line(it, &token_hash, now)).collect(),
        done: None,
    })
}

fn line(sign_in: SignInRecord, own: &[u8; 32], now: i64) -> SignInLine {
    let SignInRecord { id, token_hash, agent, address, created_at, seen_at } = sign_in;
    let times = format!("since {}, last used {}", ago(now - created_at), ago(now - seen_at));
    SignInLine {
        id,
        browser: agent::readable(&agent),
        address,
        times,
        is_this_one: token_hash == *own,
    }
}

/// A time that has passed, in words. It is known no better than to the hour.
fn ago(ms: i64) -> String {
    const UNITS: [(i64, &str); 4] = [
        (365 * 86_400_000, "year"),
        (30 * 86_400_000, "month"),
        (86_400_000, "day"),
        (3_600_000, "hour"),
    ];
    match UNITS.into_iter().find(|(unit, _)| ms >= *unit) {
        Some((unit, name)) => match ms / unit {
            1 => format!("1 {name} ago"),
            count => format!("{count} {name}s ago"),
        },
        None => "within the last hour".to_owned(),
    }
}

/// What was done before the page was loaded, in words.
fn done(what: &str) -> Option<String> {
    let words = match what {
        "profile" => "Saved.",
        "other" => "Somebody else is signed in here now, so nothing was changed.",
        "password" => "Your password is changed. Everywhere else you are signed out.",
        "ended" => "That sign-in has ended.",
        "reset" => "Your password is changed. Everywhere else you are signed out.",
        "administrator" => "You are an administrator of this server now.",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_is_told_in_the_unit_that_fits() {
        const DAY: i64 = 86_400_000;
        for (ms, words) in [
            (-5, "within the last hour"),
            (3_599_999, "within the last hour"),
            (3_600_000, "1 hour ago"),
            (DAY - 1, "23 hours ago"),
            (29 * DAY, "29 days ago"),
            (800 * DAY, "2 years ago"),
        ] {
            assert_eq!(ago(ms), words);
        }
    }
}
