//! A room in a terminal: a line typed is a message said, and what others say is printed.
//!
//! ```sh
//! STARLING_COOKIE=starling=… cargo run -p starling-client --features native --example terminal_chat -- \
//!     http://127.0.0.1:3000 team-lunch
//! ```
//!
//! `docs/protocol.md` tells how to get the cookie; `STARLING_TOKEN` does as well.

use std::env;
use std::error::Error;
use std::io::{self, Write};

use futures_util::StreamExt;
use starling_client::native::{Event, Identity, Starling};
use starling_client::protocol::{Message, ServerEvent, Slug};
use starling_client::{Client, Connection};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [site, room] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "SITE ROOM")?;
    let identity = match env::var("STARLING_TOKEN") {
        Ok(token) => Identity::Token(token),
        Err(_) => Identity::Cookie(env::var("STARLING_COOKIE")?),
    };
    let starling = Starling::connect(&site, identity).await?;
    chat(starling, Slug::new(room), BufReader::new(tokio::io::stdin()), io::stdout()).await
}

/// Talks in a room until the lines or the connection end.
pub(crate) async fn chat(
    starling: Starling,
    room: Slug,
    lines: impl AsyncBufRead + Unpin,
    mut out: impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut events = starling.events();
    let mut lines = lines.lines();
    starling.join(&room).await?;
    let here = room.clone();
    for message in starling.with(move |core, _| said_before(core, &here)).await? {
        say(&mut out, &message)?;
    }
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { break };
                if let Err(refused) = starling.post(&room, &line).await {
                    writeln!(out, "Not said: {refused}.")?;
                }
            }
            event = events.next() => match event {
                Some(Event::Server(event)) => show(&mut out, *event)?,
                Some(Event::Connection(Connection::Reconnecting { .. })) => {
                    writeln!(out, "(The connection broke. Coming back.)")?;
                }
                Some(Event::Missed { count }) => writeln!(out, "({count} events went by.)")?,
                Some(_) => {}
                None => break,
            },
        }
    }
    starling.end().await;
    Ok(())
}

fn said_before(core: &Client, room: &Slug) -> Vec<Message> {
    core.room(room).map(|state| state.messages().cloned().collect()).unwrap_or_default()
}

fn show(out: &mut impl Write, event: ServerEvent) -> io::Result<()> {
    match event {
        ServerEvent::Message { message, .. } => say(out, &message),
        ServerEvent::MessageEdited { message, body: Some(body), .. } => {
            writeln!(out, "(Number {} says now: {body})", message.0)
        }
        ServerEvent::MessageDeleted { message, .. } => {
            writeln!(out, "(Number {} was deleted.)", message.0)
        }
        ServerEvent::Removed { message, .. } => writeln!(out, "({message})"),
        _ => Ok(()),
    }
}

fn say(out: &mut impl Write, message: &Message) -> io::Result<()> {
    writeln!(out, "{} {}: {}", message.seq.0, message.author.name, message.text())
}
