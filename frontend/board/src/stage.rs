//! The board in its region of the page: hears what the browser tells, draws before a frame, and passes on
//! what is to be told to the page. What any of it means is decided in [`State`](crate::state::State).

mod contents;
mod exchange;
mod export;
mod hands;
mod listeners;
mod orders;
mod parts;
mod pointing;
mod saving;
mod working;
mod writing;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, HtmlInputElement, MediaQueryList};

use crate::desk::Desk;
use crate::dom::{Listener, flag, now, window};
use crate::port::{Page, Sheet};
use crate::state::{State, Tell};
use crate::view::{Area, Size};

use export::Export;
use listeners::Listeners;
use parts::Parts;
use saving::SavedOperations;
use writing::Writing;

/// What the browser calls before it draws.
type BeforeFrame = Closure<dyn FnMut(f64)>;

/// The board in the page.
pub(crate) struct Stage {
    surface: HtmlElement,
    page: Page,
    state: RefCell<State>,
    desk: RefCell<Desk>,
    saved: SavedOperations,
    parts: RefCell<Parts>,
    sheet: RefCell<Sheet>,
    /// Whether the viewer wants nothing to glide.
    less_motion: Option<MediaQueryList>,
    frame: RefCell<Option<BeforeFrame>>,
    frame_requested: Cell<bool>,
    timer: RefCell<Option<Closure<dyn FnMut()>>>,
    timer_id: Cell<Option<i32>>,
    listeners: RefCell<Option<Listeners>>,
    /// Where the person writes in an object.
    writing: RefCell<Option<Writing>>,
    /// The pointer that does what is under way on the board.
    worker: Cell<i32>,
    /// What shape the mouse has over the board.
    shape: Cell<&'static str>,
    /// Where pictures are chosen.
    chooser: RefCell<Option<(HtmlInputElement, Listener)>>,
    /// What is exported once its pictures are there.
    export: Cell<Option<Export>>,
    itself: Weak<Self>,
    /// When what is said of a problem is taken back.
    problem_until: Cell<Option<f64>>,
}

impl Stage {
    /// Comes to life in that region; `None` if the page rendered none.
    pub(crate) fn new(section: &Element, page: Page, desk: Desk) -> Option<Rc<Self>> {
        let find = |what: &str| -> Option<HtmlElement> {
            section.query_selector(what).ok().flatten()?.dyn_into().ok()
        };
        let (surface, plane) = (find("[data-surface]")?, find("[data-plane]")?);
        let size = size_of(&surface);
        let stage = Rc::new_cyclic(|itself| Self {
            state: RefCell::new(State::new(size)),
            saved: SavedOperations::new(desk.me(), desk.client.room()),
            desk: RefCell::new(desk),
            parts: RefCell::new(Parts::new(section, &surface, plane, size)),
            surface,
            page,
            sheet: RefCell::new(Sheet::new()),
            less_motion: window().match_media("(prefers-reduced-motion: reduce)").ok().flatten(),
            frame: RefCell::default(),
            frame_requested: Cell::default(),
            timer: RefCell::default(),
            timer_id: Cell::default(),
            listeners: RefCell::default(),
            writing: RefCell::default(),
            problem_until: Cell::default(),
            worker: Cell::default(),
            shape: Cell::default(),
            chooser: RefCell::default(),
            export: Cell::default(),
            itself: itself.clone(),
        });
        let framed = stage.clone();
        let frame = Closure::<dyn FnMut(f64)>::new(move |_| framed.draw());
        *stage.frame.borrow_mut() = Some(frame);
        let woken = stage.clone();
        *stage.timer.borrow_mut() = Some(Closure::<dyn FnMut()>::new(move || {
            woken.work(|desk, now| desk.client.timer(now));
        }));
        *stage.listeners.borrow_mut() = Some(Listeners::new(&stage));
        let told = Rc::downgrade(&stage);
        stage.parts.borrow_mut().painter.on_picture(move || {
            if let Some(stage) = told.upgrade() {
                stage.wake();
            }
        });
        stage.work(|desk, now| desk.client.take_over(now, stage.saved.load()));
        stage.draw();
        flag(&stage.surface, "data-live", true);
        stage.lead();
        Some(stage)
    }

