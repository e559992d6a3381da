//! New objects: how large they are, where they lie, and what they are made of.

use rand::RngCore;
use starling_client::{Millis, ink_object};
use starling_protocol::board::{Change, Content, InkPoint, Object, Tint};
use starling_protocol::{BOARD_UNITS, FileId, ObjectId};
use uuid::Builder;

use crate::Area;
use crate::maths::within;
use crate::scene::geometry::{arrow_between, between, placed};
use crate::scene::ink::simplified;
use crate::tool::Tool;

use super::{Desk, Follow};

/// How large something is that was put there by a click, as it is seen then; in board units never less and
/// never more than the second and third.
const NOTE: (f64, f64, f64) = (170.0, 120.0, 2_400.0);
const SHAPE: (f64, f64, f64) = (150.0, 100.0, 2_400.0);
const LINE: (f64, f64, f64) = (24.0, 16.0, 480.0);
const PEN: (f64, f64, f64) = (3.5, 2.0, 80.0);
const PICTURE: (f64, f64, f64) = (360.0, 200.0, 4_800.0);
const QUARTERS: f64 = 4.0;

/// A picture that was sent for this board.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) file: FileId,
    /// What it is called.
    pub(crate) name: String,
    /// In pixels.
    pub(crate) width: f64,
    pub(crate) height: f64,
}

fn sized((px, least, most): (f64, f64, f64), units_per_px: f64) -> f64 {
    within(px * units_per_px, least, most)
}

/// How thick the pen is, in quarters of a board unit.
pub(super) fn pen_width(units_per_px: f64) -> u16 {
    (sized(PEN, units_per_px) * QUARTERS).round() as u16
}

impl Desk {
    /// An identity that no other object has.
    pub(super) fn new_id(&mut self) -> ObjectId {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        ObjectId::new(Builder::from_random_bytes(bytes).into_uuid())
    }

    /// In front of everything.
    pub(super) fn front(&self) -> i32 {
        let foremost = self.client.objects().map(|object| object.layer).max();
        foremost.map_or(0, |layer| layer.saturating_add(1))
    }

    pub(super) fn object(&self, id: ObjectId, area: Area, content: Content) -> Object {
        let (at, size) = placed(area);
        let tint = match content {
            Content::Note { .. } => self.note_tint,
            _ => self.line_tint,
        };
        Object { id, at, size, layer: self.front(), tint, by: self.me, content }
    }

    /// What the tool makes of a pull from one place to another, or of a click; `None` if nothing.
    pub(super) fn made(
        &self,
        id: ObjectId,
        from: (f64, f64),
        to: Option<(f64, f64)>,
        units_per_px: f64,
    ) -> Option<Object> {
        let around = |length: f64| {
            let half = length / 2.0;
            Area { left: from.0, top: from.1, right: from.0, bottom: from.1 }.grown(half)
        };
        let pulled = |size| match to {
            Some(to) => between(from, to),
            None => around(sized(size, units_per_px)),
        };
        let text = String::new();
        let (area, content) = match self.tool {
            Tool::Note => (pulled(NOTE), Content::Note { text }),
            Tool::Shape { form } => (pulled(SHAPE), Content::Shape { form, text }),
            Tool::Text => {
                let line = sized(LINE, units_per_px);
                let width = to.map_or(line * 8.0, |to| (to.0 - from.0).abs().max(line * 2.0));
                let left = to.map_or(from.0, |to| to.0.min(from.0));
                let top = from.1 - line / 2.0;
                let area = Area { left, top, right: left + width, bottom: top + line };
                (area, Content::Text { text, line: (line * QUARTERS).round() as u16 })
            }
            Tool::Arrow => {
                let (area, start) = arrow_between(from, to?);
                (area, Content::Arrow { start })
            }
            Tool::Select | Tool::Hand | Tool::Pen | Tool::Image | Tool::Laser => return None,
        };
        Some(self.object(id, area, content))
    }

    /// Puts a stroke there: with as few points as it may have at most, and else as it was drawn, for nothing
    /// moves at the end.
    pub(super) fn put_ink(&mut self, now: Millis, id: ObjectId, points: Vec<InkPoint>, width: u16) {
        let most = self.client.limits().points;
        let points = if points.len() > most { simplified(&points, most) } else { points };
        if let Some(object) = ink_object(id, self.me, self.line_tint, width, &points) {
            let object = Object { layer: self.front(), ..object };
            self.operate(now, vec![Change::Put { object }]);
        }
    }

    /// Puts a note at that place and lets the person write in it.
    pub(crate) fn put_note(&mut self, now: Millis, at: (f64, f64), units_per_px: f64, text: &str) {
        if !self.may_draw {
            return;
        }
        let tool = std::mem::replace(&mut self.tool, Tool::Note);
        let id = self.new_id();
        let made = self.made(id, at, None, units_per_px);
        self.tool = if tool == Tool::Note { Tool::Select } else { tool };
        let Some(mut object) = made else { return };
        object.content = Content::Note { text: text.to_owned() };
        if self.operate(now, vec![Change::Put { object }]) {
            self.select([id]);
            if text.is_empty() {
                self.follows.push(Follow::Write { object: id });
            }
        }
    }

    /// Puts a picture there that was sent for this board.
    pub(crate) fn put_picture(
        &mut self,
        now: Millis,
        picture: Picture,
        at: (f64, f64),
        units_per_px: f64,
    ) {
        let Picture { file, name, width, height } = picture;
        let longest = width.max(height).max(1.0);
        let most = sized(PICTURE, units_per_px);
        let scale = (most / longest).min(units_per_px.max(1.0));
        let (right, down) = (width.max(1.0) * scale / 2.0, height.max(1.0) * scale / 2.0);
        let area =
            Area { left: at.0 - right, top: at.1 - down, right: at.0 + right, bottom: at.1 + down };
        let id = self.new_id();
        let alt: String = name.chars().take(self.client.limits().text_chars).collect();
        let mut object = self.object(id, area, Content::Image { file, alt });
        object.tint = Tint::PLAIN;
        if self.operate(now, vec![Change::Put { object }]) {
            self.tool = Tool::Select;
            self.select([id]);
            self.say("A picture was put on the board");
        }
    }
}

/// A place on the board, wherever the pointer is.
pub(super) fn on_board((x, y): (f64, f64)) -> (f64, f64) {
    let most = BOARD_UNITS - 1.0 / QUARTERS;
    (within(x, 0.0, most), within(y, 0.0, most))
}
