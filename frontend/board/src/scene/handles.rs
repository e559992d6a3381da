//! The handles around what is selected, and what becomes of objects that are resized by them.

use starling_protocol::board::{Content, Fields, Object};

use super::geometry::{frame, placed};
use super::snap::Parts;
use crate::Area;

/// What is resized is at least so wide and high.
pub const LEAST: f64 = 8.0;
/// A text's line is at least so high, in quarter units.
const LEAST_LINE: f64 = 16.0;

/// Where one takes hold: which edges move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// The left edge (-1), none (0) or the right one (1).
    pub across: i8,
    /// The upper edge (-1), none (0) or the lower one (1).
    pub down: i8,
}

impl Handle {
    /// All eight, the corners last, so that they are on top.
    pub const ALL: [Self; 8] = [
        Self { across: 0, down: -1 },
        Self { across: 1, down: 0 },
        Self { across: 0, down: 1 },
        Self { across: -1, down: 0 },
        Self { across: -1, down: -1 },
        Self { across: 1, down: -1 },
        Self { across: 1, down: 1 },
        Self { across: -1, down: 1 },
    ];

    /// Whether it moves two edges.
    #[must_use]
    pub fn is_corner(self) -> bool {
        self.across != 0 && self.down != 0
    }

    /// Where it is on an area's edge.
    #[must_use]
    pub fn place(self, area: Area) -> (f64, f64) {
        let along = |low: f64, high: f64, side: i8| match side {
            -1 => low,
            0 => f64::midpoint(low, high),
            _ => high,
        };
        (along(area.left, area.right, self.across), along(area.top, area.bottom, self.down))
    }

    /// The handle under a pointer, if it is no further than that from one.
    #[must_use]
    pub fn at(area: Area, point: (f64, f64), reach: f64) -> Option<Self> {
        let is_near = |handle: &Self| {
            let (x, y) = handle.place(area);
            (x - point.0).abs() <= reach && (y - point.1).abs() <= reach
        };
        Self::ALL.into_iter().rev().find(is_near)
    }

    /// What of an area snaps while it is resized here.
    #[must_use]
    pub fn parts(self) -> Parts {
        let parts = |side: i8| [side < 0, false, side > 0];
        Parts { across: parts(self.across), down: parts(self.down) }
    }

    /// The cursor that the style sheet has for it.
    #[must_use]
    pub fn cursor(self) -> &'static str {
        match (self.across * self.down, self.across) {
            (1, _) => "nwse-resize",
            (-1, _) => "nesw-resize",
            (_, 0) => "ns-resize",
            _ => "ew-resize",
        }
    }

    /// An area whose edges are pulled so far right and down, never below the least size. With
    /// `keeps_shape` it stays as wide for its height as it was.
    #[must_use]
    pub fn pulled(self, area: Area, by: (f64, f64), keeps_shape: bool) -> Area {
        let length = |now: f64, by: f64, side: i8| (now + by * f64::from(side)).max(LEAST);
        let (width, height) = (area.width(), area.height());
        let mut to = (length(width, by.0, self.across), length(height, by.1, self.down));
        if keeps_shape && width > 0.0 && height > 0.0 {
            let scale = match (self.across, self.down) {
                (0, _) => to.1 / height,
                (_, 0) => to.0 / width,
                _ => (to.0 / width).max(to.1 / height),
            };
            to = (width * scale, height * scale);
        } else {
            // What is not in hand keeps its length, however short.
            to.0 = if self.across == 0 { width } else { to.0 };
            to.1 = if self.down == 0 { height } else { to.1 };
        }
        let edges = |low: f64, high: f64, to: f64, side: i8| match side {
            -1 => (high - to, high),
            0 => {
                let middle = f64::midpoint(low, high);
                (middle - to / 2.0, middle + to / 2.0)
            }
            _ => (low, low + to),
        };
        let (left, right) = edges(area.left, area.right, to.0, self.across);
        let (top, bottom) = edges(area.top, area.bottom, to.1, self.down);
        Area { left, top, right, bottom }
    }
}

