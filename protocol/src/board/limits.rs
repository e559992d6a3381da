//! What a board takes, and why it does not take something.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Change, Content, Object, Operation, Preview, Signal, Size, TINTS};
use crate::{Emoji, ErrorCode, Point, grouped};

/// What a board takes. The server tells it in `board`; all are configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct BoardLimits {
    /// The most objects on a board. Default 10,000.
    pub objects: usize,
    /// The longest text of an object, in Unicode scalars. Default 2,000.
    pub text_chars: usize,
    /// The most points of a stroke. Default 2,000.
    pub points: usize,
    /// The most changes in one operation or preview. Default 500.
    pub changes: usize,
    /// The longest text at a cursor, in Unicode scalars. Default 42.
    pub say_chars: usize,
}

impl Default for BoardLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Why something is not for a board, as a sentence for the person who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BoardError {
    /// An object lies beside the board, has no such colour, or a stroke has no points.
    #[error("That does not fit on the board.")]
    BadObject,
    /// A text is too long.
    #[error("A text on the board has at most {} characters; this one has {}.", grouped(*max), grouped(*chars))]
    TextTooLong {
        /// The most characters it may have.
        max: usize,
        /// How many it has.
        chars: usize,
    },
    /// A stroke has too many points.
    #[error("A stroke has at most {} points; this one has {}.", grouped(*max), grouped(*points))]
    StrokeTooLong {
        /// The most points it may have.
        max: usize,
        /// How many it has.
        points: usize,
    },
    /// An operation has no change.
    #[error("An operation changes at least one thing.")]
    NoChange,
    /// An operation or preview has too many changes.
    #[error("At most {} things change at once; these were {}.", grouped(*max), grouped(*changes))]
    TooManyChanges {
        /// The most there may be.
        max: usize,
        /// How many there are.
        changes: usize,
    },
    /// What stands at a cursor is too long.
    #[error("At most {} characters stand at a cursor; these were {}.", grouped(*max), grouped(*chars))]
    SayTooLong {
        /// The most characters it may have.
        max: usize,
        /// How many it has.
        chars: usize,
    },
    /// What is thrown is not one emoji or sign.
    #[error("That is no emoji.")]
    BadEmoji,
    /// There are as many objects on the board as it takes.
    #[error("The board is full: it has room for {} things. Delete some first.", grouped(*max))]
    BoardFull {
        /// The most objects on a board.
        max: usize,
    },
}

impl BoardError {
    /// The code that an `error` event carries for this.
    #[must_use]
    pub fn code(self) -> ErrorCode {
        match self {
            Self::BadObject | Self::NoChange => ErrorCode::BadObject,
            Self::TextTooLong { .. } => ErrorCode::TextTooLong,
            Self::StrokeTooLong { .. } => ErrorCode::StrokeTooLong,
            Self::TooManyChanges { .. } => ErrorCode::TooManyChanges,
            Self::SayTooLong { .. } => ErrorCode::SayTooLong,
            Self::BadEmoji => ErrorCode::BadEmoji,
            Self::BoardFull { .. } => ErrorCode::BoardFull,
        }
    }
}

impl BoardLimits {
    /// 10,000 objects, 2,000 characters, 2,000 points, 500 changes, 42 characters at a cursor.
    pub const DEFAULT: Self =
        Self { objects: 10_000, text_chars: 2_000, points: 2_000, changes: 500, say_chars: 42 };

    /// Checks an operation, apart from how full the board is.
    ///
    /// # Errors
    /// [`BoardError`], the first that applies.
    pub fn check(&self, operation: &Operation) -> Result<(), BoardError> {
        if operation.changes.is_empty() {
            return Err(BoardError::NoChange);
        }
        self.check_changes(&operation.changes)
    }

    /// Checks a preview.
    ///
    /// # Errors
    /// [`BoardError`], the first that applies.
    pub fn check_preview(&self, preview: &Preview) -> Result<(), BoardError> {
        match preview {
            Preview::Hold { changes } => self.check_changes(changes),
            Preview::Stroke { tint, points, .. } => {
                if tint.0 >= TINTS {
                    return Err(BoardError::BadObject);
                }
                self.check_points(points.len())
            }
        }
    }

    /// Checks a signal.
    ///
    /// # Errors
    /// [`BoardError::SayTooLong`], [`BoardError::BadEmoji`].
    pub fn check_signal(&self, signal: &Signal) -> Result<(), BoardError> {
        match signal {
            Signal::Say { text } => {
                let (max, chars) = (self.say_chars, text.chars().count());
                if chars > max { Err(BoardError::SayTooLong { max, chars }) } else { Ok(()) }
            }
            Signal::Throw { emoji, .. } => match Emoji::parse(emoji.as_str()) {
                Ok(same) if same == *emoji => Ok(()),
                _ => Err(BoardError::BadEmoji),
            },
            Signal::Beacon { .. } | Signal::Laser { .. } => Ok(()),
        }
    }

    fn check_changes(&self, changes: &[Change]) -> Result<(), BoardError> {
        if changes.len() > self.changes {
            let (max, changes) = (self.changes, changes.len());
            return Err(BoardError::TooManyChanges { max, changes });
        }
        changes.iter().try_for_each(|change| match change {
            Change::Put { object } => self.check_object(object),
            Change::Set { fields, .. } => {
                self.check_text(fields.text.as_deref().unwrap_or_default())?;
                let at = fields.at.unwrap_or_default();
                let size = fields.size.unwrap_or_default();
                let is_tint = fields.tint.is_none_or(|tint| tint.0 < TINTS);
                if is_tint && lies_on_board(at, size) { Ok(()) } else { Err(BoardError::BadObject) }
            }
            Change::Delete { .. } => Ok(()),
        })
    }

    /// Checks an object as it would lie on the board.
    ///
    /// # Errors
    /// [`BoardError`], the first that applies.
    pub fn check_object(&self, object: &Object) -> Result<(), BoardError> {
        if object.tint.0 >= TINTS || !object.lies_on_board() {
            return Err(BoardError::BadObject);
        }
        if let Content::Ink { points, .. } = &object.content {
            self.check_points(points.len())?;
        }
        self.check_text(object.text().unwrap_or_default())
    }

    fn check_points(&self, points: usize) -> Result<(), BoardError> {
        match points {
            0 => Err(BoardError::BadObject),
            _ if points > self.points => {
                Err(BoardError::StrokeTooLong { max: self.points, points })
            }
            _ => Ok(()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), BoardError> {
        let (max, chars) = (self.text_chars, text.chars().count());
        if chars > max { Err(BoardError::TextTooLong { max, chars }) } else { Ok(()) }
    }
}

impl Object {
    /// Whether all of its area is on the board.
    #[must_use]
    pub fn lies_on_board(&self) -> bool {
        lies_on_board(self.at, self.size)
    }
}

fn lies_on_board(at: Point, size: Size) -> bool {
    at.x.checked_add(size.width).is_some() && at.y.checked_add(size.height).is_some()
}
