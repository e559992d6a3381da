//! What pages of other sites may read: the answers at the addresses that programs use, and
//! only if the operator has named their origin (`--allow-origin`). They show tokens, never cookies, so
//! that nothing here allows credentials. Whether a request may change something is judged by `origin`.

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;

/// The addresses that programs use, each with all below it.
const OPEN: &[&str] = &["/api", "/chat", "/events", "/files", "/healthz", "/socket.io"];

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
/// What a page may send besides what every page may.
const SENT: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id, range, \
     upload-offset",
);
/// What a page may read besides what every page may.
const READ: HeaderValue = HeaderValue::from_static(
    "accept-ranges, content-disposition, content-range, etag, location, ratelimit, ratelimit-limit, \
     ratelimit-policy, ratelimit-remaining, ratelimit-reset, retry-after, upload-length, \
     upload-offset, www-authenticate",
);
/// How long a browser may keep the answer to its question, in seconds.
const KEPT: HeaderValue = HeaderValue::from_static("600");

/// Around every request.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_below(OPEN, request.uri().path()) {
        return next.run(request).await;
    }
    let allowed = allowed(&app.config.tokens.allow_origin, request.headers());
    let asks = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match &allowed {
        Some(_) if asks => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, SENT);
            headers.insert(ACCESS_CONTROL_MAX_AGE, KEPT);
            response
        }
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    }
    response
}

/// Whether an address is one of these, or below one.
pub(crate) fn is_below(addresses: &[&str], path: &str) -> bool {
    addresses.iter().any(|address| {
        path.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The origin of a request, if it is one that is named.
fn allowed(named: &[String], headers: &HeaderMap) -> Option<HeaderValue> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = origins.next().filter(|_| origins.next().is_none())?;
    named.iter().any(|it| it.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_programs_use_is_open() {
        let programs = ["/api", "/api/v1/rooms", "/chat", "/chat/rooms/a", "/files/id/name"];
        for open in programs.into_iter().chain(["/socket.io", "/socket.io/"]) {
            assert!(is_below(OPEN, open), "{open}");
        }
        let pages = ["/", "/r/den", "/account", "/r/api", "/join", "//api"];
        for closed in pages.into_iter().chain(["/apis", "/chatter", "/socket.ios"]) {
            assert!(!is_below(OPEN, closed), "{closed}");
        }
    }

    #[test]
    fn only_one_origin_that_is_named_is_allowed() {
        let named = ["https://friend.example".to_owned()];
        for (origins, is_allowed) in [
            (&[][..], false),
            (&["https://friend.example"][..], true),
            (&["https://friend.example.evil.org"], false),
            (&["https://evil.org"], false),
            (&["null"], false),
            (&["https://friend.example", "https://evil.org"], false),
            (&["https://friend.example", "https://friend.example"], false),
        ] {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(allowed(&named, &headers).is_some(), is_allowed, "{origins:?}");
        }
    }
}
