//! The one place that names the wire format: events are JSON in text frames. Cursors, in binary
//! frames, are written and read by [`CursorInput`](crate::CursorInput) and
//! [`CursorFrame`](crate::CursorFrame).

mod tagged;

use thiserror::Error;

use crate::board::{BoardEvent, BoardRequest, Object, Operation};
use crate::{Attachment, ClientEvent, Ref, Seq, ServerEvent, Slug};

/// A text frame that is no event.
#[derive(Debug, Error)]
#[error("{reason}")]
pub struct DecodeError {
    /// What is wrong with it and where, for the developer of the other side.
    pub reason: String,
    /// The request's `ref`, if that much could be read.
    pub reference: Option<Ref>,
}

/// The text frame of a client's event.
#[must_use]
pub fn encode_client(event: &ClientEvent) -> String {
    tagged::encode(event)
}

/// The text frame of a server's event.
#[must_use]
pub fn encode_server(event: &ServerEvent) -> String {
    tagged::encode(event)
}

/// Reads a client's text frame. Unknown events are [`ClientEvent::Unknown`], unknown fields are
/// ignored.
///
/// # Errors
/// [`DecodeError`] if it is not JSON, or a known event with a field missing or of a wrong type.
pub fn decode_client(text: &str) -> Result<ClientEvent, DecodeError> {
    tagged::decode(text)
        .map_err(|error| DecodeError { reason: error.to_string(), reference: reference_in(text) })
}

/// Reads a server's text frame. Unknown events are [`ServerEvent::Unknown`] or, if they have a place
/// in a room's stream, [`ServerEvent::NewerInStream`]; unknown fields are ignored.
///
/// # Errors
/// [`DecodeError`] if it is not JSON, or a known event with a field missing or of a wrong type.
pub fn decode_server(text: &str) -> Result<ServerEvent, DecodeError> {
    let event = tagged::decode(text)
        .map_err(|error| DecodeError { reason: error.to_string(), reference: None })?;
    Ok(match event {
        ServerEvent::Unknown => newer_in_stream(text).unwrap_or(ServerEvent::Unknown),
        event => event,
    })
}

/// The text frame of a client's request about a board.
#[must_use]
pub fn encode_board_request(request: &BoardRequest) -> String {
    tagged::encode(request)
}

/// The text frame of what the server says of a board.
#[must_use]
pub fn encode_board_event(event: &BoardEvent) -> String {
    tagged::encode(event)
}

/// Reads a client's text frame as a request about a board. Anything else is
/// [`BoardRequest::Unknown`], unknown fields are ignored.
///
/// # Errors
/// [`DecodeError`] if it is not JSON, or a known request with a field missing or of a wrong type.
pub fn decode_board_request(text: &str) -> Result<BoardRequest, DecodeError> {
    tagged::decode(text)
        .map_err(|error| DecodeError { reason: error.to_string(), reference: reference_in(text) })
}

/// Reads a server's text frame as something about a board. Anything else is
/// [`BoardEvent::Unknown`], unknown fields are ignored.
///
/// # Errors
/// [`DecodeError`] if it is not JSON, or a known event with a field missing or of a wrong type.
pub fn decode_board_event(text: &str) -> Result<BoardEvent, DecodeError> {
    tagged::decode(text).map_err(|error| DecodeError { reason: error.to_string(), reference: None })
}

/// Whether a server's text frame is about a board and nothing else, by its `type`, if that stands first:
/// an open board comes in large frames, and who does not read them need not.
#[must_use]
pub fn is_of_board(text: &str) -> bool {
    matches!(tagged::leading_name(text), Some("board" | "operated" | "previews" | "signals"))
}

/// An object as the store keeps it.
#[must_use]
pub fn encode_object(object: &Object) -> String {
    serde_json::to_string(object).expect("objects have string keys and finite numbers")
}

/// Reads an object that the store has kept.
///
/// # Errors
/// [`DecodeError`].
pub fn decode_object(text: &str) -> Result<Object, DecodeError> {
    serde_json::from_str(text)
        .map_err(|error| DecodeError { reason: error.to_string(), reference: None })
}

/// An operation as it is kept.
#[must_use]
pub fn encode_operation(operation: &Operation) -> String {
    serde_json::to_string(operation).expect("operations have string keys and finite numbers")
}

/// Reads an operation that was kept.
///
/// # Errors
/// [`DecodeError`].
pub fn decode_operation(text: &str) -> Result<Operation, DecodeError> {
    serde_json::from_str(text)
        .map_err(|error| DecodeError { reason: error.to_string(), reference: None })
}

/// Reads a file as the server tells it over HTTP.
///
/// # Errors
/// [`DecodeError`].
pub fn decode_file(text: &str) -> Result<Attachment, DecodeError> {
    serde_json::from_str(text)
        .map_err(|error| DecodeError { reason: error.to_string(), reference: None })
}

fn newer_in_stream(text: &str) -> Option<ServerEvent> {
    #[derive(serde::Deserialize)]
    struct Placed {
        room: Slug,
        seq: Seq,
    }
    let Placed { room, seq } = serde_json::from_str(text).ok()?;
    Some(ServerEvent::NewerInStream { room, seq })
}

fn reference_in(text: &str) -> Option<Ref> {
    #[derive(serde::Deserialize)]
    struct Referring {
        #[serde(rename = "ref")]
        reference: Ref,
    }
    serde_json::from_str::<Referring>(text).ok().map(|referring| referring.reference)
}
