//! Where people point and look, and the binary frames in which a client says so. What the server
//! says is in `cursor/frame.rs`.
//!
//! All numbers are little-endian. A client sends its own cursor, and what it sees of the board:
//!
//! | bytes | `0x01` move | `0x02` hide | `0x03` look |
//! |---|---|---|---|
//! | 0 | kind | kind | kind |
//! | 1–4 | channel | channel | channel |
//! | 5–6, 7–8 | x, y | | left, top |
//! | 9–10, 11–12 | | | right, bottom |

mod frame;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Channel, View, ViewError};

pub use frame::{
    CursorFrame, CursorFrameWriter, CursorRecord, CursorState, EncodedCursor, OLDEST_MS,
};

/// The side of the board, in board units. The origin is top left.
pub const BOARD_UNITS: f64 = 16_384.0;

/// A cursor that has not moved for so many milliseconds rests: it is drawn faded.
pub const CURSOR_RESTS_MS: u64 = 3_000;

/// A cursor that has not moved for so many milliseconds is not drawn.
pub const CURSOR_SLEEPS_MS: u64 = 60_000;

const QUARTERS: f64 = 4.0;
const MOVE: u8 = 0x01;
const HIDE: u8 = 0x02;
const LOOK: u8 = 0x03;
const LONGEST: usize = 13;

/// A point on the board, in quarters of a board unit. Every value is on the board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Point {
    /// From the left edge, 0 to 65,535 quarter units.
    pub x: u16,
    /// From the top edge, 0 to 65,535 quarter units.
    pub y: u16,
}

impl Point {
    /// The point nearest to these board units, or `None` if they are off the board.
    #[must_use]
    pub fn from_units(x: f64, y: f64) -> Option<Self> {
        let quarter = |units: f64| {
            // The right and bottom edges belong to the board; `as` saturates them to 65,535.
            (0.0..=BOARD_UNITS).contains(&units).then(|| (units * QUARTERS).round() as u16)
        };
        Some(Self { x: quarter(x)?, y: quarter(y)? })
    }

    /// The point in board units.
    #[must_use]
    pub fn to_units(self) -> (f64, f64) {
        (f64::from(self.x) / QUARTERS, f64::from(self.y) / QUARTERS)
    }
}

/// What a client says of its own cursor, and of what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorInput {
    /// It points here.
    Move {
        /// In which room.
        channel: Channel,
        /// Where.
        point: Point,
    },
    /// It left the board.
    Hide {
        /// In which room.
        channel: Channel,
    },
    /// The person sees this part of the board.
    Look {
        /// In which room.
        channel: Channel,
        /// What of it.
        view: View,
    },
}

/// Why a binary frame could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CursorFrameError {
    /// There is no byte in it.
    #[error("the binary frame is empty")]
    Empty,
    /// Its kind is none of this direction.
    #[error("binary frames of kind {kind:#04x} are unknown")]
    UnknownKind {
        /// The first byte.
        kind: u8,
    },
    /// Its length does not fit its kind.
    #[error("a binary frame of kind {kind:#04x} cannot have {len} bytes")]
    WrongLength {
        /// The first byte.
        kind: u8,
        /// The frame's length in bytes.
        len: usize,
    },
    /// The rectangle in it is none.
    #[error(transparent)]
    NoView(#[from] ViewError),
}

impl CursorInput {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LONGEST);
        let (kind, channel, numbers): (u8, Channel, &[u16]) = match self {
            Self::Move { channel, point } => (MOVE, channel, &[point.x, point.y]),
            Self::Hide { channel } => (HIDE, channel, &[]),
            Self::Look { channel, view } => (LOOK, channel, &view.edges()),
        };
        bytes.push(kind);
        bytes.extend(channel.0.to_le_bytes());
        for number in numbers {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    /// Reads a client's binary frame.
    ///
    /// # Errors
    /// [`CursorFrameError`], for every sequence of bytes that `encode` does not make.
    pub fn decode(bytes: &[u8]) -> Result<Self, CursorFrameError> {
        let &kind = bytes.first().ok_or(CursorFrameError::Empty)?;
        if !matches!(kind, MOVE | HIDE | LOOK) {
            return Err(CursorFrameError::UnknownKind { kind });
        }
        let wrong_length = CursorFrameError::WrongLength { kind, len: bytes.len() };
        let (channel, numbers) = bytes[1..].split_first_chunk().ok_or(wrong_length)?;
        let channel = Channel(u32::from_le_bytes(*channel));
        let (numbers, []) = numbers.as_chunks() else { return Err(wrong_length) };
        let number = |at: usize| u16::from_le_bytes(numbers[at]);
        match (kind, numbers.len()) {
            (MOVE, 2) => Ok(Self::Move { channel, point: Point { x: number(0), y: number(1) } }),
            (HIDE, 0) => Ok(Self::Hide { channel }),
            (LOOK, 4) => {
                let view = View::new(number(0), number(1), number(2), number(3))?;
                Ok(Self::Look { channel, view })
            }
            _ => Err(wrong_length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_has_edges() {
        assert_eq!(Point::from_units(0.0, 0.0), Some(Point { x: 0, y: 0 }));
        assert_eq!(
            Point::from_units(BOARD_UNITS, BOARD_UNITS),
            Some(Point { x: 65_535, y: 65_535 })
        );
        for (x, y) in [(-0.1, 0.0), (0.0, BOARD_UNITS + 0.1), (f64::NAN, 0.0), (f64::INFINITY, 0.0)]
        {
            assert_eq!(Point::from_units(x, y), None, "{x} {y}");
        }
        assert_eq!(Point { x: 5, y: 65_535 }.to_units(), (1.25, 16_383.75));
    }

    #[test]
    fn lengths_must_fit_their_kind() {
        assert_eq!(CursorInput::decode(&[]), Err(CursorFrameError::Empty));
        for (kind, right) in [(MOVE, 9), (HIDE, 5), (LOOK, 13)] {
            for len in 1..20 {
                let mut bytes = vec![0; len];
                bytes[0] = kind;
                let read = CursorInput::decode(&bytes);
                let wrong = Err(CursorFrameError::WrongLength { kind, len });
                assert!(if len == right { read.is_ok() } else { read == wrong }, "{kind} {len}");
            }
        }
        let kind = 0x81;
        assert_eq!(CursorInput::decode(&[kind]), Err(CursorFrameError::UnknownKind { kind }));
    }

    #[test]
    fn a_view_that_ends_before_it_begins_is_none() {
        let bytes = [LOOK, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(CursorInput::decode(&bytes), Err(CursorFrameError::NoView(ViewError)));
    }
}
