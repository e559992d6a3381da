//! What goes over the wire of a Socket.IO server: the few packets of Engine.IO 4 and Socket.IO 5 that
//! somebody in a room sends and receives over a WebSocket. Written here by hand, so that the load comes
//! from the same sockets whomever it is brought on, and costs the machine they share as little.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::{Heard, Socket};
use crate::tally::Due;

// Engine.IO's kinds of packet are digits; a message ("4") carries a packet of Socket.IO, whose kind is
// the next digit.
const OPEN: &str = "0{";
const PING: &str = "2";
const PONG: &str = "3";
const CONNECT: &str = "40";
const CONNECT_REFUSED: &str = "44";

const CURSOR: &str = r#"42["cursor",{"#;
const MESSAGE: &str = r#"42["message",{"#;
const JOINED: &str = r#"42["joined","#;

const BEFORE_X: &str = r#""x":"#;
const BEFORE_Y: &str = r#""y":"#;
const BEFORE_TEXT: &str = r#""text":""#;

pub(super) fn url(address: &str) -> String {
    format!("ws://{address}/socket.io/?EIO=4&transport=websocket")
}

/// Connects to the default namespace and enters a room.
pub(super) async fn enter(socket: &mut Socket, room: usize) -> anyhow::Result<()> {
    await_packet(socket, OPEN).await?;
    socket.send(Message::text(CONNECT)).await?;
    await_packet(socket, CONNECT).await?;
    socket.send(Message::text(format!(r#"42["join","{room}"]"#))).await?;
    await_packet(socket, JOINED).await
}

pub(super) fn pong() -> Message {
    Message::text(PONG)
}

pub(super) fn encode(due: &Due) -> Message {
    Message::text(match due {
        Due::Move { person, number } => {
            format!("{CURSOR}{BEFORE_X}{person},{BEFORE_Y}{number}}}]")
        }
        Due::Message { text } => format!(r#"{MESSAGE}{BEFORE_TEXT}{text}"}}]"#),
    })
}

pub(super) fn read(frame: &Message) -> Heard<'_> {
    let Message::Text(packet) = frame else { return Heard::Nothing };
    if packet.as_str() == PING {
        return Heard::Ping;
    }
    if let Some(cursor) = packet.strip_prefix(CURSOR)
        && let (Some(person), Some(number)) = (after(cursor, BEFORE_X), after(cursor, BEFORE_Y))
    {
        return Heard::Move { person, number };
    }
    match packet.strip_prefix(MESSAGE).and_then(|message| message.split_once(BEFORE_TEXT)) {
        Some((_, text)) => Heard::Message { text },
        None => Heard::Nothing,
    }
}

/// The number that follows a key.
fn after(fields: &str, key: &str) -> Option<u16> {
    let (_, rest) = fields.split_once(key)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

/// Passes over what comes before it.
async fn await_packet(socket: &mut Socket, start: &str) -> anyhow::Result<()> {
    loop {
        let frame = socket.next().await.context("the peer closed")??;
        if let Message::Text(packet) = frame {
            if packet.starts_with(start) {
                return Ok(());
            }
            if packet.starts_with(CONNECT_REFUSED) {
                bail!("the peer refuses: {packet}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(packet: &str) -> String {
        format!("{:?}", read(&Message::text(packet)))
    }

    #[test]
    fn packets_are_read() {
        let cursor = r#"42["cursor",{"id":"xYz-0","x":7,"y":65535}]"#;
        assert_eq!(heard(cursor), "Move { person: 7, number: 65535 }");
        let message = r#"42["message",{"id":"xYz-0","text":"12 is when"}]"#;
        assert_eq!(heard(message), r#"Message { text: "12 is when\"}]" }"#);
        assert_eq!(heard("2"), "Ping");
        for other in ["", "3", "40{\"sid\":\"a\"}", "42[\"cursor\",{}]", "42[\"joined\",\"0\"]"] {
            assert_eq!(heard(other), "Nothing", "{other}");
        }
    }

    #[test]
    fn what_is_sent_is_what_the_gateway_sends_on() {
        let moved = encode(&Due::Move { person: 3, number: 4 });
        assert_eq!(moved, Message::text(r#"42["cursor",{"x":3,"y":4}]"#));
        assert_eq!(read(&moved), Heard::Move { person: 3, number: 4 });
        let said = encode(&Due::Message { text: "5 is when".to_owned() });
        assert_eq!(said, Message::text(r#"42["message",{"text":"5 is when"}]"#));
    }
}
