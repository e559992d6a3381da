//! What the API's answers have in common: `application/problem+json` for what is refused, with the codes
//! of the one table of errors, and nothing that a shared cache keeps.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use starling_protocol::ErrorCode;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr};
use utoipa::{IntoResponses, ToSchema};

use crate::refusal::Refusal;

const PROBLEM: &str = "application/problem+json";

/// Why a request was refused, after RFC 9457.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// `about:blank`: the status tells the kind, and `code` is finer.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// A sentence for people.
    detail: String,
    /// For programs: one of the table in docs/protocol.md.
    code: ErrorCode,
    /// With a temporary refusal: when to ask again.
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
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    refusal.add_headers(headers);
    response
}

/// An answer in JSON, for nobody else, and not to be kept.
pub(crate) fn answer(status: StatusCode, body: impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What was asked for, which whoever keeps it asks for again, by its tag.
pub(super) fn found(body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    let asked_again = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(CACHE_CONTROL, asked_again);
    response
}

/// What was made, and where it is.
pub(super) fn made(place: &str, body: impl Serialize) -> Response {
    let mut response = answer(StatusCode::CREATED, body);
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// How requests are refused, for the description.
pub(super) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let refused = |(status, meaning): (u16, &str)| {
            let problem = Ref::from_schema_name("Problem");
            let content = ContentBuilder::new().schema(Some(problem)).build();
            let response = ResponseBuilder::new().description(meaning).content(PROBLEM, content);
            (status.to_string(), RefOr::T(response.build()))
        };
        [
            (400, "A part of the address, a header or the body is not of a known shape."),
            (401, "It takes a token or a cookie, or the one that was shown does not count."),
            (403, "Not allowed: `code` says why."),
            (404, "It is not there, or not for whoever asks."),
            (408, "The request took too long to arrive."),
            (409, "It is at odds with what is there already."),
            (412, "It is not any more what `If-Match` expects."),
            (413, "The request is too large."),
            (422, "A text is too long, or shows nothing."),
            (429, "Too much at once; `Retry-After` says when to ask again."),
            (503, "The server is busy or stops; `Retry-After` says when to ask again."),
            (507, "The server's disk is full."),
        ]
        .into_iter()
        .map(refused)
        .collect()
    }
}

/// The same of what is read, which may be what somebody has already.
pub(super) struct NotRead;

impl IntoResponses for NotRead {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let mut responses = Refused::responses();
        let same = ResponseBuilder::new().description("It is what `If-None-Match` names.").build();
        responses.insert("304".to_owned(), RefOr::T(same));
        responses
    }
}
