//! Ending sign-ins: this one, another one's own, or all.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Sent, go_with, or_refusal};
use crate::app::App;
use crate::http::identity;
use crate::refusal::Refusal;
use crate::store::Ending;

/// Which one, by its number.
#[derive(Deserialize)]
pub(crate) struct Fields {
    id: i64,
}

/// `POST /sign-out`.
pub(crate) async fn here(State(app): State<App>, headers: HeaderMap) -> Response {
    let ended = end(&app, &headers, identity::shown(&app, &headers).map(Ending::Token)).await;
    let answer = ended.map(|()| go_with(identity::no_cookie(&app), "/"));
    or_refusal(&app, answer).await
}

/// `POST /account/sign-out-everywhere`.
pub(crate) async fn everywhere(State(app): State<App>, headers: HeaderMap) -> Response {
    let ended = end(&app, &headers, Some(Ending::All)).await;
    let answer = ended.map(|()| go_with(identity::no_cookie(&app), "/sign-in?done=everywhere"));
    or_refusal(&app, answer).await
}

/// `POST /account/sign-ins`.
pub(crate) async fn one(
    State(app): State<App>,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let Fields { id } = form.read()?;
        end(&app, &headers, Some(Ending::One(id))).await?;
        Ok(Redirect::to("/account?done=ended").into_response())
    };
    or_refusal(&app, answer.await).await
}

/// Of somebody who is signed out already there is nothing to end.
async fn end(app: &App, headers: &HeaderMap, ending: Option<Ending>) -> Result<(), Refusal> {
    let known = identity::find_with_guests(app, headers).await?;
    if let (Some(known), Some(ending)) = (known, ending) {
        app.store.sign_out(known.user.id, ending).await?;
    }
    Ok(())
}
