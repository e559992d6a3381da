//! ETags: what is read is named by what it says, so that whoever has it already need not be sent it
//! again, and whoever changes something can say what they think it is.

use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest, Sha256};
use starling_protocol::ErrorCode;

use super::answer;
use crate::http::known;
use crate::refusal::Refusal;
use crate::store::StoreError;

/// How much of a hash is enough to tell two states apart.
const BYTES: usize = 12;

/// Around every request: what is read gets its tag, unless it has one, and is left out if it is known.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    let is_json = |headers: &HeaderMap| {
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"application/json")
    };
    if !reads || response.status() != StatusCode::OK || !is_json(response.headers()) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // It was made in memory, and whole.
    let Ok(body) = body::to_bytes(body, usize::MAX).await else {
        return answer::problem(&StoreError::Unavailable.into());
    };
    let tag = match head.headers.get(ETAG) {
        Some(tag) => tag.clone(),
        None => {
            let tag = quoted(&of(&body));
            head.headers.insert(ETAG, tag.clone());
            tag
        }
    };
    if known::names(&known, tag.as_bytes()) {
        head.status = StatusCode::NOT_MODIFIED;
        for about_the_body in [CONTENT_LENGTH, CONTENT_TYPE] {
            head.headers.remove::<HeaderName>(about_the_body);
        }
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(body))
}

/// The tag of what is answered with that.
pub(super) async fn of_json(body: &impl Serialize) -> String {
    let response = answer::found(body).into_body();
    of(&body::to_bytes(response, usize::MAX).await.unwrap_or_default())
}

fn of(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..BYTES].iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn quoted(tag: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{tag}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Refuses what expects something else than what is there. The part of a tag behind a full stop is of
/// what changes by itself, and does not count. Says what it has to be still when it is changed, if that
/// matters: without a tag, and with `*`, it does not.
///
/// # Errors
/// A [`Refusal`].
pub(super) fn expect<T>(
    headers: &HeaderMap,
    tag: &str,
    state: impl FnOnce() -> T,
) -> Result<Option<T>, Refusal> {
    if !headers.contains_key(IF_MATCH) {
        return Ok(None);
    }
    let values = headers.get_all(IF_MATCH).iter().filter_map(|value| value.to_str().ok());
    let expected: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    if expected.contains(&"*") {
        return Ok(None);
    }
    let lasting = |one: &str| {
        let bare = one.trim_matches('"');
        bare.split_once('.').map_or(bare, |(lasting, _)| lasting) == tag
    };
    if expected.into_iter().any(lasting) { Ok(Some(state())) } else { Err(changed()) }
}

pub(super) fn changed() -> Refusal {
    Refusal::new(ErrorCode::Changed, "It was changed meanwhile. Read it again.")
}
