//! What lies on a board.

use serde::{Deserialize, Serialize};

use crate::{FileId, HUES, ObjectId, Point, UserId};

/// How many tints there are: the twelve hues, and one that is as neutral as text.
pub const TINTS: u8 = HUES + 1;

/// The colour of an object: 0 to 11 are the hues of people, 12 is the colour of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
pub struct Tint(pub u8);

impl Tint {
    /// The colour of text.
    pub const PLAIN: Self = Self(HUES);
}

/// How large an object is, in quarters of a board unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Size {
    /// From left to right.
    pub width: u16,
    /// From top to bottom.
    pub height: u16,
}

/// Something on a board. It lies on the board with all of its area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Object {
    /// Its identity, made by the client that put it there.
    pub id: ObjectId,
    /// Its top left corner.
    pub at: Point,
    /// How large it is.
    pub size: Size,
    /// What lies further front has the higher number; of equal ones, the higher id.
    pub layer: i32,
    /// Its colour.
    pub tint: Tint,
    /// Who put it there. The server writes this, whatever a client says.
    pub by: UserId,
    /// What it is.
    pub content: Content,
}

/// What an object is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A note: text on a coloured sheet, in a size that fits.
    Note {
        /// What it says.
        text: String,
    },
    /// Text by itself.
    Text {
        /// What it says.
        text: String,
        /// How high one line is, in quarters of a board unit.
        line: u16,
    },
    /// A stroke.
    Ink {
        /// Its points, from the object's corner, in the size that they were drawn in: an object of
        /// another size shows them stretched. At least one.
        points: Vec<InkPoint>,
        /// How thick it is at full pressure, in quarters of a board unit.
        width: u16,
    },
    /// A shape that fills the object's area.
    Shape {
        /// Which one.
        form: Form,
        /// What stands in it.
        text: String,
    },
    /// An arrow from one corner of the object's area to the opposite one.
    Arrow {
        /// Where it starts.
        start: Corner,
    },
    /// A picture that somebody sent.
    Image {
        /// The upload: finished, for this room, and a picture.
        file: FileId,
        /// What is to be seen, for those who do not see it.
        alt: String,
    },
}

/// A point of a stroke: `[x, y, pressure]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(type = "[x: number, y: number, pressure: number]"))]
#[serde(from = "(u16, u16, u8)", into = "(u16, u16, u8)")]
pub struct InkPoint {
    /// To the right, in quarters of a board unit.
    pub x: u16,
    /// Down, in quarters of a board unit.
    pub y: u16,
    /// How strongly the pen was pressed, 0 to 255; 128 where the device cannot tell.
    pub pressure: u8,
}

impl From<(u16, u16, u8)> for InkPoint {
    fn from((x, y, pressure): (u16, u16, u8)) -> Self {
        Self { x, y, pressure }
    }
}

impl From<InkPoint> for (u16, u16, u8) {
    fn from(InkPoint { x, y, pressure }: InkPoint) -> Self {
        (x, y, pressure)
    }
}

/// A simple shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Four right angles.
    Rectangle,
    /// Round.
    Ellipse,
    /// A rectangle's middles, joined.
    Diamond,
}

/// A corner of an object's area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// Top left.
    TopLeft,
    /// Top right.
    TopRight,
    /// Bottom left.
    BottomLeft,
    /// Bottom right.
    BottomRight,
}

impl Object {
    /// What it says, if it is something that says something.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Note { text } | Content::Text { text, .. } | Content::Shape { text, .. } => {
                Some(text)
            }
            Content::Image { alt, .. } => Some(alt),
            Content::Ink { .. } | Content::Arrow { .. } => None,
        }
    }

    pub(super) fn text_mut(&mut self) -> Option<&mut String> {
        match &mut self.content {
            Content::Note { text } | Content::Text { text, .. } | Content::Shape { text, .. } => {
                Some(text)
            }
            Content::Image { alt, .. } => Some(alt),
            Content::Ink { .. } | Content::Arrow { .. } => None,
        }
    }

    /// The file that it shows, if it does.
    #[must_use]
    pub fn file(&self) -> Option<FileId> {
        match self.content {
            Content::Image { file, .. } => Some(file),
            _ => None,
        }
    }
}
