//! `/invite`: where invitations are accepted. The code comes in a form or in a question of the page's
//! script, never in an address.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use serde::{Deserialize, Serialize};
use starling_app::page::View;
use starling_app::page::invite::{Invitation, InviteQuestion, InviteView};
use starling_protocol::{DisplayName, ErrorCode, Slug};

use crate::app::App;
use crate::http::caller::Caller;
use crate::http::form::Sent;
use crate::http::reader::Reader;
use crate::http::render;
use crate::refusal::Refusal;
use crate::secret::Secret;
use crate::store::{InviteFault, StoreError};

/// The form as it was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
}

/// A refusal for the page's script.
#[derive(Serialize)]
struct Refused {
    code: ErrorCode,
    message: String,
}

pub(crate) async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    match Reader::of(&app, &headers).await {
        Ok(reader) => {
            let name = reader.viewer().map(|viewer| viewer.name.to_string()).unwrap_or_default();
            let view = View::Invite(InviteView { name, ..InviteView::default() });
            render::page(&app, StatusCode::OK, reader, view).await
        }
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

/// Where a code leads, for somebody who has it.
pub(crate) async fn look(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    question: Result<Json<InviteQuestion>, JsonRejection>,
) -> Response {
    let mut answer = match invitation(&app, &caller, &headers, question).await {
        Ok(invitation) => Json(invitation).into_response(),
        Err(refusal) => {
            let refused = Refused { code: refusal.code, message: refusal.sentence.clone() };
            let mut answer = (refusal.status(), Json(refused)).into_response();
            refusal.add_headers(answer.headers_mut());
            answer
        }
    };
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

async fn invitation(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    question: Result<Json<InviteQuestion>, JsonRejection>,
) -> Result<Invitation, Refusal> {
    let Json(InviteQuestion { code }) = question
        .map_err(|_| Refusal::new(ErrorCode::BadJson, "This question could not be read."))?;
    app.rates.look(caller.household())?;
    let reader = Reader::of(app, headers).await?;
    let room = app.store.invited_to(reader.viewer().map(|it| it.id), &hash_of(&code)?).await?;
    Ok(Invitation { room: room.name, visibility: room.visibility })
}

pub(crate) async fn accept(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Sent<Fields>,
) -> Response {
    let fields = match form.read() {
        Ok(fields) => fields,
        Err(refusal) => return render::refusal(&app, refusal).await,
    };
    let reader = match Reader::of(&app, &headers).await {
        Ok(reader) => reader,
        Err(refusal) => return render::refusal(&app, refusal).await,
    };
    match enter(&app, &reader, &caller, &fields).await {
        Ok((slug, cookie)) => {
            let jar = cookie.into_iter().fold(CookieJar::new(), CookieJar::add);
            (jar, Redirect::to(&slug.path())).into_response()
        }
        Err(refusal) => {
            let about_name = matches!(refusal.code, ErrorCode::NameEmpty | ErrorCode::NameTooLong);
            let sentence = Some(refusal.sentence.clone());
            let (refused, name_refused) =
                if about_name { (None, sentence) } else { (sentence, None) };
            let Fields { code, name } = fields;
            let view = View::Invite(InviteView { name, code, refused, name_refused });
            let mut page = render::page(&app, refusal.status(), reader, view).await;
            refusal.add_headers(page.headers_mut());
            page
        }
    }
}

async fn enter(
    app: &App,
    reader: &Reader,
    caller: &Caller,
    fields: &Fields,
) -> Result<(Slug, Option<Cookie<'static>>), Refusal> {
    let code_hash = hash_of(&fields.code)?;
    let name = DisplayName::parse(&fields.name, &app.limits)?;
    let (visitor, cookie) = reader.visitor(app, name, caller)?;
    let entered = app.store.accept_invite(visitor, code_hash).await?;
    Ok((entered.room.slug, cookie))
}

/// The hash of a code as people paste it, with the rest of its link or without.
fn hash_of(code: &str) -> Result<[u8; 32], StoreError> {
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    Secret::hash_of(code).ok_or(StoreError::BadInvite(InviteFault::Unknown))
}
