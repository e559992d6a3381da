//! What the client asks of its transport and tells its owner. Plain values.

use starling_protocol::{Json, Seq, Slug, UserId, View};

use crate::Carrier;
#[cfg(doc)]
use crate::{Client, RoomState};

/// What goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// An event.
    Text(String),
    /// A cursor, or what the person sees. A transport whose socket does not drain may drop it, if it sends the newest one
    /// later: see [`Client::set_congested`].
    Binary(Vec<u8>),
}

/// What the transport does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Open a connection, then call [`Client::closed`] or hand over what arrives.
    Connect {
        /// Over what.
        carrier: Carrier,
    },
    /// Ask the server over plain HTTP whether it is there, `GET /healthz`, and tell
    /// [`Client::answered`]. A transport that knows only WebSockets passes this over; then the client
    /// wants nothing else.
    Ask,
    /// Send this on the open connection.
    Send(Frame),
    /// Drop the connection; nothing of it may be handed over any more.
    Close,
    /// Something is different now.
    Changed(Change),
}

/// Something that not everyone may do, and that the person wanted done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To delete a message.
    Delete,
    /// To change what a message says.
    Edit {
        /// Which one.
        message: Seq,
    },
    /// To react to a message.
    React,
    /// To do something about somebody.
    Moderate,
    /// To lock a room, or to unlock it.
    Lock,
    /// To bring everyone to a part of the board.
    Gather,
}

/// What is different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// [`Client::connection`].
    Connection,
    /// [`Client::user`].
    User,
    /// The server serves another build than the page's; see [`Client::build`].
    Build,
    /// A room's messages or pending messages.
    Messages {
        /// Which room.
        room: Slug,
    },
    /// A room's people, and with them maybe its cursors.
    People {
        /// Which room.
        room: Slug,
    },
    /// Who is writing in a room.
    Typing {
        /// Which room.
        room: Slug,
    },
    /// The set of a room's cursors, or [`RoomState::others`].
    Cursors {
        /// Which room.
        room: Slug,
    },
    /// Cursors of a room have new samples.
    CursorsMoved {
        /// Which room.
        room: Slug,
    },
    /// Somebody whom the person follows sees something else of the board.
    Viewing {
        /// In which room.
        room: Slug,
        /// Whom they follow.
        user: UserId,
        /// What that one sees.
        view: View,
    },
    /// The person follows nobody any more, though they did not want that: [`RoomState::following`].
    Following {
        /// In which room.
        room: Slug,
    },
    /// A moderator wants everyone to look somewhere.
    Gathered {
        /// In which room.
        room: Slug,
        /// Who.
        by: UserId,
        /// Where.
        view: View,
    },
    /// A room could not be joined: [`RoomState::problem`].
    Problem {
        /// Which room.
        room: Slug,
    },
    /// What the person may do in a room: [`RoomState::rights`].
    Rights {
        /// Which room.
        room: Slug,
    },
    /// Something that the person wanted done in a room was done.
    Done {
        /// In which room.
        room: Slug,
        /// What.
        act: Act,
    },
    /// Something that the person wanted done in a room was refused.
    Refused {
        /// In which room.
        room: Slug,
        /// What.
        act: Act,
        /// Why, for people.
        message: String,
    },
    /// The conversation with somebody is there to be joined.
    DirectOpened {
        /// Its room.
        room: Slug,
        /// Who the other one is.
        with: UserId,
    },
    /// The conversation was refused.
    DirectRefused {
        /// Why, for people.
        message: String,
    },
    /// [`Client::directs`].
    Directs,
    /// A moderator's program sent something to everyone in a room.
    Custom {
        /// In which room.
        room: Slug,
        /// What the program calls it.
        event: String,
        /// Whatever it says.
        data: Json,
        /// Whose program.
        by: UserId,
    },
    /// A text frame came that is not the client's to read: of an event that it does not know, or the
    /// answer to a request with [`BOARD_REF`](starling_protocol::board::BOARD_REF).
    HandedOn {
        /// As it came.
        text: String,
    },
    /// Older messages were refused.
    HistoryRefused {
        /// Of which room.
        room: Slug,
        /// Why, for people.
        message: String,
    },
    /// The new token holds.
    TokenTaken,
    /// The new token was refused; the old one holds until it ends.
    TokenRefused {
        /// Why, for people.
        message: String,
    },
    /// The name was refused.
    NameRefused {
        /// Why, for people.
        message: String,
    },
}
