//! How a board changes.

use serde::{Deserialize, Serialize};

use super::{Content, Corner, Object, Size, Tint};
use crate::{ObjectId, OperationId, Point, Seq, UserId};

/// Some changes that happen together: all of them, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Operation {
    /// Made by the client, once per operation: a repeat by the same person changes nothing.
    pub id: OperationId,
    /// What changes, in this order.
    pub changes: Vec<Change>,
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Puts an object on the board, or back on it after it was deleted. One that is there becomes
    /// this one in all of its fields.
    Put {
        /// Which.
        object: Object,
    },
    /// Changes some fields. If the object is not there (any more), nothing happens.
    Set {
        /// Of which object.
        object: ObjectId,
        /// What becomes of them.
        fields: Fields,
    },
    /// Takes an object off the board. If it is not there, nothing happens.
    Delete {
        /// Which.
        object: ObjectId,
    },
}

/// Some of an object's fields; those that are absent stay what they are, and those that the object's
/// content does not have are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Fields {
    /// Its top left corner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Point>,
    /// How large it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// How far front it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<i32>,
    /// Its colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tint: Option<Tint>,
    /// What a note, text or shape says, or what an image shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How high a line of a text is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u16>,
    /// Where an arrow starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Corner>,
}

/// An operation as it was stored: an event of the board's stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Operated {
    /// Its number in the board's stream.
    pub seq: Seq,
    /// Who did it.
    pub by: UserId,
    /// When the server stored it, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// What they did.
    pub operation: Operation,
}

impl Change {
    /// The object that it is about.
    #[must_use]
    pub fn object(&self) -> ObjectId {
        match self {
            Self::Put { object } => object.id,
            Self::Set { object, .. } | Self::Delete { object } => *object,
        }
    }

    /// What becomes of its object by this change.
    #[must_use]
    pub fn applied(&self, before: Option<Object>) -> Option<Object> {
        match self {
            Self::Put { object } => Some(object.clone()),
            Self::Set { fields, .. } => before.map(|mut object| {
                object.set(fields);
                object
            }),
            Self::Delete { .. } => None,
        }
    }
}

impl Object {
    /// Changes those fields that it has.
    pub fn set(&mut self, fields: &Fields) {
        let Fields { at, size, layer, tint, text, line, start } = fields;
        set(&mut self.at, at);
        set(&mut self.size, size);
        set(&mut self.layer, layer);
        set(&mut self.tint, tint);
        if let (Some(place), Some(text)) = (self.text_mut(), text) {
            place.clone_from(text);
        }
        match &mut self.content {
            Content::Text { line: place, .. } => set(place, line),
            Content::Arrow { start: place } => set(place, start),
            _ => {}
        }
    }

    /// What those fields are now: of the same fields, as far as it has them.
    #[must_use]
    pub fn get(&self, fields: &Fields) -> Fields {
        let line = match self.content {
            Content::Text { line, .. } => Some(line),
            _ => None,
        };
        let start = match self.content {
            Content::Arrow { start } => Some(start),
            _ => None,
        };
        Fields {
            at: fields.at.map(|_| self.at),
            size: fields.size.map(|_| self.size),
            layer: fields.layer.map(|_| self.layer),
            tint: fields.tint.map(|_| self.tint),
            text: fields.text.as_ref().and_then(|_| self.text().map(ToOwned::to_owned)),
            line: fields.line.and(line),
            start: fields.start.and(start),
        }
    }
}

impl Fields {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn set<T: Copy>(place: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        *place = *value;
    }
}
