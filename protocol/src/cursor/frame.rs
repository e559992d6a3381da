//! The binary frames in which the server says where everybody points.
//!
//! It sends one frame per room and tick. In rooms that are not large it has everyone who moved
//! (`0x81`), or everyone who has a cursor (`0x82`, replacing what the client knew); in large ones
//! those whom the viewer is shown, again what changed (`0x83`) or all (`0x84`):
//!
//! | bytes | `0x81`, `0x82` | `0x83`, `0x84` |
//! |---|---|---|
//! | 0 | kind | kind |
//! | 1–4 | channel | channel |
//! | 5–8 | presence revision | presence revision |
//! | 9–10 | | how many more there are |
//! | then | records of 7 bytes: slot, age, x, y | the same |

use crate::{Channel, Revision, Slot};

use super::{CursorFrameError, Point};

const CHANGES: u8 = 0x81;
const ALL: u8 = 0x82;
const SHOWN_CHANGES: u8 = 0x83;
const SHOWN: u8 = 0x84;
const HEADER: usize = 9;
const OTHERS: usize = 2;
const RECORD: usize = 7;
/// Where in a record its age lies.
const AGE: usize = 2;
const AGE_HIDDEN: u8 = 255;

/// The oldest age that a frame can tell. Such a cursor rests: in the fastest rooms as in the
/// slowest, a moving one is younger.
pub const OLDEST_MS: u8 = 254;

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
    /// Whether `records` has every cursor that the client is to show; otherwise only what changed
    /// since the frame before.
    pub complete: bool,
    /// In a large room how many more cursors are in or near the client's view that it is not shown;
    /// `None` where everyone is shown everything.
    pub others: Option<u16>,
    /// The cursors, at most one record a slot.
    pub records: Vec<CursorRecord>,
}

/// A record as it lies on the wire, to be copied into many frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedCursor([u8; RECORD]);

/// Puts a frame together, of records that are encoded already.
#[derive(Debug)]
pub struct CursorFrameWriter {
    bytes: Vec<u8>,
}

impl CursorRecord {
    /// The record's bytes.
    #[must_use]
    pub fn encode(self) -> EncodedCursor {
        let (age, point) = match self.state {
            CursorState::At { point, age_ms } => (age_ms.min(OLDEST_MS), point),
            CursorState::Hidden => (AGE_HIDDEN, Point::default()),
        };
        let [s0, s1] = self.slot.0.to_le_bytes();
        let [x0, x1] = point.x.to_le_bytes();
        let [y0, y1] = point.y.to_le_bytes();
        EncodedCursor([s0, s1, age, x0, x1, y0, y1])
    }
}

impl CursorFrameWriter {
    /// A frame without records yet, with space for that many. The parameters are the fields of
    /// [`CursorFrame`].
    #[must_use]
    pub fn new(
        channel: Channel,
        revision: Revision,
        complete: bool,
        others: Option<u16>,
        records: usize,
    ) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + OTHERS + RECORD * records);
        bytes.push(match (others.is_some(), complete) {
            (false, false) => CHANGES,
            (false, true) => ALL,
            (true, false) => SHOWN_CHANGES,
            (true, true) => SHOWN,
        });
        bytes.extend(channel.0.to_le_bytes());
        bytes.extend(revision.0.to_le_bytes());
        bytes.extend(others.into_iter().flat_map(u16::to_le_bytes));
        Self { bytes }
    }

    /// Adds a record that was encoded so many milliseconds ago.
    pub fn push(&mut self, record: EncodedCursor, ms: u64) {
        let EncodedCursor(mut record) = record;
        if record[AGE] != AGE_HIDDEN {
            let older = u8::try_from(ms).unwrap_or(u8::MAX);
            record[AGE] = record[AGE].saturating_add(older).min(OLDEST_MS);
        }
        self.bytes.extend(record);
    }

    /// The frame's bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

impl CursorFrame {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Self { channel, revision, complete, others, records } = self;
        let mut frame =
            CursorFrameWriter::new(*channel, *revision, *complete, *others, records.len());
        for record in records {
            frame.push(record.encode(), 0);
        }
        frame.finish()
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
        let (complete, shown) = match kind {
            CHANGES => (false, false),
            ALL => (true, false),
            SHOWN_CHANGES => (false, true),
            SHOWN => (true, true),
            _ => return Err(CursorFrameError::UnknownKind { kind }),
        };
        let wrong_length = CursorFrameError::WrongLength { kind, len: bytes.len() };
        let (header, mut records) = bytes.split_first_chunk::<HEADER>().ok_or(wrong_length)?;
        let [_, c0, c1, c2, c3, r0, r1, r2, r3] = *header;
        let mut others = None;
        if shown {
            let (count, rest) = records.split_first_chunk::<OTHERS>().ok_or(wrong_length)?;
            others = Some(u16::from_le_bytes(*count));
            records = rest;
        }
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
            complete,
            others,
            records,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_must_fit_their_kind() {
        for (kind, header) in [(CHANGES, 9), (ALL, 9), (SHOWN_CHANGES, 11), (SHOWN, 11)] {
            for len in 1..40 {
                let mut bytes = vec![0; len];
                bytes[0] = kind;
                let right = len >= header && (len - header) % RECORD == 0;
                let wrong = Err(CursorFrameError::WrongLength { kind, len });
                let read = CursorFrame::decode(&bytes);
                assert!(if right { read.is_ok() } else { read == wrong }, "{kind:#x} {len}");
            }
        }
    }

    #[test]
    fn a_record_that_is_copied_later_is_older() {
        let point = Point { x: 1, y: 2 };
        let at = |age_ms| CursorRecord { slot: Slot(3), state: CursorState::At { point, age_ms } };
        let hidden = CursorRecord { slot: Slot(4), state: CursorState::Hidden };
        for (age, later, then) in [(5, 0, 5), (5, 100, 105), (200, 90, 254), (254, 9_999, 254)] {
            let mut frame = CursorFrameWriter::new(Channel(1), Revision(2), true, Some(7), 2);
            frame.push(at(age).encode(), later);
            frame.push(hidden.encode(), later);
            let read = CursorFrame::decode(&frame.finish()).unwrap();
            assert_eq!(read.records, [at(then), hidden]);
            assert_eq!((read.others, read.complete), (Some(7), true));
        }
    }
}
