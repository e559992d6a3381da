//! A bot that says again what it is told: "echo hello" is answered with "hello".
//!
//! ```sh
//! STARLING_TOKEN=starling_… cargo run -p starling-client --features native --example echo_bot -- \
//!     http://127.0.0.1:3000 team-lunch
//! ```

use std::env;
use std::error::Error;

use futures_util::StreamExt;
use starling_client::native::{Event, Identity, Refused, Starling};
use starling_client::protocol::{ServerEvent, Slug};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [site, room] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "SITE ROOM")?;
    let room = Slug::new(room);
    let identity = Identity::Token(env::var("STARLING_TOKEN")?);
    let starling = Starling::connect(&site, identity).await?;
    tokio::select! {
        echoed = echo(&starling, &room) => echoed?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    starling.end().await;
    Ok(())
}

/// Answers in a room until the connection has ended.
pub(crate) async fn echo(starling: &Starling, room: &Slug) -> Result<(), Refused> {
    let mut events = starling.events();
    starling.join(room).await?;
    while let Some(event) = events.next().await {
        let Event::Server(event) = event else { continue };
        let ServerEvent::Message { room, message } = *event else { continue };
        if let Some(said) = message.text().strip_prefix("echo ")
            && message.author.id != starling.user().id
        {
            starling.post(&room, said).await?;
        }
    }
    Ok(())
}
