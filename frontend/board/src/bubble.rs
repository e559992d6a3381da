//! The bubble at the viewer's own pointer: a small field, and what they said in it. What it means is
//! decided in `saying.rs`.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use crate::dom::{child, flag, px, set, style};
use crate::state::State;

/// As wide and high as the style sheet makes it, and how far it is from the pointer.
const WIDTH_PX: f64 = 232.0;
const HEIGHT_PX: f64 = 52.0;
const BESIDE_PX: f64 = 16.0;
const BELOW_PX: f64 = 18.0;
/// It keeps this from the window's edges.
const EDGE_PX: f64 = 8.0;

/// See the module.
pub(crate) struct Bubble {
    element: HtmlElement,
    pub(crate) field: HtmlInputElement,
    said: HtmlElement,
    count: HtmlElement,
    shown: Option<(bool, String, Option<usize>)>,
}

impl Bubble {
    pub(crate) fn new(section: &Element) -> Self {
        let element = child(section, "div", "own-say");
        flag(&element, "hidden", true);
        let said = child(&element, "p", "own-said");
        let field: HtmlInputElement = child(&element, "input", "").unchecked_into();
        for (name, value) in [
            ("type", "text"),
            ("aria-label", "Say something at your pointer"),
            ("placeholder", "Say something"),
            ("autocomplete", "off"),
            ("enterkeyhint", "done"),
        ] {
            set(&field, name, value);
        }
        let count = child(&element, "span", "own-say-count");
        Self { element, field, said, count, shown: None }
    }

    /// It is there from now on, so that it can have the focus.
    pub(crate) fn open(&self) {
        flag(&self.element, "hidden", false);
        flag(&self.field, "hidden", false);
    }

    /// Shows how it is.
    pub(crate) fn draw(&mut self, state: &State) {
        let saying = &state.out.saying;
        let is_hidden = !saying.is_open();
        if self.element.has_attribute("hidden") != is_hidden {
            flag(&self.element, "hidden", is_hidden);
            let hue = state.company.own().map_or(0, |person| person.hue);
            set(&self.element, "data-hue", &hue.to_string());
        }
        let count = saying.count(state.out.say_chars());
        let shown = (saying.writes(), saying.said().to_owned(), count);
        if self.field.value() != saying.text() && !self.is_composing() {
            self.field.set_value(saying.text());
        }
        if is_hidden {
            return;
        }
        if self.shown.as_ref() != Some(&shown) {
            flag(&self.field, "hidden", !shown.0);
            flag(&self.said, "hidden", shown.1.is_empty());
            self.said.set_text_content(Some(&shown.1));
            let words = count.map(|count| format!("{count} of {}", state.out.say_chars()));
            self.count.set_text_content(words.as_deref());
            self.shown = Some(shown);
        }
        let view = state.view();
        let (x, y) = view.to_px(state.place_of_pointer());
        let within = |at: f64, beside: f64, length: f64, window: f64| {
            (at + beside).min(window - length - EDGE_PX).max(EDGE_PX)
        };
        let left = within(x, BESIDE_PX, WIDTH_PX, view.size.width);
        let top = within(y, BELOW_PX, HEIGHT_PX, view.size.height);
        let transform = format!("translate({},{})", px(left), px(top));
        style(&self.element.style(), "transform", &transform);
    }

    /// Whether an input method is at work, which must not be disturbed.
    fn is_composing(&self) -> bool {
        self.field.has_attribute("data-composing")
    }
}
