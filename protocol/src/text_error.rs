//! Why what people type is refused, in sentences for them.

use thiserror::Error;

use crate::{ErrorCode, grouped};

/// Why a text was refused, as a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// A person's name is empty or shows nothing.
    #[error("A name has 1 to {} characters.", grouped(*max))]
    NameEmpty {
        /// The most characters a name may have.
        max: usize,
    },
    /// A person's name is too long.
    #[error(
        "A name has 1 to {} characters; this one has {}.",
        grouped(*max),
        grouped(*chars)
    )]
    NameTooLong {
        /// The most characters a name may have.
        max: usize,
        /// How many it has.
        chars: usize,
    },
    /// A room's name is empty or shows nothing.
    #[error("A room's name has 1 to {} characters.", grouped(*max))]
    RoomNameEmpty {
        /// The most characters a room's name may have.
        max: usize,
    },
    /// A room's name is too long.
    #[error(
        "A room's name has 1 to {} characters; this one has {}.",
        grouped(*max),
        grouped(*chars)
    )]
    RoomNameTooLong {
        /// The most characters a room's name may have.
        max: usize,
        /// How many it has.
        chars: usize,
    },
    /// A message is empty or shows nothing.
    #[error("A message has 1 to {} characters.", grouped(*max))]
    MessageEmpty {
        /// The most characters a message may have.
        max: usize,
    },
    /// A message is too long.
    #[error(
        "A message has 1 to {} characters; this one has {}.",
        grouped(*max),
        grouped(*chars)
    )]
    MessageTooLong {
        /// The most characters a message may have.
        max: usize,
        /// How many it has.
        chars: usize,
    },
    /// An avatar is empty, too long, or shows nothing.
    #[error("An avatar is one letter, one sign or one emoji.")]
    BadAvatar,
    /// A reaction is not one sign.
    #[error("A reaction is one emoji or one sign.")]
    BadEmoji,
    /// A reason is too long.
    #[error(
        "A reason has at most {} characters; this one has {}.",
        grouped(*max),
        grouped(*chars)
    )]
    ReasonTooLong {
        /// The most characters a reason may have.
        max: usize,
        /// How many it has.
        chars: usize,
    },
}

impl TextError {
    /// The code that an `error` event carries for this.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::NameEmpty { .. } => ErrorCode::NameEmpty,
            Self::NameTooLong { .. } => ErrorCode::NameTooLong,
            Self::RoomNameEmpty { .. } => ErrorCode::RoomNameEmpty,
            Self::RoomNameTooLong { .. } => ErrorCode::RoomNameTooLong,
            Self::MessageEmpty { .. } => ErrorCode::MessageEmpty,
            Self::MessageTooLong { .. } => ErrorCode::MessageTooLong,
            Self::BadAvatar => ErrorCode::BadAvatar,
            Self::BadEmoji => ErrorCode::BadEmoji,
            Self::ReasonTooLong { .. } => ErrorCode::ReasonTooLong,
        }
    }
}
