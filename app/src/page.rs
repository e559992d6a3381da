//! What the server knows when it renders a page. It travels inside the page, so that the browser
//! hydrates exactly what the server rendered.

#[cfg(feature = "ssr")]
mod account;
pub mod invite;
#[cfg(feature = "ssr")]
pub mod settings;
#[cfg(feature = "ssr")]
mod tokens;

use serde::{Deserialize, Serialize};
use starling_protocol::{
    Action, Direct, Limits, Message, MessageId, Position, Rights, RoomName, Slug, User, Visibility,
};

#[cfg(feature = "ssr")]
pub use account::{
    AccountView, ForgotForm, OwnAccount, PeopleView, ProfileForm, ResetForm, SettingsView,
    SetupForm, SignInForm, SignInLine, SignUpForm,
};
use invite::InviteView;
#[cfg(feature = "ssr")]
use settings::SettingsView as RoomSettingsView;
#[cfg(feature = "ssr")]
pub use tokens::{AccountTokensView, Lasts, TokenForm, TokenLine};

/// One page, whichever it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Names the frontend that this page loads.
    pub build: String,
    /// What the server accepts.
    pub limits: Limits,
    /// Who looks at it, if they have ever joined a room in this browser.
    pub viewer: Option<User>,
    /// The clock on the viewer's wall, once their browser has told their time zone.
    pub clock: Option<Clock>,
    /// Who may come in.
    pub access: Access,
    /// What is on it.
    pub view: View,
}

/// Who may come in, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Whether people without an account may join rooms.
    pub guests: bool,
    /// Whether people may make accounts for themselves.
    pub sign_up: bool,
    /// Whether links for forgotten passwords are sent by mail.
    pub mail: bool,
}

/// The cookie with the name of the reader's time zone, such as "Europe/Berlin". Browsers set it.
pub const ZONE_COOKIE: &str = "starling-zone";

/// The reader's clock, as far as a page needs it: what time it is, and how far their wall is ahead
/// of UTC at the times on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// When the page was rendered, in milliseconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// From when which offset holds, the earliest first; the first one also holds before.
    pub offsets: Vec<Offset>,
}

/// How far a wall's clock is ahead of UTC, from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub from: i64,
    /// Minutes to add to UTC; negative in the west.
    pub minutes: i32,
}

impl Clock {
    /// The minutes to add to UTC at an instant: 0 where nothing is known.
    #[must_use]
    pub fn minutes_at(&self, instant: i64) -> i32 {
        let later = self.offsets.partition_point(|offset| offset.from <= instant);
        self.offsets.get(later.saturating_sub(1)).map_or(0, |offset| offset.minutes)
    }
}

/// What can be done on the page of a room's settings; who may do none of it is not shown the way there.
pub const SETTINGS_ACTIONS: [Action; 13] = [
    Action::ReadAudit,
    Action::Mute,
    Action::Kick,
    Action::Ban,
    Action::Lock,
    Action::Invite,
    Action::RemoveMember,
    Action::SetRole,
    Action::Rename,
    Action::SetVisibility,
    Action::HandOver,
    Action::Archive,
    Action::DeleteRoom,
];

/// What is on a page.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one of it to a page, and it is not moved about"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum View {
    /// The lists of rooms and the form.
    Lobby(LobbyView),
    /// A room that exists.
    Room(RoomView),
    /// What keeps a room. Only the server knows this page, which is plain.
    #[cfg(feature = "ssr")]
    RoomSettings(Box<RoomSettingsView>),
    /// Where invitations are accepted.
    Invite(InviteView),
    /// A room that nobody has made yet.
    NoSuchRoom {
        /// To make it.
        form: JoinForm,
    },
    /// About accounts: signing up and in, one's own settings, and what administrators do.
    #[cfg(feature = "ssr")]
    Account(AccountView),
    /// The viewer's tokens for programs.
    #[cfg(feature = "ssr")]
    AccountTokens(AccountTokensView),
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
            Self::Lobby(_) => true,
            Self::Room(room) => room.rights.visibility == Visibility::Public,
            _ => false,
        }
    }

    /// Whether the page is complete as it comes, and loads no script: what it needs is not in the
    /// download that everybody who opens a room waits for.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self, Self::Account(_) | Self::AccountTokens(_) | Self::RoomSettings(_))
    }

    /// The instants that the page tells, in no order.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn instants(&self) -> Vec<i64> {
        match self {
            Self::Room(room) => room.messages.iter().map(|message| message.at).collect(),
            Self::RoomSettings(settings) => settings.instants(),
            Self::AccountTokens(view) => view.times().collect(),
            Self::Lobby(_)
            | Self::Invite(_)
            | Self::NoSuchRoom { .. }
            | Self::Account(_)
            | Self::Problem { .. } => Vec::new(),
        }
    }
}

/// The lobby as the server renders it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LobbyView {
    /// How many people are connected right now, each counted once.
    pub online: u32,
    /// The rooms that the viewer has joined, in that order.
    pub own: Vec<ListedRoom>,
    /// The viewer's conversations with one other person each, the latest first.
    pub directs: Vec<Direct>,
    /// The listed rooms that the viewer has not joined, the fullest first.
    pub rooms: Vec<ListedRoom>,
    /// Whether there are more listed rooms than these.
    pub more: bool,
    /// To make or join one.
    pub form: JoinForm,
}

/// A room in a list.
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
    /// What it is, and what the viewer may do there.
    pub rights: Rights,
    /// Whether the viewer has joined it; otherwise they see `form` where the composer would be.
    pub joined: bool,
    /// Where `messages` end.
    pub position: Position,
    /// The latest messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub more: bool,
    /// The rooms that the viewer has joined, in that order.
    pub own: Vec<ListedRoom>,
    /// The viewer's conversations with one other person each, the latest first.
    pub directs: Vec<Direct>,
    /// To join it.
    pub form: JoinForm,
    /// To say something in it without JavaScript.
    pub post: PostForm,
}

/// The form that says something, `POST /r/{slug}/messages`, as it is filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PostForm {
    /// The message's id: the same form sent twice says it once.
    pub id: MessageId,
    /// What they typed.
    pub body: String,
    /// Why it was refused, if it was sent.
    pub error: Option<String>,
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
    /// "Handle", or "Handle or email".
    Handle,
    /// "Email".
    Email,
    /// "Password", or "New password".
    Password,
    /// "Current password".
    CurrentPassword,
    /// "Avatar".
    Avatar,
    /// What a link carries.
    Code,
    /// The form as a whole.
    Form,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_of_an_instant_is_the_last_one_that_began() {
        let clock = Clock {
            now: 0,
            offsets: vec![Offset { from: 100, minutes: 60 }, Offset { from: 200, minutes: 120 }],
        };
        let at = [0, 100, 199, 200, i64::MAX].map(|instant| clock.minutes_at(instant));
        assert_eq!(at, [60, 60, 60, 120, 120]);
        assert_eq!(Clock::default().minutes_at(5), 0);
    }
}
