//! Strokes: their smooth outline, as thick as the pen was pressed, and fewer points where these say
//! nothing.

use starling_protocol::board::InkPoint;

use crate::Area;

const QUARTERS: f64 = 4.0;
/// How thin a stroke gets without any pressure, as a part of its full width.
const THINNEST: f64 = 0.3;
/// Between two points the curve has at most so many more.
const STEPS: usize = 8;
/// About as far apart.
const STEP: f64 = 4.0;

/// A round mark that the pen leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dab {
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// How far it reaches.
    pub radius: f64,
}

impl Dab {
    fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The marks of a stroke's points, in the frame of its object, which may stretch it.
#[must_use]
pub fn dabs(frame: Area, points: &[InkPoint], width: u16) -> Vec<Dab> {
    let stretch = |length: f64, most: Option<u16>| match most {
        Some(most) if most > 0 => length / f64::from(most),
        _ => 1.0 / QUARTERS,
    };
    let across = stretch(frame.width(), points.iter().map(|point| point.x).max());
    let down = stretch(frame.height(), points.iter().map(|point| point.y).max());
    let full = f64::from(width) / QUARTERS / 2.0;
    let dab = |point: &InkPoint| Dab {
        x: frame.left + f64::from(point.x) * across,
        y: frame.top + f64::from(point.y) * down,
        radius: full * (THINNEST + (1.0 - THINNEST) * f64::from(point.pressure) / 255.0),
    };
    points.iter().map(dab).collect()
}

/// A smooth curve through all of them.
#[must_use]
pub fn smoothed(dabs: &[Dab]) -> Vec<Dab> {
    let Some(last) = dabs.last() else { return Vec::new() };
    let mut curve = Vec::with_capacity(dabs.len() * 2);
    for at in 0..dabs.len() - 1 {
        let (from, to) = (dabs[at], dabs[at + 1]);
        let (before, after) = (dabs[at.saturating_sub(1)], dabs[(at + 2).min(dabs.len() - 1)]);
        let steps = ((from.distance(to) / STEP).ceil() as usize).clamp(1, STEPS);
        for step in 0..steps {
            let t = step as f64 / steps as f64;
            curve.push(Dab {
                x: spline(before.x, from.x, to.x, after.x, t),
                y: spline(before.y, from.y, to.y, after.y, t),
                radius: from.radius + (to.radius - from.radius) * t,
            });
        }
    }
    curve.push(*last);
    curve
}

/// Catmull and Rom's: through `b` at 0 and `c` at 1.
fn spline(a: f64, b: f64, c: f64, d: f64, t: f64) -> f64 {
    let slope = (c - a) / 2.0;
    let end_slope = (d - b) / 2.0;
    let (t2, t3) = (t * t, t * t * t);
    b * (2.0 * t3 - 3.0 * t2 + 1.0)
        + slope * (t3 - 2.0 * t2 + t)
        + c * (3.0 * t2 - 2.0 * t3)
        + end_slope * (t3 - t2)
}

/// What a stroke covers: polygons that turn the same way and may overlap. Fill them together, by the
/// rule “nonzero”.
#[must_use]
pub fn outline(dabs: &[Dab]) -> Vec<Vec<(f64, f64)>> {
    let dabs = thinned(dabs);
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..dabs.len() {
        // Where the stroke turns within its own width, its sides would cross: it is done in pieces.
        if at + 1 == dabs.len() || is_sharp(dabs[at - 1], dabs[at], dabs[at + 1]) {
            pieces.push(piece(&dabs[start..=at]));
            start = at;
        }
    }
    if let [dab] = dabs[..] {
        pieces.push(piece(&[dab]));
    }
    pieces
}

/// Without marks that lie on the one before.
fn thinned(dabs: &[Dab]) -> Vec<Dab> {
    let mut kept: Vec<Dab> = Vec::with_capacity(dabs.len());
    for dab in dabs {
        if kept.last().is_none_or(|last| last.distance(*dab) > (dab.radius * 0.3).max(0.05)) {
            kept.push(*dab);
        }
    }
    // Where it ends counts.
    if let (Some(end), [.., last]) = (dabs.last(), &mut kept[..])
        && last != end
    {
        if dabs.first().is_some_and(|first| first == last) {
            kept.push(*end);
        } else {
            *last = *end;
        }
    }
    kept
}

fn is_sharp(before: Dab, at: Dab, after: Dab) -> bool {
    let (ax, ay) = (at.x - before.x, at.y - before.y);
    let (bx, by) = (after.x - at.x, after.y - at.y);
    let turn = (ax * by - ay * bx).atan2(ax * bx + ay * by).abs();
    let shorter = before.distance(at).min(at.distance(after));
    turn * at.radius > 0.8 * shorter
}

/// A stretch with round ends: along its left side, and back along its right.
fn piece(dabs: &[Dab]) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (dabs.first(), dabs.last()) else { return Vec::new() };
    let direction = |at: usize| {
        let (from, to) = (dabs[at.saturating_sub(1)], dabs[(at + 1).min(dabs.len() - 1)]);
        (to.y - from.y).atan2(to.x - from.x)
    };
    let quarter = std::f64::consts::FRAC_PI_2;
    let side = |at: usize, turn: f64| on_circle(dabs[at], direction(at) + turn);
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(dabs.len() * 2 + 16);
    points.extend((0..dabs.len()).map(|at| side(at, -quarter)));
    points.extend(cap(*last, direction(dabs.len() - 1)));
    points.extend((0..dabs.len()).rev().map(|at| side(at, quarter)));
    points.extend(cap(*first, direction(0) + 2.0 * quarter));
    points
}

