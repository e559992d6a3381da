//! Hands at the tools: what a pointer does on the surface, told to the desk.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use web_sys::PointerEvent;

use crate::desk::Touch;
use crate::dom::style;
use crate::gestures::{Kind, Pixel};
use crate::tool::Tool;

use super::Stage;
use super::listeners::{kind, pixel};

impl Stage {
    /// A pointer went down. What moves the view is no business of tools.
    pub(super) fn press(&self, event: &PointerEvent) {
        let pointer = event.pointer_id();
        if self.read(|state| state.gestures.is_palm(pointer)) {
            return;
        }
        self.stop_writing();
        self.close_drawers();
        if self.view_is_held() {
            self.work(|desk, now| desk.cancel(now));
            return;
        }
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        let touch = self.touch(event);
        if self.work(|desk, now| desk.press(now, touch)) {
            self.worker.set(pointer);
            // The hand may leave the board. Only a pointer that is gone could be refused.
            let _ = self.surface.set_pointer_capture(pointer);
        }
    }

    /// A pointer moved.
    pub(super) fn pull(&self, event: &PointerEvent) {
        if !self.desk.borrow().is_busy() {
            self.show_what_would_happen(event);
            return;
        }
        if self.view_is_held() {
            self.work(|desk, now| desk.cancel(now));
            return;
        }
        if event.pointer_id() != self.worker.get() {
            return;
        }
        let draws = self.desk.borrow().tool() == Tool::Pen;
        let between = if draws { between(event) } else { Array::new() };
        let mut touches: Vec<Touch> = between
            .iter()
            .filter_map(|it| it.dyn_into::<PointerEvent>().ok())
            .map(|it| self.touch(&it))
            .collect();
        if touches.is_empty() {
            touches.push(self.touch(event));
        }
        self.work(|desk, now| touches.into_iter().for_each(|touch| desk.pull(now, touch)));
    }

    /// A pointer was let go, or taken away.
    pub(super) fn release(&self, event: &PointerEvent) {
        if event.pointer_id() != self.worker.get() || !self.desk.borrow().is_busy() {
            return;
        }
        let touch = self.touch(event);
        match event.type_().as_str() {
            "pointerup" => self.work(|desk, now| desk.release(now, touch)),
            _ => self.work(|desk, now| desk.cancel(now)),
        }
    }

    fn view_is_held(&self) -> bool {
        self.read(|state| state.gestures.is_panning() || state.gestures.is_pinching())
    }

    /// The mouse has the shape of what it would do.
    fn show_what_would_happen(&self, event: &PointerEvent) {
        if event.buttons() != 0 || kind(event) == Kind::Touch {
            return;
        }
        let touch = self.touch(event);
        let shape = {
            let desk = self.desk.borrow();
            match desk.tool() {
                Tool::Select => match desk.handle_at(touch) {
                    Some((handle, _)) => handle.cursor(),
                    None if desk.may_draw()
                        && desk.at(touch.at, touch.units_per_px * 5.0).is_some() =>
                    {
                        "move"
                    }
                    None => "default",
                },
                Tool::Text => "text",
                Tool::Hand => "",
                _ => "crosshair",
            }
        };
        if self.shape.replace(shape) != shape {
            style(&self.surface.style(), "cursor", shape);
        }
    }

    pub(super) fn units_per_px(&self) -> f64 {
        1.0 / self.read(|state| state.view().scale)
    }

    /// Where one points, or the middle of what one sees.
    pub(super) fn pointer_or_middle(&self) -> (f64, f64) {
        self.read(|state| state.pointer().unwrap_or(state.view().centre))
    }

    pub(super) fn units_at(&self, at: Pixel) -> (f64, f64) {
        self.read(|state| state.view().to_units(at))
    }

    fn touch(&self, event: &PointerEvent) -> Touch {
        let kind = kind(event);
        Touch {
            at: self.units_at(pixel(&self.surface, event)),
            pressure: kind.pressure(event.pressure()),
            shift: event.shift_key(),
            alt: event.alt_key(),
            control: event.ctrl_key() || event.meta_key(),
            units_per_px: self.units_per_px(),
            is_finger: kind == Kind::Touch,
        }
    }
}

/// Where a pointer was since it was told of last, where a browser tells that: some do not, and most do not on
/// pages that came over plain http.
fn between(event: &PointerEvent) -> Array {
    match Reflect::has(event, &"getCoalescedEvents".into()) {
        Ok(true) => event.get_coalesced_events(),
        _ => Array::new(),
    }
}
