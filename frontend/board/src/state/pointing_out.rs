//! What the viewer points out, what the others point out to them, and where a message leads.

use starling_protocol::board::{BoardLimits, Signal};
use starling_protocol::{Emoji, Point};

use super::{Focus, State, Tell};
use crate::place::{Place, around};
use crate::saying::Saying;
use crate::signals::{LASER_EVERY_MS, Sender, Signals, Whose};
use crate::view::{Area, View};

/// How long it is shown what a message is about.
const TARGET_MS: f64 = 2_000.0;
/// How long a sentence stays.
const NOTICE_MS: f64 = 5_000.0;
/// Around an object that one is led to so much is shown, in board units.
const AROUND: f64 = 200.0;

/// The signs that can be thrown, each with its name.
pub(crate) const SIGNS: [(&str, &str); 6] = [
    ("👍", "thumbs up"),
    ("❤️", "heart"),
    ("😂", "laughing"),
    ("🎉", "party"),
    ("👀", "eyes"),
    ("✅", "done"),
];

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct PointingOut {
    pub(crate) signals: Signals,
    /// The bubble at the viewer's own pointer.
    pub(crate) saying: Saying,
    /// Whether signs to throw are offered.
    pub(crate) offers_signs: bool,
    /// Whether the viewer's pointer leaves light, and when that was told last.
    laser: Option<Option<f64>>,
    /// Where the viewer pointed last.
    last: Option<(f64, f64)>,
    /// What a message was about, and until when it is shown.
    target: Option<(Area, f64)>,
    /// Where a message leads, while it is not known yet what lies on the board.
    pub(crate) awaited: Option<Place>,
    /// A sentence, and until when it stays.
    notice: Option<(&'static str, f64)>,
    limits: BoardLimits,
}

/// What became of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Found {
    /// It is there.
    Here { area: Area },
    /// What was there is not on the board any more.
    Gone,
    /// It is not known yet what lies on the board.
    NotYet,
}

impl PointingOut {
    /// What the board takes.
    pub(crate) fn limited(&mut self, limits: BoardLimits) {
        self.limits = limits;
    }

    /// At most so many characters stand at a cursor.
    pub(crate) fn say_chars(&self) -> usize {
        self.limits.say_chars
    }

    /// Whether the viewer's pointer leaves light.
    pub(crate) fn has_laser(&self) -> bool {
        self.laser.is_some()
    }

    /// What a message was about.
    pub(crate) fn target(&self) -> Option<Area> {
        self.target.map(|(area, _)| area)
    }

    /// What is to be read for a while.
    pub(crate) fn notice(&self) -> Option<&'static str> {
        self.notice.map(|(words, _)| words)
    }

    /// Who has a beacon, and where: whom the viewer is to look at.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&str, (f64, f64))> {
        let beacons = self.signals.beacons();
        beacons.filter_map(|beacon| Some((beacon.user.as_deref()?, beacon.at)))
    }

    pub(super) fn pointed(&mut self, at: Option<(f64, f64)>) {
        self.last = at.or(self.last);
    }

    /// The others know nothing of what was said before.
    pub(super) fn reconnected(&mut self) {
        self.signals.clear();
        self.laser = self.laser.map(|_| None);
    }

    /// The board is open: only what is told from now on reaches the others.
    pub(crate) fn opened(&mut self) {
        self.laser = self.laser.map(|_| None);
    }

    pub(super) fn next_change(&self) -> Option<f64> {
        let laser = self.laser.map(|told| told.map_or(0.0, |told| told + LASER_EVERY_MS));
        let ends = [
            self.signals.next_change(),
            self.saying.next_change(),
            self.target.map(|(_, until)| until),
            self.notice.map(|(_, until)| until),
            laser,
        ];
        ends.into_iter().flatten().reduce(f64::min)
    }
}

impl State {
    // What the person does.

    /// A bubble opens at the viewer's pointer.
    pub(crate) fn speak(&mut self, now: f64) {
        if !self.rights.point {
            return;
        }
        self.out.offers_signs = false;
        self.out.saying.open(now);
        if self.pointed.is_none() {
            let at = self.place_of_pointer();
            self.own = Some(at);
            self.point(Some(at));
        }
        self.tells.push(Tell::Focus { on: Focus::Saying });
    }

    /// That stands in the bubble.
    pub(crate) fn typed(&mut self, text: &str, now: f64) {
        let signal = self.out.saying.typed(text, self.out.limits.say_chars, now);
        self.tells.push(Tell::Signal { signal });
    }

    /// The words in the bubble are done.
    pub(crate) fn entered(&mut self, now: f64) {
        self.out.saying.entered(now);
    }

    /// The bubble closes.
    pub(crate) fn stop_saying(&mut self) {
        let had_focus = self.out.saying.writes();
        self.tells.extend(self.out.saying.close().map(|signal| Tell::Signal { signal }));
        if had_focus {
            self.tells.push(Tell::Focus { on: Focus::Board });
        }
    }

    /// The bubble lost the focus, to the board itself or to something else.
    pub(crate) fn left_saying(&mut self, to_board: bool) {
        if self.out.saying.is_open() {
            self.out.saying.left();
        }
        if !to_board {
            self.leave_pointer();
        }
    }

    /// Everyone is shown this place, or where the viewer points.
    pub(crate) fn beacon(&mut self, at: Option<(f64, f64)>, now: f64) {
        let (x, y) = at.unwrap_or_else(|| self.place_of_pointer());
        if let Some(at) = Point::from_units(x, y) {
            self.signal(Signal::Beacon { at }, now);
        }
    }

