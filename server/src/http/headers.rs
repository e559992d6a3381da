//! The headers that every answer has for the browser's sake: what a page may load and do, and who may
//! show it. The policy is as strict as the pages allow; what is no page may do nothing at all.

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use leptos::nonce::Nonce;

use crate::app::App;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const UNUSED_FEATURES: HeaderValue =
    HeaderValue::from_static("camera=(), microphone=(), geolocation=()");
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Among the extensions of an answer that is a page: the scripts with this nonce are the page's own.
#[derive(Clone)]
pub(super) struct PageNonce(pub(super) Nonce);

/// Among the extensions of an answer that is somebody's file: whatever it is, it does nothing.
#[derive(Clone)]
pub(super) struct Sandboxed;

/// Around every request.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let sockets = sockets(&app, request.headers());
    let mut response = next.run(request).await;
    let page = response.extensions_mut().remove::<PageNonce>();
    let mut policy = policy(&app.config.protection.allow_embedding, page.as_ref(), &sockets);
    if response.extensions_mut().remove::<Sandboxed>().is_some() {
        policy += "; sandbox";
    }
    let headers = response.headers_mut();
    // Only the settings could make it unfit for a header, and they are checked.
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(PERMISSIONS_POLICY, UNUSED_FEATURES);
    if app.config.protection.allow_embedding.is_empty() {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if app.config.is_served_over_tls() {
        headers.insert(STRICT_TRANSPORT_SECURITY, A_YEAR);
    }
    response
}

fn policy(embedding: &[String], page: Option<&PageNonce>, sockets: &str) -> String {
    let ancestors = if embedding.is_empty() { "'none'".to_owned() } else { embedding.join(" ") };
    let Some(PageNonce(nonce)) = page else {
        return format!("default-src 'none'; frame-ancestors {ancestors}");
    };
    // 'self' is for the modules that the page's own script imports: not every browser hands the nonce on.
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'self' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'{sockets}; form-action 'self'; \
         base-uri 'none'; frame-ancestors {ancestors}"
    )
}

/// Where WebSockets may go: not every browser counts `ws:` of the same host as 'self'.
fn sockets(app: &App, request: &HeaderMap) -> String {
    // `cargo leptos watch` tells pages at another port what has changed.
    if app.assets.may_change() {
        return " ws: wss:".to_owned();
    }
    if let Some(url) = &app.config.public_url {
        return format!(" {}", url.replacen("http", "ws", 1));
    }
    match request.get(HOST).and_then(|host| host.to_str().ok()) {
        Some(host) if is_plain(host) => format!(" ws://{host} wss://{host}"),
        _ => String::new(),
    }
}

/// Whether it is a host that a policy can name, which rules out addresses of IPv6 and whatever would end
/// the directive.
fn is_plain(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_host_ends_the_directive() {
        for plain in
            ["localhost", "127.0.0.1:3000", "chat.example.org", "xn--bcher-kva.example:8443"]
        {
            assert!(is_plain(plain), "{plain}");
        }
        for other in ["", "a; script-src *", "a b", "[::1]:3000", "a,b", "'self'", "*", "a/b"] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn only_a_page_may_do_anything_and_only_named_sites_may_show_it() {
        let page = PageNonce(Nonce::from_value("n0nce"));
        let none = policy(&[], None, " ws://a");
        assert_eq!(none, "default-src 'none'; frame-ancestors 'none'");
        let own = policy(&[], Some(&page), " ws://a wss://a");
        assert!(own.contains("script-src 'nonce-n0nce' 'self' 'wasm-unsafe-eval';"), "{own}");
        assert!(own.contains("connect-src 'self' ws://a wss://a;"), "{own}");
        assert!(!own.contains("unsafe-inline") && !own.contains("'unsafe-eval'"), "{own}");
        let shown = policy(&["https://a.b".to_owned(), "https://c.d".to_owned()], Some(&page), "");
        assert!(shown.ends_with("frame-ancestors https://a.b https://c.d"), "{shown}");
    }
}
