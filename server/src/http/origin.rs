//! Whether a request comes from one of the server's own pages.

use axum::http::{HeaderMap, header};
use starling_protocol::ErrorCode;

use crate::refusal::Refusal;

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
        (None, Some(origin), Some(host)) if !host.is_empty() => {
            ["http://", "https://"].iter().any(|scheme| {
                origin.strip_prefix(scheme).is_some_and(|o| o.eq_ignore_ascii_case(host))
            })
        }
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
