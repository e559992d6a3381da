//! What the server knows when it renders a page. It travels inside the page, so that the browser
//! hydrates exactly what the server rendered.

use serde::{Deserialize, Serialize};
use starling_protocol::{Limits, Message, Position, RoomName, Slug, User};

/// One page, whichever it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Names the frontend that this page loads.
    pub build: String,
    /// What the server accepts.
    pub limits: Limits,
    /// Who looks at it, if they have ever joined a room in this browser.
    pub viewer: Option<User>,
    /// What is on it.
    pub view: View,
}

/// What is on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum View {
    /// The list of rooms and the form.
    Lobby {
        /// The listed rooms, the fullest first.
        rooms: Vec<ListedRoom>,
        /// To make or join one.
        form: JoinForm,
    },
    /// A room that exists.
    Room(RoomView),
    /// A room that nobody has made yet.
    NoSuchRoom {
        /// To make it.
        form: JoinForm,
    },
    /// The request failed.
    Problem {
        /// The HTTP status.
        status: u16,
        /// Why, for people.
        message: String,
    },
}

impl View {
    /// Whether search engines may list the page.
    #[must_use]
    pub fn may_be_found(&self) -> bool {
        match self {
            Self::Lobby { .. } => true,
            Self::Room(room) => room.listed,
            Self::NoSuchRoom { .. } | Self::Problem { .. } => false,
        }
    }
}

/// A room in the lobby.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedRoom {
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: RoomName,
    /// How many people are in it right now.
    pub people: u32,
}

/// A room as the server renders it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoomView {
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: RoomName,
    /// Whether the lobby lists it.
    pub listed: bool,
    /// Whether the viewer has joined it; otherwise they see `form` where the composer would be.
    pub joined: bool,
    /// Where `messages` end.
    pub position: Position,
    /// The latest messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub more: bool,
    /// To join it.
    pub form: JoinForm,
}

/// The form that joins a room, `POST /join`, as it is filled in: `name`, and `room` with `listed`
/// or, on the page of a room that exists, `slug`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JoinForm {
    /// The person's name: remembered, or as they typed it.
    pub name: String,
    /// The room's name as they typed it.
    pub room: String,
    /// The tick "List this room".
    pub listed: bool,
    /// What was wrong with it, if it was sent.
    pub error: Option<FormError>,
}

/// Why a form was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormError {
    /// Where to show it.
    pub field: Field,
    /// A sentence for the person.
    pub message: String,
}

/// A place in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// "Your name".
    Name,
    /// "Room name".
    Room,
    /// The form as a whole.
    Form,
}
