//! Files that people send: what is told of one. Their bytes travel over HTTP, never through the socket.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::push_encoded;
use crate::{FileId, grouped};

/// The longest name of a file, in Unicode scalars.
const NAME_CHARS: usize = 200;
/// The longest end of a name that stays when the name is cut.
const EXTENSION_CHARS: usize = 20;
/// What a file without a name is called.
const NAMELESS: &str = "file";

/// What a file is called by whoever sent it: the last part of a path, on one line, without what would
/// make it look like another name. It names nothing on any disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct FileName(String);

impl FileName {
    /// What stays of a name that somebody gave. There is always something: what cannot be kept is left
    /// out, and what is too long is cut before its extension.
    #[must_use]
    pub fn clean(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept: String = last
            .chars()
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .filter(|c| !c.is_control() && !changes_direction(*c))
            .collect();
        let edge = |c: char| c.is_whitespace() || c == '.';
        let name = cut(kept.trim_matches(edge));
        let name = name.trim_end_matches(edge).to_owned();
        Self(if name.is_empty() { NAMELESS.to_owned() } else { name })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character can make what follows stand before what precedes: a name that ends in `gpj.exe`
/// can be made to look like one that ends in `exe.jpg`.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn cut(name: &str) -> String {
    let chars = name.chars().count();
    if chars <= NAME_CHARS {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |at| &name[at..]);
    let extension = match extension.chars().count() {
        0..=EXTENSION_CHARS => extension,
        _ => "",
    };
    let kept = NAME_CHARS - extension.chars().count();
    name.chars().take(kept).chain(extension.chars()).collect()
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a file is, by its first bytes and nothing else. Only what is not `other` is shown in a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A raster image that browsers show.
    Image,
    /// Sound that browsers play.
    Audio,
    /// A film that browsers play.
    Video,
    /// Anything else. It is downloaded.
    #[default]
    #[serde(other)]
    Other,
}

impl FileKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Image, Self::Audio, Self::Video, Self::Other];

    /// The kind in a word, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Other => "other",
        }
    }
}

/// A file that has arrived whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// Its identity, made by the server at random.
    pub id: FileId,
    /// What it is called.
    pub name: FileName,
    /// As what it is served: what its first bytes say, or `application/octet-stream`.
    pub media_type: String,
    /// How many bytes it has.
    pub size: u64,
    /// What it is.
    pub kind: FileKind,
    /// Of an image: how many pixels wide it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Of an image: how many pixels high it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl Attachment {
    /// The address of its bytes on the server. Only the id counts there; the name is for people.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = format!("/files/{}/", self.id);
        push_encoded(&mut path, self.name.as_str());
        path
    }
}

/// A number of bytes as people read it, such as "2.4 MB", in powers of ten.
#[must_use]
pub fn bytes_in_words(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        // Rounded down: nothing is told to be larger than it is.
        Some((unit, name)) if bytes / unit < 10 && bytes % unit >= unit / 10 => {
            format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10))
        }
        Some((unit, name)) => format!("{} {name}", grouped((bytes / unit) as usize)),
        None if bytes == 1 => "1 byte".to_owned(),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path_and_says_what_it_says() {
        for (given, kept) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\notes.txt", "notes.txt"),
            ("..", "file"),
            ("", "file"),
            ("/", "file"),
            ("\u{0}\u{1b}", "file"),
            (".bashrc", "bashrc"),
            ("a\r\nSet-Cookie: x\tb", "a  Set-Cookie: x b"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("  spaces and … 鳥.png ", "spaces and … 鳥.png"),
        ] {
            assert_eq!(FileName::clean(given).as_str(), kept, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let long = FileName::clean(&format!("{}.tar", "é".repeat(300)));
        assert_eq!(long.as_str().chars().count(), 200);
        assert!(long.as_str().ends_with("é.tar"), "{long}");
        let odd = FileName::clean(&format!("a.{}", "b".repeat(300)));
        assert_eq!(odd.as_str().chars().count(), 200);
        assert_eq!(FileName::clean(long.as_str()), long);
    }

    #[test]
    fn bytes_are_told_in_powers_of_ten() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (1_999, "1.9 kB"),
            (2_440_000, "2.4 MB"),
            (99_999_999, "99 MB"),
            (5_050_000_000, "5 GB"),
            (1_234_000_000_000, "1,234 GB"),
        ] {
            assert_eq!(bytes_in_words(bytes), words);
        }
    }

    #[test]
    fn the_address_has_the_name_encoded() {
        let file = Attachment {
            id: FileId::new(uuid::Uuid::from_u128(1)),
            name: FileName::clean("a b?#%\"鳥.png"),
            media_type: "image/png".to_owned(),
            size: 1,
            kind: FileKind::Image,
            width: None,
            height: None,
        };
        let address = "/files/00000000-0000-0000-0000-000000000001/a%20b%3F%23%25%22%E9%B3%A5.png";
        assert_eq!(file.path(), address);
    }
}
