//! How a remote cursor moves between its samples: along a spline, a little behind the truth.

use std::collections::VecDeque;

use starling_protocol::{CURSOR_RESTS_MS, CURSOR_SLEEPS_MS, Point};

use crate::Millis;

pub(crate) const IDLE_AFTER: Millis = CURSOR_RESTS_MS;
const HIDDEN_AFTER: Millis = CURSOR_SLEEPS_MS;
/// The most a cursor may lag behind its newest sample, after perfect-cursors.
const MOST_BEHIND: Millis = 300;
const LEAST_BEHIND: Millis = 32;
/// Shorter steps are not worth an animation.
const SNAP_PX: f64 = 4.0;
const SAMPLES: usize = 8;

/// How a cursor is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presentation {
    /// It moved lately.
    Live,
    /// It has not moved for 3 seconds: faded.
    Idle,
    /// It has not moved for a minute: not drawn.
    Hidden,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Millis,
    x: f64,
    y: f64,
}

/// One remote cursor: its latest samples, and where it is between them.
#[derive(Clone, Debug)]
pub struct Glide {
    samples: VecDeque<Sample>,
    behind: Millis,
}

impl Glide {
    /// A cursor that appears at its first sample.
    pub(crate) fn new(at: Millis, point: Point) -> Self {
        let (x, y) = point.to_units();
        Self { samples: VecDeque::from([Sample { at, x, y }]), behind: LEAST_BEHIND }
    }

    /// Takes a sample of that time. `interval` is how often samples come while the cursor moves.
    pub(crate) fn push(&mut self, at: Millis, point: Point, interval: Millis) {
        self.behind = (2 * interval).clamp(LEAST_BEHIND, MOST_BEHIND);
        let (x, y) = point.to_units();
        if let Some(last) = self.samples.back_mut() {
            // After a rest the cursor sets out now; it did not creep here all the while.
            let rested = at.saturating_sub(last.at) > 2 * self.behind;
            if rested {
                *last = Sample { at: at.saturating_sub(interval), ..*last };
                let last = *last;
                self.samples.clear();
                self.samples.push_back(last);
            }
        }
        let at = self.samples.back().map_or(at, |last| at.max(last.at + 1));
        self.samples.push_back(Sample { at, x, y });
        if self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
    }

    /// Where the cursor is by its newest sample.
    #[must_use]
    pub fn newest(&self) -> Point {
        self.samples.back().and_then(|last| Point::from_units(last.x, last.y)).unwrap_or_default()
    }

    /// Where to draw it, in board units. `units_per_px` is the scale of the drawing.
    #[must_use]
    pub fn position(&self, now: Millis, units_per_px: f64) -> (f64, f64) {
        let then = now.saturating_sub(self.behind);
        let after = self.samples.iter().position(|sample| sample.at > then);
        match after {
            None => self.samples.back().map_or((0.0, 0.0), |last| (last.x, last.y)),
            Some(0) => (self.samples[0].x, self.samples[0].y),
            Some(end) => {
                let (from, to) = (self.samples[end - 1], self.samples[end]);
                if (to.x - from.x).hypot(to.y - from.y) < SNAP_PX * units_per_px {
                    return (to.x, to.y);
                }
                let before = self.samples[end.saturating_sub(2)];
                let beyond = self.samples[(end + 1).min(self.samples.len() - 1)];
                let t = (then - from.at) as f64 / (to.at - from.at) as f64;
                (
                    catmull_rom(before.x, from.x, to.x, beyond.x, t),
                    catmull_rom(before.y, from.y, to.y, beyond.y, t),
                )
            }
        }
    }

    /// Whether it still changes its place by itself.
    #[must_use]
    pub fn is_moving(&self, now: Millis) -> bool {
        self.samples.back().is_some_and(|last| now < last.at + self.behind)
    }

    /// How to draw it.
    #[must_use]
    pub fn presentation(&self, now: Millis) -> Presentation {
        match self.samples.back().map_or(HIDDEN_AFTER, |last| now.saturating_sub(last.at)) {
            0..IDLE_AFTER => Presentation::Live,
            IDLE_AFTER..HIDDEN_AFTER => Presentation::Idle,
            _ => Presentation::Hidden,
        }
    }

