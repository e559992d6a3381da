//! `/setup`: whoever has the code that the server told its operator becomes the first administrator.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use serde::Deserialize;
use starling_app::page::{AccountView, SetupForm};

use super::{Login, Sent, form_error, or_refusal, page, refused, sign_up};
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::{Operates, StoreError};

/// The form as it was sent. Who has an account sends the code alone.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let answer = async {
        let known = identity::find_with_guests(&app, &headers).await?;
        let name = known.as_ref().map(|known| known.user.name.to_string()).unwrap_or_default();
        let form = SetupForm { name, ..form(&app, known.as_ref()).await? };
        page(&app, StatusCode::OK, &headers, AccountView::Setup(form)).await
    };
    or_refusal(&app, answer.await).await
}

pub(crate) async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    sent: Sent<Fields>,
) -> Response {
    let answer = async {
        let fields = sent.read()?;
        let known = identity::find_with_guests(&app, &headers).await?;
        match set_up(&app, &caller, known.as_ref(), &fields).await {
            Ok(cookie) => {
                let jar = cookie.into_iter().fold(CookieJar::new(), CookieJar::add);
                Ok((jar, Redirect::to("/account?done=administrator")).into_response())
            }
            Err(refusal) => {
                let Fields { code, name, handle, .. } = fields;
                let error = Some(form_error(&refusal));
                let form = form(&app, known.as_ref()).await?;
                let form = SetupForm { code, name, handle, error, ..form };
                refused(&app, &refusal, &headers, AccountView::Setup(form)).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}

async fn form(app: &App, known: Option<&Identity>) -> Result<SetupForm, StoreError> {
    let account = match known {
        Some(known) => app.store.account_of(known.user.id).await?,
        None => None,
    };
    Ok(SetupForm {
        open: !app.store.has_operator().await?,
        account: account.map(|account| account.handle.as_str().to_owned()),
        ..SetupForm::default()
    })
}

async fn set_up(
    app: &App,
    caller: &Caller,
    known: Option<&Identity>,
    fields: &Fields,
) -> Result<Option<Cookie<'static>>, Refusal> {
    let code = Secret::hash_of(fields.code.trim());
    if !code.is_some_and(|code| app.setup.knows(&code)) {
        return Err(StoreError::NoSuchCode.into());
    }
    match known {
        Some(known) if known.has_account => {
            app.store.set_operator(known.user.id, Operates::First).await?;
            app.setup.used();
            tracing::info!(user = %known.user.id, "the first administrator");
            Ok(None)
        }
        _ => {
            let login = Login::parse(&fields.handle, "", &fields.password)?;
            let made =
                sign_up::make(app, caller, known, &fields.name, login, Operates::First).await?;
            app.setup.used();
            Ok(Some(made))
        }
    }
}
