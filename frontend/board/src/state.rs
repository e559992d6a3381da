//! What the board knows and decides: where one looks, whom one follows, where one points. It is told what
//! happened and what time it is, and says what to tell the page. Knows no browser.

mod pointing_out;
mod tell;

use std::mem;

use starling_protocol::BOARD_UNITS;

use crate::company::{Company, Person, Pointing};
use crate::flight::Flight;
use crate::gestures::{Gesture, Gestures, Input, Pixel};
use crate::keys::Command;
use crate::maths::within;
use crate::view::{Area, Size, View};

pub(crate) use pointing_out::{Found, PointingOut, SIGNS};
pub(crate) use tell::{Focus, Rights, Tell};

/// What a pointer that keys move keeps from the window's edge.
const KEPT_PX: f64 = 24.0;
/// How long it is said who brought one here.
const SAID_MS: f64 = 5_000.0;

/// The board.
#[derive(Debug)]
pub(crate) struct State {
    view: View,
    flight: Option<Flight>,
    pub(crate) gestures: Gestures,
    /// Where a pointer is that the page was not told of yet.
    awaited: Option<Pixel>,
    /// Where a pointer rests: when the view moves, it points elsewhere.
    rests: Option<Pixel>,
    /// Where keys point, in board units.
    own: Option<(f64, f64)>,
    pub(crate) company: Company,
    /// What the viewer and the others point out.
    pub(crate) out: PointingOut,
    /// The others' cursors.
    pub(crate) pointing: Vec<Pointing>,
    /// How many move that the server does not tell of.
    pub(crate) others: usize,
    pub(crate) rights: Rights,
    /// Why the viewer may not draw, in a sentence.
    pub(crate) why_not: Option<String>,
    /// Whether the connection is in the room.
    joined: bool,
    /// Who brought one here, and until when that is said.
    brought: Option<(String, f64)>,
    /// Whether the viewer wants things to be where they go at once.
    pub(crate) still: bool,
    pointed: Option<(f64, f64)>,
    looked: Option<Area>,
    tells: Vec<Tell>,
}

