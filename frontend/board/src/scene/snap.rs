//! Snapping: what is moved or resized comes to lie in line with what is near.

use crate::Area;

/// A line along which things lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guide {
    /// From top to bottom.
    Upright {
        /// How far from the left.
        x: f64,
        /// Where it starts.
        top: f64,
        /// Where it ends.
        bottom: f64,
    },
    /// From left to right.
    Level {
        /// How far from the top.
        y: f64,
        /// Where it starts.
        left: f64,
        /// Where it ends.
        right: f64,
    },
}

/// How far to move on, and the lines that this follows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snap {
    /// To the right and down.
    pub by: (f64, f64),
    /// What to draw.
    pub guides: Vec<Guide>,
}

/// What of an area may snap: of each direction its start, its middle and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Left, middle, right.
    pub across: [bool; 3],
    /// Top, middle, bottom.
    pub down: [bool; 3],
}

impl Parts {
    /// Everything: it is moved.
    pub const ALL: Self = Self { across: [true; 3], down: [true; 3] };
}

/// What an area lies along, seen in one direction.
#[derive(Clone, Copy)]
struct Lines {
    at: [f64; 3],
    /// How far it reaches in the other direction.
    from: f64,
    to: f64,
}

fn across(area: Area) -> Lines {
    let at = [area.left, f64::midpoint(area.left, area.right), area.right];
    Lines { at, from: area.top, to: area.bottom }
}

fn down(area: Area) -> Lines {
    let at = [area.top, f64::midpoint(area.top, area.bottom), area.bottom];
    Lines { at, from: area.left, to: area.right }
}

/// The nearest place at which the area is in line with others, no further than `reach` in each direction.
#[must_use]
pub fn snap(area: Area, parts: Parts, others: &[Area], reach: f64) -> Snap {
    let others_across: Vec<Lines> = others.iter().map(|it| across(*it)).collect();
    let others_down: Vec<Lines> = others.iter().map(|it| down(*it)).collect();
    let right = nearest(across(area), parts.across, &others_across, reach);
    let below = nearest(down(area), parts.down, &others_down, reach);
    let by = (right.unwrap_or_default(), below.unwrap_or_default());
    let area = area.moved(by);
    let mut guides = Vec::new();
    if right.is_some() {
        let lines = guide_lines(across(area), parts.across, &others_across);
        guides.extend(lines.map(|(x, top, bottom)| Guide::Upright { x, top, bottom }));
    }
    if below.is_some() {
        let lines = guide_lines(down(area), parts.down, &others_down);
        guides.extend(lines.map(|(y, left, right)| Guide::Level { y, left, right }));
    }
    Snap { by, guides }
}

fn used(lines: Lines, parts: [bool; 3]) -> impl Iterator<Item = f64> {
    lines.at.into_iter().zip(parts).filter(|(_, is_used)| *is_used).map(|(at, _)| at)
}

/// How far it is to the nearest line of another one.
fn nearest(own: Lines, parts: [bool; 3], others: &[Lines], reach: f64) -> Option<f64> {
    let ways = used(own, parts)
        .flat_map(|at| others.iter().flat_map(move |other| other.at.map(|line| line - at)));
    ways.filter(|way| way.abs() <= reach).min_by(|a, b| a.abs().total_cmp(&b.abs()))
}

/// The lines that are shared now, each as long as those that share it.
fn guide_lines(
    own: Lines,
    parts: [bool; 3],
    others: &[Lines],
) -> impl Iterator<Item = (f64, f64, f64)> {
    used(own, parts).filter_map(move |at| {
        let shares = |other: &&Lines| other.at.iter().any(|line| (line - at).abs() < 0.01);
        let sharing = others.iter().filter(shares);
        let ends = sharing.map(|other| (other.from, other.to));
        let (from, to) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        Some((at, from.min(own.from), to.max(own.to)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::samples::{area, seeded};

    const OTHER: Area = Area { left: 100.0, top: 100.0, right: 200.0, bottom: 160.0 };

    #[test]
    fn edges_and_middles_snap_to_edges_and_middles() {
        // Its left edge is 3 from the other's right one.
        let snapped = snap(area(203.0, 400.0, 263.0, 450.0), Parts::ALL, &[OTHER], 5.0);
        assert_eq!(snapped.by, (-3.0, 0.0));
        assert_eq!(snapped.guides, [Guide::Upright { x: 200.0, top: 100.0, bottom: 450.0 }]);
        // Its middle is 2 from the other's.
        let snapped = snap(area(300.0, 108.0, 400.0, 148.0), Parts::ALL, &[OTHER], 5.0);
        assert_eq!(snapped.by, (0.0, 2.0));
        assert_eq!(snapped.guides, [Guide::Level { y: 130.0, left: 100.0, right: 400.0 }]);
    }

    #[test]
    fn the_nearest_wins_and_what_is_far_does_nothing() {
        let others = [OTHER, area(204.5, 0.0, 230.0, 10.0)];
        assert_eq!(snap(area(203.0, 400.0, 903.0, 450.0), Parts::ALL, &others, 5.0).by.0, 1.5);
        assert_eq!(
            snap(area(206.0, 400.0, 906.0, 450.0), Parts::ALL, &[OTHER], 5.0),
            Snap::default()
        );
        assert_eq!(snap(OTHER, Parts::ALL, &[], 5.0), Snap::default());
    }

    #[test]
    fn of_what_is_resized_only_the_edge_in_hand_snaps() {
        let parts = Parts { across: [false, false, true], down: [false; 3] };
        let snapped = snap(area(98.0, 98.0, 197.0, 158.0), parts, &[OTHER], 5.0);
        assert_eq!(snapped.by, (3.0, 0.0));
        assert_eq!(snapped.guides.len(), 1);
    }

    #[test]
    fn what_lies_alike_shares_all_its_lines() {
        let snapped = snap(OTHER.moved((300.0, 1.0)), Parts::ALL, &[OTHER], 5.0);
        assert_eq!(snapped.by, (0.0, -1.0));
        assert_eq!(snapped.guides.len(), 3);
    }

    #[test]
    fn it_never_moves_further_than_it_may_and_then_lies_in_line() {
        for seed in 0..300 {
            let mut random = seeded(seed);
            let mut some = || {
                let (left, top) = (random(0.0, 500.0), random(0.0, 500.0));
                area(left, top, left + random(0.0, 200.0), top + random(0.0, 200.0))
            };
            let own = some();
            let others: Vec<Area> = (0..20).map(|_| some()).collect();
            let snapped = snap(own, Parts::ALL, &others, 6.0);
            assert!(snapped.by.0.abs() <= 6.0 && snapped.by.1.abs() <= 6.0, "seed {seed}");
            let again = snap(own.moved(snapped.by), Parts::ALL, &others, 6.0);
            assert!(again.by.0.abs() < 1e-9 && again.by.1.abs() < 1e-9, "seed {seed}");
        }
    }
}
