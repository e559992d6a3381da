//! What goes over the wire of the plain broadcaster: four bytes for a move, JSON for a message.

use tokio_tungstenite::tungstenite::Message;

use super::Heard;
use crate::tally::Due;

const BEFORE_TEXT: &str = r#""text":""#;

/// Where a room is: its path.
pub(super) fn url(address: &str, room: usize) -> String {
    format!("ws://{address}/{room}")
}

pub(super) fn encode(due: &Due) -> Message {
    match due {
        Due::Move { person, number } => {
            let [a, b] = person.to_le_bytes();
            let [c, d] = number.to_le_bytes();
            Message::binary(vec![a, b, c, d])
        }
        Due::Message { text } => {
            Message::text(format!(r#"{{"author":"P1",{BEFORE_TEXT}{text}"}}"#))
        }
    }
}

pub(super) fn read(frame: &Message) -> Heard<'_> {
    match frame {
        Message::Binary(bytes) => match **bytes {
            [a, b, c, d] => Heard::Move {
                person: u16::from_le_bytes([a, b]),
                number: u16::from_le_bytes([c, d]),
            },
            _ => Heard::Nothing,
        },
        Message::Text(text) => match text.split_once(BEFORE_TEXT) {
            Some((_, text)) => Heard::Message { text },
            None => Heard::Nothing,
        },
        _ => Heard::Nothing,
    }
}
