//! `/reset`: whoever has a link sets a new password, once. The link carries its code in the fragment.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;
use starling_app::page::{AccountView, ResetForm};
use starling_protocol::Password;

use super::{Sent, form_error, go_with, or_refusal, page, refused};
use crate::app::App;
use crate::http::caller::Caller;
use crate::http::identity;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::StoreError;

/// The form as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let view = AccountView::Reset(ResetForm::default());
    or_refusal(&app, page(&app, StatusCode::OK, &headers, view).await).await
}

pub(crate) async fn post(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let fields = form.read()?;
        match reset(&app, &caller, &headers, &fields).await {
            Ok(cookie) => Ok(go_with(cookie, "/account?done=reset")),
            Err(refusal) => {
                let error = Some(form_error(&refusal));
                let view = AccountView::Reset(ResetForm { code: fields.code, error });
                refused(&app, &refusal, &headers, view).await
            }
        }
    };
    or_refusal(&app, answer.await).await
}

async fn reset(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Cookie<'static>, Refusal> {
    let code = Secret::hash_of(fields.code.trim()).ok_or(StoreError::NoSuchCode)?;
    // Nobody has passwords worked on without a code that is good.
    app.store.check_reset(&code).await?;
    let password = app.passwords.hash(Password::parse(&fields.password)?).await?;
    let (sign_in, cookie) = identity::new_sign_in(app, caller)?;
    let before = identity::shown(app, headers);
    let user = app.store.reset_password(code, password, sign_in, before).await?;
    tracing::info!(%user, "a password was replaced by a link");
    Ok(cookie)
}
