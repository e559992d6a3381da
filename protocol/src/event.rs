//! The two enums of everything that is said in JSON: `ClientEvent` up, `ServerEvent` down.

use serde::{Deserialize, Serialize};

use crate::{
    Action, Channel, Emoji, Epoch, ErrorCode, Json, Limits, Message, MessageBody, MessageId,
    Person, Ref, Revision, Rights, Seq, Slot, Slug, Status, User, UserId,
};

/// How far a client has read a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Position {
    /// The numbering that `seq` belongs to.
    pub epoch: Epoch,
    /// The last event the client has.
    pub seq: Seq,
}

/// A conversation of two people, as one of them finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Direct {
    /// Its room.
    pub room: Slug,
    /// Who the other one is.
    pub with: User,
    /// Where its chat ends.
    pub seq: Seq,
    /// Who said the last thing; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// When something was said there last, or when it was opened, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    pub at: i64,
}

/// What a moderator does about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// They may only read, until it ends.
    Mute,
    /// They may talk again.
    Unmute,
    /// They are sent out of the room, and may come back.
    Kick,
    /// They are sent out of the room and may not enter it, until it ends.
    Ban,
    /// They may enter again.
    Unban,
}

impl Measure {
    /// The action that it is, for the permission check.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Mute | Self::Unmute => Action::Mute,
            Self::Kick => Action::Kick,
            Self::Ban | Self::Unban => Action::Ban,
        }
    }
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, ts(tag = "type", optional_fields))]
pub enum ClientEvent {
    /// Enters a room that exists. Answered by `joined`, then `people`; or by `error`.
    Join {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Which room.
        room: Slug,
        /// How far the client has read the chat, if it has; asks for what it missed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Position>,
    },
    /// Leaves a room; the person is gone from the list at once. Answered by `ack`.
    Leave {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Which room.
        room: Slug,
    },
    /// Says something. Answered by `ack` with the message's `seq` once it is stored; a repeat of
    /// the same id and body gets the same `seq`.
    Post {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// Made by the client, once per message.
        id: MessageId,
        /// 1 to 4,000 characters after trimming.
        body: String,
    },
    /// Is writing (at most once a second), or has stopped. Not answered.
    Typing {
        /// In which room.
        room: Slug,
        /// False ends it at once; otherwise it ends 2 seconds after the last one.
        active: bool,
    },
    /// How the person is here, in all rooms of this connection. Not answered.
    Status {
        /// `away` also stops the cursor frames to this connection.
        status: Status,
    },
    /// Changes the person's name, everywhere. Answered by `ack`.
    Rename {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// 1 to 40 characters after trimming.
        name: String,
    },
    /// Asks for older messages. Answered by `history`.
    History {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Of which room.
        room: Slug,
        /// Only messages before this one.
        before: Seq,
    },
    /// Changes what a message of one's own says. Answered by `ack`.
    Edit {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// Which message.
        message: Seq,
        /// 1 to 4,000 characters after trimming.
        body: String,
    },
    /// Reacts to a message, or takes that back. Answered by `ack`; a repeat changes nothing.
    React {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// To which message.
        message: Seq,
        /// One emoji or sign.
        emoji: String,
        /// Whether the reaction is there from now on.
        active: bool,
    },
    /// Opens the conversation with a person, a room that only the two see; it is made if there is
    /// none. Answered by `direct`. To be in it, join it.
    Direct {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// With whom.
        user: UserId,
    },
    /// Deletes a message. Answered by `ack`.
    DeleteMessage {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// Which one.
        message: Seq,
    },
    /// Does something about somebody in a room. Answered by `ack`.
    Moderate {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// About whom.
        user: UserId,
        /// What.
        measure: Measure,
        /// Why; shown to them and kept in the room's log. At most 200 characters.
        #[serde(default)]
        #[cfg_attr(test, ts(optional, as = "Option<String>"))]
        reason: String,
        /// After how many seconds a mute or a ban ends; without it, never by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u64>,
    },
    /// Locks a room, so that only its moderators and owners talk, or unlocks it. Answered by `ack`.
    Lock {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// Which room.
        room: Slug,
        /// Whether it is locked from now on.
        locked: bool,
    },
    /// Shows a new token of the same person, before the one that the connection stands on ends.
    /// Answered by `ack`; after an `error` the connection goes on with the old one.
    Authenticate {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// What an `Authorization: Bearer` header would carry.
        token: String,
    },
    /// Shows that the client lives and asks the same of the server, for clients that cannot see
    /// WebSocket pings. Answered by `pong`.
    Ping {},
    /// An event of a newer client; ignored.
    #[serde(other)]
    #[cfg_attr(test, ts(skip))]
    Unknown,
}

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
