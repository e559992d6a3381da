//! What people point out right now: beacons, signs that they throw, what stands at their cursors, and
//! trails of light. Told what came and what time it is; knows no browser and keeps nothing for long.

use std::collections::{HashMap, VecDeque};

use starling_protocol::board::Signal;

/// How long a beacon can be seen; as long as the style sheet's ripple, and for those who have it
/// outside their window.
pub(crate) const BEACON_MS: f64 = 3_000.0;
/// How long a thrown sign flies; as long as the style sheet has it.
pub(crate) const THROW_MS: f64 = 1_600.0;
/// What stands at a cursor is gone so long after its last key.
pub(crate) const SAID_MS: f64 = 10_000.0;
/// How long light stays.
pub(crate) const LIGHT_MS: f64 = 1_000.0;
/// Whose light was not told of for so long has none any more; it is told every [`LASER_EVERY_MS`].
const LASER_MS: f64 = 9_000.0;
pub(crate) const LASER_EVERY_MS: f64 = 4_000.0;
/// Of more at a time only the newest are shown.
const BEACONS: usize = 20;
const THROWN: usize = 60;
const LIGHTS: usize = 180;

/// Whose cursor it is: a participant's, or, `None`, the viewer's own.
pub(crate) type Whose = Option<u16>;

/// A beacon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Beacon {
    /// No other has it.
    pub(crate) number: u32,
    /// By whom, unless it is the viewer's own.
    pub(crate) user: Option<String>,
    pub(crate) hue: u8,
    /// In board units.
    pub(crate) at: (f64, f64),
    until: f64,
}

/// A thrown sign.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Thrown {
    /// No other has it.
    pub(crate) number: u32,
    pub(crate) sign: String,
    /// From where, in board units.
    pub(crate) at: (f64, f64),
    until: f64,
}

/// A place where light was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Light {
    /// In board units.
    pub(crate) at: (f64, f64),
    pub(crate) since: f64,
    /// Whether nothing leads here from the place before.
    pub(crate) starts: bool,
}

/// Somebody's trail of light.
#[derive(Debug, Default)]
struct Trail {
    lights: VecDeque<Light>,
    /// Until when the cursor leaves light if nothing else is told.
    until: f64,
    lifted: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    beacons: VecDeque<Beacon>,
    thrown: VecDeque<Thrown>,
    said: HashMap<u16, (String, f64)>,
    trails: HashMap<Whose, Trail>,
    last: u32,
}

/// Who points something out.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) whose: Whose,
    pub(crate) user: Option<String>,
    pub(crate) hue: u8,
}

impl Signals {
    /// Somebody pointed something out.
    pub(crate) fn signalled(&mut self, by: Sender, signal: Signal, now: f64) {
        self.last = self.last.wrapping_add(1);
        let number = self.last;
        match signal {
            Signal::Beacon { at } => {
                let until = now + BEACON_MS;
                let (user, hue, at) = (by.user, by.hue, at.to_units());
                // Theirs from before is where they do not point any more.
                self.beacons.retain(|beacon| beacon.user != user);
                push(&mut self.beacons, Beacon { number, user, hue, at, until }, BEACONS);
            }
            Signal::Throw { at, emoji } => {
                let (sign, until) = (emoji.as_str().to_owned(), now + THROW_MS);
                let thrown = Thrown { number, sign, at: at.to_units(), until };
                push(&mut self.thrown, thrown, THROWN);
            }
            Signal::Say { text } => {
                let Some(slot) = by.whose else { return };
                if text.is_empty() {
                    self.said.remove(&slot);
                } else {
                    self.said.insert(slot, (text, now + SAID_MS));
                }
            }
            Signal::Laser { active } => {
                let trail = self.trails.entry(by.whose).or_default();
                trail.until = if active { now + LASER_MS } else { now };
            }
        }
    }

