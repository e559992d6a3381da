//! Who is in a room, and how fast its cursors beat.

use serde::{Deserialize, Serialize};

use crate::{Avatar, DisplayName, Hue, Role, Slot, UserId};

/// How somebody is here. Ordered: of a person's tabs the most active one counts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Looks at something else: the page is hidden. Gets no cursor frames.
    Away,
    /// Sees the page but has not touched it for a while.
    Idle,
    /// Here.
    #[default]
    Active,
}

/// A person in a room, all their participants folded into one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What they call themselves.
    pub name: DisplayName,
    /// Their colour.
    pub hue: Hue,
    /// What stands for them in their circle, if they chose something; otherwise their initial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
    /// What they are in the room; absent means visitor.
    #[serde(default, skip_serializing_if = "is_visitor")]
    #[cfg_attr(test, ts(optional, as = "Option<Role>"))]
    pub role: Role,
    /// How they are here.
    pub status: Status,
    /// The slots of their participants in cursor frames, ascending. Empty for a few seconds after
    /// the last connection broke, in case it was only a reload.
    pub slots: Vec<Slot>,
}

fn is_visitor(role: &Role) -> bool {
    *role == Role::Visitor
}

/// How often a participant may send its cursor, in a room of that many participants, per second:
/// alone once, up to 50 people 60, up to 200 30, up to 1,000 15, above 5.
#[must_use]
pub const fn cursor_hz(participants: usize) -> u32 {
    match participants {
        0 | 1 => 1,
        2..=50 => 60,
        51..=200 => 30,
        201..=1_000 => 15,
        _ => 5,
    }
}

/// How long a room gathers what happens before it tells everyone, in milliseconds: one period of
/// [`cursor_hz`], and for somebody alone as short as for a few.
#[must_use]
pub const fn tick_interval_ms(participants: usize) -> u64 {
    match participants {
        0..=50 => 16,
        51..=200 => 33,
        201..=1_000 => 66,
        _ => 200,
    }
}
