//! A murmuration: birds that follow a wandering point and each other. A value without a clock;
//! lengths are shares of the sky's height, so that it looks the same in every window.

use crate::maths::{cos, sin};

/// No more birds than this are drawn; beyond, nobody could count them.
pub(crate) const MOST_BIRDS: usize = 300;

/// How far a bird sees its neighbours.
const SIGHT: f64 = 0.11;
/// How near they may come.
const ELBOW_ROOM: f64 = 0.03;
const SLOWEST: f64 = 0.05;
const FASTEST: f64 = 0.16;

/// A bird.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bird {
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// Heights of the sky a second, to the right.
    pub(crate) dx: f64,
    /// The same, down.
    pub(crate) dy: f64,
}

/// A flock in a sky that is 1 high and `width` wide.
#[derive(Clone, Debug)]
pub(crate) struct Flock {
    birds: Vec<Bird>,
    width: f64,
    seconds: f64,
}

impl Flock {
    /// So many birds, spread evenly around the point they follow.
    pub(crate) fn new(birds: usize, width: f64) -> Self {
        let mut flock = Self { birds: Vec::new(), width, seconds: 0.0 };
        let (x, y) = flock.lure();
        flock.birds = (0..birds.min(MOST_BIRDS))
            .map(|number| {
                // The golden angle fills a disc without a pattern.
                let angle = number as f64 * 2.399_963;
                let radius = 0.02 * (number as f64 + 0.5).sqrt();
                let (sin, cos) = (sin(angle), cos(angle));
                Bird {
                    x: x + radius * cos,
                    y: y + radius * sin,
                    dx: SLOWEST * -sin,
                    dy: SLOWEST * cos,
                }
            })
            .collect();
        flock
    }

    pub(crate) fn birds(&self) -> &[Bird] {
        &self.birds
    }

    /// The sky is so wide now.
    pub(crate) fn resize(&mut self, width: f64) {
        self.width = width;
    }

    /// Lets so much time pass; steps above a tenth of a second are shortened to it.
    pub(crate) fn step(&mut self, seconds: f64) {
        let seconds = seconds.clamp(0.0, 0.1);
        self.seconds += seconds;
        let lure = self.lure();
        let before = self.birds.clone();
        for (number, bird) in self.birds.iter_mut().enumerate() {
            let (ax, ay) = urge(&before, number, lure);
            let (dx, dy) = (bird.dx + ax * seconds, bird.dy + ay * seconds);
            let speed = dx.hypot(dy).max(f64::MIN_POSITIVE);
            let wanted = speed.clamp(SLOWEST, FASTEST) / speed;
            (bird.dx, bird.dy) = (dx * wanted, dy * wanted);
            bird.x += bird.dx * seconds;
            bird.y += bird.dy * seconds;
        }
    }

    /// The point that all follow: it wanders without repeating itself soon.
    fn lure(&self) -> (f64, f64) {
        let t = self.seconds;
        let x = 0.5 + 0.34 * sin(t * 0.13) + 0.1 * cos(t * 0.31);
        let y = 0.45 + 0.25 * cos(t * 0.19) + 0.1 * sin(t * 0.43);
        (x * self.width, y)
    }
}

/// Where a bird wants to: to the lure, the way its neighbours fly, and not too near to any.
fn urge(birds: &[Bird], number: usize, (x, y): (f64, f64)) -> (f64, f64) {
    let bird = birds[number];
    let mut pull = ((x - bird.x) * 0.22, (y - bird.y) * 0.22);
    let (mut along, mut neighbours) = ((0.0, 0.0), 0.0);
    for (other_number, other) in birds.iter().enumerate() {
        let (away_x, away_y) = (bird.x - other.x, bird.y - other.y);
        let distance = away_x.hypot(away_y);
        if other_number == number || distance > SIGHT {
            continue;
        }
        neighbours += 1.0;
        along = (along.0 + other.dx, along.1 + other.dy);
        if distance < ELBOW_ROOM && distance > 0.0 {
            let push = (ELBOW_ROOM - distance) / distance * 1.6;
            pull = (pull.0 + away_x * push, pull.1 + away_y * push);
        }
    }
    if neighbours > 0.0 {
        pull.0 += (along.0 / neighbours - bird.dx) * 0.8;
        pull.1 += (along.1 / neighbours - bird.dy) * 0.8;
    }
    pull
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flock_stays_together_and_near_the_sky() {
        let mut flock = Flock::new(120, 1.6);
        for _ in 0..3_000 {
            flock.step(1.0 / 30.0);
        }
        let (x, y) = flock.lure();
        for bird in flock.birds() {
            assert!((bird.x - x).hypot(bird.y - y) < 0.9, "{bird:?} has lost the others");
            let speed = bird.dx.hypot(bird.dy);
            assert!((SLOWEST - 1e-9..=FASTEST + 1e-9).contains(&speed), "{bird:?}");
        }
    }

    #[test]
    fn there_is_one_bird_for_each_up_to_the_most() {
        assert_eq!(Flock::new(0, 1.0).birds().len(), 0);
        assert_eq!(Flock::new(7, 1.0).birds().len(), 7);
        assert_eq!(Flock::new(MOST_BIRDS + 1, 1.0).birds().len(), MOST_BIRDS);
    }

    #[test]
    fn birds_do_not_fly_into_each_other() {
        let mut flock = Flock::new(40, 1.6);
        for _ in 0..600 {
            flock.step(1.0 / 30.0);
        }
        let birds = flock.birds();
        let close = |a: &Bird, b: &Bird| (a.x - b.x).hypot(a.y - b.y) < 0.002;
        let pairs = (0..40).flat_map(|i| (0..i).map(move |j| (i, j)));
        assert_eq!(pairs.filter(|(i, j)| close(&birds[*i], &birds[*j])).count(), 0);
    }
}
