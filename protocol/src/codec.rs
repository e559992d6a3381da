//! The one place that names the wire format: events are JSON in text frames. Cursors, in binary
//! frames, are written and read by [`CursorInput`](crate::CursorInput) and
//! [`CursorFrame`](crate::CursorFrame).

mod tagged;

use thiserror::Error;

use crate::{ClientEvent, Ref, Seq, ServerEvent, Slug};

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