    /// Does something with the state, tells the page what follows, and draws before the next frame.
    pub(crate) fn act(&self, act: impl FnOnce(&mut State, f64)) {
        let tells = {
            let mut state = self.state.borrow_mut();
            act(&mut state, now());
            state.take_tells()
        };
        self.tell(tells);
        self.wake();
    }

    fn itself(&self) -> Option<Rc<Self>> {
        self.itself.upgrade()
    }

    /// Looks at the state.
    pub(crate) fn read<R>(&self, read: impl FnOnce(&State) -> R) -> R {
        read(&self.state.borrow())
    }

    /// Something is different: draws before the next frame.
    pub(crate) fn wake(&self) {
        if self.frame_requested.replace(true) {
            return;
        }
        if let Some(frame) = &*self.frame.borrow() {
            let function = frame.as_ref().unchecked_ref();
            // Only something that is no function could be refused.
            let _ = window().request_animation_frame(function);
        }
    }

    /// The window of the board has another size, or the screen another fineness.
    fn resized(&self) {
        let size = size_of(&self.surface);
        self.parts.borrow_mut().resize(size);
        self.act(|state, _| state.resized(size));
        self.resume_leading();
    }

    fn draw(&self) {
        self.frame_requested.set(false);
        let now = now();
        let still = self.less_motion.as_ref().is_some_and(MediaQueryList::matches);
        let units_per_px = 1.0 / self.read(|state| state.view().scale);
        let read = self.sheet.borrow_mut().read(&self.page, units_per_px, !still);
        let (goes_on, change, waits, tells) = {
            let mut state = self.state.borrow_mut();
            state.still = still;
            state.pointing = read.pointing;
            state.shine(self.has_laser(), now);
            let flies = state.step(now);
            let waits = self.parts.borrow_mut().draw(&state, &mut self.desk.borrow_mut());
            let change = state.next_change().map(|at| (at - now).max(0.0));
            (flies || read.moving, change, waits, state.take_tells())
        };
        self.tell(tells);
        if goes_on {
            self.wake();
        }
        self.keep_focus();
        self.place_field();
        let export = self.export_waiting(now);
        let problem = self.draw_problem(now);
        let due = self.desk.borrow().client.next_timer().map(|at| (at as f64 - now).max(0.0));
        let contents = self.draw_contents(now).map(|at| (at - now).max(0.0));
        let next = [read.next, change, waits, due, export, problem, contents];
        self.wake_in(next.into_iter().flatten().reduce(f64::min));
    }

    /// Draws again when that many milliseconds have passed, instead of at the time that was said before.
    fn wake_in(&self, wait: Option<f64>) {
        if let Some(id) = self.timer_id.take() {
            window().clear_timeout_with_handle(id);
        }
        let (Some(wait), Some(timer)) = (wait, &*self.timer.borrow()) else { return };
        let id = window().set_timeout_with_callback_and_timeout_and_arguments_0(
            timer.as_ref().unchecked_ref(),
            wait.min(f64::from(i32::MAX)).ceil() as i32,
        );
        self.timer_id.set(id.ok());
    }

    /// The page may ask for something in turn, so nothing is borrowed here.
    fn tell(&self, tells: Vec<Tell>) {
        for tell in tells {
            match tell {
                Tell::Point { at: Some((x, y)) } => self.page.point(x, y),
                Tell::Point { at: None } => self.page.point_nowhere(),
                Tell::LookAt { area: Area { left, top, right, bottom } } => {
                    self.page.look_at(left, top, right, bottom);
                }
                Tell::Follow { user } => self.page.follow(user),
                Tell::Gather { area: Area { left, top, right, bottom } } => {
                    self.page.gather(left, top, right, bottom);
                }
                Tell::Say { words } => self.page.say(&words),
                Tell::Signal { signal } => {
                    // What is too long was cut before.
                    let _ = self.work(|desk, now| desk.client.signal(now, signal));
                }
                Tell::Focus { on } => self.focus(on),
            }
        }
    }
}

fn size_of(surface: &Element) -> Size {
    let (width, height) = (surface.client_width(), surface.client_height());
    Size { width: f64::from(width.max(1)), height: f64::from(height.max(1)) }
}
