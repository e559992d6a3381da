//! Where somebody goes after they signed in or up: a path of this server, and nothing else.

use serde::Deserialize;

/// The query of a page that leads on.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Query {
    #[serde(default)]
    next: String,
    /// What was done before: see [`super::settings`].
    #[serde(default)]
    pub(super) done: String,
}

impl Query {
    pub(super) fn next(&self) -> &str {
        local(&self.next)
    }
}

/// The path, if it is one of this server's; otherwise the lobby's. Browsers take "//" and "/\\" for the
/// beginning of another host, and drop tabs and line ends wherever they are.
pub(super) fn local(next: &str) -> &str {
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && next.starts_with('/') && !next.starts_with("//") { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_lead_on() {
        for good in ["/", "/r/den", "/r/%E6%98%9F", "/account?done=profile", "/r/a//b"] {
            assert_eq!(local(good), good);
        }
        for bad in [
            "",
            "r/den",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/r/a\\b",
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/r/星",
        ] {
            assert_eq!(local(bad), "/", "{bad:?}");
        }
    }
}
