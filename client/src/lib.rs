//! A Starling client: one connection, any number of rooms, resume, and messages sent until acked.
//!
//! # A native program
//!
//! With the feature `native`, `native::Starling` is a client that runs by itself on Tokio. It connects,
//! comes back when the connection breaks, and goes on in each room where it was:
//!
//! ```no_run
//! # #[cfg(feature = "native")]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use futures_util::StreamExt;
//! use starling_client::native::{Event, Identity, Starling};
//! use starling_client::protocol::{ServerEvent, Slug};
//!
//! let identity = Identity::Token("starling_…".into());
//! let starling = Starling::connect("http://127.0.0.1:3000", identity).await?;
//! let mut events = starling.events();
//!
//! let room = Slug::new("team-lunch");
//! starling.join(&room).await?;
//! // Resolves once the message is on the server's disk; it is said once, however often the
//! // connection breaks before that.
//! let seq = starling.post(&room, "Soup or salad?").await?;
//!
//! while let Some(event) = events.next().await {
//!     // Over all connections each event of a room's stream comes once, in order.
//!     let Event::Server(event) = event else { continue };
//!     if let ServerEvent::Message { message, .. } = *event
//!         && message.seq > seq
//!     {
//!         println!("{}: {}", message.author.name, message.text());
//!         break;
//!     }
//! }
//! // What else there is, the core does: here, to react.
//! let cheers = starling_client::protocol::Emoji::parse("🍲")?;
//! starling.with(move |core, _| core.react(&room, seq, &cheers, true)).await?;
//! starling.end().await;
//! # Ok(())
//! # }
//! ```
//!
//! `examples/echo_bot.rs` and `examples/terminal_chat.rs` are whole programs.
//!
//! What comes back by itself, and when, is in `docs/protocol.md` under “Coming back”. A `joined` event
//! with `recovered: false` means that too much was missed: the room's messages start over with the latest.
//!
//! # Everything else
//!
//! The core, [`Client`], does no I/O and reads no clock: it is told what arrived and what time it is, and
//! says what to send. A transport asks [`Client::poll`] for what to do until there is nothing, tells it
//! what arrives, and calls [`Client::timer`] when [`Client::next_timer`] says so. There are two, thin ones:
//! `native::NativeClient` over tokio-tungstenite, and with the feature `web` `web::WebClient` in a browser;
//! tests drive the core by hand. All times are milliseconds of one monotonic clock of the caller's choice.
//!
//! ```
//! use starling_client::protocol::{ClientEvent, Slug, codec};
//! use starling_client::{Client, Frame, Output};
//!
//! let mut client = Client::new(7);
//! client.start(0);
//! assert!(matches!(client.poll(), Some(Output::Connect { .. })));
//! client.join(0, &Slug::new("team-lunch"));
//!
//! // Connected: the server greets, and the client asks to enter.
//! client.received_text(20, r#"{
//!     "type": "hello", "build": "", "ping_after_ms": 25000, "pong_within_ms": 8000, "limits": {},
//!     "user": { "id": "019a0f6e-6b0f-7c3e-b1a4-93d20c7e58f1", "name": "Ada", "hue": 7 }
//! }"#);
//! let sent = std::iter::from_fn(|| client.poll()).find_map(|output| match output {
//!     Output::Send(Frame::Text(text)) => codec::decode_client(&text).ok(),
//!     _ => None,
//! });
//! assert!(matches!(sent, Some(ClientEvent::Join { .. })));
//! ```

mod board;
mod client;
mod glide;
mod link;
#[cfg(feature = "native")]
pub mod native;
mod outbox;
mod room;
#[cfg(feature = "web")]
pub mod web;

pub use board::{BoardClient, BoardOutput, HISTORY, Refused, ink_object};
pub use client::{Act, Change, Client, Frame, Output};
pub use glide::{Glide, Presentation};
pub use link::{Carrier, Connection, Millis, Obstacle};
pub use outbox::{Delivery, Pending};
pub use room::{RoomState, Typing};
pub use starling_protocol as protocol;
