//! What the server knows when it renders the page that keeps a room. What the viewer may not do is not
//! in it.

use serde::{Deserialize, Serialize};
use starling_protocol::{Measure, Rights, Role, Slug, User, UserId};

/// The page at `/r/{slug}/settings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The room's address.
    pub slug: Slug,
    /// What it is, and what the viewer may do there.
    pub rights: Rights,
    /// Whether visitors may do more than read.
    pub visitors_talk: bool,
    /// The form that was refused, if one was sent.
    pub refused: Option<RefusedForm>,
    /// Who belongs to the room.
    pub members: Option<MembersView>,
    /// What holds against whom.
    pub measures: Option<Vec<MeasureView>>,
    /// The open invitations.
    pub invites: Option<InvitesView>,
    /// What was done.
    pub log: Option<LogView>,
}

impl SettingsView {
    /// The instants that the page tells, in no order.
    pub(super) fn instants(&self) -> Vec<i64> {
        let measures = self.measures.iter().flatten().flat_map(|it| [Some(it.at), it.until]);
        let invites = self.invites.iter().flat_map(|it| &it.open);
        let invites = invites.flat_map(|it| [Some(it.at), it.until]);
        let log = self.log.iter().flat_map(|it| &it.entries).map(|it| Some(it.at));
        measures.chain(invites).chain(log).flatten().collect()
    }
}

/// A form of the page, or several that share a place for what was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettingsForm {
    /// The room's name.
    Name,
    /// Who finds it, and whether visitors talk.
    Access,
    /// What people are in it.
    Members,
    /// What holds against them.
    Measures,
    /// Invitations.
    Invites,
    /// Whether it is locked, and archived.
    Openness,
    /// Its end.
    Delete,
}

impl SettingsForm {
    /// The part of the page that it stands in.
    #[must_use]
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Name | Self::Access => "general",
            Self::Members => "members",
            Self::Measures => "measures",
            Self::Invites => "invites",
            Self::Openness => "openness",
            Self::Delete => "delete",
        }
    }
}

/// A form that was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusedForm {
    /// Which.
    pub form: SettingsForm,
    /// Whether it is about the text that was typed.
    pub about_text: bool,
    /// A sentence for the person.
    pub message: String,
    /// The text that was typed, to be mended.
    pub typed: String,
}

/// The members of a room, a page of them, and those who came without being one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MembersView {
    /// The owner and moderators first.
    pub members: Vec<PersonView>,
    /// Which page this is, from 0.
    pub page: u32,
    /// Whether there is another one.
    pub more: bool,
    /// Who came last without being a member, the latest first.
    pub visitors: Vec<PersonView>,
    /// To whom the viewer is about to hand the room over.
    pub heir: Option<User>,
}

/// Somebody in a list, and what the viewer may do about them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// As they appear.
    pub user: User,
    /// Under which they sign in, if they have an account.
    pub handle: Option<String>,
    /// What they are in the room.
    pub role: Role,
    /// Whether that is the viewer.
    pub is_viewer: bool,
    /// What the viewer may make them, the most first.
    pub roles: Vec<Role>,
    /// What the viewer may do against them.
    pub measures: Vec<Measure>,
}

/// A mute or a ban.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureView {
    /// Against whom.
    pub user: UserId,
    /// What they call themselves, if anybody knows them.
    pub name: Option<String>,
    /// Which of the two.
    pub measure: Measure,
    /// Until when, in milliseconds since 1970; `None` until somebody ends it.
    pub until: Option<i64>,
    /// Why.
    pub reason: String,
    /// By whom, in words.
    pub by: String,
    /// Since when.
    pub at: i64,
    /// Whether the viewer may end it.
    pub may_end: bool,
}

/// The open invitations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvitesView {
    /// The latest first.
    pub open: Vec<OpenInvite>,
    /// The one that was made just now. Nobody is shown it again.
    pub made: Option<MadeInvite>,
}

/// An invitation that can be accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenInvite {
    /// Its number.
    pub id: i64,
    /// By whom, in words.
    pub by: String,
    /// When it was made.
    pub at: i64,
    /// Until when; `None` until it is taken back.
    pub until: Option<i64>,
    /// How many more people can accept it; `None` for any number.
    pub left: Option<u32>,
    /// How many have.
    pub uses: u32,
}

/// An invitation as its maker gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MadeInvite {
    /// To hand to others.
    pub link: String,
    /// The same, for cameras.
    pub qr: QrCode,
}

/// A QR code, drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// How many modules it has on a side, with its quiet zone.
    pub side: usize,
    /// The dark ones, as an SVG path in which a module is 1 wide.
    pub path: String,
}

/// A page of what was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogView {
    /// The latest first.
    pub entries: Vec<LogEntry>,
    /// Where the page of what was done before begins, if there is one.
    pub older: Option<i64>,
    /// Whether this is not the first page.
    pub later: bool,
}

/// Something that was done. `crate::audit` says it in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When.
    pub at: i64,
    /// By whom, in words.
    pub actor: String,
    /// What, as it is stored.
    pub act: String,
    /// To whom, in words.
    pub target: Option<String>,
    /// More of it, as it is stored.
    pub detail: String,
}
