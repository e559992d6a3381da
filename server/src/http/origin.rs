//! Whether a request comes from where it may: the one judge of the Origin header.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use starling_protocol::ErrorCode;

use crate::app::App;
use crate::config::Config;
use crate::gateway;
use crate::http::{api, identity, render};
use crate::refusal::Refusal;
use crate::ws;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// By what a request says who it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// By a cookie, or by nothing: browsers send cookies by themselves, whichever page asks them to.
    Cookie,
    /// By a token or a ticket, which nobody sends who does not mean to.
    Token,
}

impl Shown {
    /// What a request's headers show. Beside a token no cookie counts.
    pub(crate) fn in_headers(headers: &HeaderMap) -> Self {
        if identity::shows_token(headers) { Self::Token } else { Self::Cookie }
    }
}

/// Around every request: whatever may change something must come from where it may. Beside a token no
/// cookie counts, whoever would look for one: it was not asked where it comes from.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let shown = match ws::is_post(request.uri().path()) {
        // The address is a secret, which nobody else's page knows.
        true => Shown::Token,
        false => Shown::in_headers(request.headers()),
    };
    if shown == Shown::Token {
        request.headers_mut().remove(header::COOKIE);
    }
    let headers = request.headers();
    // A program that shows nothing is told to say who it is. Browsers say where a page comes from.
    let is_nobody = api::is_path(request.uri().path())
        && shown == Shown::Cookie
        && ![header::COOKIE, header::ORIGIN].iter().any(|name| headers.contains_key(name));
    if !request.method().is_safe()
        && !is_nobody
        // The gateway checks by itself, as nothing that it is sent counts for a cookie's sake.
        && !gateway::is_path(request.uri().path())
        && let Err(refusal) = check(&app.config, headers, shown)
    {
        return match api::is_path(request.uri().path()) {
            true => api::problem(&refusal),
            false => render::refusal(&app, refusal).await,
        };
    }
    next.run(request).await
}

/// Refuses requests of other sites' pages.
///
/// - With a cookie or nothing there must be an Origin header, and it must be our own: the public URL
///   or, if none is configured, the same host as in the Host header.
/// - With a token or a ticket there need be none, as programs have none; if there is one, it must be
///   our own or one of those that are allowed.
pub(crate) fn check(config: &Config, headers: &HeaderMap, shown: Shown) -> Result<(), Refusal> {
    let allowed = &config.tokens.allow_origin;
    if may(config.public_url.as_deref(), allowed, headers, shown) {
        return Ok(());
    }
    Err(Refusal::new(
        ErrorCode::WrongOrigin,
        "This request came from another site. Open Starling under its own address.",
    ))
}

/// Refuses connections that other sites' pages open, as [`check`] does. Browsers name no origin where a
/// page asks for its own server's events, but say that it is the page's own; nobody else can say so.
pub(crate) fn check_opening(
    config: &Config,
    request: &Request,
    shown: Shown,
) -> Result<(), Refusal> {
    let headers = request.headers();
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    if !headers.contains_key(header::ORIGIN) && site == Some(b"same-origin") {
        return Ok(());
    }
    check(config, headers, shown)
}

fn may(public_url: Option<&str>, allowed: &[String], headers: &HeaderMap, shown: Shown) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => return shown == Shown::Token,
        (Some(origin), None) => origin.to_str().ok(),
        (Some(_), Some(_)) => None,
    };
    let Some(origin) = origin else { return false };
    // One of several could be anybody's.
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().filter(|_| hosts.next().is_none()).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| !host.is_empty());
    let own = match (public_url, host) {
        (Some(public_url), _) => origin == public_url,
        (None, Some(host)) => ["http://", "https://"].iter().any(|scheme| {
            origin.strip_prefix(scheme).is_some_and(|o| o.eq_ignore_ascii_case(host))
        }),
        (None, None) => false,
    };
    own || (shown == Shown::Token && allowed.iter().any(|it| it == origin))
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
        may(public_url, &["https://friend.example".to_owned()], &headers, Shown::Cookie)
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

    #[test]
    fn a_token_needs_no_origin_and_takes_its_own_and_the_allowed_ones() {
        const NONE: &[&str] = &[];
        let friends = ["https://friend.example".to_owned(), "http://localhost:5173".to_owned()];
        let url = Some("https://chat.example.org");
        for (origins, with_cookie, with_token) in [
            (NONE, false, true),
            (&["https://chat.example.org"], true, true),
            (&["https://friend.example"], false, true),
            (&["http://localhost:5173"], false, true),
            (&["null"], false, false),
            (&[""], false, false),
            (&["http://chat.example.org"], false, false),
            (&["https://chat.example.org:444"], false, false),
            (&["https://chat.example.org.evil.org"], false, false),
            (&["https://chat.example.org/"], false, false),
            (&["https://evil.org"], false, false),
            (&["http://friend.example"], false, false),
            (&["https://friend.example.evil.org"], false, false),
            (&["https://evil-friend.example"], false, false),
            (&["http://localhost:5174"], false, false),
            (&["https://chat.example.org", "https://evil.org"], false, false),
            (&["https://evil.org", "https://chat.example.org"], false, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "chat.example.org".parse().unwrap());
            for origin in origins {
                headers.append(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(may(url, &friends, &headers, Shown::Cookie), with_cookie, "{origins:?}");
            assert_eq!(may(url, &friends, &headers, Shown::Token), with_token, "{origins:?}");
        }
    }

    #[test]
    fn any_token_takes_the_cookie_out_of_the_game_and_a_proxys_password_does_not() {
        let mut headers = HeaderMap::new();
        assert_eq!(Shown::in_headers(&headers), Shown::Cookie);
        for (value, shown) in [
            ("basic YTpi", Shown::Cookie),
            ("Basic", Shown::Cookie),
            ("Bearer x", Shown::Token),
            ("Digest x", Shown::Token),
            ("Basicx y", Shown::Token),
            ("", Shown::Token),
        ] {
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            assert_eq!(Shown::in_headers(&headers), shown, "{value:?}");
        }
        headers.append(header::AUTHORIZATION, "Basic YTpi".parse().unwrap());
        assert_eq!(Shown::in_headers(&headers), Shown::Token);
    }
}
