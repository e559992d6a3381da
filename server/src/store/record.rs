//! What the store takes and gives.

use std::net::IpAddr;
use std::sync::Arc;

use starling_protocol::{
    DisplayName, Message, MessageBody, MessageId, Position, RoomName, Seq, Slug, UserId,
};

/// A room's number in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomId(pub i64);

/// A room as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomRecord {
    /// Its number.
    pub id: RoomId,
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: RoomName,
    /// Whether the lobby lists it.
    pub listed: bool,
}

/// A room to be made, if it does not exist.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Its name.
    pub name: RoomName,
    /// Whether the lobby lists it.
    pub listed: bool,
    /// Where the wish came from.
    pub address: IpAddr,
    /// How many rooms may be made from one address in 24 hours.
    pub cap: u32,
}

/// Who enters a room.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Somebody new, who becomes a guest.
    Newcomer {
        /// What they call themselves.
        name: DisplayName,
        /// The hash of the token that will stand for them.
        token_hash: [u8; 32],
    },
    /// Somebody who is known.
    Known {
        /// Who.
        user: UserId,
        /// Their new name, if it is another one.
        name: Option<DisplayName>,
    },
}

/// The outcome of entering a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The room.
    pub room: RoomRecord,
    /// Whether it was made just now.
    pub made: bool,
}

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// In which room.
    pub room: RoomId,
    /// Made by the author's client.
    pub id: MessageId,
    /// By whom. The name is the one stored for them.
    pub author: UserId,
    /// What it says.
    pub body: MessageBody,
}

/// A message was stored, now or earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its number.
    pub seq: Seq,
}

/// What the writer announces.
#[derive(Clone, Debug)]
pub enum Committed {
    /// A message that was not there before.
    Message {
        /// In which room.
        room: RoomId,
        /// The message.
        message: Arc<Message>,
    },
    /// A person has another name.
    Renamed {
        /// Who.
        user: UserId,
        /// The new name.
        name: DisplayName,
    },
}

/// The end of a room's chat.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// Where it ends.
    pub position: Position,
    /// The latest messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub more: bool,
}