/// The half circle around an end, without its first and last point.
fn cap(dab: Dab, direction: f64) -> impl Iterator<Item = (f64, f64)> {
    const PARTS: usize = 8;
    (1..PARTS).map(move |part| {
        let turn = std::f64::consts::PI * (part as f64 / PARTS as f64 - 0.5);
        on_circle(dab, direction + turn)
    })
}

fn on_circle(dab: Dab, angle: f64) -> (f64, f64) {
    (dab.x + dab.radius * angle.cos(), dab.y + dab.radius * angle.sin())
}

/// The same stroke with at most so many points: those that change its course or thickness least are
/// left out. Both ends stay; fewer than two there never are, unless it has only one.
#[must_use]
pub fn simplified(points: &[InkPoint], most: usize) -> Vec<InkPoint> {
    let most = most.max(2);
    // A quarter of a quarter unit is nothing that anybody drew.
    let mut tolerance = 0.25;
    loop {
        let kept = within(points, tolerance);
        if kept.len() <= most {
            return kept;
        }
        tolerance *= 1.5;
    }
}

/// Ramer, Douglas and Peucker's way: without the points that are no further than that from the line
/// between those that stay.
fn within(points: &[InkPoint], tolerance: f64) -> Vec<InkPoint> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut stays = vec![false; points.len()];
    let last = points.len() - 1;
    (stays[0], stays[last]) = (true, true);
    let mut stretches = vec![(0, last)];
    while let Some((from, to)) = stretches.pop() {
        let far = (from + 1..to).map(|at| (at, off_line(points[at], points[from], points[to])));
        let furthest = far.max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, _)) = furthest.filter(|(_, far)| *far > tolerance) {
            stays[at] = true;
            stretches.extend([(from, at), (at, to)]);
        }
    }
    points.iter().zip(stays).filter(|(_, stays)| *stays).map(|(point, _)| *point).collect()
}

