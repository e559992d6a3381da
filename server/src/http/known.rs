//! `If-None-Match`: whether whoever asks has already what they ask for.

use axum::http::HeaderValue;

/// Whether a list of tags has this one, weakly compared as RFC 9110, 13.1.2 wants it.
pub(crate) fn names<'a>(known: impl IntoIterator<Item = &'a HeaderValue>, tag: &[u8]) -> bool {
    let is_it =
        |known: &str| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag;
    known
        .into_iter()
        .filter_map(|known| known.to_str().ok())
        .any(|known| known.split(',').map(str::trim).any(is_it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_any_of_the_lists() {
        let named = |known: &[&'static str]| {
            names(
                &known.iter().map(|it| HeaderValue::from_static(it)).collect::<Vec<_>>(),
                b"\"a\"",
            )
        };
        for known in [&["\"a\""][..], &["W/\"a\""], &["*"], &["\"b\", \"a\""], &["\"b\"", "\"a\""]]
        {
            assert!(named(known), "{known:?}");
        }
        for other in [&[][..], &["a"], &["\"b\""], &["\"A\""]] {
            assert!(!named(other), "{other:?}");
        }
    }
}
