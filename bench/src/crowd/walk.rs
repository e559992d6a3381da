//! How somebody in the crowd walks: which part of the board they look at, where they point within it,
//! and how a point tells which move it was.
//!
//! A cursor goes round in its view, and the view drifts over the board. The points are 64 units apart;
//! the lower byte of each coordinate holds half of the move's number.

use std::f64::consts::TAU;

use starling_protocol::{BOARD_UNITS, Point, View};

/// A window of usual size, at full scale, in board units.
const WINDOW: (f64, f64) = (1_600.0, 1_000.0);
/// Of the crowd, those who see the whole board.
const ABOVE_ALL: f64 = 0.1;
/// How fast views drift, in board units a second.
const DRIFT: f64 = 100.0;
/// How far a cursor goes from the middle of its window, and how long it goes round, in seconds.
const ROUND: (f64, f64) = (600.0, 350.0);
const ROUND_TAKES: f64 = 4.0;

#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    start: (f64, f64),
    direction: f64,
    is_above_all: bool,
}

impl Walk {
    /// People are spread evenly, by multiples of numbers whose remainders keep apart.
    pub(super) fn of(person: u16) -> Self {
        let share = |of: f64| (f64::from(person) * of).fract();
        Self {
            start: (share(0.754_877_666_25) * BOARD_UNITS, share(0.569_840_290_998) * BOARD_UNITS),
            direction: share(0.618_033_988_75) * TAU,
            is_above_all: share(0.414_213_562_37) < ABOVE_ALL,
        }
    }

    pub(super) fn is_above_all(&self) -> bool {
        self.is_above_all
    }

    /// What they see after so many moves.
    pub(super) fn view(&self, number: u16, moves_per_second: f64) -> View {
        if self.is_above_all {
            return View::ALL;
        }
        let (x, y) = self.middle(f64::from(number) / moves_per_second);
        let (width, height) = (WINDOW.0 / 2.0, WINDOW.1 / 2.0);
        let (top_left, bottom_right) = (at(x - width, y - height), at(x + width, y + height));
        View::new(top_left.x, top_left.y, bottom_right.x, bottom_right.y).unwrap_or(View::ALL)
    }

    /// Where they point after that move.
    pub(super) fn point(&self, number: u16, moves_per_second: f64) -> Point {
        let seconds = f64::from(number) / moves_per_second;
        let (x, y) = self.middle(seconds);
        let (sin, cos) = (seconds / ROUND_TAKES * TAU + self.direction).sin_cos();
        let Point { x, y } = at(x + ROUND.0 * cos, y + ROUND.1 * sin);
        Point { x: x & 0xFF00 | number & 0xFF, y: y & 0xFF00 | number >> 8 }
    }

    fn middle(&self, seconds: f64) -> (f64, f64) {
        let (sin, cos) = self.direction.sin_cos();
        (
            bounce(self.start.0 + DRIFT * cos * seconds, WINDOW.0 / 2.0),
            bounce(self.start.1 + DRIFT * sin * seconds, WINDOW.1 / 2.0),
        )
    }
}

/// Which move a point tells of.
pub(super) fn number(point: Point) -> u16 {
    point.x & 0xFF | (point.y & 0xFF) << 8
}

pub(super) fn is_within(point: Point, view: View) -> bool {
    let [left, top, right, bottom] = view.edges();
    (left..=right).contains(&point.x) && (top..=bottom).contains(&point.y)
}

/// To and fro between the margins of the board.
fn bounce(value: f64, margin: f64) -> f64 {
    let span = BOARD_UNITS - 2.0 * margin;
    let value = (value - margin).rem_euclid(2.0 * span);
    margin + if value > span { 2.0 * span - value } else { value }
}

fn at(x: f64, y: f64) -> Point {
    let on_board = |units: f64| units.clamp(0.0, BOARD_UNITS);
    Point::from_units(on_board(x), on_board(y)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_tells_its_move_and_lies_in_view() {
        for person in [0, 1, 7, 999] {
            let walk = Walk::of(person);
            for move_ in [0, 1, 255, 256, 4_000, u16::MAX] {
                let point = walk.point(move_, 10.0);
                assert_eq!(number(point), move_);
                assert!(is_within(point, walk.view(move_, 10.0)), "{person}, {move_}: {point:?}");
            }
        }
    }

    #[test]
    fn the_crowd_is_spread_evenly_and_a_tenth_sees_all() {
        let mut quarters = [0; 4];
        for person in 0..1_000 {
            let Point { x, y } = Walk::of(person).point(0, 10.0);
            quarters[usize::from(x >> 15) + 2 * usize::from(y >> 15)] += 1;
        }
        assert!(quarters.iter().all(|count| (200..300).contains(count)), "{quarters:?}");
        let above_all = (0..1_000).filter(|person| Walk::of(*person).is_above_all()).count();
        assert!((90..=110).contains(&above_all), "{above_all}");
    }

    #[test]
    fn a_view_stays_on_the_board() {
        assert_eq!([100.0, 0.0, -50.0].map(|value| bounce(value, 100.0)), [100.0, 200.0, 250.0]);
        assert_eq!(bounce(BOARD_UNITS, 100.0), BOARD_UNITS - 200.0);
    }
}
