//! What people type, checked: names and messages.
//!
//! A value of these types has passed its check. Server and browser check with the same code, so
//! that a form can say at once what the server would say.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Limits, TextError};

/// A number as people write it: "4,000".
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

checked_text! {
    /// A person's name: on one line, trimmed, with something to see in it. Not unique.
    DisplayName
}
checked_text! {
    /// A room's name: on one line, trimmed, with something to see in it.
    RoomName
}
checked_text! {
    /// What a message says: trimmed, with something to see in it; may have several lines.
    MessageBody
}
checked_text! {
    /// What stands for a person in their circle: one letter, sign or emoji.
    Avatar
}
checked_text! {
    /// With what somebody reacts to a message: one emoji or sign, no letter and no digit.
    Emoji
}
checked_text! {
    /// Why something was done to somebody: on one line, trimmed; may be empty.
    Reason
}

/// The longest reason, in Unicode scalars.
const REASON_CHARS: usize = 200;
/// The most scalars that one emoji is made of, amply: a family has seven.
const SIGN_CHARS: usize = 10;

impl Avatar {
    /// Checks an avatar. Several letters are refused, several scalars that make one emoji are not.
    ///
    /// # Errors
    /// [`TextError::BadAvatar`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        one_sign(text, 1).map(Self).ok_or(TextError::BadAvatar)
    }
}

impl Emoji {
    /// Checks a reaction.
    ///
    /// # Errors
    /// [`TextError::BadEmoji`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        // A keycap is made of a digit.
        let letters = usize::from(text.contains('\u{20e3}'));
        one_sign(text, letters).map(Self).ok_or(TextError::BadEmoji)
    }
}

/// The text, trimmed, if it shows one thing with at most so many letters in it.
fn one_sign(text: &str, letters: usize) -> Option<String> {
    let text = text.trim();
    let chars = text.chars().count();
    let plain = text.chars().filter(|c| c.is_alphanumeric() && !is_part_of_emoji(*c)).count();
    let fits = chars <= SIGN_CHARS && plain <= letters && signs(text) <= 1 && shows_something(text);
    let is_one = fits && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    is_one.then(|| text.to_owned())
}

/// How many signs a text shows beside what alphabets below U+2000 write; a family is one, and so is a flag.
fn signs(text: &str) -> usize {
    let (mut signs, mut joined, mut half_a_flag) = (0, false, false);
    for c in text.chars() {
        let is_half = is_part_of_emoji(c);
        let ends_flag = is_half && half_a_flag;
        if c >= '\u{2000}' && !joined && !ends_flag && !continues_sign(c) {
            signs += 1;
        }
        (joined, half_a_flag) = (c == '\u{200d}', is_half && !ends_flag);
    }
    signs
}

/// Whether a character only says how the one before it is shown.
fn continues_sign(c: char) -> bool {
    matches!(
        c,
        '\u{200d}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{e0020}'..='\u{e007f}'
    )
}

/// Whether a letter or digit is only there to make an emoji, as in a flag or a keycap.
fn is_part_of_emoji(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

impl Reason {
    /// Checks a reason. White space and control characters within become single spaces.
    ///
    /// # Errors
    /// [`TextError::ReasonTooLong`].
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let reason = one_line(text);
        match reason.chars().count() {
            chars if chars > REASON_CHARS => {
                Err(TextError::ReasonTooLong { max: REASON_CHARS, chars })
            }
            _ => Ok(Self(reason)),
        }
    }
}

impl DisplayName {
    /// Checks a person's name. White space and control characters within become single spaces.
    ///
    /// # Errors
    /// [`TextError::NameEmpty`], [`TextError::NameTooLong`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, TextError> {
        let max = limits.name_chars;
        let name = one_line(text);
        if !shows_something(&name) {
            return Err(TextError::NameEmpty { max });
        }
        match name.chars().count() {
            chars if chars > max => Err(TextError::NameTooLong { max, chars }),
            _ => Ok(Self(name)),
        }
    }
}

impl RoomName {
    /// Checks a room's name. White space and control characters within become single spaces.
    ///
    /// # Errors
    /// [`TextError::RoomNameEmpty`], [`TextError::RoomNameTooLong`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, TextError> {
        let max = limits.room_name_chars;
        let name = one_line(text);
        if !shows_something(&name) {
            return Err(TextError::RoomNameEmpty { max });
        }
        match name.chars().count() {
            chars if chars > max => Err(TextError::RoomNameTooLong { max, chars }),
            _ => Ok(Self(name)),
        }
    }
}

impl MessageBody {
    /// What a message says that has only a file.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(String::new())
    }

    /// Checks a message. Line ends become `\n`; other control characters but tabs are dropped.
    ///
    /// # Errors
    /// [`TextError::MessageEmpty`], [`TextError::MessageTooLong`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, TextError> {
        let max = limits.message_chars;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text: String =
            text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        // Last: white space can have stood behind what was dropped.
        let body = text.trim().to_owned();
        if !shows_something(&body) {
            return Err(TextError::MessageEmpty { max });
        }
        match body.chars().count() {
            chars if chars > max => Err(TextError::MessageTooLong { max, chars }),
            _ => Ok(Self(body)),
        }
    }
}

fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name of nothing but zero-width characters would be a person nobody can see.
fn shows_something(text: &str) -> bool {
    text.chars().any(|c| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(
                c,
                '\u{00ad}'
                    | '\u{034f}'
                    | '\u{115f}'
                    | '\u{1160}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{2800}'
                    | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}'
                    | '\u{ffa0}'
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped_by_thousands() {
        let texts = [0, 999, 1_000, 65_536, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "999", "1,000", "65,536", "1,234,567"]);
    }

    #[test]
    fn a_name_has_1_to_40_characters() {
        let limits = Limits::default();
        assert!(DisplayName::parse(&"é".repeat(40), &limits).is_ok());
        assert_eq!(
            DisplayName::parse(&"é".repeat(41), &limits),
            Err(TextError::NameTooLong { max: 40, chars: 41 })
        );
        assert_eq!(DisplayName::parse("x", &limits).unwrap().as_str(), "x");
        for empty in ["", "  \n", "\u{200b}\u{feff}", "\u{202e}"] {
            assert_eq!(
                DisplayName::parse(empty, &limits),
                Err(TextError::NameEmpty { max: 40 }),
                "{empty:?}"
            );
        }
    }

    #[test]
    fn a_room_name_has_1_to_80_characters() {
        let limits = Limits::default();
        assert!(RoomName::parse(&"x".repeat(80), &limits).is_ok());
        assert_eq!(
            RoomName::parse(&"x".repeat(81), &limits),
            Err(TextError::RoomNameTooLong { max: 80, chars: 81 })
        );
        assert_eq!(RoomName::parse(" ", &limits), Err(TextError::RoomNameEmpty { max: 80 }));
    }

    #[test]
    fn a_message_has_1_to_4000_characters_after_trimming() {
        let limits = Limits::default();
        let longest = format!("  {}\n", "😀".repeat(4_000));
        assert!(MessageBody::parse(&longest, &limits).is_ok());
        assert_eq!(
            MessageBody::parse(&"x".repeat(4_001), &limits),
            Err(TextError::MessageTooLong { max: 4_000, chars: 4_001 })
        );
        assert_eq!(
            MessageBody::parse(" \n ", &limits),
            Err(TextError::MessageEmpty { max: 4_000 })
        );
    }

    #[test]
    fn a_reaction_is_a_sign_and_no_letter() {
        for one in ["👍", "👍🏽", "❤️", "★", "1️⃣", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇪🇺", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "+"]
        {
            assert_eq!(Emoji::parse(&format!(" {one} ")).unwrap().as_str(), one);
        }
        for none in ["", "a", "7", "ok", "👍 👍", "🎉🎉", "★★", "🇪🇺🇪🇺", "\u{200b}", "é"]
        {
            assert_eq!(Emoji::parse(none), Err(TextError::BadEmoji), "{none:?}");
        }
    }

    #[test]
    fn an_avatar_is_one_thing_and_a_reason_has_up_to_200_characters() {
        for one in ["A", "é", "7", "★", "🦜", "👩‍👩‍👧‍👦", "🇪🇺", "🏳️‍🌈"]
        {
            assert_eq!(Avatar::parse(&format!(" {one} ")).unwrap().as_str(), one);
        }
        for none in ["", " ", "\u{200b}", "AB", "a b", "🦜🦜🦜🦜🦜🦜🦜🦜🦜🦜🦜"]
        {
            assert_eq!(Avatar::parse(none), Err(TextError::BadAvatar), "{none:?}");
        }
        assert_eq!(Reason::parse(" a\nb ").unwrap().as_str(), "a b");
        assert!(Reason::parse(&"é".repeat(200)).is_ok());
        let refused = Err(TextError::ReasonTooLong { max: 200, chars: 201 });
        assert_eq!(Reason::parse(&"é".repeat(201)), refused);
    }

    #[test]
    fn names_stand_on_one_line_and_messages_keep_theirs() {
        let limits = Limits::default();
        assert_eq!(DisplayName::parse(" Ada\n\tL. ", &limits).unwrap().as_str(), "Ada L.");
        assert_eq!(
            MessageBody::parse("one\r\ntwo\u{7}\n\tthree", &limits).unwrap().as_str(),
            "one\ntwo\n\tthree"
        );
        assert_eq!(MessageBody::parse("\u{7} x \u{7}", &limits).unwrap().as_str(), "x");
        assert_eq!(
            MessageBody::parse("<b>שלום</b> e\u{301}", &limits).unwrap().as_str(),
            "<b>שלום</b> e\u{301}"
        );
    }
}
