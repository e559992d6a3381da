//! `/admin/people`: an administrator makes a link for somebody who forgot their password. For everyone
//! else there is no such page.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use starling_app::page::{AccountView, Field, FormError, PeopleView, View};

use super::{Sent, or_refusal, page};
use crate::app::App;
use crate::http::identity::{self, Credential};
use crate::http::reader::Reader;
use crate::http::render;
use crate::mail::RESET_MS;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// The form as it was sent.
#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    login: String,
}

pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    let answer = async {
        if !is_operator(&app, &headers).await? {
            return Ok(nothing_here(&app).await);
        }
        page(&app, StatusCode::OK, &headers, AccountView::People(PeopleView::default())).await
    };
    or_refusal(&app, answer.await).await
}

pub(crate) async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let Fields { login } = form.read()?;
        if !is_operator(&app, &headers).await? {
            return Ok(nothing_here(&app).await);
        }
        let (status, view) = match make_link(&app, &headers, &login).await {
            Ok(link) => (StatusCode::OK, PeopleView { login, link: Some(link), error: None }),
            Err(refusal) => {
                let error = FormError { field: Field::Handle, message: refusal.sentence.clone() };
                (refusal.status(), PeopleView { login, link: None, error: Some(error) })
            }
        };
        page(&app, status, &headers, AccountView::People(view)).await
    };
    or_refusal(&app, answer.await).await
}

/// Shown once: what is stored of it is a hash.
async fn make_link(app: &App, headers: &HeaderMap, login: &str) -> Result<String, Refusal> {
    let account = app.store.account_called(login).await?;
    let Secret { text: code, hash: code_hash } = Secret::new()?;
    app.store.make_reset(account.user, code_hash, RESET_MS, None).await?;
    tracing::info!(user = %account.user, "an administrator made a link for another password");
    // The page that sent the form is one of ours: its origin was checked.
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let site = app.config.public_url.as_deref().or(origin).unwrap_or_default();
    Ok(format!("{site}/reset#{code}"))
}

async fn is_operator(app: &App, headers: &HeaderMap) -> Result<bool, Refusal> {
    match identity::find(app, headers).await? {
        Some(known) if matches!(known.credential, Credential::SignIn { .. }) => {
            Ok(app.store.account_of(known.user.id).await?.is_some_and(|account| account.operator))
        }
        _ => Ok(false),
    }
}

async fn nothing_here(app: &App) -> Response {
    let message = "There is nothing at this address.".to_owned();
    let view = View::Problem { status: 404, message };
    render::page(app, StatusCode::NOT_FOUND, Reader::anyone(), view).await
}
