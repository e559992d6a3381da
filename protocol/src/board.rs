//! The board's stream: what lies on a board, how it changes, and what is said of it.
//!
//! A room has one board. Its stream is a log of its own beside the chat's, with its own numbers and
//! epoch: each stored [`Operation`] has the next [`Seq`](crate::Seq). Fields merge by last writer in
//! the order of `seq`, and a deletion wins over every change that comes after it.
//!
//! Requests and events are enums of their own: a client without a board need not know them.

mod event;
mod limits;
mod object;
mod operation;
mod preview;

pub use event::{BoardEvent, BoardRequest};
pub use limits::{BoardError, BoardLimits};
pub use object::{Content, Corner, Form, InkPoint, Object, Size, TINTS, Tint};
pub use operation::{Change, Fields, Operated, Operation};
pub use preview::{Preview, Signal, SlotPreview, SlotSignal};

/// The [`Ref`](crate::Ref)s of a board's requests have this bit. Clients that know both the chat and
/// the board tell their answers apart by it.
pub const BOARD_REF: crate::Ref = 1 << 31;
