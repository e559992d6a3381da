//! Messages and the people who write them.

use serde::{Deserialize, Serialize};

use crate::{Avatar, DisplayName, MessageBody, MessageId, Seq, UserId};

/// How many hues people are spread over.
pub const HUES: u8 = 12;

/// A person's colour, 0 to 11: an index into the twelve hues of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hue(pub u8);

impl Hue {
    /// The hue of a user who has chosen none: it depends on the id alone.
    #[must_use]
    pub fn of(user: UserId) -> Self {
        // FNV-1a, 32 bit: <http://www.isthe.com/chongo/tech/comp/fnv/>
        let hash = user.uuid().as_bytes().iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        Self((hash % u32::from(HUES)) as u8)
    }
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What they call themselves; not unique.
    pub name: DisplayName,
    /// Their colour.
    pub hue: Hue,
    /// What stands for them in their circle, if they chose something; otherwise their initial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
}

/// A message of a room's chat. It is stored; nothing in it changes any more, but it can be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number in the room's chat stream.
    pub seq: Seq,
    /// Its identity, made by the author's client.
    pub id: MessageId,
    /// Who wrote it, under the name they had then.
    pub author: User,
    /// What it says; `None` once it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<MessageBody>,
    /// Who deleted it; absent while it is there, and if it was deleted on the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<UserId>,
    /// When the server stored it, in milliseconds since 1970-01-01T00:00:00Z. Only `seq` orders
    /// messages: clocks can step back.
    pub at: i64,
}

impl Message {
    /// What it says; nothing once it was deleted.
    #[must_use]
    pub fn text(&self) -> &str {
        self.body.as_ref().map_or("", MessageBody::as_str)
    }
}

/// A message was deleted: an event of the same stream, with a number of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Its number in the room's chat stream.
    pub seq: Seq,
    /// The number of the message that is no more.
    pub message: Seq,
    /// Who deleted it; absent if an operator did on the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

/// An event of a room's chat stream, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logged {
    /// Something was said.
    Message(Message),
    /// Something that was said is no more.
    Deleted(Deletion),
}

impl Logged {
    /// Its number.
    #[must_use]
    pub fn seq(&self) -> Seq {
        match self {
            Self::Message(message) => message.seq,
            Self::Deleted(deletion) => deletion.seq,
        }
    }
}
