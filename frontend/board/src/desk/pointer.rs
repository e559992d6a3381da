//! What a pointer does with the tool in hand: presses, pulls, lets go. While it does, the others see it in
//! hand; what comes of it is one operation at the end.

use std::collections::BTreeSet;

use starling_client::Millis;
use starling_protocol::ObjectId;
use starling_protocol::board::{Change, Content, Fields, InkPoint, Object, Preview};

use crate::Area;
use crate::scene::geometry::{around, between, frame, is_within, kept_on_board, placed};
use crate::scene::handles::{Handle, stretched};
use crate::scene::ink::simplified;
use crate::scene::snap::{Parts, snap};
use crate::tool::Tool;

use super::placing::{on_board, pen_width};
use super::{Desk, Follow};

/// As long is an arrow that keys draw.
const ARROW_PX: f64 = 150.0;
/// How near to something a pointer has to be, in pixels; a finger is less exact.
const NEAR_PX: f64 = 5.0;
const FINGER_PX: f64 = 14.0;
/// So far a pointer may tremble before it pulls.
const TREMBLE_PX: f64 = 4.0;
/// So near things come to lie in line.
const SNAP_PX: f64 = 8.0;
/// With more things around, what is moved lies in line with those that are nearest in front.
const MOST_NEIGHBOURS: usize = 200;
/// Points of a stroke are so far apart, at least.
const POINT_PX: f64 = 0.7;
/// A stroke under way has so many times the points that a stored one may have.
const SPARE: usize = 4;

/// A pointer on the board.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Touch {
    /// In board units; may be beside the board.
    pub(crate) at: (f64, f64),
    /// 0 to 255; 128 where the device cannot tell.
    pub(crate) pressure: u8,
    pub(crate) shift: bool,
    pub(crate) alt: bool,
    pub(crate) control: bool,
    pub(crate) units_per_px: f64,
    /// Whether it is a finger.
    pub(crate) is_finger: bool,
}

impl Touch {
    fn reach(self) -> f64 {
        self.units_per_px * if self.is_finger { FINGER_PX } else { NEAR_PX }
    }
}

/// What a pointer is doing.
#[derive(Debug)]
pub(super) enum Deed {
    /// Moves what is selected, or copies of it.
    Drag {
        from: (f64, f64),
        objects: Vec<Object>,
        copies: Vec<ObjectId>,
        pulls: bool,
        narrows: Option<ObjectId>,
    },
    /// Resizes what is selected.
    Resize { from: (f64, f64), handle: Handle, area: Area, objects: Vec<Object>, pulls: bool },
    /// Draws an area around what is to be selected beside what was before.
    Marquee { from: (f64, f64), to: (f64, f64), before: BTreeSet<ObjectId> },
    /// Draws.
    Stroke { id: ObjectId, points: Vec<InkPoint>, last: (f64, f64), width: u16 },
    /// Makes something.
    Make { id: ObjectId, from: (f64, f64), to: Option<(f64, f64)> },
}

impl Deed {
    pub(super) fn marquee(&self) -> Option<Area> {
        match self {
            Self::Marquee { from, to, .. } => Some(between(*from, *to)),
            _ => None,
        }
    }
}

impl Desk {
    /// A pointer went down. False if that is nothing for the tool in hand.
    pub(crate) fn press(&mut self, now: Millis, touch: Touch) -> bool {
        self.cancel(now);
        match self.tool {
            Tool::Select => self.press_to_select(touch),
            Tool::Pen if self.may_draw => {
                let (id, width) = (self.new_id(), pen_width(touch.units_per_px));
                let points = vec![ink_point(touch)];
                self.deed = Some(Deed::Stroke { id, points, last: touch.at, width });
                self.show_stroke(now);
            }
            Tool::Note | Tool::Text | Tool::Shape { .. } | Tool::Arrow if self.may_draw => {
                let id = self.new_id();
                self.deed = Some(Deed::Make { id, from: on_board(touch.at), to: None });
            }
            _ => return false,
        }
        true
    }

