//! The field in which one writes in an object: over it, in the same type, as large as it is seen.

use starling_protocol::board::{Content, Object};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement};

use crate::Area;
use crate::began::Began;
use crate::desk::Written;
use crate::dom::{child, flag, px, set, style};
use crate::maths::within;
use crate::scene::geometry::{fitting, frame};
use crate::scene::text::{LINE_HEIGHT, Laid, inner};
use crate::view::View;

/// Type is never written smaller than this, however small it is seen.
const LEAST_PX: f64 = 14.0;
const LEAST_WIDE_PX: f64 = 140.0;
const QUARTERS: f64 = 4.0;

/// The field, over its object.
pub(crate) struct Editor {
    pub(crate) field: HtmlTextAreaElement,
    pub(crate) began: Began,
    placed: Option<(View, usize)>,
}

impl Editor {
    pub(crate) fn new(section: &Element, object: Object, most_chars: usize) -> Self {
        let field: HtmlTextAreaElement = child(section, "textarea", "board-field").unchecked_into();
        let label = match object.content {
            Content::Image { .. } => "What the picture shows",
            Content::Note { .. } => "Text of the note",
            _ => "Text",
        };
        set(&field, "aria-label", label);
        set(&field, "maxlength", &most_chars.to_string());
        set(&field, "rows", "1");
        set(&field, "dir", "auto");
        match object.content {
            Content::Text { .. } | Content::Shape { .. } if object.tint.0 < 12 => {
                set(&field, "data-hue", &object.tint.0.to_string());
            }
            _ => {}
        }
        flag(&field, "data-plain", matches!(object.content, Content::Text { .. }));
        let began = Began::new(object, &field);
        Self { field, began, placed: None }
    }

    /// What is written, see [`Began::written`], and how high that is.
    pub(crate) fn written(&self, view: View) -> Written {
        let text = self.began.written(&self.field);
        let height = match self.began.object.content {
            Content::Text { line, .. } => {
                let line = f64::from(line) / QUARTERS;
                let seen =
                    f64::from(self.field.scroll_height()) / (view.scale * self.enlarged(view));
                // To whole lines: a browser rounds to pixels.
                Some((seen / line).round().max(1.0) * line)
            }
            _ => None,
        };
        Written { text, height }
    }

    /// How many times larger than the object the field is shown, so that one can read it.
    fn enlarged(&self, view: View) -> f64 {
        match self.began.object.content {
            Content::Text { line, .. } => {
                let size = f64::from(line) / QUARTERS / LINE_HEIGHT * view.scale;
                (LEAST_PX / size).max(1.0)
            }
            _ => 1.0,
        }
    }

    /// Places it over its object. `fitted` lays a text into an area, in board units.
    pub(crate) fn place(&mut self, view: View, fitted: impl Fn(&str, Area) -> Option<Laid>) {
        let text = self.field.value();
        let now = Some((view, text.len()));
        if self.placed == now {
            return;
        }
        self.placed = now;
        let area = frame(&self.began.object);
        let css = self.field.style();
        let size_in = |area| fitted(&text, area).map_or(0.0, |laid| laid.size);
        let (part, size) = match self.began.object.content {
            Content::Text { line, .. } => (area, f64::from(line) / QUARTERS / LINE_HEIGHT),
            Content::Shape { form, .. } => {
                let part = inner(fitting(form, area));
                (part, size_in(part))
            }
            _ => (inner(area), size_in(inner(area))),
        };
        let px_size = (size * view.scale).max(LEAST_PX);
        let wide = (part.width() * view.scale * self.enlarged(view)).max(LEAST_WIDE_PX);
        style(&css, "font-size", &px(px_size));
        style(&css, "line-height", "1.25");
        style(&css, "width", &px(wide));
        style(&css, "height", "0");
        // More than the window holds is scrolled.
        let most = (view.size.height - 8.0).max(LEAST_PX);
        let high = f64::from(self.field.scroll_height()).min(most);
        style(&css, "height", &px(high));
        let centre = view.to_px(part.middle());
        let (left, top) = match self.began.object.content {
            Content::Text { .. } => view.to_px((part.left, part.top)),
            _ => (centre.0 - wide / 2.0, centre.1 - high / 2.0),
        };
        let left = within(left, 4.0, (view.size.width - wide - 4.0).max(4.0));
        let top = within(top, 4.0, (view.size.height - high - 4.0).max(4.0));
        style(&css, "left", &px(left));
        style(&css, "top", &px(top));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.field.remove();
    }
}
