//! Messages and the people who write them.

use serde::{Deserialize, Serialize};

use crate::{Attachment, Avatar, DisplayName, Emoji, MessageBody, MessageId, Seq, UserId};

/// How many hues people are spread over.
pub const HUES: u8 = 12;

/// A person's colour, 0 to 11: an index into the twelve hues of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
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

/// A message of a room's chat, as it is now: it can have been edited, reacted to and deleted since it
/// was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Message {
    /// Its number in the room's chat stream.
    pub seq: Seq,
    /// Its identity, made by the author's client.
    pub id: MessageId,
    /// Who wrote it, under the name they had then.
    pub author: User,
    /// What it says now; `None` once it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<MessageBody>,
    /// The file that it has, until it was deleted. Then it may say nothing, which is not the same as
    /// to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Box<Attachment>>,
    /// Who deleted it; absent while it is there, and if it was deleted on the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<UserId>,
    /// When its author changed what it says, if they did, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    /// How people reacted to it, in the order of the signs' code points; each has somebody. The order
    /// follows from what is there alone: whoever missed something ends with the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Reactions>>"))]
    pub reactions: Vec<Reactions>,
    /// When the server stored it, in milliseconds since 1970-01-01T00:00:00Z. Only `seq` orders
    /// messages: clocks can step back.
    pub at: i64,
}

impl Message {
    /// A message that was just said.
    #[must_use]
    pub fn said(seq: Seq, id: MessageId, author: User, body: MessageBody, at: i64) -> Self {
        let (body, reactions) = (Some(body), Vec::new());
        Self { seq, id, author, body, file: None, deleted_by: None, edited_at: None, reactions, at }
    }

    /// What it says; nothing once it was deleted.
    #[must_use]
    pub fn text(&self) -> &str {
        self.body.as_ref().map_or("", MessageBody::as_str)
    }

    /// Notes that it was deleted: what it said and how people reacted is gone.
    pub fn delete(&mut self, by: Option<UserId>) {
        (self.body, self.file, self.edited_at) = (None, None, None);
        self.reactions.clear();
        self.deleted_by = by;
    }

    /// Notes what it says from now on. A repeat changes nothing.
    pub fn edit(&mut self, body: Option<MessageBody>, at: i64) {
        if self.body.is_some() && body.is_some() {
            (self.body, self.edited_at) = (body, Some(at));
        }
    }

    /// Notes a reaction, or that it was taken back. A repeat changes nothing.
    pub fn react(&mut self, emoji: &Emoji, user: UserId, active: bool) {
        let at = self.reactions.binary_search_by(|it| it.emoji.as_str().cmp(emoji.as_str()));
        match (at, active) {
            (Err(at), true) if self.body.is_some() => {
                self.reactions.insert(at, Reactions { emoji: emoji.clone(), by: vec![user] });
            }
            (Ok(at), true) => {
                let by = &mut self.reactions[at].by;
                if let Err(at) = by.binary_search(&user) {
                    by.insert(at, user);
                }
            }
            (Ok(at), false) => {
                self.reactions[at].by.retain(|other| *other != user);
                if self.reactions[at].by.is_empty() {
                    self.reactions.remove(at);
                }
            }
            (Err(_), _) => {}
        }
    }
}

/// Everyone who reacted to a message with the same sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reactions {
    /// The sign.
    pub emoji: Emoji,
    /// Who, in the order of their ids; nobody twice.
    pub by: Vec<UserId>,
}

/// A message says something else: an event of the same stream, with a number of its own. What it said
/// before is kept nowhere: whoever reads this later finds what the message says then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Its number in the room's chat stream.
    pub seq: Seq,
    /// The number of the message.
    pub message: Seq,
    /// What it says; `None` if it was deleted since.
    pub body: Option<MessageBody>,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
}

/// Somebody reacted to a message, or took that back: an event of the same stream, with a number of its
/// own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Its number in the room's chat stream.
    pub seq: Seq,
    /// The number of the message.
    pub message: Seq,
    /// With which sign.
    pub emoji: Emoji,
    /// Who.
    pub user: UserId,
    /// Whether the reaction is there from now on.
    pub active: bool,
}

/// A message was deleted: an event of the same stream, with a number of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Its number in the room's chat stream.
    pub seq: Seq,
    /// The number of the message that is no more.
    pub message: Seq,
    /// Who deleted it; absent if an operator did on the server itself.
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
    /// Something that was said says something else.
    Edited(Edit),
    /// Somebody reacted to something that was said.
    Reacted(Reaction),
}

impl Logged {
    /// Its number.
    #[must_use]
    pub fn seq(&self) -> Seq {
        match self {
            Self::Message(message) => message.seq,
            Self::Deleted(deletion) => deletion.seq,
            Self::Edited(edit) => edit.seq,
            Self::Reacted(reaction) => reaction.seq,
        }
    }
}
