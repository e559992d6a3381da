//! What people point out, drawn over the board: ripples, flying signs, trails of light, and what a message
//! was about. How they move is the style sheet's business; here they are put where the view has them.

use std::collections::HashMap;

use web_sys::{CanvasRenderingContext2d, Element, HtmlElement};

use crate::canvas::Layer;
use crate::dom::{child, flag, now, px, set, style};
use crate::palette::Palette;
use crate::signals::LIGHT_MS;
use crate::state::State;
use crate::view::{Area, Size, View};

/// How thick light is where it is newest.
const LIGHT_PX: f64 = 5.0;
/// What is shown of a place is at least so large, and an object has so much around it.
const TARGET_PX: f64 = 56.0;
const TARGET_MARGIN_PX: f64 = 8.0;

/// See the module.
pub(crate) struct Effects {
    layer: HtmlElement,
    light: Layer,
    /// The ripples and signs, by their numbers.
    marks: HashMap<u32, HtmlElement>,
    target: HtmlElement,
    is_lit: bool,
}

impl Effects {
    pub(crate) fn new(surface: &Element) -> Self {
        let light = Layer::new(surface, "light");
        let layer = child(surface, "div", "effects");
        set(&layer, "aria-hidden", "true");
        let target = child(&layer, "div", "target");
        flag(&target, "hidden", true);
        Self { layer, light, marks: HashMap::new(), target, is_lit: false }
    }

    /// The window has another size, or the screen another fineness.
    pub(crate) fn resize(&mut self, size: Size) {
        self.light.resize(size);
    }

    /// Shows how it is.
    pub(crate) fn draw(&mut self, state: &State, palette: &Palette) {
        let view = state.view();
        self.mark(state, view);
        self.show_target(state.out.target(), view);
        let is_lit = state.out.signals.moves();
        if is_lit || self.is_lit {
            self.is_lit = is_lit;
            self.light.outdate();
            self.light.paint(|context| shine(context, state, palette));
        }
    }

    fn mark(&mut self, state: &State, view: View) {
        let signals = &state.out.signals;
        for beacon in signals.beacons() {
            let layer = &self.layer;
            let mark = self.marks.entry(beacon.number).or_insert_with(|| {
                let mark = child(layer, "div", "beacon");
                set(&mark, "data-hue", &beacon.hue.to_string());
                mark
            });
            place(mark, view, beacon.at);
        }
        for thrown in signals.thrown() {
            let layer = &self.layer;
            let mark = self.marks.entry(thrown.number).or_insert_with(|| {
                let mark = child(layer, "div", "thrown");
                child(&mark, "span", "").set_text_content(Some(&thrown.sign));
                mark
            });
            place(mark, view, thrown.at);
        }
        self.marks.retain(|number, mark| {
            let stays = signals.beacons().any(|beacon| beacon.number == *number)
                || signals.thrown().any(|thrown| thrown.number == *number);
            if !stays {
                mark.remove();
            }
            stays
        });
    }

    fn show_target(&self, target: Option<Area>, view: View) {
        if self.target.has_attribute("hidden") != target.is_none() {
            flag(&self.target, "hidden", target.is_none());
        }
        let Some(area) = target else { return };
        let (left, top) = view.to_px((area.left, area.top));
        let (right, bottom) = view.to_px((area.right, area.bottom));
        let length = |px: f64| (px + 2.0 * TARGET_MARGIN_PX).max(TARGET_PX);
        let (width, height) = (length(right - left), length(bottom - top));
        let corner = (left + (right - left - width) / 2.0, top + (bottom - top - height) / 2.0);
        flag(&self.target, "data-place", area.left == area.right);
        let css = self.target.style();
        style(&css, "transform", &format!("translate({},{})", px(corner.0), px(corner.1)));
        style(&css, "width", &px(width));
        style(&css, "height", &px(height));
    }
}

fn place(mark: &HtmlElement, view: View, at: (f64, f64)) {
    let (x, y) = view.to_px(at);
    style(&mark.style(), "transform", &format!("translate({},{})", px(x), px(y)));
}

fn shine(context: &CanvasRenderingContext2d, state: &State, palette: &Palette) {
    let (view, now) = (state.view(), now());
    context.set_line_cap("round");
    for (whose, lights) in state.out.signals.lights() {
        let person = match whose {
            Some(slot) => state.company.owner(slot),
            None => state.company.own(),
        };
        context.set_stroke_style_str(palette.hue(person.map_or(0, |person| person.hue)));
        for (from, to) in lights.iter().zip(lights.iter().skip(1)) {
            if to.starts {
                continue;
            }
            let left = (1.0 - (now - to.since) / LIGHT_MS).clamp(0.0, 1.0);
            context.set_global_alpha(left);
            context.set_line_width(LIGHT_PX * left.max(0.3));
            let ((x, y), (to_x, to_y)) = (view.to_px(from.at), view.to_px(to.at));
            context.begin_path();
            context.move_to(x, y);
            context.line_to(to_x, to_y);
            context.stroke();
        }
    }
    context.set_global_alpha(1.0);
}
