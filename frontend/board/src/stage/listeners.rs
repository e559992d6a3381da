//! What the browser tells: pointers, the wheel, keys, buttons, sizes and themes.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Element, Event, EventTarget, KeyboardEvent, MediaQueryList, MouseEvent, PointerEvent,
    ResizeObserver, WheelEvent,
};

use super::Stage;
use crate::dom::{Listener, document, window};
use crate::gestures::{Input, Kind, Pixel};
use crate::keys::{Command, Key, ZOOM, command};

/// How far the wheel turns when it counts lines or pages instead of pixels.
const LINE_PX: f64 = 16.0;

/// Everything that listens, for as long as this lives.
pub(super) struct Listeners {
    _listeners: Vec<Listener>,
    sizes: Option<ResizeObserver>,
    _on_size: Closure<dyn FnMut(Array)>,
}

impl Drop for Listeners {
    fn drop(&mut self) {
        if let Some(sizes) = &self.sizes {
            sizes.disconnect();
        }
    }
}

impl Listeners {
    pub(super) fn new(stage: &Rc<Stage>) -> Self {
        let mut listeners = Vec::new();
        pointers(stage, &mut listeners);
        keys(stage, &mut listeners);
        buttons(stage, &mut listeners);
        tools(stage, &mut listeners);
        stage.exchange(&mut listeners);
        theme(stage, &mut listeners);
        super::pointing::listen(stage, &mut listeners);
        super::contents::listen(stage, &mut listeners);
        let resized = stage.clone();
        let on_size = Closure::<dyn FnMut(Array)>::new(move |_| resized.resized());
        let sizes = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();
        if let Some(sizes) = &sizes {
            let parts = stage.parts.borrow();
            for element in [&stage.surface, &parts.corner, &parts.toolbar.tools] {
                sizes.observe(element);
            }
        }
        Self { _listeners: listeners, sizes, _on_size: on_size }
    }
}

fn pointers(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let mut listen = |event, heard: fn(&Stage, &PointerEvent)| {
        let stage = stage.clone();
        let target = stage.surface.clone();
        listeners.push(Listener::new(&target, event, move |event| heard(&stage, &event)));
    };
    listen("pointerdown", |stage, event| {
        let (pointer, kind, button) = (event.pointer_id(), kind(event), event.button());
        let at = pixel(&stage.surface, event);
        stage.act(|state, _| state.input(Input::Down { pointer, kind, button, at }));
        if stage.read(|state| state.gestures.is_panning()) {
            // The hand may leave the board. Only a pointer that is gone could be refused.
            let _ = stage.surface.set_pointer_capture(pointer);
        }
        stage.press(event);
    });
    listen("pointermove", |stage, event| {
        let (pointer, at) = (event.pointer_id(), pixel(&stage.surface, event));
        stage.act(|state, _| state.input(Input::Move { pointer, at }));
        stage.pull(event);
    });
    for end in ["pointerup", "pointercancel"] {
        listen(end, |stage, event| {
            stage.release(event);
            stage.act(|state, _| state.input(Input::Up { pointer: event.pointer_id() }));
        });
    }
    listen("pointerleave", |stage, event| {
        let (pointer, kind) = (event.pointer_id(), kind(event));
        stage.act(|state, _| state.input(Input::Leave { pointer, kind }));
    });
    // Or the middle button would start the browser's own scrolling.
    let surface = &stage.surface;
    let tapped = stage.clone();
    listeners.push(Listener::new(surface, "mousedown", move |event: MouseEvent| {
        // After a tap, which has opened a field already, it would take the focus from there.
        if event.button() == 1 || tapped.is_writing() {
            event.prevent_default();
        }
    }));
    let turned = stage.clone();
    listeners.push(Listener::new(surface, "wheel", move |event: WheelEvent| {
        event.prevent_default();
        let unit = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => LINE_PX,
            WheelEvent::DOM_DELTA_PAGE => f64::from(turned.surface.client_height()),
            _ => 1.0,
        };
        let by = (event.delta_x() * unit, event.delta_y() * unit);
        let zooms = event.ctrl_key() || event.meta_key();
        let at = pixel(&turned.surface, &event);
        turned.act(|state, _| state.input(Input::Wheel { by, zooms, at }));
    }));
}

fn keys(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let pressed = stage.clone();
    listeners.push(Listener::new(&document(), "keydown", move |event: KeyboardEvent| {
        let focused = is_at(&event, &pressed.surface);
        // A mouse over the board is enough, where keys are nobody else's.
        let hovered = !focused && is_at_body(&event) && pressed.read(|state| state.is_pointed_at());
        let name = event.key();
        let key = Key {
            name: &name,
            shift: event.shift_key(),
            alt: event.alt_key(),
            control: event.ctrl_key() || event.meta_key(),
        };
        if focused || hovered {
            let is_done = pressed.key_at_board(&event);
            if is_done {
                event.prevent_default();
                return;
            }
        }
        let Some(command) = command(key) else { return };
        let points = matches!(command, Command::Step { .. } | Command::Leave);
        // Nobody else has a use for that one, but who writes.
        let speaks = command == Command::Speak && !is_in_field(&event);
        let hovered = hovered || (speaks && pressed.read(|state| state.is_pointed_at()));
        if focused || (hovered && !points) {
            event.prevent_default();
            pressed.act(|state, now| state.command(command, now));
        }
    }));
    let released = stage.clone();
    listeners.push(Listener::new(&document(), "keyup", move |event: KeyboardEvent| {
        if event.key() == " " {
            released.act(|state, _| state.gestures.ready_to_pan(false));
        }
        if event.key().starts_with("Arrow") {
            released.work(|desk, now| desk.settle(now));
        }
    }));
    let blurred = stage.clone();
    listeners.push(Listener::new(&stage.surface, "blur", move |_: Event| {
        blurred.act(|state, _| state.blurred());
        blurred.work(|desk, now| desk.settle(now));
    }));
}

