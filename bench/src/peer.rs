//! Somebody in the peer's rooms: a bare socket that points, talks, and looks into what it receives
//! for no more than the time.

use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::tally::{Due, Received, Tally};

const BEFORE_TEXT: &str = r#""text":""#;

/// Takes part until the load is over.
pub(crate) async fn run(url: String, mut tally: Tally) -> anyhow::Result<Received> {
    let clock = std::sync::Arc::clone(&tally.clock);
    // As the native client's.
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    let (mut socket, _) = connect_async_with_config(url, Some(config), true).await?;
    clock.joined();
    loop {
        tokio::select! {
            frame = socket.next() => note(&frame.context("the peer closed")??, &mut tally),
            due = tally.due() => send(&mut socket, due).await?,
            () = clock.over() => return Ok(tally.into_received()),
        }
    }
}

async fn send(
    socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>,
    due: Due,
) -> anyhow::Result<()> {
    let message = match due {
        Due::Move { person, number } => {
            let [a, b] = person.to_le_bytes();
            let [c, d] = number.to_le_bytes();
            Message::binary(vec![a, b, c, d])
        }
        Due::Message { text } => {
            Message::text(format!(r#"{{"author":"P1",{BEFORE_TEXT}{text}"}}"#))
        }
    };
    Ok(socket.send(message).await?)
}

fn note(frame: &Message, tally: &mut Tally) {
    match frame {
        Message::Binary(bytes) => {
            if let [a, b, c, d] = **bytes {
                tally.move_arrived(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            }
        }
        Message::Text(text) => {
            if let Some((_, text)) = text.split_once(BEFORE_TEXT) {
                tally.message_arrived(text);
            }
        }
        _ => {}
    }
}
