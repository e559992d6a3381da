//! The page of one's own tokens for programs, `/account/tokens`, and its forms. It works without
//! JavaScript.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use starling_app::page::{AccountTokensView, Field, FormError, Lasts, TokenForm, TokenLine, View};
use starling_protocol::{ErrorCode, Scopes};

use crate::app::App;
use crate::http::form::Sent;
use crate::http::reader::Reader;
use crate::http::{render, tokens};
use crate::refusal::Refusal;

const PATH: &str = "/account/tokens";
const DAY_S: u64 = 24 * 60 * 60;

/// The form as it was sent. Ticked boxes are sent, empty ones are not.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    name: String,
    read: Option<String>,
    write: Option<String>,
    manage: Option<String>,
    #[serde(default)]
    lasts: Lasts,
}

pub(crate) async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    let answer = async {
        let reader = Reader::of(&app, &headers).await?;
        shown(&app, StatusCode::OK, reader, None, TokenForm::default()).await
    };
    or_refused(&app, answer.await).await
}

pub(crate) async fn make(
    State(app): State<App>,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let answer = async {
        let fields = form.read()?;
        let reader = Reader::of(&app, &headers).await?;
        let owner = tokens::owner(reader.identity.as_ref())?;
        let scopes = Scopes {
            read: fields.read.is_some(),
            write: fields.write.is_some(),
            manage: fields.manage.is_some(),
        };
        let made = match scopes.is_empty() {
            true => Err(Refusal::new(
                ErrorCode::BadForm,
                "Tick at least one thing that the token allows.",
            )),
            false => {
                let lasts = days(fields.lasts).map(|days| Duration::from_secs(days * DAY_S));
                tokens::make(&app, owner, &fields.name, scopes, lasts).await
            }
        };
        match made {
            Ok(made) => {
                let form = TokenForm::default();
                shown(&app, StatusCode::OK, reader, Some(made.token), form).await
            }
            Err(refusal) => {
                let field = match refusal.code {
                    ErrorCode::NameEmpty | ErrorCode::NameTooLong => Field::Name,
                    _ => Field::Form,
                };
                let error = Some(FormError { field, message: refusal.sentence.clone() });
                let form = TokenForm {
                    name: fields.name,
                    read: scopes.read,
                    write: scopes.write,
                    manage: scopes.manage,
                    lasts: fields.lasts,
                    error,
                };
                let mut page = shown(&app, refusal.status(), reader, None, form).await?;
                refusal.add_headers(page.headers_mut());
                Ok(page)
            }
        }
    };
    or_refused(&app, answer.await).await
}

pub(crate) async fn end(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let reader = Reader::of(&app, &headers).await?;
        let owner = tokens::owner(reader.identity.as_ref())?;
        match tokens::end(&app, owner, id.parse().unwrap_or_default()).await {
            // Sent twice, or ended in another tab: it is not there, as was wanted.
            Ok(()) => {}
            Err(refusal) if refusal.code == ErrorCode::NoSuchToken => {}
            Err(refusal) => return Err(refusal),
        }
        Ok(Redirect::to(PATH).into_response())
    };
    or_refused(&app, answer.await).await
}

/// The address of a form that ends a token, opened again, as from a bookmark.
pub(crate) async fn back() -> Redirect {
    Redirect::to(PATH)
}

async fn or_refused(app: &App, answer: Result<Response, Refusal>) -> Response {
    match answer {
        Ok(response) => response,
        Err(refusal) => render::refusal(app, refusal).await,
    }
}

async fn shown(
    app: &App,
    status: StatusCode,
    reader: Reader,
    made: Option<String>,
    form: TokenForm,
) -> Result<Response, Refusal> {
    let owner = tokens::owner(reader.identity.as_ref())?;
    let line = |token: crate::store::TokenRecord| TokenLine {
        id: token.id,
        name: token.name,
        scopes: token.scopes.to_string(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        used_at: token.used_at,
    };
    let tokens = tokens::list(app, owner).await?.into_iter().map(line).collect();
    let view = View::AccountTokens(AccountTokensView { made, tokens, form });
    let mut response = render::page(app, status, reader, view).await;
    // A token that was shown once must not be found by whoever goes back.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn days(lasts: Lasts) -> Option<u64> {
    match lasts {
        Lasts::Month => Some(30),
        Lasts::Quarter => Some(90),
        Lasts::Year => Some(365),
        Lasts::Forever => None,
    }
}
