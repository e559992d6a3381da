//! Who may do what in a room: one table, by which the server decides and clients offer.
//!
//! `docs/security.md` shows the same table; a test compares them.

use serde::{Deserialize, Serialize};

use crate::{RoomName, Scopes, Slug, User};

/// What a person is in a room. Ordered: who is more may do all that those below may.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Anyone who has the link.
    #[default]
    Visitor,
    /// Belongs to the room.
    Member,
    /// Keeps order.
    Moderator,
    /// Decides what the room is. Operators of the server count as owners everywhere.
    Owner,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: &[Self] = &[Self::Visitor, Self::Member, Self::Moderator, Self::Owner];

    /// The role in a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }
}

/// Who finds a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Visibility {
    /// Everyone: the lobby lists it.
    Public,
    /// Whoever has the link.
    #[default]
    Unlisted,
    /// Its members alone. For anyone else it does not exist.
    Private,
}

impl Visibility {
    /// Every visibility, the widest first.
    pub const ALL: &[Self] = &[Self::Public, Self::Unlisted, Self::Private];

    /// The visibility in a word, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
        }
    }
}

macro_rules! actions {
    ($($name:ident = $meaning:literal, $least:ident, $locked:ident, $archived:ident;)*) => {
        /// Something that can be done in a room, and that not everyone may do.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Action {
            $(#[doc = $meaning] $name,)*
            /// An action of a newer server.
            #[serde(other)]
            #[cfg_attr(test, ts(skip))]
            Unknown,
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The action's row of the table.
            #[must_use]
            pub const fn rule(self) -> Rule {
                match self {
                    $(Self::$name => Rule {
                        meaning: $meaning,
                        least: Role::$least,
                        in_locked: When::$locked,
                        in_archived: When::$archived,
                    },)*
                    Self::Unknown => Rule {
                        meaning: "An action of a newer server.",
                        least: Role::Owner,
                        in_locked: When::Never,
                        in_archived: When::Never,
                    },
                }
            }
        }
    };
}

/// When an action is possible in a room that is locked or archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// As ever.
    Still,
    /// Only for moderators and owners.
    Keepers,
    /// Not at all.
    Never,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it is, in words.
    pub meaning: &'static str,
    /// Who may do it. Visitors may do what visitors may, as far as the room lets them talk.
    pub least: Role,
    /// In a room that is locked.
    pub in_locked: When,
    /// In a room that is archived.
    pub in_archived: When,
}

actions! {
    // name = meaning, least role, in a locked room, in an archived room
    Read = "Enter, read what is said, and be seen.", Visitor, Still, Still;
    Post = "Say something, and be seen writing.", Visitor, Keepers, Never;
    Point = "Point at the board.", Visitor, Still, Never;
    Draw = "Change what is on the board.", Visitor, Keepers, Never;
    DeleteOwn = "Delete a message of one's own.", Visitor, Still, Never;
    EditOwn = "Change what a message of one's own says.", Visitor, Keepers, Never;
    React = "React to a message.", Visitor, Still, Never;
    DeleteAny = "Delete a message of somebody who is less.", Moderator, Still, Never;
    Mute = "Mute somebody who is less, or end that.", Moderator, Still, Still;
    Kick = "Send somebody who is less out of the room.", Moderator, Still, Still;
    Ban = "Ban somebody who is less, or end that.", Moderator, Still, Still;
    Lock = "Lock the room, so that only its keepers talk, and unlock it.", Moderator, Still, Never;
    Invite = "Invite people, and take invitations back.", Moderator, Still, Never;
    Broadcast = "Send an event of a program's own to everyone in the room.", Moderator, Still, Never;
    Gather = "Bring everyone to a part of the board.", Moderator, Still, Never;
    RemoveMember = "End the membership of somebody who is less.", Moderator, Still, Still;
    ReadAudit = "Read the log of what was done by whom.", Moderator, Still, Still;
    SetRole = "Make somebody a member or a moderator.", Owner, Still, Never;
    Rename = "Give the room another name.", Owner, Still, Never;
    SetVisibility = "Choose who finds the room, and whether visitors may talk.", Owner, Still, Never;
    HandOver = "Make somebody else the owner.", Owner, Still, Still;
    Archive = "Archive the room, so that it is only read, and open it again.", Owner, Still, Still;
    DeleteRoom = "Delete the room with all that was said in it.", Owner, Still, Still;
}

