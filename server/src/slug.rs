//! From a room's name to its address.

use rand::Rng;
use sha2::{Digest, Sha256};
use starling_protocol::{RoomName, Slug};
use unicode_normalization::UnicodeNormalization;

const MOST_CHARS: usize = 64;
/// What an address ends with that is made beside another one: a hyphen, and so many of these.
const ENDING_CHARS: usize = 5;
const ENDINGS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The slug of a name: its letters and digits of any script in lower case, everything between them
/// one hyphen. A name without letters and digits gets one from its hash, so that it, too, always
/// leads to the same room.
pub(crate) fn derive(name: &RoomName) -> Slug {
    match canonical(name.as_str()) {
        Some(slug) => slug,
        None => {
            let hash = Sha256::digest(name.as_str().as_bytes());
            Slug::new(format!("room-{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]))
        }
    }
}

/// The one spelling of an address, or `None` if no room can have it.
pub(crate) fn canonical(text: &str) -> Option<Slug> {
    let mut slug = String::new();
    let mut chars = 0;
    for c in text.nfkc().flat_map(char::to_lowercase).nfkc() {
        if chars == MOST_CHARS {
            break;
        }
        if c.is_alphanumeric() || is_mark(c) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push(c);
            chars += 1;
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
            chars += 1;
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| Slug::new(slug))
}

/// An address like that one with a chance ending, so that two rooms of one name can be.
pub(crate) fn beside(slug: &Slug) -> Slug {
    let most = MOST_CHARS - ENDING_CHARS - 1;
    let start: String = slug.as_str().chars().take(most).collect();
    let mut rng = rand::rng();
    let ending: String = (0..ENDING_CHARS)
        .map(|_| char::from(ENDINGS[rng.random_range(0..ENDINGS.len())]))
        .collect();
    Slug::new(format!("{}-{ending}", start.trim_end_matches('-')))
}

/// Marks that belong to the letter before them, as vowels of many scripts do.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use starling_protocol::Limits;

    use super::*;

    #[test]
    fn any_name_has_an_address() {
        for (name, slug) in [
            ("Team Lunch", "team-lunch"),
            ("  C++ / Rust?! ", "c-rust"),
            ("Café", "café"),
            ("Cafe\u{301}", "café"),
            ("日本語 の部屋", "日本語-の部屋"),
            ("हिन्दी", "हिन्दी"),
            ("../../etc/passwd", "etc-passwd"),
            ("<script>alert(1)</script>", "script-alert-1-script"),
            ("ＦＵＬＬ", "full"),
            ("🎉🎉", "room-9bbfb342"),
            ("\u{301}\u{301}x", "x"),
        ] {
            let name = RoomName::parse(name, &Limits::default()).unwrap();
            let derived = derive(&name);
            assert_eq!(derived.as_str(), slug);
            assert_eq!(canonical(derived.as_str()), Some(derived.clone()), "{derived} is stable");
        }
    }

    #[test]
    fn names_without_letters_get_addresses_of_their_own() {
        let slug = |name| derive(&RoomName::parse(name, &Limits::default()).unwrap());
        assert_ne!(slug("🎉"), slug("🎈"));
        assert_eq!(slug("🎉"), slug(" 🎉 "));
    }

    #[test]
    fn an_address_beside_another_is_an_address() {
        for name in ["den", "日本語-の部屋", "a-b-c"]
            .map(str::to_owned)
            .into_iter()
            .chain(["x".repeat(MOST_CHARS), format!("{}-{}", "x".repeat(57), "y".repeat(6))])
        {
            let first = beside(&Slug::new(name.as_str()));
            assert_eq!(canonical(first.as_str()), Some(first.clone()), "{first} is stable");
            assert!(first.as_str().starts_with(&name.chars().take(3).collect::<String>()));
            assert_ne!(first, beside(&Slug::new(name)));
        }
    }

    #[test]
    fn addresses_end_somewhere() {
        let long = RoomName::parse(&"ab ".repeat(26), &Limits::default()).unwrap();
        assert!(derive(&long).as_str().chars().count() <= MOST_CHARS);
        assert_eq!(canonical("--!--"), None);
    }
}
