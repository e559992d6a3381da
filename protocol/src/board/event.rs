//! What is said of a board, both ways.

use serde::{Deserialize, Serialize};

use super::{BoardLimits, Object, Operated, Operation, Preview, Signal, SlotPreview, SlotSignal};
use crate::{ErrorCode, Position, Ref, Seq, Slug};

/// What a client says of a board. It has joined the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, ts(tag = "type", optional_fields))]
pub enum BoardRequest {
    /// Wants to know what is on the board, and what becomes of it. Answered by `board`; or by `error`.
    OpenBoard {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// How far the client has the board, if it does; asks for what it missed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Position>,
    },
    /// Wants to know no more of it. Not answered.
    CloseBoard {
        /// In which room.
        room: Slug,
    },
    /// Changes the board. Answered by `ack` with the operation's `seq` once it is stored; a repeat of
    /// the same id gets the same `seq`. The board need not be open.
    Operate {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// What.
        operation: Operation,
    },
    /// Has something in hand, or let go. The newest wins. From a connection that sends more than 20 a
    /// second the server reads no faster. Not answered unless refused.
    Preview {
        /// In which room.
        room: Slug,
        /// What; absent to let go. If the frame is larger than 32 KiB, others see an empty hand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preview: Option<Preview>,
    },
    /// Points something out. From a connection that sends more than 10 a second the server reads no
    /// faster. Not answered unless refused.
    Signal {
        /// In which room.
        room: Slug,
        /// How.
        signal: Signal,
    },
    /// A request of a newer client; ignored.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

/// What the server says of a board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, ts(tag = "type", optional_fields))]
pub enum BoardEvent {
    /// The board is open. What the client has missed follows as `operated` events.
    Board {
        /// Of the `open_board`; absent if the server starts the client over by itself, because it fell
        /// too far behind while connected.
        #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
        /// In which room.
        room: Slug,
        /// Where the client stands in the board's stream now; the next `operated` has the `seq` after it.
        position: Position,
        /// Whether everything after the `resume` will arrive. If false, the client forgets the objects
        /// it has and takes `objects`.
        recovered: bool,
        /// What lies on the board, by id; empty when recovered. It may be already what an `operated` that
        /// follows makes of it: applied all the same, in order, they lead to the board as it is.
        objects: Vec<Object>,
        /// Whether these are the last ones. If false, another `board` with the same position follows
        /// and has more of them; other events may come before it.
        whole: bool,
        /// What the board takes.
        limits: BoardLimits,
    },
    /// The board changed. The `seq` in it follows the last one without a gap.
    Operated {
        /// In which room.
        room: Slug,
        /// How.
        operated: Operated,
    },
    /// What participants have in hand.
    Previews {
        /// In which room.
        room: Slug,
        /// Whether these are all there are; otherwise only what changed since the tick before.
        complete: bool,
        /// A participant each.
        previews: Vec<SlotPreview>,
    },
    /// What participants pointed out.
    Signals {
        /// In which room.
        room: Slug,
        /// In their order.
        signals: Vec<SlotSignal>,
    },
    /// A request was done. The same event as [`ServerEvent::Ack`](crate::ServerEvent::Ack).
    #[cfg_attr(test, ts(skip))]
    Ack {
        /// Of the request.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Of an `operate`: the operation's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<Seq>,
    },
    /// A request was refused. The same event as [`ServerEvent::Error`](crate::ServerEvent::Error).
    #[cfg_attr(test, ts(skip))]
    Error {
        /// Of the request, if it has one.
        #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
        /// With a temporary code: when to send it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    /// Anything else, which is not about the board.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}
