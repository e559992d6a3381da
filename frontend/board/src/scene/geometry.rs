//! Where objects are, and what a pointer hits.

use starling_protocol::board::{Content, Corner, Form, Object, Size};
use starling_protocol::{BOARD_UNITS, Point};

use super::ink::{Dab, dabs};
use crate::Area;
use crate::maths::within;

/// How thick an arrow is, and the border of a shape: so much of its diagonal, within these.
const LINE: f64 = 0.014;
const THINNEST: f64 = 1.0;
const THICKEST: f64 = 48.0;
/// How long an arrow's head is, and how far it reaches beside its line, in the thickness of that.
const HEAD: f64 = 5.5;
const HEAD_WIDTH: f64 = 2.75;
const QUARTERS: f64 = 4.0;

/// How much of what lies behind a shape its sheet hides: 1 is all.
pub const SHAPE_OPACITY: f64 = 0.55;

/// How thick the lines of a shape or an arrow are.
#[must_use]
pub fn line_width(frame: Area) -> f64 {
    within(frame.width().hypot(frame.height()) * LINE, THINNEST, THICKEST)
}

/// The area that an object has by its place and size.
#[must_use]
pub fn frame(object: &Object) -> Area {
    let (left, top) = object.at.to_units();
    let Size { width, height } = object.size;
    Area {
        left,
        top,
        right: left + f64::from(width) / QUARTERS,
        bottom: top + f64::from(height) / QUARTERS,
    }
}

/// The area that it is drawn on, lines with all of their width.
#[must_use]
pub fn bounds(object: &Object) -> Area {
    let frame = frame(object);
    match object.content {
        Content::Ink { width, .. } => frame.grown(f64::from(width) / QUARTERS / 2.0),
        Content::Arrow { .. } => frame.grown(HEAD_WIDTH * line_width(frame)),
        Content::Shape { .. } => frame.grown(line_width(frame) / 2.0),
        _ => frame,
    }
}

/// Place and size of an area, as an object has them. What is beside the board is moved onto it.
#[must_use]
pub fn placed(area: Area) -> (Point, Size) {
    let (right, down) = onto_board(area);
    let area = area.moved((right, down));
    // Beyond the board's edge `as` saturates.
    let quarter = |units: f64| (units * QUARTERS).round().max(0.0) as u16;
    let at = Point { x: quarter(area.left), y: quarter(area.top) };
    let size = Size {
        width: quarter(area.right).saturating_sub(at.x),
        height: quarter(area.bottom).saturating_sub(at.y),
    };
    (at, size)
}

/// How far an area has to be moved to lie on the board with all of it. One that is larger than the
/// board starts at its upper left edge.
#[must_use]
pub fn onto_board(area: Area) -> (f64, f64) {
    let shift = |low: f64, high: f64| {
        // The last quarter unit is no whole one.
        let most = BOARD_UNITS - 1.0 / QUARTERS;
        if low < 0.0 || high - low > most { -low } else { (most - high).min(0.0) }
    };
    (shift(area.left, area.right), shift(area.top, area.bottom))
}

/// As far as something may be moved without leaving the board.
#[must_use]
pub fn kept_on_board(area: Area, by: (f64, f64)) -> (f64, f64) {
    let back = onto_board(area.moved(by));
    (by.0 + back.0, by.1 + back.1)
}

/// The area around all of them; `None` if there are none.
pub fn around(areas: impl IntoIterator<Item = Area>) -> Option<Area> {
    areas.into_iter().reduce(|a, b| Area {
        left: a.left.min(b.left),
        top: a.top.min(b.top),
        right: a.right.max(b.right),
        bottom: a.bottom.max(b.bottom),
    })
}

/// The area between two corners, whichever they are.
#[must_use]
pub fn between(a: (f64, f64), b: (f64, f64)) -> Area {
    Area { left: a.0.min(b.0), top: a.1.min(b.1), right: a.0.max(b.0), bottom: a.1.max(b.1) }
}

/// Where an arrow starts, and where its head is.
#[must_use]
pub fn arrow(frame: Area, start: Corner) -> ((f64, f64), (f64, f64)) {
    let Area { left, top, right, bottom } = frame;
    match start {
        Corner::TopLeft => ((left, top), (right, bottom)),
        Corner::TopRight => ((right, top), (left, bottom)),
        Corner::BottomLeft => ((left, bottom), (right, top)),
        Corner::BottomRight => ((right, bottom), (left, top)),
    }
}

/// The area and the corner of an arrow from one point to another.
#[must_use]
pub fn arrow_between(from: (f64, f64), to: (f64, f64)) -> (Area, Corner) {
    let start = match (from.0 <= to.0, from.1 <= to.1) {
        (true, true) => Corner::TopLeft,
        (false, true) => Corner::TopRight,
        (true, false) => Corner::BottomLeft,
        (false, false) => Corner::BottomRight,
    };
    (between(from, to), start)
}

