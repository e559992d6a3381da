//! Everything that crosses Starling's wire: the events, the numbers in them, and the codec.
//!
//! Native and WebAssembly, server and clients all use these types, so a change here is a change
//! of the protocol and belongs into `docs/protocol.md` in the same commit (a test insists).
//! This crate knows nothing of sockets, rooms or storage.

mod account;
pub mod board;
mod close;
pub mod codec;
mod cursor;
mod error;
mod event;
mod file;
mod id;
mod json;
mod limits;
mod message;
mod permission;
mod presence;
mod scopes;
mod server_event;
mod text;
mod text_error;
#[cfg(test)]
mod typescript;
mod view;

pub use account::{AccountError, Email, Handle, Password};
pub use close::{CloseReason, ComesBack};
pub use cursor::{
    BOARD_UNITS, CURSOR_RESTS_MS, CURSOR_SLEEPS_MS, CursorFrame, CursorFrameError,
    CursorFrameWriter, CursorInput, CursorRecord, CursorState, EncodedCursor, OLDEST_MS, Point,
};
pub use error::ErrorCode;
pub use event::{ClientEvent, Direct, Measure, Position};
pub use file::{Attachment, FileKind, FileName, bytes_in_words};
pub use id::{
    Channel, Epoch, FileId, MessageId, ObjectId, OperationId, Ref, Revision, Seq, Slot, Slug,
    UserId,
};
pub use json::Json;
pub use limits::Limits;
pub use message::{Deletion, Edit, HUES, Hue, Logged, Message, Reaction, Reactions, User};
pub use permission::{Action, Denial, Rights, Role, Rule, Standing, Until, Visibility, When};
pub use presence::{Person, Status, cursor_hz, tick_interval_ms};
pub use scopes::Scopes;
pub use server_event::ServerEvent;
pub use text::{Avatar, DisplayName, Emoji, MessageBody, Reason, RoomName, grouped};
pub use text_error::TextError;
pub use view::{View, ViewError};

/// The WebSocket subprotocol that names this version of the protocol.
pub const SUBPROTOCOL: &str = "starling.v1";
