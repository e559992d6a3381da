//! Where a message has addresses to open, and places of the board to look at. Pure.
//!
//! A place is written `#at=8192,4096`, in board units, and something on the board `#object=` with the
//! last twelve digits of its id. As the end of the room's address it leads there, too.

use linkify::{LinkFinder, LinkKind};
use starling_protocol::Point;

/// A stretch of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// To read.
    Text(&'a str),
    /// To open: an `http` or `https` address.
    Link(&'a str),
    /// To look at: a place of the room's board, or something on it.
    Place(&'a str),
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
            _ => push_places(&mut pieces, text),
        }
    }
    pieces
}

/// The words of a text that name a place, and what is between them.
fn push_places<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str) {
    let mut rest = text;
    let mut from = 0;
    while let Some(sharp) = rest[from..].find('#').map(|at| at + from) {
        let opens = rest[..sharp].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        match place_length(&rest[sharp..]).filter(|_| opens) {
            Some(length) => {
                if sharp > 0 {
                    pieces.push(Piece::Text(&rest[..sharp]));
                }
                pieces.push(Piece::Place(&rest[sharp..sharp + length]));
                (rest, from) = (&rest[sharp + length..], 0);
            }
            None => from = sharp + 1,
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
}

/// How long the place is that a text begins with, if it does.
fn place_length(text: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if let Some(numbers) = text.strip_prefix(AT) {
        let (x, rest) = numbers.split_at(digits(numbers));
        let y = rest.strip_prefix(',')?;
        let y = &y[..digits(y)];
        // Not read as `f64`, for which a page would have to load large tables.
        let units = |digits: &str| digits.parse::<u32>().ok().map(f64::from);
        Point::from_units(units(x)?, units(y)?)?;
        return Some(AT.len() + x.len() + 1 + y.len());
    }
    let id = text.strip_prefix(OBJECT)?;
    let known = id.bytes().take_while(u8::is_ascii_hexdigit).count() == OBJECT_DIGITS;
    known.then_some(OBJECT.len() + OBJECT_DIGITS)
}

const AT: &str = "#at=";
const OBJECT: &str = "#object=";
const OBJECT_DIGITS: usize = 12;

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
            Piece::Text(_) | Piece::Place(_) => None,
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
    fn places_of_the_board_are_words_of_their_own() {
        for (body, found) in [
            ("look here: #at=8192,4096!", vec!["#at=8192,4096"]),
            ("#at=0,16384#object=93d20c7e58f1", vec!["#at=0,16384", "#object=93d20c7e58f1"]),
            ("##at=1,2 (#at=3,4)", vec!["#at=1,2", "#at=3,4"]),
            ("a#at=1,2 #at=1,16385 #at=,2 #at=1 #object=93d20c7e58f1a #object=93d", vec![]),
            ("http://127.0.0.1/r/den#at=1,2", vec![]),
        ] {
            let places = pieces(body).into_iter().filter_map(|piece| match piece {
                Piece::Place(place) => Some(place),
                Piece::Text(_) | Piece::Link(_) => None,
            });
            assert_eq!(places.collect::<Vec<_>>(), found, "{body}");
        }
    }

    #[test]
    fn nothing_of_a_message_is_lost() {
        let body = "a «https://b.example» c\n\thttps://d.example";
        let joined: String = pieces(body)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Link(text) | Piece::Place(text) => text,
            })
            .collect();
        assert_eq!(joined, body);
    }

    const PARTS: &[&str] = &[
        "http://",
        "HTTPS://",
        "ftp://",
        "example.org",
        "/a?b=",
        "#at=",
        "1,2",
        "(",
        ")",
        "»",
        "。",
        ":",
        " ",
    ];

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
                    Piece::Text(text) | Piece::Place(text) => joined.push_str(text),
                }
            }
            prop_assert_eq!(joined, body);
        }
    }
}
