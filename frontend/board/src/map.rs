//! The map in the corner, once the board outgrows its window: all of the board, where one looks, and where
//! people are. Clicking or dragging on it moves the view.

use std::f64::consts::TAU;

use starling_protocol::BOARD_UNITS;
use web_sys::{CanvasRenderingContext2d, Element, HtmlElement};

use crate::canvas::Layer;
use crate::company::{Company, Pointing, Presence};
use crate::dom::{child, flag, set};
use crate::palette::Palette;
use crate::view::{Size, View};

/// How long its sides are.
const SIDE_PX: f64 = 128.0;
const SCALE: f64 = SIDE_PX / BOARD_UNITS;
const PERSON_PX: f64 = 3.0;
/// In smaller windows there is no room for it.
const LEAST_WINDOW: Size = Size { width: 480.0, height: 320.0 };

/// The map.
pub(crate) struct Map {
    frame: HtmlElement,
    layer: Layer,
    shown: bool,
    drawn: Option<View>,
}

impl Map {
    pub(crate) fn new(corner: &Element) -> Self {
        let frame = child(corner, "div", "board-map");
        set(&frame, "data-map", "");
        // What it does, the keys and buttons of the view do.
        set(&frame, "aria-hidden", "true");
        flag(&frame, "hidden", true);
        let mut layer = Layer::new(&frame, "");
        layer.resize(Size { width: SIDE_PX, height: SIDE_PX });
        Self { frame, layer, shown: false, drawn: None }
    }

    /// What one clicks and drags on.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.frame
    }

    /// The board units of a pixel of the map.
    pub(crate) fn units_at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x / SCALE, y / SCALE)
    }

    /// The colours are others, or somebody moved.
    pub(crate) fn outdate(&mut self) {
        self.layer.outdate();
    }

    /// Shows how it is, or nothing while all of the board is in the window.
    pub(crate) fn draw(
        &mut self,
        pointing: &[Pointing],
        company: &Company,
        view: View,
        palette: &Palette,
    ) {
        let Size { width, height } = view.size;
        let roomy = width >= LEAST_WINDOW.width && height >= LEAST_WINDOW.height;
        let shown = roomy && !view.shows_all();
        if self.shown != shown {
            self.shown = shown;
            flag(&self.frame, "hidden", !shown);
        }
        if !shown {
            return;
        }
        if self.drawn != Some(view) {
            self.drawn = Some(view);
            self.layer.outdate();
        }
        self.layer.paint(|context| paint(context, pointing, company, view, palette));
    }
}

fn paint(
    context: &CanvasRenderingContext2d,
    pointing: &[Pointing],
    company: &Company,
    view: View,
    palette: &Palette,
) {
    for cursor in pointing.iter().filter(|cursor| cursor.presence != Presence::Hidden) {
        let Some(person) = company.owner(cursor.slot) else { continue };
        context.set_fill_style_str(palette.hue(person.hue));
        context.begin_path();
        let (x, y) = (cursor.at.0 * SCALE, cursor.at.1 * SCALE);
        // Only a circle of less than nothing could be refused.
        let _ = context.arc(x, y, PERSON_PX, 0.0, TAU);
        context.fill();
    }
    let seen = view.seen();
    context.set_stroke_style_str(&palette.focus);
    context.set_line_width(2.0);
    let width = ((seen.right - seen.left) * SCALE - 2.0).max(2.0);
    let height = ((seen.bottom - seen.top) * SCALE - 2.0).max(2.0);
    context.stroke_rect(seen.left * SCALE + 1.0, seen.top * SCALE + 1.0, width, height);
}