/// The two ends of an arrow's head beside its tip. A short arrow has a small head.
#[must_use]
pub fn arrow_head(from: (f64, f64), to: (f64, f64)) -> [(f64, f64); 2] {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x.hypot(y);
    if length == 0.0 {
        return [to, to];
    }
    let line = line_width(between(from, to));
    let scale = line * (length / 2.0 / (HEAD * line)).min(1.0);
    let (along, aside) = (HEAD * scale / length, HEAD_WIDTH * scale / length);
    let foot = (to.0 - x * along, to.1 - y * along);
    [(foot.0 - y * aside, foot.1 + x * aside), (foot.0 + y * aside, foot.1 - x * aside)]
}

/// Whether a pointer there touches the object, with so much room for imprecise hands.
#[must_use]
pub fn is_hit(object: &Object, point: (f64, f64), tolerance: f64) -> bool {
    if !bounds(object).grown(tolerance).contains(point) {
        return false;
    }
    let frame = frame(object);
    match &object.content {
        Content::Note { .. } | Content::Text { .. } | Content::Image { .. } => true,
        Content::Shape { form, .. } => is_in_form(*form, frame.grown(tolerance), point),
        Content::Arrow { start } => {
            let (from, to) = arrow(frame, *start);
            distance_to_segment(point, from, to) <= line_width(frame) / 2.0 + tolerance
        }
        Content::Ink { points, width } => {
            let dabs = dabs(frame, points, *width);
            let near = |from: Dab, to: Dab| {
                let reach = from.radius.max(to.radius) + tolerance;
                distance_to_segment(point, (from.x, from.y), (to.x, to.y)) <= reach
            };
            match dabs[..] {
                [dab] => near(dab, dab),
                _ => dabs.windows(2).any(|pair| near(pair[0], pair[1])),
            }
        }
    }
}

/// Whether all of the object lies in the area that somebody drew around things.
#[must_use]
pub fn is_within(object: &Object, marquee: Area) -> bool {
    let Area { left, top, right, bottom } = frame(object);
    marquee.contains((left, top)) && marquee.contains((right, bottom))
}

fn is_in_form(form: Form, area: Area, point: (f64, f64)) -> bool {
    let (x, y) = area.middle();
    // Far from the middle, in halves of the area.
    let part = |distance: f64, length: f64| {
        if length > 0.0 { (distance / (length / 2.0)).abs() } else { f64::from(distance != 0.0) }
    };
    let across = part(point.0 - x, area.right - area.left);
    let down = part(point.1 - y, area.bottom - area.top);
    match form {
        Form::Rectangle => across <= 1.0 && down <= 1.0,
        Form::Ellipse => across.hypot(down) <= 1.0,
        Form::Diamond => across + down <= 1.0,
    }
}

/// How far a point is from the nearest point of a segment.
#[must_use]
pub fn distance_to_segment(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let (px, py) = (point.0 - from.0, point.1 - from.1);
    let square = x * x + y * y;
    let along = if square > 0.0 { within((px * x + py * y) / square, 0.0, 1.0) } else { 0.0 };
    (px - along * x).hypot(py - along * y)
}

impl Area {
    /// As much larger on each side.
    #[must_use]
    pub fn grown(self, by: f64) -> Self {
        let Self { left, top, right, bottom } = self;
        Self { left: left - by, top: top - by, right: right + by, bottom: bottom + by }
    }

    /// So far to the right and down.
    #[must_use]
    pub fn moved(self, (right, down): (f64, f64)) -> Self {
        Self {
            left: self.left + right,
            top: self.top + down,
            right: self.right + right,
            bottom: self.bottom + down,
        }
    }

    /// From left to right.
    #[must_use]
    pub fn width(self) -> f64 {
        self.right - self.left
    }

    /// From top to bottom.
    #[must_use]
    pub fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// Whether the two have a point in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.left <= other.right
            && other.left <= self.right
            && self.top <= other.bottom
            && other.top <= self.bottom
    }
}

/// The part of a shape that text has.
#[must_use]
pub fn fitting(form: Form, area: Area) -> Area {
    let less = match form {
        Form::Rectangle => 0.0,
        Form::Ellipse => 0.146,
        Form::Diamond => 0.25,
    };
    let (across, down) = (area.width() * less, area.height() * less);
    Area {
        left: area.left + across,
        top: area.top + down,
        right: area.right - across,
        bottom: area.bottom - down,
    }
}

#[cfg(test)]
mod tests {
    use starling_protocol::board::InkPoint;

    use super::*;
    use crate::scene::samples::{area, at, note, object, random_object, seeded};