/// Why an action is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The room is private, and they do not belong to it: for them there is no such room.
    Hidden,
    /// They are banned.
    Banned {
        /// Until when, in milliseconds since 1970-01-01T00:00:00Z; `None` for ever.
        until: Option<i64>,
    },
    /// They were sent out, and may come back in a moment.
    Kicked {
        /// When, in milliseconds since 1970-01-01T00:00:00Z.
        until: i64,
    },
    /// They are muted.
    Muted {
        /// Until when, in milliseconds since 1970-01-01T00:00:00Z; `None` for ever.
        until: Option<i64>,
    },
    /// They would do it to themselves.
    Oneself,
    /// Their token is not for that.
    Scope,
    /// The room is archived.
    Archived,
    /// The room is locked.
    Locked,
    /// Visitors may only read here.
    ReadOnly,
    /// It takes a higher role.
    Role {
        /// At least this one.
        least: Role,
    },
}

/// A measure against somebody, and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Until(
    /// In milliseconds since 1970-01-01T00:00:00Z; `None` for ever.
    pub Option<i64>,
);

/// Where somebody stands in a room: all that decides what they may do there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What they are there.
    pub role: Role,
    /// Whether they operate the server: they are owners everywhere, and act on owners, too.
    pub operator: bool,
    /// What their token allows.
    pub scopes: Scopes,
    /// Who finds the room.
    pub visibility: Visibility,
    /// Whether visitors may do more than read.
    pub visitors_talk: bool,
    /// Whether the room is locked.
    pub locked: bool,
    /// Whether the room is archived.
    pub archived: bool,
    /// Set while they are muted.
    pub muted: Option<Until>,
    /// Set while they are banned.
    pub banned: Option<Until>,
    /// Set for a moment after they were sent out, to when they may come back, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    pub kicked: Option<i64>,
}

impl Standing {
    /// The one permission check: whether they may do that, and why not.
    ///
    /// # Errors
    /// [`Denial`]; the first that applies, in the order of its variants.
    pub fn may(&self, action: Action) -> Result<(), Denial> {
        let rule = action.rule();
        if self.visibility == Visibility::Private && self.role == Role::Visitor {
            return Err(Denial::Hidden);
        }
        if let Some(Until(until)) = self.banned {
            return Err(Denial::Banned { until });
        }
        if let Some(until) = self.kicked {
            return Err(Denial::Kicked { until });
        }
        if let Some(Until(until)) = self.muted
            && matches!(
                action,
                Action::Post
                    | Action::Point
                    | Action::Draw
                    | Action::EditOwn
                    | Action::React
                    | Action::Gather
            )
        {
            return Err(Denial::Muted { until });
        }
        if !self.scopes.include(action) {
            return Err(Denial::Scope);
        }
        if !self.passes(rule.in_archived, self.archived) {
            return Err(Denial::Archived);
        }
        if self.role < rule.least {
            return Err(Denial::Role { least: rule.least });
        }
        if !self.passes(rule.in_locked, self.locked) {
            return Err(Denial::Locked);
        }
        if self.role == Role::Visitor && !self.visitors_talk && action != Action::Read {
            return Err(Denial::ReadOnly);
        }
        Ok(())
    }

    /// Whether they may do that to somebody: besides the table, only to those who are less.
    ///
    /// # Errors
    /// [`Denial`].
    pub fn may_to(&self, action: Action, other: Role) -> Result<(), Denial> {
        self.may(action)?;
        if other >= self.role && !self.operator {
            let least =
                if other == Role::Owner { Role::Owner } else { Role::ALL[other as usize + 1] };
            return Err(Denial::Role { least });
        }
        Ok(())
    }

    /// All that they may do, in the order of the table.
    pub fn allowed(&self) -> impl Iterator<Item = Action> + use<'_> {
        Action::ALL.iter().copied().filter(|action| self.may(*action).is_ok())
    }

    fn passes(&self, when: When, so: bool) -> bool {
        match when {
            When::Still => true,
            When::Keepers => !so || self.role >= Role::Moderator,
            When::Never => !so,
        }
    }
}

/// What a person may do in a room, and what the room is, as they are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Rights {
    /// In which room.
    pub room: Slug,
    /// What the person is there.
    pub role: Role,
    /// All that they may do.
    pub may: Vec<Action>,
    /// Why they may not talk, if they may not, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced: Option<String>,
    /// When that ends by itself, if it does, in milliseconds since 1970-01-01T00:00:00Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced_until: Option<i64>,
    /// The room's name.
    pub name: RoomName,
    /// Who finds the room.
    pub visibility: Visibility,
    /// Whether only moderators and owners may talk.
    pub locked: bool,
    /// Whether the room is only read.
    pub archived: bool,
    /// Of a conversation of two, who the other one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<User>,
}

impl Rights {
    /// What the room is called to this person: a conversation of two is called like the other one.
    #[must_use]
    pub fn title(&self) -> &str {
        self.with.as_ref().map_or(self.name.as_str(), |with| with.name.as_str())
    }

    /// Whether they include an action.
    #[must_use]
    pub fn include(&self, action: Action) -> bool {
        self.may.contains(&action)
    }
}

#[cfg(test)]
mod tests;