impl State {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            view: View::fit(size),
            flight: None,
            gestures: Gestures::default(),
            awaited: None,
            rests: None,
            own: None,
            company: Company::default(),
            out: PointingOut::default(),
            pointing: Vec::new(),
            others: 0,
            rights: Rights::default(),
            why_not: None,
            joined: false,
            brought: None,
            still: false,
            pointed: None,
            looked: None,
            tells: Vec::new(),
        }
    }

    /// Where one looks.
    pub(crate) fn view(&self) -> View {
        self.view
    }

    /// Where keys point, in board units.
    pub(crate) fn own(&self) -> Option<(f64, f64)> {
        self.own
    }

    /// Whether a mouse is over the board.
    pub(crate) fn is_pointed_at(&self) -> bool {
        self.rests.is_some() || self.awaited.is_some()
    }

    /// Whether the connection is in the room.
    pub(crate) fn is_joined(&self) -> bool {
        self.joined
    }

    /// Where a pointer is that a hand or keys move, in board units.
    pub(crate) fn pointer(&self) -> Option<(f64, f64)> {
        self.own.or_else(|| {
            let pixel = self.awaited.or(self.rests)?;
            Some(self.view.to_units(pixel))
        })
    }

    /// Who brought one here a moment ago.
    pub(crate) fn brought(&self) -> Option<&str> {
        self.brought.as_ref().map(|(name, _)| name.as_str())
    }

    /// What the page is to be told, once.
    pub(crate) fn take_tells(&mut self) -> Vec<Tell> {
        mem::take(&mut self.tells)
    }

    // What the person does.

    /// A pointer or the wheel did something.
    pub(crate) fn input(&mut self, input: Input) {
        match self.gestures.input(input) {
            Some(Gesture::Point { at }) => self.awaited = Some(at),
            Some(Gesture::Nowhere) => {
                (self.awaited, self.rests) = (None, None);
                self.point(None);
            }
            Some(Gesture::Pan { by }) => self.look(self.view.panned(by)),
            Some(Gesture::Zoom { factor, at, by }) => {
                self.look(self.view.panned(by).zoomed(factor, at));
            }
            None => {}
        }
    }

    /// A key or a button was pressed.
    pub(crate) fn command(&mut self, command: Command, now: f64) {
        let Size { width, height } = self.view.size;
        match command {
            Command::Step { right, down } => self.step_pointer((right, down)),
            Command::Pan { right, down } => {
                let length = width.min(height);
                self.look(self.view.panned((-right * length, -down * length)));
            }
            Command::Zoom { factor } => {
                let around = self.own.map_or((width / 2.0, height / 2.0), |at| self.view.to_px(at));
                let to = self.destination().zoomed(factor, around);
                self.move_by_hand(to, now);
            }
            Command::Actual => self.move_by_hand(self.view.scaled(1.0), now),
            Command::Fit => self.move_by_hand(View::fit(self.view.size), now),
            Command::Hold => self.gestures.ready_to_pan(true),
            Command::Leave if self.company.following().is_some() => self.follow(None, now),
            Command::Leave => {
                self.own = None;
                self.point(None);
            }
            Command::Speak => self.speak(now),
            Command::Beacon => self.beacon(None, now),
            Command::Signs => self.choose_sign(),
        }
    }

    /// The keys are for something else now.
    pub(crate) fn blurred(&mut self) {
        self.gestures.ready_to_pan(false);
        if !self.out.saying.writes() {
            self.leave_pointer();
        }
    }

    /// The person wants that place in the middle.
    pub(crate) fn centre(&mut self, at: (f64, f64)) {
        self.look(self.view.at(at));
    }

    /// The person wants to see all of that area.
    pub(crate) fn show(&mut self, area: Area, now: f64) {
        self.move_by_hand(self.view.showing(area), now);
    }

    /// The person wants to see where somebody points.
    pub(crate) fn go_to(&mut self, user: &str, now: f64) {
        if let Some(at) = self.whereabouts(user) {
            self.move_by_hand(self.view.at(at), now);
            if let Some(person) = self.company.person(user) {
                let words = format!("Where {} points", person.name);
                self.tells.push(Tell::Say { words });
            }
        }
    }

    /// The person wants to see what somebody sees, or nobody any more.
    pub(crate) fn follow(&mut self, user: Option<&str>, now: f64) {
        let before = self.company.following().map(|person| person.name.clone());
        if !self.company.follow(user) {
            return;
        }
        let followed = self.company.following();
        self.tells.push(Tell::Follow { user: followed.map(|person| person.id.clone()) });
        let words = match (followed, before) {
            (Some(person), _) => format!("Following {}", person.name),
            (None, Some(name)) => format!("Not following {name} any more"),
            (None, None) => return,
        };
        self.tells.push(Tell::Say { words });
        // Until it is known what they see.
        if let Some(at) = user.and_then(|user| self.whereabouts(user))
            && !self.view.seen().contains(at)
        {
            self.fly(self.view.at(at), now);
        }
    }

    /// The person wants everyone to see what they see.
    pub(crate) fn gather(&mut self) {
        self.tells.push(Tell::Gather { area: self.view.seen() });
        self.tells.push(Tell::Say { words: "Everyone is brought to you".to_owned() });
    }

    // What the page tells.

    /// The window has another size.
    pub(crate) fn resized(&mut self, size: Size) {
        self.view = self.view.resized(size);
        self.flight = self.flight.map(|flight| flight.resized(size));
    }

    /// These are all who are here.
    pub(crate) fn people(&mut self, people: Vec<Person>) {
        let followed = self.company.following().map(|person| person.name.clone());
        if self.company.told(people)
            && let Some(name) = followed
        {
            self.tells.push(Tell::Follow { user: None });
            self.tells.push(Tell::Say { words: format!("{name} has left") });
        }
        let company = &self.company;
        self.out.signals.keep(|slot| company.owner(slot).is_some());
    }

    /// The connection is in the room, or not any more.
    pub(crate) fn joined(&mut self, joined: bool) {
        self.joined = joined;
        // A new connection knows nothing of the one before, but whom one follows.
        (self.pointed, self.looked) = (None, None);
        self.out.reconnected();
    }

    /// Somebody sees this part of the board now.
    pub(crate) fn viewing(&mut self, user: &str, area: Area, now: f64) {
        if self.company.following().is_some_and(|person| person.id == user) {
            self.fly(self.view.showing(area), now);
        }
    }

    /// Somebody wants everyone to see this part of the board.
    pub(crate) fn gathered(&mut self, by: &str, area: Area, now: f64) {
        let Some(person) = self.company.person(by).filter(|person| !person.own) else { return };
        let name = person.name.clone();
        self.tells.push(Tell::Say { words: format!("{name} brought everyone here") });
        self.brought = Some((name, now + SAID_MS));
        self.follow(None, now);
        self.fly(self.view.showing(area), now);
    }

    /// It is that late: moves on what moves; true if it goes on moving. Nothing else needs the time,
    /// but [`Self::next_change`].
    pub(crate) fn step(&mut self, now: f64) -> bool {
        if let Some(flight) = self.flight {
            let (view, landed) = flight.at(now);
            self.view = view;
            if landed {
                self.flight = None;
            }
        }
        if self.brought.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.brought = None;
        }
        if let Some(pixel) = self.awaited.take() {
            (self.own, self.rests) = (None, Some(pixel));
        }
        if let Some(at) = self.own {
            // Nothing new but for a new connection.
            self.point(Some(at));
        } else if let Some(pixel) = self.rests {
            let at = self.view.to_units(pixel);
            let board = Area { left: 0.0, top: 0.0, right: BOARD_UNITS, bottom: BOARD_UNITS };
            self.point(board.contains(at).then_some(at));
        }
        let area = self.view.seen();
        if self.joined && self.looked != Some(area) {
            self.looked = Some(area);
            self.tells.push(Tell::LookAt { area });
        }
        self.step_out(now);
        self.flight.is_some() || self.out.signals.moves()
    }

    /// When [`Self::step`] has something to do if nothing happens before.
    pub(crate) fn next_change(&self) -> Option<f64> {
        let brought = self.brought.as_ref().map(|(_, until)| *until);
        [brought, self.out.next_change()].into_iter().flatten().reduce(f64::min)
    }

    /// Where the view will be.
    fn destination(&self) -> View {
        self.flight.map_or(self.view, Flight::to)
    }

    /// The person moved the view, which is there at once.
    fn look(&mut self, view: View) {
        self.flight = None;
        self.view = view;
        self.follow(None, 0.0);
    }

    /// The person wants the view to be there.
    fn move_by_hand(&mut self, view: View, now: f64) {
        self.follow(None, now);
        self.fly(view, now);
    }

    fn fly(&mut self, to: View, now: f64) {
        if self.still {
            (self.view, self.flight) = (to, None);
        } else {
            self.flight = Some(Flight::new(self.view, to, now));
        }
    }

    fn step_pointer(&mut self, (right, down): (f64, f64)) {
        let seen = self.view.seen();
        let length = (seen.right - seen.left).min(seen.bottom - seen.top);
        let on_board = |units: f64| within(units, 0.0, BOARD_UNITS);
        let at = match self.own {
            Some((x, y)) => (on_board(x + right * length), on_board(y + down * length)),
            None => self.view.centre,
        };
        self.own = Some(at);
        let (x, y) = self.view.to_px(at);
        // The view goes along.
        let over = |px: f64, length: f64| {
            let kept = KEPT_PX.min(length / 2.0);
            within(px, kept, length - kept) - px
        };
        let by = (over(x, self.view.size.width), over(y, self.view.size.height));
        if by != (0.0, 0.0) && !self.view.shows_all() {
            self.look(self.view.panned(by));
        }
        self.point(Some(at));
    }

    fn point(&mut self, at: Option<(f64, f64)>) {
        if self.pointed != at && self.rights.point {
            self.pointed = at;
            self.out.pointed(at);
            self.tells.push(Tell::Point { at });
        }
    }

    /// Where somebody points.
    fn whereabouts(&self, user: &str) -> Option<(f64, f64)> {
        if let Some((_, at)) = self.out.calls().find(|(by, _)| *by == user) {
            return Some(at);
        }
        let person = self.company.person(user)?;
        let cursor = self.pointing.iter().find(|cursor| person.slots.contains(&cursor.slot))?;
        Some(cursor.at)
    }
}

#[cfg(test)]
mod tests;
