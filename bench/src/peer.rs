//! What Starling is measured beside, and somebody in its rooms: a bare socket that points, talks, and
//! looks into what it receives for no more than the time. `peer/plain.rs` and `peer/socket_io.rs` know
//! what goes over the wire.

mod plain;
mod socket_io;

use std::fmt;
use std::path::Path;

use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::tally::{Received, Tally};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Other people's ways to build rooms, each a folder below `bench/peers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A plain broadcaster made with `ws`.
    Ws,
    /// A gateway of NestJS with Socket.IO.
    NestJs,
}

/// What a frame of a peer's comes to.
#[derive(Debug, PartialEq, Eq)]
enum Heard<'a> {
    /// Somebody moved: whose move and which, as [`Due::Move`](crate::tally::Due) has it.
    Move { person: u16, number: u16 },
    /// Somebody said something.
    Message { text: &'a str },
    /// The server wants to know whether we are there.
    Ping,
    /// Nothing that counts.
    Nothing,
}

impl Peer {
    pub(crate) const ALL: [Self; 2] = [Self::Ws, Self::NestJs];

    /// Starts the one in that folder of all peers, whose packages are installed.
    pub(crate) fn command(self, peers: &Path) -> Command {
        let mut command = Command::new("node");
        command.env("NODE_ENV", "production").arg(peers.join(match self {
            Self::Ws => "ws/server.js",
            Self::NestJs => "nestjs/dist/main.js",
        }));
        command
    }

    /// Takes part in a room until the load is over.
    pub(crate) async fn take_part(
        self,
        address: String,
        room: usize,
        mut tally: Tally,
    ) -> anyhow::Result<Received> {
        let clock = std::sync::Arc::clone(&tally.clock);
        let mut socket = self.enter(&address, room).await?;
        clock.joined();
        loop {
            tokio::select! {
                frame = socket.next() => {
                    let frame = frame.context("the peer closed")??;
                    match self.read(&frame) {
                        Heard::Move { person, number } => tally.move_arrived(person, number),
                        Heard::Message { text } => tally.message_arrived(text),
                        Heard::Ping => socket.send(socket_io::pong()).await?,
                        Heard::Nothing => {}
                    }
                }
                due = tally.due() => socket.send(match self {
                    Self::Ws => plain::encode(&due),
                    Self::NestJs => socket_io::encode(&due),
                }).await?,
                () = clock.over() => return Ok(tally.into_received()),
            }
        }
    }

    async fn enter(self, address: &str, room: usize) -> anyhow::Result<Socket> {
        match self {
            Self::Ws => connect(plain::url(address, room)).await,
            Self::NestJs => {
                let mut socket = connect(socket_io::url(address)).await?;
                socket_io::enter(&mut socket, room).await?;
                Ok(socket)
            }
        }
    }

    fn read(self, frame: &Message) -> Heard<'_> {
        match self {
            Self::Ws => plain::read(frame),
            Self::NestJs => socket_io::read(frame),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ws => "ws",
            Self::NestJs => "NestJS",
        })
    }
}

/// A bare socket with buffers like the native client's.
pub(crate) async fn connect(request: impl IntoClientRequest + Unpin) -> anyhow::Result<Socket> {
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    let (socket, _) = connect_async_with_config(request, Some(config), true).await?;
    Ok(socket)
}