    #[test]
    fn frames_are_in_board_units_and_lines_reach_beyond_them() {
        let note = note(1, area(10.0, 20.0, 110.0, 70.0));
        assert_eq!(frame(&note), area(10.0, 20.0, 110.0, 70.0));
        assert_eq!(bounds(&note), frame(&note));
        let ink = Content::Ink { points: vec![InkPoint::default()], width: 16 };
        let ink = object(1, area(10.0, 20.0, 10.0, 20.0), ink);
        assert_eq!(bounds(&ink), area(8.0, 18.0, 12.0, 22.0));
    }

    #[test]
    fn what_is_placed_lies_on_the_board() {
        let (place, size) = placed(area(-5.0, 16_380.0, 15.0, 16_390.0));
        assert_eq!(place, at(0.0, 16_373.75));
        assert_eq!(size, Size { width: 80, height: 40 });
        for seed in 0..300 {
            let mut random = seeded(seed);
            let mut far = || random(-20_000.0, 40_000.0);
            let area = between((far(), far()), (far(), far()));
            let (at, size) = placed(area);
            assert!(at.x.checked_add(size.width).is_some(), "seed {seed}");
            assert!(at.y.checked_add(size.height).is_some(), "seed {seed}");
        }
    }

    #[test]
    fn what_fits_keeps_its_place() {
        assert_eq!(onto_board(area(0.0, 0.0, 16_383.75, 1.0)), (0.0, 0.0));
        assert_eq!(kept_on_board(area(10.0, 10.0, 20.0, 20.0), (-30.0, 5.0)), (-10.0, 5.0));
    }

    #[test]
    fn an_arrow_is_where_it_was_drawn() {
        for (from, to) in [((1.0, 2.0), (9.0, 8.0)), ((9.0, 2.0), (1.0, 8.0))] {
            for (from, to) in [(from, to), (to, from)] {
                let (frame, start) = arrow_between(from, to);
                assert_eq!(arrow(frame, start), (from, to));
            }
        }
    }

    #[test]
    fn forms_are_hit_where_they_are_seen() {
        let shape = |form| {
            let content = Content::Shape { form, text: String::new() };
            object(1, area(0.0, 0.0, 200.0, 100.0), content)
        };
        let corner = (10.0, 6.0);
        assert!(is_hit(&shape(Form::Rectangle), corner, 0.0));
        assert!(!is_hit(&shape(Form::Ellipse), corner, 0.0));
        assert!(!is_hit(&shape(Form::Diamond), corner, 0.0));
        assert!(is_hit(&shape(Form::Ellipse), (40.0, 20.0), 0.0));
        assert!(!is_hit(&shape(Form::Diamond), (40.0, 20.0), 0.0));
        for form in [Form::Rectangle, Form::Ellipse, Form::Diamond] {
            assert!(is_hit(&shape(form), (100.0, 50.0), 0.0));
        }
    }

    #[test]
    fn lines_are_hit_along_them_and_not_beside() {
        let arrow =
            object(1, area(0.0, 0.0, 100.0, 100.0), Content::Arrow { start: Corner::BottomLeft });
        assert!(is_hit(&arrow, (50.0, 50.0), 0.0));
        assert!(!is_hit(&arrow, (20.0, 20.0), 4.0));
        let dot = Content::Ink {
            points: vec![InkPoint { pressure: 255, ..InkPoint::default() }],
            width: 40,
        };
        let dot = object(1, area(50.0, 50.0, 50.0, 50.0), dot);
        assert!(is_hit(&dot, (54.0, 50.0), 0.0));
        assert!(!is_hit(&dot, (56.0, 50.0), 0.0));
        assert!(is_hit(&dot, (56.0, 50.0), 2.0));
    }

    #[test]
    fn stretched_ink_is_hit_where_it_is_drawn() {
        let point = |x, y| InkPoint { x, y, pressure: 255 };
        let content = Content::Ink { points: vec![point(0, 0), point(40, 40)], width: 8 };
        let ink = object(1, area(0.0, 0.0, 100.0, 20.0), content);
        assert!(is_hit(&ink, (50.0, 10.0), 0.0));
        assert!(is_hit(&ink, (100.0, 20.0), 0.0));
        assert!(!is_hit(&ink, (10.0, 10.0), 0.0));
    }

    #[test]
    fn a_marquee_takes_what_is_whole_in_it() {
        let note = note(1, area(10.0, 10.0, 20.0, 20.0));
        assert!(is_within(&note, area(10.0, 10.0, 20.0, 20.0)));
        assert!(!is_within(&note, area(11.0, 0.0, 50.0, 50.0)));
    }

    #[test]
    fn nothing_is_hit_beside_its_bounds() {
        for seed in 0..300 {
            let mut random = seeded(seed);
            let object = random_object(1, &mut random);
            let tolerance = random(0.0, 10.0);
            let near = bounds(&object).grown(40.0);
            for _ in 0..50 {
                let point = (random(near.left, near.right), random(near.top, near.bottom));
                let is_near = bounds(&object).grown(tolerance).contains(point);
                assert!(is_near || !is_hit(&object, point, tolerance), "seed {seed}");
            }
        }
    }
}
