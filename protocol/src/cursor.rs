//! Where people point, and the binary frames that carry it.
//!
//! All numbers are little-endian. A client sends its own cursor:
//!
//! | bytes | `0x01` move | `0x02` hide |
//! |---|---|---|
//! | 0 | kind | kind |
//! | 1–4 | channel | channel |
//! | 5–6, 7–8 | x, y | |
//!
//! The server sends one frame per room and tick with everyone who moved (`0x81`), or with
//! everyone who has a cursor (`0x82`, replacing what the client knew): kind, channel, presence
//! revision (4 bytes), then records of 7 bytes: slot, age, x, y.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Channel, Revision, Slot};

/// The side of the board, in board units. The origin is top left.
pub const BOARD_UNITS: f64 = 16_384.0;

const QUARTERS: f64 = 4.0;
const MOVE: u8 = 0x01;
const HIDE: u8 = 0x02;
const CHANGES: u8 = 0x81;
const ALL: u8 = 0x82;
const HEADER: usize = 9;
const RECORD: usize = 7;
const AGE_HIDDEN: u8 = 255;

/// The oldest age that a frame can tell. Such a cursor rests: in the fastest rooms as in the
/// slowest, a moving one is younger.
pub const OLDEST_MS: u8 = 254;

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

/// What a client says of its own cursor.
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
}

/// A participant's cursor in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CursorRecord {
    /// Whose.
    pub slot: Slot,
    /// Where it is now.
    pub state: CursorState,
}

/// Where a cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorState {
    /// On the board.
    At {
        /// Where.
        point: Point,
        /// How old the sample was when the frame was made, in milliseconds; 254 and more are 254.
        age_ms: u8,
    },
    /// Not on the board any more.
    Hidden,
}

/// One tick's cursors of one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorFrame {
    /// Which room.
    pub channel: Channel,
    /// The presence that the slots belong to. A client whose presence is older skips the frame.
    pub revision: Revision,
    /// Whether `records` has every cursor there is; otherwise only what changed since the
    /// previous tick.
    pub complete: bool,
    /// The cursors, at most one record a slot.
    pub records: Vec<CursorRecord>,
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
}

impl CursorInput {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        match self {
            Self::Move { channel, point } => {
                bytes.push(MOVE);
                bytes.extend(channel.0.to_le_bytes());
                bytes.extend(point.x.to_le_bytes());
                bytes.extend(point.y.to_le_bytes());
            }
            Self::Hide { channel } => {
                bytes.push(HIDE);
                bytes.extend(channel.0.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads a client's binary frame.
    ///
    /// # Errors
    /// [`CursorFrameError`], for every sequence of bytes that `encode` does not make.
    pub fn decode(bytes: &[u8]) -> Result<Self, CursorFrameError> {
        match *bytes {
            [] => Err(CursorFrameError::Empty),
            [MOVE, a, b, c, d, x0, x1, y0, y1] => Ok(Self::Move {
                channel: Channel(u32::from_le_bytes([a, b, c, d])),
                point: Point { x: u16::from_le_bytes([x0, x1]), y: u16::from_le_bytes([y0, y1]) },
            }),
            [HIDE, a, b, c, d] => {
                Ok(Self::Hide { channel: Channel(u32::from_le_bytes([a, b, c, d])) })
            }
            [kind @ (MOVE | HIDE), ..] => {
                Err(CursorFrameError::WrongLength { kind, len: bytes.len() })
            }
            [kind, ..] => Err(CursorFrameError::UnknownKind { kind }),
        }
    }
}

impl CursorFrame {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + RECORD * self.records.len());
        bytes.push(if self.complete { ALL } else { CHANGES });
        bytes.extend(self.channel.0.to_le_bytes());
        bytes.extend(self.revision.0.to_le_bytes());
        for record in &self.records {
            let (age, point) = match record.state {
                CursorState::At { point, age_ms } => (age_ms.min(OLDEST_MS), point),
                CursorState::Hidden => (AGE_HIDDEN, Point::default()),
            };
            bytes.extend(record.slot.0.to_le_bytes());
            bytes.push(age);
            bytes.extend(point.x.to_le_bytes());
            bytes.extend(point.y.to_le_bytes());
        }
        bytes
    }

    /// The same frame, sent so many milliseconds after it was made.
    #[must_use]
    pub fn aged(mut self, ms: u64) -> Self {
        let older = u8::try_from(ms).unwrap_or(u8::MAX);
        for record in &mut self.records {
            if let CursorState::At { age_ms, .. } = &mut record.state {
                *age_ms = age_ms.saturating_add(older).min(OLDEST_MS);
            }
        }
        self
    }

    /// Reads a server's binary frame.
    ///
    /// # Errors
    /// [`CursorFrameError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CursorFrameError> {
        let kind = *bytes.first().ok_or(CursorFrameError::Empty)?;
        if !matches!(kind, CHANGES | ALL) {
            return Err(CursorFrameError::UnknownKind { kind });
        }
        let wrong_length = CursorFrameError::WrongLength { kind, len: bytes.len() };
        let (header, records) = bytes.split_first_chunk::<HEADER>().ok_or(wrong_length)?;
        let [_, c0, c1, c2, c3, r0, r1, r2, r3] = *header;
        let (records, []) = records.as_chunks::<RECORD>() else {
            return Err(wrong_length);
        };
        let records = records
            .iter()
            .map(|&[s0, s1, age, x0, x1, y0, y1]| CursorRecord {
                slot: Slot(u16::from_le_bytes([s0, s1])),
                state: if age == AGE_HIDDEN {
                    CursorState::Hidden
                } else {
                    let x = u16::from_le_bytes([x0, x1]);
                    let y = u16::from_le_bytes([y0, y1]);
                    CursorState::At { point: Point { x, y }, age_ms: age }
                },
            })
            .collect();
        Ok(Self {
            channel: Channel(u32::from_le_bytes([c0, c1, c2, c3])),
            revision: Revision(u32::from_le_bytes([r0, r1, r2, r3])),
            complete: kind == ALL,
            records,
        })
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
        assert_eq!(
            CursorInput::decode(&[MOVE, 0, 0, 0, 0, 0, 0, 0]),
            Err(CursorFrameError::WrongLength { kind: MOVE, len: 8 })
        );
        assert_eq!(
            CursorInput::decode(&[HIDE, 0, 0, 0, 0, 0]),
            Err(CursorFrameError::WrongLength { kind: HIDE, len: 6 })
        );
        assert_eq!(
            CursorInput::decode(&[CHANGES]),
            Err(CursorFrameError::UnknownKind { kind: CHANGES })
        );
        assert_eq!(
            CursorFrame::decode(&[ALL, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            Err(CursorFrameError::WrongLength { kind: ALL, len: 10 })
        );
    }
}
