//! What the REST API's answers have in common: `application/problem+json` for what is refused, and
//! nothing that a cache keeps.

pub(crate) mod guests;
pub(crate) mod me;
pub(crate) mod tickets;
pub(crate) mod tokens;

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use starling_protocol::ErrorCode;

use crate::app::App;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;
use crate::ws;

/// A refusal, after RFC 9457. `about:blank` says that the status tells the kind; `code` is finer.
#[derive(Serialize)]
struct Problem {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    code: ErrorCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

/// Why a request to the API failed.
pub(crate) struct Failed(Refusal);

impl<R: Into<Refusal>> From<R> for Failed {
    fn from(refusal: R) -> Self {
        Self(refusal.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        problem(&self.0)
    }
}

/// Whether an address answers programs, and refuses them as the API does.
pub(crate) fn is_path(path: &str) -> bool {
    path.starts_with("/api/") || ws::is_post(path)
}

/// The answer that says why.
pub(crate) fn problem(refusal: &Refusal) -> Response {
    let status = refusal.status();
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail: refusal.sentence.clone(),
        code: refusal.code,
        retry_after_ms: refusal.retry_after.map(|wait| wait.as_millis() as u64),
    };
    let mut response = answer(status, problem);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    refusal.add_headers(headers);
    response
}

/// An answer in JSON, for nobody else.
fn answer(status: StatusCode, body: impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Who asks; the API answers nobody else.
async fn who(app: &App, headers: &HeaderMap) -> Result<Identity, Refusal> {
    identity::find(app, headers).await?.ok_or_else(|| {
        let sentence = "Say who you are: with a token in the Authorization header, or a cookie.";
        Refusal::new(ErrorCode::NoIdentity, sentence)
    })
}
