//! Whether a request comes from one of the server's own pages.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use starling_protocol::ErrorCode;

use crate::app::App;
use crate::http::render;
use crate::refusal::Refusal;

/// Around every request: whatever may change something must come from one of our own pages, as a
/// browser sends its cookies with the requests of any. A bearer token is not sent by itself.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if !request.method().is_safe()
        && !headers.contains_key(header::AUTHORIZATION)
        && let Err(refusal) = check(app.config.public_url.as_deref(), headers)
    {
        return render::refusal(&app, refusal).await;
    }
    next.run(request).await
}

/// Refuses requests of other sites' pages: the Origin header must be the public URL or, if none is
/// configured, name the same host as the Host header.
pub(crate) fn check(public_url: Option<&str>, headers: &HeaderMap) -> Result<(), Refusal> {
    // One of several could be anybody's.
    let text = |name| {
        let mut values = headers.get_all(name).iter();
        let only = values.next().filter(|_| values.next().is_none());
        only.and_then(|value| value.to_str().ok())
    };
    let own = match (public_url, text(header::ORIGIN), text(header::HOST)) {
        (Some(public_url), Some(origin), _) => origin == public_url,
        (None, Some(origin), Some(host)) => ["http://", "https://"].iter().any(|scheme| {
            origin.strip_prefix(scheme).is_some_and(|o| o.eq_ignore_ascii_case(host))
        }),
        _ => false,
    };
    if own {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::WrongOrigin,
        "This request came from another site. Open Starling under its own address.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(public_url: Option<&str>, origin: Option<&str>, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        check(public_url, &headers).is_ok()
    }

    #[test]
    fn without_a_public_url_the_host_decides() {
        assert!(allowed(None, Some("http://a.b:3000"), "a.b:3000"));
        assert!(allowed(None, Some("https://a.b"), "A.b"));
        for origin in [
            None,
            Some("null"),
            Some("http://a.b"),
            Some("http://a.b:3000.evil.org"),
            Some("http://evil.org/a.b:3000"),
            Some("http://xa.b:3000"),
            Some("file://a.b:3000"),
            Some("http://user@a.b:3000"),
        ] {
            assert!(!allowed(None, origin, "a.b:3000"), "{origin:?}");
        }
    }

    #[test]
    fn a_public_url_must_match_exactly() {
        let url = Some("https://chat.example.org");
        assert!(allowed(url, Some("https://chat.example.org"), "127.0.0.1:3000"));
        for origin in [
            None,
            Some("http://chat.example.org"),
            Some("https://chat.example.org:8443"),
            Some("https://chat.example.org.evil.org"),
            Some("https://example.org"),
        ] {
            assert!(!allowed(url, origin, "chat.example.org"), "{origin:?}");
        }
    }
}
