//! The cookie that says who a browser is: its name and its rules.

use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::config::Config;

/// Its name. With the prefix, browsers take it only from this very host over TLS, so that nobody who has
/// another name under the same domain can put theirs in its place.
pub(super) fn name(config: &Config) -> &'static str {
    if config.is_served_over_tls() { "__Host-starling" } else { "starling" }
}

/// The cookie with that value. Scripts do not see it, and other sites' forms do not send it.
pub(super) fn new(config: &Config, value: String) -> Cookie<'static> {
    Cookie::build((name(config), value))
        .http_only(true)
        .permanent()
        .path("/")
        .same_site(SameSite::Lax)
        .secure(config.is_served_over_tls())
        .build()
}
