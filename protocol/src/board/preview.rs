//! What people do at a board before, beside and without changing it. None of it is stored: the newest
//! wins.

use serde::{Deserialize, Serialize};

use super::{Change, InkPoint, Tint};
use crate::{Emoji, ObjectId, Point, Slot};

/// What a participant has in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Preview {
    /// Objects that they hold, drag, resize, write in or are about to put down. Others see them so, in
    /// the holder's colour.
    Hold {
        /// What would change if they let go now; a `set` without fields only holds.
        changes: Vec<Change>,
    },
    /// A stroke that they are drawing.
    Stroke {
        /// The object it is going to be.
        object: ObjectId,
        /// Its colour.
        tint: Tint,
        /// How thick it is, in quarters of a board unit.
        width: u16,
        /// How many points came before these.
        from: u32,
        /// The latest points, on the board. Who has not seen those before draws what there is.
        points: Vec<InkPoint>,
    },
}

/// What a participant has in hand, or nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct SlotPreview {
    /// Who.
    pub slot: Slot,
    /// What; absent once they let go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
}

/// A way to point at something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// A ripple that everyone sees.
    Beacon {
        /// Where.
        at: Point,
    },
    /// A reaction, thrown from the cursor.
    Throw {
        /// From where.
        at: Point,
        /// Which one.
        emoji: Emoji,
    },
    /// What stands in the bubble at their cursor; empty closes it.
    Say {
        /// At most 42 characters.
        text: String,
    },
    /// Whether their cursor leaves a trail of light.
    Laser {
        /// From now on.
        active: bool,
    },
}

/// Who signalled what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SlotSignal {
    /// Who.
    pub slot: Slot,
    /// What.
    pub signal: Signal,
}
