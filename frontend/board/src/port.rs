//! The port between the page and the board: what either may ask of the other. `board_port.rs` of the app is
//! the page's side of it. They share no memory, as each is a module of its own: only what is called here
//! and what a call carries.
//!
//! Places on the board are in board units, times in milliseconds, people are named by their user ids.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Float64Array};
use starling_protocol::{Slot, Slug};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::company::{Person, Pointing, Presence};
use crate::desk::Desk;
use crate::dom::random_seed;
use crate::stage::Stage;
use crate::state::Rights;
use crate::view::Area;

#[wasm_bindgen]
extern "C" {
    /// The page's side of the port.
    pub type Page;

    /// Fills `into` with the others' cursors as they are now, as far as it has room, and returns how many
    /// there are. First whether any moves (1 or 0) and after how many milliseconds one is to be drawn
    /// otherwise (-1 for never), then for each its slot, x, y, and 0 for live, 1 for idle, 2 for hidden.
    /// `units_per_px` is the scale; without `glides` each is where it goes.
    #[wasm_bindgen(method)]
    fn read_cursors(this: &Page, into: &Float64Array, units_per_px: f64, glides: bool) -> u32;

    /// The person points there.
    #[wasm_bindgen(method)]
    pub(crate) fn point(this: &Page, x: f64, y: f64);

    /// The person points nowhere any more.
    #[wasm_bindgen(method)]
    pub(crate) fn point_nowhere(this: &Page);

    /// The person sees this part of the board.
    #[wasm_bindgen(method)]
    pub(crate) fn look_at(this: &Page, left: f64, top: f64, right: f64, bottom: f64);

    /// The person follows somebody, or nobody.
    #[wasm_bindgen(method)]
    pub(crate) fn follow(this: &Page, user: Option<String>);

    /// Everyone is to see this part of the board.
    #[wasm_bindgen(method)]
    pub(crate) fn gather(this: &Page, left: f64, top: f64, right: f64, bottom: f64);

    /// Sends a frame about the board.
    #[wasm_bindgen(method)]
    pub(crate) fn send(this: &Page, text: String);

    /// The board is to be seen, also in a window that shows one part of the room at a time.
    #[wasm_bindgen(method)]
    pub(crate) fn show_board(this: &Page);

    /// Adds this to the message that the person is writing, and lets them go on there.
    #[wasm_bindgen(method)]
    pub(crate) fn compose(this: &Page, text: &str);

    /// Tells those who do not see the board.
    #[wasm_bindgen(method)]
    pub(crate) fn say(this: &Page, words: &str);
}

#[wasm_bindgen]
extern "C" {
    /// Has the page send these files. It tells of each that is a picture, with that place, by the event
    /// `starling-picture` (`send_files.js`); what is none it says in the room. Not there where no files
    /// are taken.
    #[wasm_bindgen(js_namespace = window, js_name = starlingAttach, catch)]
    pub(crate) fn attach(files: &Array, place: &str) -> Result<(), JsValue>;
}

const HEAD: usize = 2;
const RECORD: usize = 4;

/// The others' cursors at one time.
pub(crate) struct Reading {
    pub(crate) pointing: Vec<Pointing>,
    /// Whether any moves.
    pub(crate) moving: bool,
    /// After how many milliseconds one is to be drawn otherwise.
    pub(crate) next: Option<f64>,
}

/// Where the page writes the cursors.
pub(crate) struct Sheet {
    array: Float64Array,
    numbers: Vec<f64>,
}

impl Sheet {
    pub(crate) fn new() -> Self {
        Self::with_room_for(64)
    }

    fn with_room_for(cursors: usize) -> Self {
        let length = HEAD + RECORD * cursors;
        Self { array: Float64Array::new_with_length(length as u32), numbers: vec![0.0; length] }
    }

    /// Asks the page.
    pub(crate) fn read(&mut self, page: &Page, units_per_px: f64, glides: bool) -> Reading {
        let mut count = page.read_cursors(&self.array, units_per_px, glides) as usize;
        if HEAD + RECORD * count > self.numbers.len() {
            *self = Self::with_room_for(count.next_power_of_two());
            count = page.read_cursors(&self.array, units_per_px, glides) as usize;
        }
        self.array.copy_to(&mut self.numbers);
        reading(&self.numbers, count)
    }
}

