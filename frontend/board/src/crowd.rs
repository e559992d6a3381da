//! The cursors of a crowd: more than elements could follow in time are drawn on one canvas, each from a
//! picture that is made once. Measured: 300 elements take a browser three times as long a frame.

use std::collections::HashMap;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use crate::canvas::Layer;
use crate::company::{Company, Person, Pointing, Presence};
use crate::dom::document;
use crate::palette::Palette;
use crate::view::{Size, View};

/// Where a label's picture begins and ends, in CSS pixels from its person's point.
const HEIGHT: f64 = 46.0;
const LABEL_LEFT: f64 = 16.0;
const LABEL_TOP: f64 = 22.0;
const LABEL_HEIGHT: f64 = 22.0;
const LABEL_PADDING: f64 = 8.0;
const MOST_LABEL: f64 = 172.0;
const FONT: &str = "600 13px system-ui, sans-serif";
/// The shape of a cursor, in CSS pixels: the one of `cursors.rs`.
const SHAPE: [(f64, f64); 4] = [(1.0, 1.0), (22.0, 9.6), (12.7, 12.7), (9.6, 22.0)];

/// The crowd's canvas.
pub(crate) struct Crowd {
    layer: Layer,
    stamps: HashMap<u16, Stamp>,
    shown: bool,
}

/// A cursor with its label, drawn once.
struct Stamp {
    canvas: HtmlCanvasElement,
    width: f64,
    name: String,
    hue: u8,
    idle: bool,
    ratio: f64,
}

impl Crowd {
    pub(crate) fn new(surface: &Element, size: Size) -> Self {
        let mut layer = Layer::new(surface, "crowd");
        layer.resize(size);
        Self { layer, stamps: HashMap::new(), shown: false }
    }

    /// The window has another size, or the screen another fineness.
    pub(crate) fn resize(&mut self, size: Size) {
        self.layer.resize(size);
    }

    /// The theme is another one.
    pub(crate) fn recolour(&mut self) {
        self.stamps.clear();
    }

    /// Draws these cursors and no others.
    pub(crate) fn draw(
        &mut self,
        pointing: &[Pointing],
        company: &Company,
        view: View,
        palette: &Palette,
    ) {
        if pointing.is_empty() && !self.shown {
            return;
        }
        self.shown = !pointing.is_empty();
        let ratio = self.layer.ratio();
        self.stamps.retain(|slot, _| pointing.iter().any(|cursor| cursor.slot == *slot));
        for cursor in pointing {
            let Some(person) = company.owner(cursor.slot) else { continue };
            let idle = cursor.presence == Presence::Idle;
            let known =
                self.stamps.get(&cursor.slot).is_some_and(|it| it.shows(person, idle, ratio));
            if !known && let Some(stamp) = Stamp::new(person, idle, ratio, palette) {
                self.stamps.insert(cursor.slot, stamp);
            }
        }
        let stamps = &self.stamps;
        self.layer.outdate();
        self.layer.paint(|context| {
            for cursor in pointing.iter().filter(|it| it.presence != Presence::Hidden) {
                let Some(stamp) = stamps.get(&cursor.slot) else { continue };
                let (x, y) = view.to_px(cursor.at);
                // On whole pixels of the screen it is copied as it is.
                let (x, y) = ((x * ratio).round() / ratio, (y * ratio).round() / ratio);
                // Only a picture of no size could be refused.
                let _ = context.draw_image_with_html_canvas_element_and_dw_and_dh(
                    &stamp.canvas,
                    x,
                    y,
                    stamp.width,
                    HEIGHT,
                );
            }
        });
    }
}

impl Stamp {
    fn shows(&self, person: &Person, idle: bool, ratio: f64) -> bool {
        self.name == person.name && (self.hue, self.idle, self.ratio) == (person.hue, idle, ratio)
    }

    fn new(person: &Person, idle: bool, ratio: f64, palette: &Palette) -> Option<Self> {
        let canvas: HtmlCanvasElement =
            document().create_element("canvas").ok()?.dyn_into().ok()?;
        let context: CanvasRenderingContext2d =
            canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        context.set_font(FONT);
        let text = context.measure_text(&person.name).ok()?.width() + 2.0 * LABEL_PADDING;
        let label = text.min(MOST_LABEL);
        let width = (LABEL_LEFT + label).ceil() + 2.0;
        canvas.set_width((width * ratio).round() as u32);
        canvas.set_height((HEIGHT * ratio).round() as u32);
        context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0).ok()?;
        context.set_font(FONT);
        paint(&context, &person.name, label, idle, palette.hue(person.hue), &palette.surface);
        let (name, hue) = (person.name.clone(), person.hue);
        Some(Self { canvas, width, name, hue, idle, ratio })
    }
}

fn paint(
    context: &CanvasRenderingContext2d,
    name: &str,
    label: f64,
    idle: bool,
    hue: &str,
    surface: &str,
) {
    // Who has not moved for a while steps back, and stays legible.
    let (ground, ink) = if idle { (surface, hue) } else { (hue, surface) };
    context.begin_path();
    for (x, y) in SHAPE {
        context.line_to(x, y);
    }
    context.close_path();
    context.set_fill_style_str(ground);
    context.fill();
    context.set_stroke_style_str(ink);
    context.set_line_width(1.5);
    context.stroke();
    context.begin_path();
    // Only a radius below nothing could be refused.
    let _ = context.round_rect_with_f64(LABEL_LEFT, LABEL_TOP, label, LABEL_HEIGHT, 8.0);
    context.fill();
    context.clip();
    if idle {
        context.stroke();
    }
    context.set_fill_style_str(ink);
    let _ = context.fill_text(name, LABEL_LEFT + LABEL_PADDING, LABEL_TOP + 15.5);
}
