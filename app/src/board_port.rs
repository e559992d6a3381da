//! The page's side of the port to the board, which is a WebAssembly module of its own: what each may ask of
//! the other is said in `frontend/board/src/port.rs`. Knows how the module is loaded; decides nothing.

use js_sys::Float64Array;
use leptos::prelude::*;
use starling_client::web::{WebClient, now};
use starling_client::{Glide, Millis, Presentation, RoomState};
use starling_protocol::{Point, Slot, Slug, UserId, View};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::model::{RoomModel, Tab};

#[wasm_bindgen]
extern "C" {
    /// Imports the module and readies it; `shell.rs` has the script. What was refused once is asked for
    /// again only with another number.
    #[wasm_bindgen(js_namespace = window, js_name = starlingBoard, catch)]
    pub(crate) async fn load(tries: u32) -> Result<JsValue, JsValue>;

    /// The module.
    pub(crate) type Module;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn start(
        this: &Module,
        section: &Element,
        page: BoardPort,
        room: &str,
        viewer: &str,
    ) -> Result<Option<LiveBoard>, JsValue>;

    /// The board, alive.
    #[derive(Clone)]
    pub(crate) type LiveBoard;

    #[wasm_bindgen(method)]
    pub(crate) fn wake(this: &LiveBoard);

    #[wasm_bindgen(method)]
    pub(crate) fn person(
        this: &LiveBoard,
        id: &str,
        name: &str,
        hue: u8,
        own: bool,
        slots: Vec<u16>,
    );

    #[wasm_bindgen(method)]
    pub(crate) fn people_told(this: &LiveBoard);

    #[wasm_bindgen(method)]
    pub(crate) fn others(this: &LiveBoard, count: u32);

    #[wasm_bindgen(method)]
    pub(crate) fn viewing(
        this: &LiveBoard,
        user: &str,
        left: f64,
        top: f64,
        right: f64,
        bottom: f64,
    );

    #[wasm_bindgen(method)]
    pub(crate) fn gathered(
        this: &LiveBoard,
        by: &str,
        left: f64,
        top: f64,
        right: f64,
        bottom: f64,
    );

    #[wasm_bindgen(method)]
    pub(crate) fn joined(this: &LiveBoard, slot: u16);

    #[wasm_bindgen(method)]
    pub(crate) fn disconnected(this: &LiveBoard);

    #[wasm_bindgen(method)]
    pub(crate) fn rights(this: &LiveBoard, point: bool, post: bool, draw: bool, gather: bool);

    #[wasm_bindgen(method)]
    pub(crate) fn why_not(this: &LiveBoard, words: Option<&str>);

    #[wasm_bindgen(method)]
    pub(crate) fn received(this: &LiveBoard, text: &str);

    #[wasm_bindgen(method)]
    pub(crate) fn follow(this: &LiveBoard, user: Option<&str>);
}

/// What the board may ask of the page.
#[wasm_bindgen]
pub struct BoardPort {
    client: WebClient,
    slug: Slug,
    room: RoomModel,
}

impl BoardPort {
    pub(crate) fn new(client: WebClient, slug: Slug, room: RoomModel) -> Self {
        Self { client, slug, room }
    }
}

/// How many numbers stand before the cursors, and how many a cursor has.
const HEAD: usize = 2;
const RECORD: usize = 4;

#[wasm_bindgen]
impl BoardPort {
    /// Writes the others' cursors.
    pub fn read_cursors(&self, into: &Float64Array, units_per_px: f64, glides: bool) -> u32 {
        let time = now();
        let numbers = self.client.read(|core| {
            let cursors = core.room(&self.slug).into_iter().flat_map(RoomState::cursors);
            numbers(cursors.map(|(slot, glide, _)| (slot, glide)), time, units_per_px, glides)
        });
        let room = (into.length() as usize).min(numbers.len());
        into.subarray(0, room as u32).copy_from(&numbers[..room]);
        ((numbers.len() - HEAD) / RECORD) as u32
    }

