//! A canvas as large as what it lies on and as fine as the screen, painted only when something is
//! different.

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use crate::dom::{child, px, set, style, window};
use crate::maths::within;
use crate::view::{Area, Size};

/// More pixels of the screen to one of CSS cost more than they show.
const FINEST: f64 = 3.0;
/// Nearer to whole pixels than this nobody sees a difference.
const NEARLY_PX: f64 = 0.01;

/// A canvas with what it knows of itself.
pub(crate) struct Layer {
    canvas: HtmlCanvasElement,
    context: Option<CanvasRenderingContext2d>,
    size: Size,
    ratio: f64,
    due: bool,
}

impl Layer {
    /// A canvas of that class at the end of `parent`, of no size yet.
    pub(crate) fn new(parent: &Element, class: &str) -> Self {
        let canvas: HtmlCanvasElement = child(parent, "canvas", class).unchecked_into();
        set(&canvas, "aria-hidden", "true");
        // A browser that draws no canvas shows the rest of the board.
        let context = canvas.get_context("2d").ok().flatten().and_then(|it| it.dyn_into().ok());
        Self { canvas, context, size: Size::default(), ratio: 1.0, due: true }
    }

    /// What one paints it with.
    pub(crate) fn context(&self) -> Option<&CanvasRenderingContext2d> {
        self.context.as_ref()
    }

    /// How many pixels of the screen are one of CSS.
    pub(crate) fn ratio(&self) -> f64 {
        self.ratio
    }

    /// It is this large from now on, in CSS pixels.
    pub(crate) fn resize(&mut self, size: Size) {
        let ratio = within(window().device_pixel_ratio(), 1.0, FINEST);
        if (self.size, self.ratio) == (size, ratio) {
            return;
        }
        (self.size, self.ratio) = (size, ratio);
        self.canvas.set_width((size.width * ratio).round() as u32);
        self.canvas.set_height((size.height * ratio).round() as u32);
        style(&self.canvas.style(), "width", &px(size.width));
        style(&self.canvas.style(), "height", &px(size.height));
        self.due = true;
    }

    /// It has to be painted again.
    pub(crate) fn outdate(&mut self) {
        self.due = true;
    }

    /// Moves what is painted by so many CSS pixels, and has the strips painted that come into view: a part of the
    /// canvas each, in CSS pixels. How far it moved, which is by whole pixels of the screen; nothing, if all of it
    /// has to be painted instead.
    pub(crate) fn shift(
        &mut self,
        by: (f64, f64),
        mut paint: impl FnMut(&CanvasRenderingContext2d, Area),
    ) -> Option<(f64, f64)> {
        let Size { width, height } = self.size;
        let context = self.context.as_ref().filter(|_| !self.due)?;
        let (right, down) = ((by.0 * self.ratio).round(), (by.1 * self.ratio).round());
        let moved = (right / self.ratio, down / self.ratio);
        let is_whole = (moved.0 - by.0).abs().max((moved.1 - by.1).abs()) < NEARLY_PX;
        if !is_whole || moved.0.abs() >= width || moved.1.abs() >= height {
            self.due = true;
            return None;
        }
        let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        // What the canvas had where nothing comes to lie is cleared.
        let _ = context.set_global_composite_operation("copy");
        let _ = context.draw_image_with_html_canvas_element(&self.canvas, right, down);
        let _ = context.set_global_composite_operation("source-over");
        let strip = |from: f64, length: f64| {
            if from > 0.0 { (0.0, from) } else { (length + from, length) }
        };
        let (left, end) = strip(moved.0, width);
        let (top, bottom) = strip(moved.1, height);
        let strips = [
            Area { left, top: 0.0, right: end, bottom: height },
            Area { left: 0.0, top, right: width, bottom },
        ];
        for strip in strips.into_iter().filter(|it| it.width() > 0.0 && it.height() > 0.0) {
            let _ = context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0);
            context.save();
            context.begin_path();
            context.rect(strip.left, strip.top, strip.width(), strip.height());
            context.clip();
            // The corner that both have is painted twice.
            context.clear_rect(strip.left, strip.top, strip.width(), strip.height());
            paint(context, strip);
            context.restore();
        }
        Some(moved)
    }

    /// Clears it and has it painted, in CSS pixels from its top left corner, if that is due.
    pub(crate) fn paint(&mut self, paint: impl FnOnce(&CanvasRenderingContext2d)) {
        let Some(context) = self.context.as_ref().filter(|_| self.due) else { return };
        self.due = false;
        // Only numbers that are none could be refused.
        let _ = context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, self.size.width, self.size.height);
        paint(context);
    }
}