/// How far a point is from the line between two others, pressure among its coordinates.
fn off_line(point: InkPoint, from: InkPoint, to: InkPoint) -> f64 {
    // Of a stroke's width, ten of 255 steps of pressure are about as visible as a quarter unit.
    let place = |it: InkPoint| [f64::from(it.x), f64::from(it.y), f64::from(it.pressure) / 10.0];
    let (point, from, to) = (place(point), place(from), place(to));
    let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let minus = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let (line, rest) = (minus(to, from), minus(point, from));
    let square = dot(line, line);
    let along = if square > 0.0 { (dot(rest, line) / square).clamp(0.0, 1.0) } else { 0.0 };
    let off = minus(rest, line.map(|length| length * along));
    dot(off, off).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::geometry::distance_to_segment;
    use crate::scene::samples::{area, seeded};

    fn point(x: u16, y: u16, pressure: u8) -> InkPoint {
        InkPoint { x, y, pressure }
    }

    /// How often the polygons go around a point.
    fn winding(pieces: &[Vec<(f64, f64)>], (x, y): (f64, f64)) -> i32 {
        let mut turns = 0;
        for polygon in pieces {
            for (at, a) in polygon.iter().enumerate() {
                let b = polygon[(at + 1) % polygon.len()];
                let cross = (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0);
                if a.1 <= y && b.1 > y && cross > 0.0 {
                    turns += 1;
                } else if a.1 > y && b.1 <= y && cross < 0.0 {
                    turns -= 1;
                }
            }
        }
        turns
    }

    #[test]
    fn pressure_is_thickness_and_the_frame_stretches() {
        let points = [point(0, 0, 0), point(40, 20, 255)];
        let dabs = dabs(area(10.0, 10.0, 30.0, 15.0), &points, 80);
        assert_eq!(dabs[0], Dab { x: 10.0, y: 10.0, radius: 3.0 });
        assert_eq!(dabs[1], Dab { x: 30.0, y: 15.0, radius: 10.0 });
    }

    #[test]
    fn the_curve_goes_through_all_points() {
        let mut random = seeded(3);
        let dabs: Vec<Dab> = (0..40)
            .map(|_| Dab { x: random(0.0, 99.0), y: random(0.0, 99.0), radius: 2.0 })
            .collect();
        let curve = smoothed(&dabs);
        for dab in &dabs {
            assert!(curve.iter().any(|it| it.distance(*dab) < 1e-9));
        }
        assert!(smoothed(&[]).is_empty());
        assert_eq!(smoothed(&dabs[..1]), &dabs[..1]);
    }

    #[test]
    fn a_dot_is_round() {
        let dot = outline(&[Dab { x: 5.0, y: 5.0, radius: 2.0 }]);
        assert_ne!(winding(&dot, (6.8, 5.0)), 0);
        assert_ne!(winding(&dot, (5.0, 3.2)), 0);
        assert_eq!(winding(&dot, (6.9, 6.9)), 0);
    }

    #[test]
    fn a_stroke_covers_what_the_pen_went_over_and_nothing_else() {
        for seed in 0..300 {
            let mut random = seeded(seed);
            let (mut x, mut y, mut heading) = (500.0, 500.0, 0.0_f64);
            let sharp = random(0.1, 3.0);
            let stroke: Vec<Dab> = (0..random(2.0, 60.0) as usize)
                .map(|_| {
                    heading += random(-sharp, sharp);
                    let length = random(0.0, 30.0);
                    x += heading.cos() * length;
                    y += heading.sin() * length;
                    Dab { x, y, radius: 6.0 }
                })
                .collect();
            let curve = smoothed(&stroke);
            let pieces = outline(&curve);
            for _ in 0..200 {
                let at = curve[random(0.0, curve.len() as f64 - 0.01) as usize];
                let point = (at.x + random(-12.0, 12.0), at.y + random(-12.0, 12.0));
                let far = curve
                    .windows(2)
                    .map(|it| distance_to_segment(point, (it[0].x, it[0].y), (it[1].x, it[1].y)))
                    .fold(f64::INFINITY, f64::min);
                let is_covered = winding(&pieces, point) != 0;
                assert!(is_covered || far > 4.0, "seed {seed}: a hole at {far}");
                assert!(!is_covered || far < 7.0, "seed {seed}: it reaches {far}");
            }
        }
    }

    #[test]
    fn a_straight_line_needs_two_points() {
        let line: Vec<InkPoint> = (0..1_000).map(|x| point(x, x, 128)).collect();
        assert_eq!(simplified(&line, 2_000), [point(0, 0, 128), point(999, 999, 128)]);
        let pressed = [point(0, 0, 0), point(50, 0, 255), point(100, 0, 0)];
        assert_eq!(simplified(&pressed, 3), pressed, "pressure counts");
        assert_eq!(simplified(&pressed[..1], 3), &pressed[..1]);
        assert_eq!(simplified(&[], 3), []);
    }

    #[test]
    fn a_simplified_stroke_fits_and_stays_near() {
        for seed in 0..20 {
            let mut random = seeded(seed);
            let (mut x, mut y) = (30_000.0_f64, 30_000.0_f64);
            let stroke: Vec<InkPoint> = (0..1_000)
                .map(|_| {
                    x = (x + random(-20.0, 20.0)).clamp(0.0, 65_535.0);
                    y = (y + random(-20.0, 20.0)).clamp(0.0, 65_535.0);
                    point(x as u16, y as u16, 128)
                })
                .collect();
            let few = simplified(&stroke, 300);
            assert!((2..=300).contains(&few.len()), "seed {seed}");
            assert_eq!((few.first(), few.last()), (stroke.first(), stroke.last()));
            for it in &stroke {
                let near = few.windows(2).map(|pair| off_line(*it, pair[0], pair[1]));
                assert!(near.fold(f64::INFINITY, f64::min) < 60.0, "seed {seed}");
            }
        }
    }
}
