//! Where a message has addresses to open. Pure.

use linkify::{LinkFinder, LinkKind};

/// A stretch of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// To read.
    Text(&'a str),
    /// To open: an `http` or `https` address.
    Link(&'a str),
}

/// The message in pieces, in its order and with nothing left out.
pub(crate) fn pieces(body: &str) -> Vec<Piece<'_>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut pieces = Vec::new();
    for span in finder.spans(body) {
        let text = span.as_str();
        match span.kind() {
            Some(_) if is_web(text) => {
                let address = text.trim_end_matches(CLOSING);
                pieces.push(Piece::Link(address));
                if address.len() < text.len() {
                    pieces.push(Piece::Text(&text[address.len()..]));
                }
            }
            _ => pieces.push(Piece::Text(text)),
        }
    }
    pieces
}

/// What ends a sentence or a quotation beyond ASCII, which the finder knows.
const CLOSING: [char; 10] = ['»', '”', '’', '。', '、', '，', '）', '」', '！', '？'];

/// Every other scheme does more than open a page.
fn is_web(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|it| it.eq_ignore_ascii_case("http") || it.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn links(body: &str) -> Vec<&str> {
        let links = pieces(body).into_iter().filter_map(|piece| match piece {
            Piece::Link(address) => Some(address),
            Piece::Text(_) => None,
        });
        links.collect()
    }

    #[test]
    fn addresses_end_where_people_end_them() {
        for (body, found) in [
            ("see https://example.org/a?b=c#d.", "https://example.org/a?b=c#d"),
            ("(http://example.org/wiki/A_(b))", "http://example.org/wiki/A_(b)"),
            ("HTTPS://EXAMPLE.ORG!", "HTTPS://EXAMPLE.ORG"),
            ("«https://münchen.example/ä»", "https://münchen.example/ä"),
            ("http://127.0.0.1:3000/r/den, now", "http://127.0.0.1:3000/r/den"),
        ] {
            assert_eq!(links(body), [found], "{body}");
        }
    }

    #[test]
    fn only_the_web_is_a_link() {
        for body in [
            "javascript:alert(1)",
            "javascript://example.org/%0Aalert(1)",
            "data://text/html,x",
            "file:///etc/passwd",
            "ada@example.org",
            "example.org",
            "http://",
        ] {
            assert_eq!(links(body), [""; 0], "{body}");
        }
    }

    #[test]
    fn nothing_of_a_message_is_lost() {
        let body = "a «https://b.example» c\n\thttps://d.example";
        let joined: String = pieces(body)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Link(text) => text,
            })
            .collect();
        assert_eq!(joined, body);
    }

    const PARTS: &[&str] =
        &["http://", "HTTPS://", "ftp://", "example.org", "/a?b=", "(", ")", "»", "。", ":", " "];

    /// Text with what opens, makes and closes an address.
    fn any_text() -> impl Strategy<Value = String> {
        let part = prop_oneof![any::<String>(), prop::sample::select(PARTS).prop_map(Into::into)];
        vec(part, 0..10).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn whatever_was_written_is_all_there_and_only_the_web_is_a_link(body in any_text()) {
            let mut joined = String::new();
            for piece in pieces(&body) {
                match piece {
                    Piece::Link(address) => {
                        prop_assert!(is_web(address), "{}", address);
                        joined.push_str(address);
                    }
                    Piece::Text(text) => joined.push_str(text),
                }
            }
            prop_assert_eq!(joined, body);
        }
    }
}