    fn press_to_select(&mut self, touch: Touch) {
        let Touch { at, shift, .. } = touch;
        if let Some((handle, area)) = self.handle_at(touch) {
            let objects = self.selected().cloned().collect();
            self.deed = Some(Deed::Resize { from: at, handle, area, objects, pulls: false });
            return;
        }
        let Some(id) = self.at(at, touch.reach()) else {
            let before = if shift { self.selection.clone() } else { BTreeSet::new() };
            self.selection.clone_from(&before);
            self.deed = Some(Deed::Marquee { from: at, to: at, before });
            return;
        };
        let was_selected = self.selection.contains(&id);
        match (was_selected, shift) {
            (true, true) => {
                self.selection.remove(&id);
                return;
            }
            (false, true) => {
                let more: Vec<_> = self.selection.iter().copied().chain([id]).collect();
                self.select(more);
            }
            (false, false) => self.select([id]),
            (true, false) => {}
        }
        if !self.may_draw {
            return;
        }
        let objects: Vec<Object> = self.selected().cloned().collect();
        let copies =
            if touch.alt { objects.iter().map(|_| self.new_id()).collect() } else { vec![] };
        let narrows = Some(id).filter(|_| was_selected && !shift);
        self.deed = Some(Deed::Drag { from: at, objects, copies, pulls: false, narrows });
    }

    /// The handle under a pointer, with the area that it is a handle of.
    pub(crate) fn handle_at(&self, touch: Touch) -> Option<(Handle, Area)> {
        if !self.may_draw || self.tool != Tool::Select || self.writing.is_some() {
            return None;
        }
        let area = self.selected_area()?;
        // In a small area there would be nothing left to move it by.
        let roomy = area.width().max(area.height()) > 4.0 * touch.reach();
        let reach = if roomy { touch.reach() } else { touch.reach() / 2.0 };
        Some((Handle::at(area, touch.at, reach)?, area))
    }

    /// The pointer moved.
    pub(crate) fn pull(&mut self, now: Millis, touch: Touch) {
        let Some(mut deed) = self.deed.take() else { return };
        let trembles = |from: (f64, f64)| {
            let far = (touch.at.0 - from.0).hypot(touch.at.1 - from.1);
            far < TREMBLE_PX * touch.units_per_px
        };
        match &mut deed {
            Deed::Drag { from, pulls, .. } | Deed::Resize { from, pulls, .. } => {
                *pulls = *pulls || !trembles(*from);
            }
            Deed::Marquee { from, to, before } => {
                *to = touch.at;
                let area = between(*from, *to);
                let within = self.index.within(area).into_iter().filter(|id| {
                    self.client.object(*id).is_some_and(|object| is_within(object, area))
                });
                self.selection = before.iter().copied().chain(within).collect();
            }
            Deed::Stroke { points, last, .. } => {
                let far = (touch.at.0 - last.0).hypot(touch.at.1 - last.1);
                let point = ink_point(touch);
                let goes_on = far >= POINT_PX * touch.units_per_px;
                if goes_on && points.last().is_none_or(|it| (it.x, it.y) != (point.x, point.y)) {
                    *last = touch.at;
                    points.push(point);
                    let most = self.client.limits().points;
                    if points.len() > most * SPARE {
                        *points = simplified(points, most);
                    }
                }
            }
            Deed::Make { from, to, .. } => {
                if to.is_some() || !trembles(*from) {
                    *to = Some(squared(*from, on_board(touch.at), touch.shift, self.tool));
                }
            }
        }
        if !matches!(deed, Deed::Stroke { .. } | Deed::Marquee { .. }) {
            let changes = self.changes(&deed, touch);
            self.hold(now, changes);
        }
        self.deed = Some(deed);
        self.show_stroke(now);
    }