    /// It is that late, and these are the cursors.
    pub(crate) fn step(&mut self, now: f64, cursors: impl Fn(Whose) -> Option<(f64, f64)>) {
        self.beacons.retain(|beacon| beacon.until > now);
        self.thrown.retain(|thrown| thrown.until > now);
        self.said.retain(|_, (_, until)| *until > now);
        self.trails.retain(|whose, trail| {
            trail.step(now, cursors(*whose));
            trail.until > now || !trail.lights.is_empty()
        });
    }

    /// Nobody is there any more who could have pointed anything out.
    pub(crate) fn clear(&mut self) {
        self.said.clear();
        self.trails.retain(|whose, _| whose.is_none());
    }

    /// These participants are all there are.
    pub(crate) fn keep(&mut self, is_here: impl Fn(u16) -> bool) {
        self.said.retain(|slot, _| is_here(*slot));
        self.trails.retain(|whose, _| whose.is_none_or(&is_here));
    }

    /// Whether something has to be drawn again at the next frame.
    pub(crate) fn moves(&self) -> bool {
        self.trails.values().any(|trail| !trail.lights.is_empty())
    }

    /// When [`Self::step`] has something to do if nothing happens before.
    pub(crate) fn next_change(&self) -> Option<f64> {
        let beacons = self.beacons.iter().map(|beacon| beacon.until);
        let thrown = self.thrown.iter().map(|thrown| thrown.until);
        let said = self.said.values().map(|(_, until)| *until);
        beacons.chain(thrown).chain(said).reduce(f64::min)
    }

    pub(crate) fn beacons(&self) -> impl Iterator<Item = &Beacon> {
        self.beacons.iter()
    }

    pub(crate) fn thrown(&self) -> impl Iterator<Item = &Thrown> {
        self.thrown.iter()
    }

    /// What stands at a participant's cursor.
    pub(crate) fn said(&self, slot: u16) -> Option<&str> {
        self.said.get(&slot).map(|(text, _)| text.as_str())
    }

    /// Where light is, the oldest first.
    pub(crate) fn lights(&self) -> impl Iterator<Item = (Whose, &VecDeque<Light>)> {
        self.trails.iter().map(|(whose, trail)| (*whose, &trail.lights))
    }
}

impl Trail {
    fn step(&mut self, now: f64, at: Option<(f64, f64)>) {
        while self.lights.front().is_some_and(|light| now - light.since >= LIGHT_MS) {
            self.lights.pop_front();
        }
        let Some(at) = at.filter(|_| self.until > now) else {
            self.lifted = true;
            return;
        };
        if self.lights.back().is_some_and(|light| light.at == at) {
            return;
        }
        let starts = self.lights.is_empty() || self.lifted;
        self.lifted = false;
        push(&mut self.lights, Light { at, since: now, starts }, LIGHTS);
    }
}

fn push<T>(queue: &mut VecDeque<T>, one: T, most: usize) {
    if queue.len() == most {
        queue.pop_front();
    }
    queue.push_back(one);
}

#[cfg(test)]
mod tests {
    use starling_protocol::{Emoji, Point};

    use super::*;

    fn ada() -> Sender {
        Sender { whose: Some(7), user: Some("ada".into()), hue: 3 }
    }

    fn own() -> Sender {
        Sender { whose: None, user: None, hue: 1 }
    }

    fn point(x: f64) -> Point {
        Point::from_units(x, 10.0).unwrap()
    }

    fn nowhere(_: Whose) -> Option<(f64, f64)> {
        None
    }

    #[test]
    fn a_beacon_lasts_three_seconds_and_a_person_has_one() {
        let mut signals = Signals::default();
        signals.signalled(ada(), Signal::Beacon { at: point(1.0) }, 0.0);
        signals.signalled(own(), Signal::Beacon { at: point(2.0) }, 500.0);
        signals.signalled(ada(), Signal::Beacon { at: point(3.0) }, 1_000.0);
        let places: Vec<f64> = signals.beacons().map(|beacon| beacon.at.0).collect();
        assert_eq!(places, [2.0, 3.0]);
        assert_eq!(signals.next_change(), Some(3_500.0));
        signals.step(3_500.0, nowhere);
        assert_eq!(signals.beacons().count(), 1);
        signals.step(4_000.0, nowhere);
        assert_eq!((signals.beacons().count(), signals.next_change()), (0, None));
    }

