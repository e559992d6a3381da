//! The query of an address where nothing has characters that stand for others: ids, tickets, names of transports.

use axum::http::Uri;

/// The first value of that name; empty if there is nothing but the name.
pub(crate) fn value<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut pairs = uri.query()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_a_name_counts() {
        let uri = Uri::from_static("/ws?a=1&sid&a=2&b=x=y&=z");
        for (name, found) in
            [("a", Some("1")), ("sid", Some("")), ("b", Some("x=y")), ("", Some("z")), ("c", None)]
        {
            assert_eq!(value(&uri, name), found, "{name}");
        }
        assert_eq!(value(&Uri::from_static("/ws"), "a"), None);
    }
}
