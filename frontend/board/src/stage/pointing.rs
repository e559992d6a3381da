//! How the stage points things out: listens to the bubble, the signs and to links that lead here, and does
//! what follows. What any of it means is decided in the state.

use std::cell::Cell;
use std::rc::Rc;

use starling_protocol::board::SlotSignal;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, FocusEvent, HtmlElement, KeyboardEvent, MouseEvent};

use super::Stage;
use crate::dom::{Listener, document, flag, is_composing, now, window};
use crate::place::Place;
use crate::scene::geometry::frame;
use crate::state::{Focus, Found};
use crate::tool::Tool;

/// A key that is down for so long is held.
const HELD_MS: f64 = 500.0;
/// A window that is not shown has no size.
const LEAST_PX: f64 = 16.0;

pub(super) fn listen(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    acts(stage, listeners);
    bubble(stage, listeners);
    links(stage, listeners);
    held_laser(stage, listeners);
}

fn acts(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let parts = stage.parts.borrow();
    let acts = &parts.acts;
    let mut pressed = |target: &EventTarget, heard: fn(&Stage)| {
        let stage = stage.clone();
        listeners.push(Listener::new(target, "click", move |_: Event| heard(&stage)));
    };
    pressed(&acts.speak, |stage| stage.act(|state, now| state.speak(now)));
    pressed(&acts.beacon, |stage| stage.act(|state, now| state.beacon(None, now)));
    pressed(&acts.throw, |stage| stage.act(|state, _| state.choose_sign()));
    pressed(&acts.contents, |stage| stage.turn_contents());

    let thrown = stage.clone();
    listeners.push(Listener::new(&acts.signs, "click", move |event: MouseEvent| {
        let sign = closest(&event, "[data-sign]").and_then(|it| it.get_attribute("data-sign"));
        if let Some(sign) = sign.and_then(|sign| sign.parse().ok()) {
            thrown.act(|state, now| state.throw(sign, now));
        }
    }));
    let pressed = stage.clone();
    listeners.push(Listener::new(&acts.signs, "keydown", move |event: KeyboardEvent| {
        let key = event.key();
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let focused = document().active_element();
        match (key.as_str(), key.parse::<usize>()) {
            (_, Ok(number @ 1..=6)) => pressed.act(|state, now| state.throw(number - 1, now)),
            ("Escape" | "e" | "E", _) => pressed.act(|state, _| state.choose_sign()),
            ("ArrowLeft", _) => focus(focused.and_then(|it| it.previous_element_sibling())),
            ("ArrowRight", _) => focus(focused.and_then(|it| it.next_element_sibling())),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }));
    let (left, signs, throw) = (stage.clone(), acts.signs.clone(), acts.throw.clone());
    listeners.push(Listener::new(&acts.signs, "focusout", move |event: FocusEvent| {
        let to = event.related_target().and_then(|it| it.dyn_into::<Element>().ok());
        // Its own button is about to close them.
        if !to.is_some_and(|to| signs.contains(Some(&to)) || *throw == to) {
            left.act(|state, _| state.left_signs());
        }
    }));
}

/// Who holds its key has the laser no longer than that; who only presses it keeps it.
fn held_laser(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let since = Rc::new(Cell::new(f64::INFINITY));
    let began = since.clone();
    listeners.push(Listener::new(&document(), "keydown", move |event: KeyboardEvent| {
        if event.key().eq_ignore_ascii_case("l") && !event.repeat() {
            began.set(now());
        }
    }));
    let released = stage.clone();
    listeners.push(Listener::new(&document(), "keyup", move |event: KeyboardEvent| {
        let is_key = event.key().eq_ignore_ascii_case("l");
        if is_key && now() - since.get() >= HELD_MS && released.has_laser() {
            released.choose(Tool::Select);
        }
    }));
}

fn bubble(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let field = stage.parts.borrow().bubble.field.clone();
    for event in ["input", "compositionend"] {
        let (typed, from) = (stage.clone(), field.clone());
        listeners.push(Listener::new(&field, event, move |event: Event| {
            flag(&from, "data-composing", composes(&event));
            let text = from.value();
            typed.act(|state, now| state.typed(&text, now));
        }));
    }
    let (pressed, from) = (stage.clone(), field.clone());
    listeners.push(Listener::new(&field, "keydown", move |event: KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        match event.key().as_str() {
            "Enter" => {
                pressed.act(|state, now| state.entered(now));
                // The next key may come before the next frame does.
                from.set_value("");
            }
            "Escape" => pressed.act(|state, _| state.stop_saying()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }));
    let left = stage.clone();
    listeners.push(Listener::new(&field, "blur", move |event: FocusEvent| {
        let to_board = event
            .related_target()
            .is_some_and(|to| to == *AsRef::<EventTarget>::as_ref(&left.surface));
        left.act(|state, _| state.left_saying(to_board));
    }));
}

fn links(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let clicked = stage.clone();
    listeners.push(Listener::new(&document(), "click", move |event: MouseEvent| {
        if closest(&event, "[data-mention]").is_some() {
            clicked.mention_place();
            return;
        }
        let link = closest(&event, "a.place").and_then(|link| link.get_attribute("href"));
        let Some(link) = link else { return };
        match link.find('#') {
            // The browser opens it elsewhere.
            _ if event.ctrl_key() || event.meta_key() || event.shift_key() => {}
            // Where the address says so already, it does not change.
            Some(0) if link == fragment() => clicked.lead(),
            Some(0) | None => {}
            // On a site of its own a link is one to the server's page, and the address names the room.
            Some(sharp) => {
                event.prevent_default();
                clicked.lead_by(&link[sharp..]);
            }
        }
    }));
    let changed = stage.clone();
    listeners.push(Listener::new(&window(), "hashchange", move |_: Event| changed.lead()));
}

impl Stage {
    /// Others pointed something out.
    pub(super) fn signalled(&self, signals: Vec<SlotSignal>) {
        self.act(|state, now| {
            for SlotSignal { slot, signal } in signals {
                state.signalled(slot.0, signal, now);
            }
        });
    }

    /// The board was opened, or its window is there: what waited for that can be done.
    pub(super) fn resume_leading(&self) {
        let limits = *self.desk.borrow().client.limits();
        self.act(|state, _| state.out.limited(limits));
        let place = self.read(|state| state.out.awaited.clone());
        if let Some(place) = place {
            self.lead_to(place);
        }
    }

    /// Leads to the place that the page's address names, if it names one.
    pub(super) fn lead(&self) {
        self.lead_by(&fragment());
    }

    fn lead_by(&self, fragment: &str) {
        if let Some(place) = Place::parse(fragment) {
            self.page.show_board();
            self.lead_to(place);
        }
    }

    fn lead_to(&self, place: Place) {
        let found = self.find(&place);
        self.act(|state, now| state.lead_to(place, found, now));
    }

    fn find(&self, place: &Place) -> Found {
        if self.read(|state| state.view().size.width) < LEAST_PX {
            return Found::NotYet;
        }
        if let Some(area) = place.area() {
            return Found::Here { area };
        }
        let desk = self.desk.borrow();
        match desk.client.objects().find(|object| place.is(object.id)) {
            Some(object) => Found::Here { area: frame(object) },
            None if desk.client.is_open() => Found::Gone,
            None => Found::NotYet,
        }
    }

    pub(super) fn has_laser(&self) -> bool {
        self.desk.borrow().tool() == Tool::Laser
    }

    /// Writes what the viewer looks at into the message that they are writing.
    fn mention_place(&self) {
        let place = self.read(|state| state.place_looked_at());
        self.page.compose(&place.written());
    }

    /// That has the focus from now on. Nothing is borrowed meanwhile: it is lost somewhere, too.
    pub(super) fn focus(&self, on: Focus) {
        let target: Option<Element> = match on {
            Focus::Board => Some(self.surface.clone().into()),
            Focus::Saying => {
                let parts = self.parts.borrow();
                parts.bubble.open();
                Some(parts.bubble.field.clone().into())
            }
            Focus::Signs => self.parts.borrow().acts.open_signs(),
        };
        focus(target);
    }
}

/// The end of the page's address, from its `#` on.
fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

pub(super) fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok().flatten()
}

fn composes(event: &Event) -> bool {
    event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing)
}

pub(super) fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // Only an element that cannot have it could refuse.
        let _ = element.focus();
    }
}
