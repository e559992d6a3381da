//! The frontend inside the binary: hashed files that never change, each also compressed.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// What the build says about its files.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Assets {
    /// Names this frontend.
    pub(crate) build: String,
    css: String,
    js: String,
    wasm: String,
    board: String,
}

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");

/// Names the frontend that cargo-leptos makes again and again.
const DEVELOPMENT: &str = "development";

impl Assets {
    /// Reads the manifest of the embedded site. A server that was built without one (`cargo
    /// leptos` and tests of other parts) uses the names that cargo-leptos gives.
    pub(crate) fn load() -> Self {
        Site::get("manifest.json")
            .and_then(|manifest| serde_json::from_slice(&manifest.data).ok())
            .unwrap_or_else(|| Self {
                build: DEVELOPMENT.to_owned(),
                css: "/pkg/starling.css".to_owned(),
                js: "/pkg/starling.js".to_owned(),
                wasm: "/pkg/starling.wasm".to_owned(),
                board: "/pkg/starling-board.js".to_owned(),
            })
    }

    /// Whether the files may change while the server runs.
    pub(crate) fn may_change(&self) -> bool {
        self.build == DEVELOPMENT
    }

    /// Where pages find the frontend.
    pub(crate) fn addresses(&self) -> starling_app::Assets {
        let Self { css, js, wasm, board, .. } = self.clone();
        starling_app::Assets { css, js, wasm, board }
    }
}

/// Whether there is an embedded file of that path.
pub(crate) fn exists(path: &str) -> bool {
    find(path.trim_start_matches('/')).is_some()
}

/// Answers with the embedded file of that path, if there is one.
pub(crate) fn serve(path: &str, request: &HeaderMap) -> Option<Response> {
    let path = path.trim_start_matches('/');
    let plain = find(path)?;
    let (file, encoding) = best_encoding(path, request).unwrap_or((plain, None));
    let etag = etag(&file);
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, if is_hashed(path) { FOR_EVER } else { ASK_AGAIN });
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    let known = request.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|known| known.trim() == etag)) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    headers.insert(header::CONTENT_TYPE, content_type(path));
    let body = match file.data {
        Cow::Borrowed(data) => Body::from(data),
        Cow::Owned(data) => Body::from(data),
    };
    Some((headers, body).into_response())
}

fn find(path: &str) -> Option<EmbeddedFile> {
    let is_ours = path == "manifest.json" || has_compressed_ending(path);
    if is_ours { None } else { Site::get(path) }
}

fn best_encoding(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |wanted: &str| {
        accepted.split(',').any(|entry| {
            let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
            name.trim().eq_ignore_ascii_case(wanted) && !refused
        })
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| accepts(name))
        .find_map(|(name, ending)| Some((Site::get(&format!("{path}.{ending}"))?, Some(name))))
}

/// Whether the path changes with the file. In `pkg/` it does, except for what cargo-leptos puts there.
fn is_hashed(path: &str) -> bool {
    let hash = |part: &str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
    path.strip_prefix("pkg/")
        .and_then(|path| path.split('/').next())
        .is_some_and(|name| name.split('.').any(hash))
}

fn has_compressed_ending(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".gz")
}

/// The first half of the content's SHA-256, which each encoding has its own of.
fn etag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let half: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{half}\"")
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_a_hash_in_its_path_is_kept_for_ever() {
        for kept in ["pkg/starling.0123456789abcdef.css", "pkg/snippets.0123456789abcdef/a/b.js"] {
            assert!(is_hashed(kept), "{kept}");
        }
        for other in ["pkg/starling.css", "pkg/snippets/a/b.js", "favicon.svg", "0123456789abcdef"]
        {
            assert!(!is_hashed(other), "{other}");
        }
    }
}