/// What becomes of an object when the area around all that is selected becomes another one.
#[must_use]
pub fn stretched(object: &Object, from: Area, to: Area) -> Fields {
    let along = |at: f64, from: (f64, f64), to: (f64, f64)| {
        let length = from.1 - from.0;
        let part = if length > 0.0 { (at - from.0) / length } else { 0.0 };
        to.0 + part * (to.1 - to.0)
    };
    let across = |x| along(x, (from.left, from.right), (to.left, to.right));
    let down = |y| along(y, (from.top, from.bottom), (to.top, to.bottom));
    let Area { left, top, right, bottom } = frame(object);
    let area =
        Area { left: across(left), top: down(top), right: across(right), bottom: down(bottom) };
    let (at, size) = placed(area);
    let line = match object.content {
        Content::Text { line, .. } if from.height() > 0.0 => {
            let line = f64::from(line) * to.height() / from.height();
            // It is at most as high as the board; beyond that `as` saturates.
            Some(line.round().max(LEAST_LINE) as u16)
        }
        _ => None,
    };
    Fields { at: Some(at), size: Some(size), line, ..Fields::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::samples::{area, at, note, object, random_object, seeded};
    use starling_protocol::board::Size;

    const BOX: Area = Area { left: 100.0, top: 100.0, right: 300.0, bottom: 200.0 };
    const CORNER: Handle = Handle { across: 1, down: 1 };

    #[test]
    fn handles_are_at_corners_and_middles_and_corners_are_on_top() {
        assert_eq!(Handle::at(BOX, (301.0, 199.0), 4.0), Some(CORNER));
        assert_eq!(Handle::at(BOX, (200.0, 99.0), 4.0), Some(Handle { across: 0, down: -1 }));
        assert_eq!(Handle::at(BOX, (200.0, 150.0), 4.0), None);
        let tiny = area(0.0, 0.0, 2.0, 2.0);
        assert!(Handle::at(tiny, (1.0, 1.0), 4.0).is_some_and(Handle::is_corner));
    }

    #[test]
    fn the_opposite_side_stays() {
        let wider = CORNER.pulled(BOX, (50.0, -20.0), false);
        assert_eq!(wider, area(100.0, 100.0, 350.0, 180.0));
        let left = Handle { across: -1, down: 0 };
        assert_eq!(left.pulled(BOX, (50.0, 70.0), false), area(150.0, 100.0, 300.0, 200.0));
        assert_eq!(left.pulled(BOX, (900.0, 0.0), false), area(292.0, 100.0, 300.0, 200.0));
    }

    #[test]
    fn a_shape_can_be_kept() {
        assert_eq!(CORNER.pulled(BOX, (200.0, 0.0), true), area(100.0, 100.0, 500.0, 300.0));
        let below = Handle { across: 0, down: 1 };
        assert_eq!(below.pulled(BOX, (0.0, 100.0), true), area(0.0, 100.0, 400.0, 300.0));
    }

    #[test]
    fn what_is_selected_is_stretched_together() {
        let first = note(1, area(100.0, 100.0, 200.0, 200.0));
        let fields = stretched(&first, BOX, area(100.0, 100.0, 500.0, 150.0));
        assert_eq!(fields.at, Some(at(100.0, 100.0)));
        assert_eq!(fields.size, Some(Size { width: 800, height: 200 }));
        let text = Content::Text { text: "a".into(), line: 100 };
        let text = object(2, BOX, text);
        assert_eq!(stretched(&text, BOX, area(0.0, 0.0, 400.0, 200.0)).line, Some(200));
    }

    #[test]
    fn what_is_stretched_lies_on_the_board() {
        for seed in 0..300 {
            let mut random = seeded(seed);
            let object = random_object(1, &mut random);
            let from = frame(&object).grown(random(0.0, 50.0));
            let handle = Handle::ALL[random(0.0, 7.9) as usize];
            let by = (random(-2_000.0, 30_000.0), random(-2_000.0, 2_000.0));
            let to = handle.pulled(from, by, random(0.0, 1.0) < 0.5);
            assert!(to.width() >= 0.0 && to.height() >= 0.0, "seed {seed}");
            let fields = stretched(&object, from, to);
            let (at, size) = (fields.at.unwrap(), fields.size.unwrap());
            assert!(at.x.checked_add(size.width).is_some(), "seed {seed}");
            assert!(at.y.checked_add(size.height).is_some(), "seed {seed}");
        }
    }
}