    #[test]
    fn of_many_signs_the_newest_fly() {
        let mut signals = Signals::default();
        let throw = |x: f64| Signal::Throw { at: point(x), emoji: Emoji::parse("🎉").unwrap() };
        for x in 0..=THROWN {
            signals.signalled(ada(), throw(x as f64), 0.0);
        }
        assert_eq!(signals.thrown().count(), THROWN);
        assert_eq!(signals.thrown().next().unwrap().at.0, 1.0);
        signals.step(THROW_MS, nowhere);
        assert_eq!(signals.thrown().count(), 0);
    }

    #[test]
    fn what_is_said_stays_ten_seconds_after_the_last_key() {
        let mut signals = Signals::default();
        let say = |text: &str| Signal::Say { text: text.into() };
        signals.signalled(ada(), say("he"), 0.0);
        signals.signalled(ada(), say("hey"), 4_000.0);
        signals.step(13_999.0, nowhere);
        assert_eq!(signals.said(7), Some("hey"));
        signals.step(14_000.0, nowhere);
        assert_eq!(signals.said(7), None);
        signals.signalled(ada(), say("again"), 20_000.0);
        signals.signalled(ada(), say(""), 20_100.0);
        assert_eq!(signals.said(7), None, "who closes it takes it back");
        signals.signalled(ada(), say("and gone"), 20_200.0);
        signals.keep(|slot| slot != 7);
        assert_eq!(signals.said(7), None);
    }

    #[test]
    fn light_follows_the_cursor_and_fades() {
        let mut signals = Signals::default();
        let laser = |active| Signal::Laser { active };
        signals.signalled(ada(), laser(true), 0.0);
        for step in 0..5 {
            let x = f64::from(step);
            signals.step(x * 100.0, |whose| (whose == Some(7)).then_some((x, 0.0)));
        }
        let lights = |signals: &Signals| {
            let all = signals.lights().flat_map(|(_, lights)| lights.iter().copied());
            all.map(|light| (light.at.0, light.starts)).collect::<Vec<_>>()
        };
        let expected = [(0.0, true), (1.0, false), (2.0, false), (3.0, false), (4.0, false)];
        assert_eq!(lights(&signals), expected);
        // Where it left the board nothing is drawn.
        signals.step(500.0, nowhere);
        signals.step(600.0, |_| Some((50.0, 0.0)));
        assert_eq!(lights(&signals).last(), Some(&(50.0, true)));
        // A cursor that rests leaves no more light.
        signals.step(1_200.0, |_| Some((50.0, 0.0)));
        assert_eq!(lights(&signals), [(3.0, false), (4.0, false), (50.0, true)]);
        signals.signalled(ada(), laser(false), 1_300.0);
        signals.step(1_350.0, |_| Some((60.0, 0.0)));
        assert_eq!(lights(&signals).last(), Some(&(50.0, true)));
        assert!(signals.moves());
        signals.step(1_600.0, nowhere);
        assert!(!signals.moves());
        assert_eq!(signals.lights().count(), 0);
    }

    #[test]
    fn whose_light_is_not_told_of_again_has_none() {
        let mut signals = Signals::default();
        signals.signalled(own(), Signal::Laser { active: true }, 0.0);
        signals.step(LASER_EVERY_MS, |_| Some((1.0, 1.0)));
        signals.signalled(own(), Signal::Laser { active: true }, LASER_EVERY_MS);
        signals.step(LASER_MS, |_| Some((2.0, 1.0)));
        assert!(signals.moves(), "it was told of again");
        signals.step(LASER_EVERY_MS + LASER_MS + LIGHT_MS, |_| Some((3.0, 1.0)));
        assert_eq!(signals.lights().count(), 0);
    }
}
