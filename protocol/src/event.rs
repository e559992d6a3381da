//! What a client says in JSON, and the shapes in it.

use serde::{Deserialize, Serialize};

use crate::{Action, Epoch, FileId, MessageId, Ref, Seq, Slug, Status, User, UserId, View};

/// How far a client has read a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Position {
    /// The numbering that `seq` belongs to.
    pub epoch: Epoch,
    /// The last event the client has.
    pub seq: Seq,
}

/// A conversation of two people, as one of them finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
        /// 1 to 4,000 characters after trimming; with a file also none.
        body: String,
        /// A finished upload of the person's own, for this room, that no message has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FileId>,
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
    /// Wants to be told what somebody sees of the board, as `viewing`, and always to be shown their
    /// cursor; or nobody's any more. Answered by `ack`.
    Follow {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// Whom; nobody if absent. Somebody else who is here, and who follows neither this person nor
        /// somebody who does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<UserId>,
    },
    /// Brings everyone in the room to a part of the board: they are told `gathered`. Answered by
    /// `ack`.
    Gather {
        /// Comes back in the answer.
        #[serde(rename = "ref")]
        reference: Ref,
        /// In which room.
        room: Slug,
        /// Where.
        view: View,
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
