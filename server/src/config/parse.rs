//! How the values of settings are read. Each reader takes the range that the setting's name of its
//! value promises; clap says it when a value lies outside.

use std::time::Duration;

use clap::builder::RangedU64ValueParser;

/// Reads a whole number from `low` to `high`.
pub(super) fn count<T: TryFrom<u64>>(low: u64, high: u64) -> RangedU64ValueParser<T> {
    RangedU64ValueParser::new().range(low..=high)
}

/// Reads a number of seconds, which may have a fraction, from `low` to `high`.
pub(super) fn seconds(
    low: f64,
    high: f64,
) -> impl Fn(&str) -> Result<Duration, String> + Clone + Send + Sync {
    move |text| match text.parse() {
        Ok(seconds) if (low..=high).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!("{text:?} is not a number of seconds from {low} to {high}")),
    }
}

/// Reduces an address to its origin: scheme, host and port, as browsers write it.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is not like https://chat.example.org");
    let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
    let scheme = uri.scheme_str().filter(|s| matches!(*s, "http" | "https")).ok_or_else(wrong)?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_ascii_lowercase();
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err(format!("{text:?} has a path; Starling is served from the top of its host"));
    }
    Ok(match (scheme, uri.port_u16()) {
        (_, None) | ("http", Some(80)) | ("https", Some(443)) => format!("{scheme}://{host}"),
        (_, Some(port)) => format!("{scheme}://{host}:{port}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(origin("https://Chat.Example.org/").unwrap(), "https://chat.example.org");
        assert_eq!(origin("https://a.b:443").unwrap(), "https://a.b");
        assert_eq!(origin("http://a.b:8080").unwrap(), "http://a.b:8080");
        for wrong in ["", "chat.example.org", "ftp://a.b", "https://a.b/path", "https://a.b/?x"] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn seconds_may_have_a_fraction_and_no_sign() {
        let read = seconds(0.1, 60.0);
        assert_eq!(read("0.5").unwrap(), Duration::from_millis(500));
        for wrong in ["0", "-1", "x", "NaN", "inf", "60.1", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
