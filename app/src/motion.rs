//! Moves the remote cursors' elements, by `transform` alone and only while something moves. Knows
//! where cursors are through one function; knows no signals.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use starling_client::{Glide, Millis, Presentation};
use starling_protocol::Slot;
use web_sys::{HtmlElement, MediaQueryList};

use crate::maths::fixed;
use crate::plane::{Plane, percent};

/// Nearer than this to the plane's right or bottom edge, a label stands on the other side of its
/// cursor. As wide and high as a label can get: see `board.css`, also for the share of the plane that
/// is its most.
const LABEL_WIDTH_PX: f64 = 190.0;
const LABEL_WIDTH: f64 = 0.4;
const LABEL_HEIGHT_PX: f64 = 48.0;

/// Hands every cursor there is, at one time, to a function.
type ForEachCursor = dyn Fn(&mut dyn FnMut(Slot, &Glide));

/// The loop that moves cursors. Clones are handles to the same one.
#[derive(Clone)]
pub(crate) struct Motion {
    inner: Rc<Inner>,
}

struct Inner {
    now: fn() -> Millis,
    for_each_cursor: Box<ForEachCursor>,
    elements: RefCell<BTreeMap<Slot, HtmlElement>>,
    plane: RefCell<Option<HtmlElement>>,
    reduced: Option<MediaQueryList>,
    frame_requested: Cell<bool>,
    next_change: Cell<Option<TimeoutHandle>>,
}

impl Motion {
    pub(crate) fn new(now: fn() -> Millis, for_each_cursor: Box<ForEachCursor>) -> Self {
        let reduced = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        Self {
            inner: Rc::new(Inner {
                now,
                for_each_cursor,
                elements: RefCell::new(BTreeMap::new()),
                plane: RefCell::new(None),
                reduced,
                frame_requested: Cell::new(false),
                next_change: Cell::new(None),
            }),
        }
    }

    /// What the cursors move on.
    pub(crate) fn set_plane(&self, plane: HtmlElement) {
        *self.inner.plane.borrow_mut() = Some(plane);
    }

    /// From now on this element is that cursor. It is put in its place at once.
    pub(crate) fn add(&self, slot: Slot, element: HtmlElement) {
        self.inner.elements.borrow_mut().insert(slot, element);
        self.draw();
    }

    /// That cursor has no element any more.
    pub(crate) fn remove(&self, slot: Slot) {
        self.inner.elements.borrow_mut().remove(&slot);
    }

    /// Something moved, or the plane did: draws before the next frame.
    pub(crate) fn wake(&self) {
        if !self.inner.frame_requested.replace(true) {
            let motion = self.clone();
            request_animation_frame(move || {
                motion.inner.frame_requested.set(false);
                motion.draw();
            });
        }
    }

    fn draw(&self) {
        let inner = &self.inner;
        let Some(side) = inner.plane.borrow().as_ref().map(|it| f64::from(it.client_width()))
        else {
            return;
        };
        let plane = Plane { left: 0.0, top: 0.0, side };
        let now = (inner.now)();
        let glides = !inner.reduced.as_ref().is_some_and(MediaQueryList::matches);
        let elements = inner.elements.borrow();
        let mut moving = false;
        let mut next_change: Option<Millis> = None;
        (inner.for_each_cursor)(&mut |slot, glide| {
            let Some(element) = elements.get(&slot) else { return };
            // After all samples, a glide is where it ends.
            let when = if glides { now } else { Millis::MAX };
            place(element, glide.position(when, plane.units_per_px()), plane);
            let presentation = glide.presentation(now);
            present(element, presentation);
            moving |= glides && glide.is_moving(now);
            let change = glide.next_presentation(now);
            next_change = [next_change, change].into_iter().flatten().min();
        });
        drop(elements);
        if moving {
            self.wake();
        }
        self.wake_at(now, next_change);
    }

    /// Wakes when a cursor is due to fade or to vanish.
    fn wake_at(&self, now: Millis, due: Option<Millis>) {
        let timeout = due.and_then(|due| {
            let motion = self.clone();
            set_timeout_with_handle(
                move || motion.wake(),
                Duration::from_millis(due.saturating_sub(now)),
            )
            .ok()
        });
        if let Some(before) = self.inner.next_change.replace(timeout) {
            before.clear();
        }
    }
}

/// Puts the element there. The units are shares of the plane, so a plane that changes its size
/// takes its cursors along.
fn place(element: &HtmlElement, (x, y): (f64, f64), plane: Plane) {
    let transform =
        format!("translate3d({}cqw, {}cqh, 0)", fixed(percent(x), 4), fixed(percent(y), 4));
    set_style(element, "transform", &transform);
    let room = |units: f64| plane.side - units / plane.units_per_px();
    set_flag(element, "data-flip-x", room(x) < LABEL_WIDTH_PX.min(LABEL_WIDTH * plane.side));
    set_flag(element, "data-flip-y", room(y) < LABEL_HEIGHT_PX);
}

fn present(element: &HtmlElement, presentation: Presentation) {
    set_flag(element, "data-idle", presentation == Presentation::Idle);
    let visibility = if presentation == Presentation::Hidden { "hidden" } else { "" };
    set_style(element, "visibility", visibility);
}

fn set_style(element: &HtmlElement, property: &str, value: &str) {
    // Only a property or value that CSS does not know could fail.
    let _ = element.style().set_property(property, value);
}

fn set_flag(element: &HtmlElement, name: &str, on: bool) {
    if element.has_attribute(name) != on {
        // Only a name that HTML does not allow could fail.
        let _ = element.toggle_attribute_with_force(name, on);
    }
}
