//! What the store takes and gives.

use std::net::IpAddr;
use std::sync::Arc;

use starling_protocol::board::Operated;
use starling_protocol::{
    DisplayName, Email, FileId, Handle, Logged, Message, MessageBody, MessageId, Position,
    RoomName, Seq, Slug, User, UserId, Visibility,
};

use super::standing::Actor;

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
    /// Who finds it.
    pub visibility: Visibility,
    /// Whether visitors may do more than read.
    pub visitors_talk: bool,
    /// Whether only moderators and owners talk.
    pub locked: bool,
    /// Whether it is only read.
    pub archived: bool,
    /// Whether it is a conversation of two people.
    pub direct: bool,
}

/// A room to be made, if it does not exist.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Its name.
    pub name: RoomName,
    /// Who finds it.
    pub visibility: Visibility,
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
        /// What will stand for them.
        sign_in: NewSignIn,
    },
    /// Somebody who is known.
    Known {
        /// Who.
        actor: Actor,
        /// Their new name, if it is another one.
        name: Option<DisplayName>,
    },
}

/// A sign-in to be made.
#[derive(Clone, Debug, Default)]
pub struct NewSignIn {
    /// The hash of the token that stands for the person.
    pub token_hash: [u8; 32],
    /// What the browser calls itself, cut to a readable length.
    pub agent: String,
    /// Where it came from.
    pub address: String,
}

/// Whom a sign-in stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// As they appear now.
    pub user: User,
    /// Whether they have an account, here or on another site whose tokens count; otherwise they are a
    /// guest.
    pub has_account: bool,
    /// Whether it should be noted that the sign-in was used.
    pub seen_long_ago: bool,
}

/// An account as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Whose.
    pub user: UserId,
    /// Under which name they sign in.
    pub handle: Handle,
    /// Under which address they may sign in, too, and get mail.
    pub email: Option<Email>,
    /// Whether they operate the server.
    pub operator: bool,
}

/// A sign-in as stored. Times are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRecord {
    /// Its number, by which its person ends it.
    pub id: i64,
    /// The hash of its token.
    pub token_hash: [u8; 32],
    /// What the browser called itself.
    pub agent: String,
    /// Where it came from.
    pub address: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was used last, give or take an hour.
    pub seen_at: i64,
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
    pub author: Actor,
    /// What it says.
    pub body: MessageBody,
    /// A file of theirs that it has.
    pub file: Option<FileId>,
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
    /// An event of a room's chat that was not there before.
    Logged {
        /// In which room.
        room: RoomId,
        /// The event.
        event: Arc<Logged>,
    },
    /// Something was done on a room's board.
    Operated {
        /// In which room.
        room: RoomId,
        /// What.
        operated: Arc<Operated>,
        /// The last operation before it that tells less from now on, as it deletes what that one told.
        rewrites: Option<Seq>,
    },
    /// A person appears otherwise.
    Appearance {
        /// As they are now.
        user: User,
    },
    /// What people may do in a room may be something else now, or the room is no more.
    Rights {
        /// In which room.
        room: RoomId,
        /// Whom it concerns; `None`: everyone.
        user: Option<UserId>,
    },
    /// Something was said in a conversation of two, or it was opened.
    Direct {
        /// The two.
        users: [UserId; 2],
    },
    /// Another process has written, the command line: anything may be something else now.
    Elsewhere,
    /// A room was made.
    RoomMade {
        /// The room.
        room: RoomRecord,
        /// By whom: its one member.
        by: UserId,
    },
    /// A room was deleted.
    RoomGone {
        /// As it was.
        room: RoomRecord,
    },
    /// Files are no more: their bytes are to be removed.
    FilesRemoved,
    /// Sign-ins and tokens of a person may have ended: what they hold open is looked at again.
    SignedOut {
        /// Who.
        user: UserId,
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
