//! What the server says in JSON.

use serde::{Deserialize, Serialize};

use crate::{
    Channel, Direct, Emoji, ErrorCode, Json, Limits, Message, MessageBody, Person, Position, Ref,
    Revision, Rights, Seq, Slot, Slug, User, UserId, View,
};

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, ts(tag = "type", optional_fields))]
pub enum ServerEvent {
    /// The first event on every connection.
    Hello {
        /// Names the frontend that this server serves; another value than the page's own means
        /// that the page is older.
        build: String,
        /// Who the connection speaks for.
        user: User,
        /// What the server accepts.
        limits: Limits,
        /// After so many silent milliseconds a client sends `ping`. Default 25,000.
        ping_after_ms: u64,
        /// A client that waited so many milliseconds more for any answer gives the connection up.
        /// Default 8,000.
        pong_within_ms: u64,
        /// After so many milliseconds the token that the connection stands on ends, and the
        /// connection with it; absent if it does not end by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_in_ms: Option<u64>,
    },
    /// The client is in the room. What it has missed follows as `message` events.
    Joined {
        /// Of the `join`; absent if the server starts the client over by itself, because it fell
        /// too far behind while connected.
        #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
        /// Which room.
        room: Slug,
        /// Stands for the room in binary frames.
        channel: Channel,
        /// The client's own slot in cursor frames.
        slot: Slot,
        /// Where the client stands in the chat now; the next `message` has the `seq` after it.
        position: Position,
        /// Whether everything after the `resume` of the `join` will arrive. If false, the client
        /// forgets the messages it has and takes `messages`.
        recovered: bool,
        /// The latest messages, oldest first; empty when recovered.
        messages: Vec<Message>,
        /// Whether there are messages older than these; meaningless when recovered.
        more: bool,
    },
    /// Something was said. `seq` follows the last one without a gap.
    Message {
        /// In which room.
        room: Slug,
        /// What.
        message: Message,
    },
    /// A message was deleted. `seq` follows the last event's without a gap.
    MessageDeleted {
        /// In which room.
        room: Slug,
        /// The number of this event.
        seq: Seq,
        /// The number of the message that is no more.
        message: Seq,
        /// Who deleted it; absent if an operator did on the server itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
        /// When, in milliseconds since 1970-01-01T00:00:00Z.
        at: i64,
    },
    /// A message says something else. `seq` follows the last event's without a gap.
    MessageEdited {
        /// In which room.
        room: Slug,
        /// The number of this event.
        seq: Seq,
        /// The number of the message.
        message: Seq,
        /// What it says; `None` if it was deleted since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<MessageBody>,
        /// When, in milliseconds since 1970-01-01T00:00:00Z.
        at: i64,
    },
    /// Somebody reacted to a message, or took that back. `seq` follows the last event's without a gap.
    Reacted {
        /// In which room.
        room: Slug,
        /// The number of this event.
        seq: Seq,
        /// The number of the message.
        message: Seq,
        /// With which sign.
        emoji: Emoji,
        /// Who.
        user: UserId,
        /// Whether the reaction is there from now on.
        active: bool,
    },
    /// An event of the room's stream that only newer clients understand: it counts like any other.
    #[cfg_attr(test, ts(skip))]
    NewerInStream {
        /// In which room.
        room: Slug,
        /// Its number.
        seq: Seq,
    },
    /// What the client's person may do in a room, and what the room is: after `joined`, and again
    /// whenever it changes.
    Rights(Rights),
    /// The client is not in the room any more, and does not come back by itself.
    Removed {
        /// Which room.
        room: Slug,
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
    },
    /// Older messages.
    History {
        /// Of the `history` request.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Of which room.
        room: Slug,
        /// The messages before the one asked for, oldest first.
        messages: Vec<Message>,
        /// Whether there are older ones.
        more: bool,
    },
    /// Everyone in the room: replaces what the client knew.
    People {
        /// In which room.
        room: Slug,
        /// The state this is.
        revision: Revision,
        /// All of them, by id.
        people: Vec<Person>,
        /// How often this room takes a cursor from a participant, per second.
        cursor_hz: u32,
    },
    /// What changed in one tick, keyed by person.
    PeopleChanged {
        /// In which room.
        room: Slug,
        /// The state after it; the one before is the revision less one.
        revision: Revision,
        /// Who came or changed, as they are now.
        changed: Vec<Person>,
        /// Who left.
        left: Vec<UserId>,
        /// How often this room takes a cursor from a participant, per second.
        cursor_hz: u32,
    },
    /// Who is writing right now: replaces what the client knew.
    Typing {
        /// In which room.
        room: Slug,
        /// Who; empty if they are more than 100, when only the count is told.
        people: Vec<UserId>,
        /// How many.
        count: u32,
    },
    /// Answers `direct`.
    Direct {
        /// Of the request.
        #[serde(rename = "ref")]
        reference: Ref,
        /// The conversation's room.
        room: Slug,
        /// Who the other one is.
        with: User,
    },
    /// The person's conversations, the latest first, at most 50: replaces what the client knew. Comes
    /// after `hello` if there are any, and when something was said in one.
    Directs {
        /// All of them.
        directs: Vec<Direct>,
    },
    /// A moderator's program sent this to everyone in the room. It is not stored.
    Custom {
        /// In which room.
        room: Slug,
        /// What the program calls it.
        event: String,
        /// Whatever it says.
        data: Json,
        /// Whose program.
        by: UserId,
        /// When, in milliseconds since 1970-01-01T00:00:00Z.
        at: i64,
    },
    /// What somebody whom this client follows sees of the board now. The newest counts.
    Viewing {
        /// In which room.
        room: Slug,
        /// Whom it follows.
        user: UserId,
        /// What they see.
        view: View,
    },
    /// A moderator wants everyone to look here. It is not kept.
    Gathered {
        /// In which room.
        room: Slug,
        /// Who.
        by: UserId,
        /// Where.
        view: View,
    },
    /// A request was done.
    Ack {
        /// Of the request.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Of a `post`: the message's number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<Seq>,
    },
    /// A request was refused, or a frame not understood. The connection goes on.
    Error {
        /// Of the request; absent if the frame could not be read.
        #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
        /// With a temporary code: when to send it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    /// Answers `ping`.
    Pong {},
    /// The server is about to close this connection.
    Goodbye {
        /// When to come back.
        reconnect_after_ms: u64,
    },
    /// An event of a newer server; ignored.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}