    /// The pointer was let go there.
    pub(crate) fn release(&mut self, now: Millis, touch: Touch) {
        self.pull(now, touch);
        let Some(deed) = self.deed.take() else { return };
        let changes = self.changes(&deed, touch);
        self.guides.clear();
        match deed {
            Deed::Drag { pulls: false, narrows, .. } => {
                if let Some(id) = narrows {
                    self.select([id]);
                }
            }
            Deed::Resize { pulls: false, .. } | Deed::Marquee { .. } => {}
            Deed::Drag { copies, .. } => {
                if self.operate(now, changes) && !copies.is_empty() {
                    self.select(copies);
                }
            }
            Deed::Resize { .. } => {
                self.operate(now, changes);
            }
            Deed::Stroke { id, points, width, .. } => self.put_ink(now, id, points, width),
            Deed::Make { id, from, to } => self.make(now, id, from, to, touch.units_per_px),
        }
        self.client.hold(now, None);
    }

    /// The pointer does nothing more. What it drew stays, and the rest comes to nothing.
    pub(super) fn stop(&mut self, now: Millis) {
        let drawn = self.deed.take_if(|deed| matches!(deed, Deed::Stroke { .. }));
        if let Some(Deed::Stroke { id, points, width, .. }) = drawn {
            self.put_ink(now, id, points, width);
            self.client.hold(now, None);
        }
        self.cancel(now);
    }

    /// Makes with the tool in hand, for those who point by keys.
    pub(crate) fn make_at(&mut self, now: Millis, at: (f64, f64), units_per_px: f64) {
        if self.may_draw {
            let id = self.new_id();
            let far = on_board((at.0 + ARROW_PX * units_per_px, at.1));
            let to = (self.tool == Tool::Arrow).then_some(far);
            self.make(now, id, at, to, units_per_px);
        }
    }

    fn make(
        &mut self,
        now: Millis,
        id: ObjectId,
        from: (f64, f64),
        to: Option<(f64, f64)>,
        units_per_px: f64,
    ) {
        let Some(object) = self.made(id, from, to, units_per_px) else { return };
        let writes = matches!(object.content, Content::Note { .. } | Content::Text { .. });
        if self.operate(now, vec![Change::Put { object }]) {
            self.tool = Tool::Select;
            self.select([id]);
            if writes {
                self.follows.push(Follow::Write { object: id });
            }
        }
    }

    /// What the pointer does comes to nothing.
    pub(crate) fn cancel(&mut self, now: Millis) {
        self.settle(now);
        self.guides.clear();
        if self.deed.take().is_some() {
            self.client.hold(now, None);
        }
    }