fn buttons(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let parts = stage.parts.borrow();
    let mut pressed = |target: &EventTarget, heard: fn(&Stage, &MouseEvent)| {
        let stage = stage.clone();
        listeners.push(Listener::new(target, "click", move |event| heard(&stage, &event)));
    };
    let buttons = &parts.buttons;
    pressed(&buttons.smaller, |stage, _| {
        stage.act(|state, now| state.command(Command::Zoom { factor: 1.0 / ZOOM }, now));
    });
    pressed(&buttons.larger, |stage, _| {
        stage.act(|state, now| state.command(Command::Zoom { factor: ZOOM }, now));
    });
    pressed(&buttons.actual, |stage, _| {
        stage.act(|state, now| state.command(Command::Actual, now));
    });
    pressed(&buttons.fit, |stage, _| stage.act(|state, now| state.command(Command::Fit, now)));
    pressed(&buttons.gather, |stage, _| stage.act(|state, _| state.gather()));
    pressed(&parts.banner.stop, |stage, _| stage.act(|state, now| state.follow(None, now)));
    pressed(parts.rim.layer(), |stage, event| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let arrow = target.and_then(|it| it.closest("[data-person]").ok().flatten());
        let Some(user) = arrow.and_then(|it| it.get_attribute("data-person")) else { return };
        stage.act(|state, now| match event.shift_key() {
            true => state.follow(Some(&user), now),
            false => state.go_to(&user, now),
        });
    });
    for event in ["pointerdown", "pointermove"] {
        let dragged = stage.clone();
        let map = parts.map.element();
        listeners.push(Listener::new(map, event, move |event: PointerEvent| {
            if event.buttons() == 1 {
                dragged.look_by_map(&event);
            }
        }));
    }
}

fn tools(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let parts = stage.parts.borrow();
    for group in parts.toolbar.groups() {
        let pressed = stage.clone();
        listeners.push(Listener::new(group, "click", move |event: MouseEvent| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            let order = target.and_then(|it| pressed.parts.borrow().toolbar.order(&it));
            if let Some(order) = order {
                pressed.obey(order);
            }
        }));
        let (pressed, keyed) = (stage.clone(), group.clone());
        listeners.push(Listener::new(group, "keydown", move |event: KeyboardEvent| {
            if pressed.key_at_buttons(&keyed, &event) {
                event.prevent_default();
            }
        }));
    }
    let surface = &stage.surface;
    let doubled = stage.clone();
    listeners.push(Listener::new(surface, "dblclick", move |event: MouseEvent| {
        let at = doubled.units_at(pixel(&doubled.surface, &event));
        let units_per_px = doubled.units_per_px();
        let is_free = doubled.work(|desk, _| {
            let wrote = desk.write_at(at, units_per_px);
            !wrote && desk.tool().only_looks() && desk.at(at, units_per_px).is_none()
        });
        if is_free {
            doubled.act(|state, now| state.beacon(Some(at), now));
        }
    }));
}

impl Stage {
    fn look_by_map(&self, event: &PointerEvent) {
        let at = {
            let parts = self.parts.borrow();
            let map = parts.map.element();
            // Only a pointer that is gone could be refused.
            let _ = map.set_pointer_capture(event.pointer_id());
            parts.map.units_at(pixel(map, event))
        };
        self.act(|state, _| state.centre(at));
    }
}

fn theme(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"];
    for query in queries.iter().filter_map(|it| window().match_media(it).ok().flatten()) {
        let query: MediaQueryList = query;
        let changed = stage.clone();
        listeners.push(Listener::new(&query, "change", move |_: Event| {
            changed.parts.borrow_mut().recolour();
            changed.wake();
        }));
    }
}

pub(super) fn kind(event: &PointerEvent) -> Kind {
    match event.pointer_type().as_str() {
        "touch" => Kind::Touch,
        "pen" => Kind::Pen,
        _ => Kind::Mouse,
    }
}

/// Where it happened, in pixels from the element's corner.
pub(super) fn pixel(element: &Element, event: &MouseEvent) -> Pixel {
    let place = element.get_bounding_client_rect();
    (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top())
}

fn is_at(event: &Event, element: &Element) -> bool {
    event.target().is_some_and(|target| target == *AsRef::<EventTarget>::as_ref(element))
}

fn is_in_field(event: &Event) -> bool {
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    target
        .is_some_and(|it| it.matches("input, textarea, select, [contenteditable]").unwrap_or(true))
}

fn is_at_body(event: &Event) -> bool {
    document().body().is_some_and(|body| is_at(event, &body))
}