    /// Signs to throw are offered, or not any more.
    pub(crate) fn choose_sign(&mut self) {
        self.out.offers_signs = !self.out.offers_signs && self.rights.point;
        let on = if self.out.offers_signs { Focus::Signs } else { Focus::Board };
        self.tells.push(Tell::Focus { on });
    }

    /// The focus left the signs.
    pub(crate) fn left_signs(&mut self) {
        self.out.offers_signs = false;
    }

    /// A sign flies from where the viewer points.
    pub(crate) fn throw(&mut self, sign: usize, now: f64) {
        let Some((sign, _)) = SIGNS.get(sign) else { return };
        let (x, y) = self.place_of_pointer();
        if let (Ok(emoji), Some(at)) = (Emoji::parse(sign), Point::from_units(x, y)) {
            self.signal(Signal::Throw { at, emoji }, now);
        }
    }

    /// The viewer's pointer leaves light from now on, or not any more.
    pub(crate) fn shine(&mut self, active: bool, now: f64) {
        if self.out.has_laser() != active && (self.rights.point || !active) {
            self.out.laser = active.then_some(Some(now));
            self.signal(Signal::Laser { active }, now);
        }
    }

    /// The viewer wants to see a place that a message is about.
    pub(crate) fn lead_to(&mut self, place: Place, found: Found, now: f64) {
        let area = match found {
            Found::NotYet => {
                self.out.awaited = Some(place);
                return;
            }
            Found::Gone => {
                let words = "What the message points at is not on the board any more.";
                self.notice(words, now);
                return;
            }
            Found::Here { area } => area,
        };
        self.out.awaited = None;
        self.out.notice = None;
        self.out.target = Some((area, now + TARGET_MS));
        self.move_by_hand(seen_with(self.view, area), now);
        let words = match place {
            Place::At { .. } => "The place that the message points at",
            Place::Object { .. } => "What the message points at",
        };
        self.tells.push(Tell::Say { words: words.to_owned() });
    }

    /// The viewer wants to see an object beside what covers so many pixels at the window's right edge.
    pub(crate) fn look_at(&mut self, area: Area, covered: f64, now: f64) {
        self.out.target = Some((area, now + TARGET_MS));
        self.move_by_hand(self.view.beside(covered, |free| seen_with(free, area)), now);
    }

    /// The middle of what the viewer looks at, as a message names it.
    pub(crate) fn place_looked_at(&self) -> Place {
        Place::At { at: self.destination().centre }
    }

    // What the page tells.

    /// Somebody else pointed something out.
    pub(crate) fn signalled(&mut self, slot: u16, signal: Signal, now: f64) {
        let Some(person) = self.company.owner(slot) else { return };
        let sender = Sender { whose: Some(slot), user: Some(person.id.clone()), hue: person.hue };
        self.out.signals.signalled(sender, signal, now);
    }

    pub(super) fn step_out(&mut self, now: f64) {
        if self.out.saying.is_over(now) {
            self.stop_saying();
        }
        if self.out.laser.is_some_and(|told| told.is_none_or(|told| told + LASER_EVERY_MS <= now)) {
            self.out.laser = Some(Some(now));
            self.signal(Signal::Laser { active: true }, now);
        }
        self.out.target = self.out.target.filter(|(_, until)| *until > now);
        self.out.notice = self.out.notice.filter(|(_, until)| *until > now);
        let (pointing, pointed) = (&self.pointing, self.pointed);
        self.out.signals.step(now, |whose: Whose| match whose {
            None => pointed,
            Some(slot) => {
                pointing.iter().find(|cursor| cursor.slot == slot).map(|cursor| cursor.at)
            }
        });
    }

    /// Where the viewer points, or pointed last while that is in the window, or else its middle.
    pub(crate) fn place_of_pointer(&self) -> (f64, f64) {
        let seen = self.view.seen();
        let last = self.out.last.filter(|at| seen.contains(*at));
        self.pointed.or(last).unwrap_or(seen.middle())
    }

    /// Keys do not point any more.
    pub(super) fn leave_pointer(&mut self) {
        if self.own.take().is_some() {
            self.point(None);
        }
    }

    fn signal(&mut self, signal: Signal, now: f64) {
        if !self.rights.point && !matches!(signal, Signal::Laser { active: false }) {
            return;
        }
        let hue = self.company.own().map_or(0, |person| person.hue);
        let sender = Sender { whose: None, user: None, hue };
        self.out.signals.signalled(sender, signal.clone(), now);
        self.tells.push(Tell::Signal { signal });
    }

    fn notice(&mut self, words: &'static str, now: f64) {
        self.out.awaited = None;
        self.out.notice = Some((words, now + NOTICE_MS));
        self.tells.push(Tell::Say { words: words.to_owned() });
    }
}

impl Place {
    /// Where it is, if that is known without the objects.
    pub(crate) fn area(&self) -> Option<Area> {
        match self {
            Self::At { at: (x, y) } => Some(Area { left: *x, top: *y, right: *x, bottom: *y }),
            Self::Object { .. } => None,
        }
    }
}

/// The view that shows an area large enough to read, with what is around it.
fn seen_with(view: View, area: Area) -> View {
    let wider = Area {
        left: area.left - AROUND,
        top: area.top - AROUND,
        right: area.right + AROUND,
        bottom: area.bottom + AROUND,
    };
    let shown = view.showing(if area.left < area.right { wider } else { around(area.middle()) });
    if shown.scale > 1.0 { shown.scaled(1.0) } else { shown }
}