    /// What would change if the pointer let go now.
    fn changes(&mut self, deed: &Deed, touch: Touch) -> Vec<Change> {
        match deed {
            Deed::Drag { from, objects, copies, pulls: true, .. } => {
                let by = self.dragged(objects, *from, touch);
                let moved = |object: &Object| {
                    let (at, _) = placed(frame(object).moved(by));
                    at
                };
                if copies.is_empty() {
                    let set = |object: &Object| {
                        let fields = Fields { at: Some(moved(object)), ..Fields::default() };
                        Change::Set { object: object.id, fields }
                    };
                    return objects.iter().map(set).collect();
                }
                let front = self.front();
                let copy = |(number, (object, id)): (usize, (&Object, &ObjectId))| {
                    let layer = front.saturating_add(i32::try_from(number).unwrap_or(i32::MAX));
                    let at = moved(object);
                    Change::Put {
                        object: Object { id: *id, at, layer, by: self.me, ..object.clone() },
                    }
                };
                objects.iter().zip(copies).enumerate().map(copy).collect()
            }
            Deed::Resize { from, handle, area, objects, pulls: true } => {
                let by = (touch.at.0 - from.0, touch.at.1 - from.1);
                let keeps = touch.shift || handle.is_corner() && objects.iter().all(keeps_shape);
                let mut to = handle.pulled(*area, by, keeps);
                if !touch.control && !keeps {
                    let others = self.neighbours(objects, to, touch);
                    let reach = SNAP_PX * touch.units_per_px;
                    let found = snap(to, handle.parts(), &others, reach);
                    to = handle.pulled(to, found.by, false);
                    self.guides = found.guides;
                }
                let set = |object: &Object| Change::Set {
                    object: object.id,
                    fields: stretched(object, *area, to),
                };
                objects.iter().map(set).collect()
            }
            Deed::Make { id, from, to: to @ Some(_) } => {
                let made = self.made(*id, *from, *to, touch.units_per_px);
                made.map(|object| Change::Put { object }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// How far things are moved by a pull.
    fn dragged(&mut self, objects: &[Object], from: (f64, f64), touch: Touch) -> (f64, f64) {
        let mut by = (touch.at.0 - from.0, touch.at.1 - from.1);
        if touch.shift {
            by = if by.0.abs() > by.1.abs() { (by.0, 0.0) } else { (0.0, by.1) };
        }
        let Some(area) = around(objects.iter().map(frame)) else { return by };
        self.guides.clear();
        if !touch.control && !touch.shift {
            let others = self.neighbours(objects, area.moved(by), touch);
            let found = snap(area.moved(by), Parts::ALL, &others, SNAP_PX * touch.units_per_px);
            by = (by.0 + found.by.0, by.1 + found.by.1);
            self.guides = found.guides;
        }
        kept_on_board(area, by)
    }

    /// What lies around an area, without what is in hand.
    fn neighbours(&self, held: &[Object], area: Area, touch: Touch) -> Vec<Area> {
        let held: BTreeSet<ObjectId> = held.iter().map(|object| object.id).collect();
        let near = self.index.within(area.grown(600.0 * touch.units_per_px));
        let others = near.into_iter().rev().filter(|id| !held.contains(id));
        let framed = others.filter_map(|id| self.client.object(id)).filter(|object| {
            !matches!(object.content, Content::Ink { .. } | Content::Arrow { .. })
        });
        framed.take(MOST_NEIGHBOURS).map(frame).collect()
    }

    /// Shows the others the stroke that is drawn, if one is.
    fn show_stroke(&mut self, now: Millis) {
        let Some(Deed::Stroke { id, points, width, .. }) = &self.deed else { return };
        let (object, points, width) = (*id, points.clone(), *width);
        let preview = Preview::Stroke { object, tint: self.line_tint, width, from: 0, points };
        self.client.hold(now, Some(preview));
    }

    /// Selects what lies under the pointer, or around a place, for those who point by keys.
    pub(crate) fn select_at(&mut self, at: (f64, f64), units_per_px: f64) -> bool {
        let found = self.at(at, FINGER_PX * units_per_px);
        self.select(found);
        found.is_some()
    }
}

fn keeps_shape(object: &Object) -> bool {
    matches!(object.content, Content::Image { .. } | Content::Text { .. } | Content::Ink { .. })
}

fn ink_point(touch: Touch) -> InkPoint {
    let (at, _) = placed(between(on_board(touch.at), on_board(touch.at)));
    InkPoint { x: at.x, y: at.y, pressure: touch.pressure }
}

/// With Shift a shape is as high as it is wide, and an arrow goes along an eighth of a turn.
fn squared(from: (f64, f64), to: (f64, f64), shift: bool, tool: Tool) -> (f64, f64) {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    if !shift {
        return to;
    }
    if tool == Tool::Arrow {
        let eighth = std::f64::consts::FRAC_PI_4;
        let angle = (y.atan2(x) / eighth).round() * eighth;
        let length = x.hypot(y);
        return on_board((from.0 + length * angle.cos(), from.1 + length * angle.sin()));
    }
    let side = x.abs().max(y.abs());
    on_board((from.0 + side.copysign(x), from.1 + side.copysign(y)))
}