fn reading(numbers: &[f64], count: usize) -> Reading {
    let (head, records) = numbers.split_at(HEAD);
    let pointing = records.chunks_exact(RECORD).take(count).map(|record| Pointing {
        slot: record[0] as u16,
        at: (record[1], record[2]),
        presence: match record[3] as u8 {
            0 => Presence::Live,
            1 => Presence::Idle,
            _ => Presence::Hidden,
        },
    });
    Reading {
        pointing: pointing.collect(),
        moving: head[0] != 0.0,
        next: (head[1] >= 0.0).then_some(head[1]),
    }
}

/// The board's side of the port.
#[wasm_bindgen]
pub struct Board {
    stage: Rc<Stage>,
    /// Who was told of, before it was said that these are all.
    arriving: RefCell<Vec<Person>>,
}

/// Brings that room's board to life for that person, in the region that the page rendered for it.
#[wasm_bindgen]
pub fn start(section: &Element, page: Page, room: &str, viewer: &str) -> Option<Board> {
    let desk = Desk::new(Slug::new(room), viewer.parse().ok()?, random_seed());
    let stage = Stage::new(section, page, desk)?;
    Some(Board { stage, arriving: RefCell::default() })
}

#[wasm_bindgen]
impl Board {
    /// Cursors moved, came or went.
    pub fn wake(&self) {
        self.stage.wake();
    }

    /// Somebody who is here; [`Self::people_told`] follows when all were told.
    pub fn person(&self, id: String, name: String, hue: u8, own: bool, slots: Vec<u16>) {
        self.arriving.borrow_mut().push(Person { id, name, hue, own, slots });
    }

    /// Those who were told since the last time are all who are here.
    pub fn people_told(&self) {
        let people = self.arriving.take();
        self.stage.work(|desk, _| desk.set_people(&people));
        self.stage.act(|state, _| state.people(people));
    }

    /// How many others move whom the server does not tell of.
    pub fn others(&self, count: u32) {
        self.stage.act(|state, _| state.others = count as usize);
    }

    /// The connection is in the room, as that participant.
    pub fn joined(&self, slot: u16) {
        self.stage.act(|state, _| state.joined(true));
        self.stage.work(|desk, now| desk.client.joined(now, Slot(slot)));
    }

    /// The connection is not in the room any more.
    pub fn disconnected(&self) {
        self.stage.act(|state, _| state.joined(false));
        self.stage.work(|desk, _| desk.client.disconnected());
    }

    /// What the viewer may do.
    pub fn rights(&self, point: bool, post: bool, draw: bool, gather: bool) {
        self.stage.act(|state, _| state.rights = Rights { point, post, draw, gather });
        self.stage.may_draw(draw);
    }

    /// Why the viewer may not draw, in a sentence.
    pub fn why_not(&self, words: Option<String>) {
        self.stage.act(|state, _| state.why_not = words);
    }

    /// The viewer wants to see what somebody sees, or nobody any more.
    pub fn follow(&self, user: Option<String>) {
        let whom = user.map(String::into_boxed_str);
        self.stage.act(|state, now| state.follow(whom.as_deref(), now));
    }

    /// Somebody whom the viewer follows sees this part of the board.
    pub fn viewing(&self, user: &str, left: f64, top: f64, right: f64, bottom: f64) {
        let area = Area { left, top, right, bottom };
        self.stage.act(|state, now| state.viewing(user, area, now));
    }

    /// Somebody brings everyone to this part of the board.
    pub fn gathered(&self, by: &str, left: f64, top: f64, right: f64, bottom: f64) {
        let area = Area { left, top, right, bottom };
        self.stage.act(|state, now| state.gathered(by, area, now));
    }

    /// A frame about the board came that the page does not read.
    pub fn received(&self, text: &str) {
        self.stage.work(|desk, now| desk.client.received(now, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_as_many_cursors_as_were_told() {
        let numbers = [1.0, -1.0, 7.0, 10.5, 20.25, 1.0, 9.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0];
        let read = reading(&numbers, 2);
        assert!(read.moving && read.next.is_none());
        let slots: Vec<_> = read.pointing.iter().map(|it| (it.slot, it.presence)).collect();
        assert_eq!(slots, [(7, Presence::Idle), (9, Presence::Hidden)]);
        assert_eq!(read.pointing[0].at, (10.5, 20.25));
        assert_eq!(reading(&[0.0, 12.5], 0).next, Some(12.5));
    }
}