    /// When [`Self::presentation`] changes next, if no sample comes.
    #[must_use]
    pub fn next_presentation(&self, now: Millis) -> Option<Millis> {
        let last = self.samples.back()?.at;
        [last + IDLE_AFTER, last + HIDDEN_AFTER].into_iter().find(|change| *change > now)
    }
}

/// The point at `t` (0 to 1) between `p1` and `p2` on the uniform Catmull-Rom spline.
/// Source: E. Catmull, R. Rom, "A class of local interpolating splines", 1974.
fn catmull_rom(p0: f64, p1: f64, p2: f64, p3: f64, t: f64) -> f64 {
    0.5 * (2.0 * p1
        + (p2 - p0) * t
        + (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3) * t * t
        + (3.0 * p1 - p0 - 3.0 * p2 + p3) * t * t * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: f64 = 1.0;

    fn at(x: f64, y: f64) -> Point {
        Point::from_units(x, y).unwrap()
    }

    #[test]
    fn it_ends_exactly_where_the_last_sample_is() {
        let mut glide = Glide::new(1_000, at(0.0, 0.0));
        for step in 1..=20_u32 {
            let x = f64::from(step) * 100.0;
            glide.push(1_000 + Millis::from(step) * 16, at(x, x / 2.0), 16);
        }
        assert!(!glide.is_moving(1_320 + MOST_BEHIND));
        assert_eq!(glide.position(1_320 + MOST_BEHIND, SCALE), (2_000.0, 1_000.0));
    }

    #[test]
    fn it_is_never_more_than_300_ms_behind() {
        let mut glide = Glide::new(0, at(0.0, 0.0));
        glide.push(1_000, at(500.0, 0.0), 1_000);
        assert_eq!(glide.position(1_300, SCALE), (500.0, 0.0));
    }

    #[test]
    fn it_passes_between_samples_and_not_beside_them() {
        let mut glide = Glide::new(0, at(0.0, 0.0));
        for step in 1..=4_u32 {
            glide.push(Millis::from(step) * 33, at(f64::from(step) * 330.0, 0.0), 33);
        }
        let mut last = -1.0;
        for now in 66..=240 {
            let (x, y) = glide.position(now, SCALE);
            assert!(x >= last, "went back from {last} to {x} at {now}");
            assert_eq!(y, 0.0);
            last = x;
        }
        assert_eq!(last, 1_320.0);
    }

    #[test]
    fn after_a_rest_it_sets_out_at_once_instead_of_creeping() {
        let mut glide = Glide::new(0, at(0.0, 0.0));
        glide.push(10_000, at(1_000.0, 0.0), 16);
        assert_eq!(glide.position(10_000 + 15, SCALE), (0.0, 0.0));
        assert_eq!(glide.position(10_000 + 32, SCALE), (1_000.0, 0.0));
    }

    #[test]
    fn a_step_below_4_px_snaps() {
        let mut glide = Glide::new(0, at(0.0, 0.0));
        glide.push(16, at(39.0, 0.0), 16);
        assert_eq!(glide.position(32 + 8, 10.0), (39.0, 0.0));
        assert!(glide.position(32 + 8, 1.0).0 < 39.0);
    }

    #[test]
    fn it_fades_after_3_s_and_is_gone_after_60() {
        let glide = Glide::new(0, at(1.0, 1.0));
        assert_eq!(glide.presentation(2_999), Presentation::Live);
        assert_eq!(glide.presentation(3_000), Presentation::Idle);
        assert_eq!(glide.presentation(59_999), Presentation::Idle);
        assert_eq!(glide.presentation(60_000), Presentation::Hidden);
        assert_eq!(glide.next_presentation(2_999), Some(3_000));
        assert_eq!(glide.next_presentation(3_000), Some(60_000));
        assert_eq!(glide.next_presentation(60_000), None);
    }
}
