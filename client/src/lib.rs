//! A Starling client: one connection, any number of rooms, resume, and messages sent until acked.
//!
//! The core, [`Client`], does no I/O and reads no clock: it is told what arrived and what time it
//! is, and says what to send. Two thin transports drive it, `native` over tokio-tungstenite and
//! `web` in a browser; tests drive it by hand. All times are milliseconds of one monotonic clock
//! of the caller's choice.

mod client;
mod glide;
mod link;
#[cfg(feature = "native")]
pub mod native;
mod outbox;
mod room;
#[cfg(feature = "web")]
pub mod web;

pub use client::{Act, Change, Client, Frame, Output};
pub use glide::{Glide, Presentation};
pub use link::{Carrier, Connection, Millis, Obstacle};
pub use outbox::{Delivery, Pending};
pub use room::{RoomState, Typing};
pub use starling_protocol as protocol;