    /// The person points there, in board units.
    pub fn point(&self, x: f64, y: f64) {
        self.client.act(|core, now| core.point(now, &self.slug, Point::from_units(x, y)));
    }

    /// The person points nowhere any more.
    pub fn point_nowhere(&self) {
        self.client.act(|core, now| core.point(now, &self.slug, None));
    }

    /// The person sees this part of the board.
    pub fn look_at(&self, left: f64, top: f64, right: f64, bottom: f64) {
        let Some(view) = view([left, top, right, bottom]) else { return };
        self.client.act(|core, now| core.look_at(now, &self.slug, view));
    }

    /// Everyone is to see this part of the board.
    pub fn gather(&self, left: f64, top: f64, right: f64, bottom: f64) {
        let Some(view) = view([left, top, right, bottom]) else { return };
        self.client.act(|core, _| core.gather(&self.slug, view));
    }

    /// Sends a frame about the board.
    pub fn send(&self, text: String) {
        self.client.act(|core, _| core.send_text(text));
    }

    /// The person follows somebody, or nobody.
    pub fn follow(&self, user: Option<String>) {
        let user: Option<UserId> = user.and_then(|user| user.parse().ok());
        self.room.following.set(user);
        self.client.act(|core, _| core.follow(&self.slug, user));
    }

    /// A narrow window shows the board from now on.
    pub fn show_board(&self) {
        if self.room.narrow.get_untracked() {
            self.room.tab.set(Tab::Board);
        }
    }

    /// Adds this to the message that the person is writing, and lets them go on there.
    pub fn compose(&self, text: &str) {
        if self.room.narrow.get_untracked() {
            self.room.tab.set(Tab::Chat);
        }
        self.room.draft.update(|draft| {
            if !draft.is_empty() && !draft.ends_with(char::is_whitespace) {
                draft.push(' ');
            }
            draft.push_str(text);
            draft.push(' ');
        });
        // A tab is shown only after this.
        let room = self.room;
        request_animation_frame(move || room.wants_focus.notify());
    }

    /// Tells those who do not see the board.
    pub fn say(&self, words: String) {
        let says = self.room.board_says;
        // What stands there already would not be read out again.
        says.set(String::new());
        request_animation_frame(move || says.set(words));
    }
}

/// How many of the wire's units a board unit has.
const QUARTERS: f64 = 4.0;

/// A part of the board, from board units.
fn view(edges: [f64; 4]) -> Option<View> {
    // `as` keeps what is on the board's right and bottom edge on it.
    View::try_from(edges.map(|units| (units * QUARTERS).round() as u16)).ok()
}

/// The edges of a part of the board, in board units.
pub(crate) fn edges(view: View) -> [f64; 4] {
    view.edges().map(|quarters| f64::from(quarters) / QUARTERS)
}

fn numbers<'a>(
    cursors: impl Iterator<Item = (Slot, &'a Glide)>,
    time: Millis,
    units_per_px: f64,
    glides: bool,
) -> Vec<f64> {
    let mut numbers = vec![0.0, -1.0];
    let mut moving = false;
    let mut change: Option<Millis> = None;
    for (slot, glide) in cursors {
        // After all samples, a glide is where it ends.
        let when = if glides { time } else { Millis::MAX };
        let (x, y) = glide.position(when, units_per_px);
        let presentation = match glide.presentation(time) {
            Presentation::Live => 0.0,
            Presentation::Idle => 1.0,
            Presentation::Hidden => 2.0,
        };
        numbers.extend([f64::from(slot.0), x, y, presentation]);
        moving |= glides && glide.is_moving(time);
        change = [change, glide.next_presentation(time)].into_iter().flatten().min();
    }
    numbers[0] = f64::from(u8::from(moving));
    if let Some(change) = change {
        numbers[1] = change.saturating_sub(time) as f64;
    }
    numbers
}
