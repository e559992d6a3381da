//! The buttons of the view: smaller, as it is, larger, all of it, and everyone to me.

use web_sys::{Element, HtmlElement};

use crate::dom::{button, child, flag, set};

const SMALLER: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <path d=\"M3.5 8h9\"/></svg>";
const LARGER: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <path d=\"M3.5 8h9M8 3.5v9\"/></svg>";
const FIT: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <path d=\"M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3\"/></svg>";
const GATHER: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <circle cx=\"8\" cy=\"8\" r=\"1.6\"/>\
    <path d=\"M2 2l3 3M5 2.6V5H2.6M14 2l-3 3M11 2.6V5h2.4M2 14l3-3M5 13.4V11H2.6M14 14l-3-3M11 13.4V11h2.4\"/>\
    </svg>";

/// The buttons.
pub(crate) struct Buttons {
    pub(crate) smaller: HtmlElement,
    pub(crate) actual: HtmlElement,
    pub(crate) larger: HtmlElement,
    pub(crate) fit: HtmlElement,
    pub(crate) gather: HtmlElement,
    percent: Option<i64>,
}

impl Buttons {
    pub(crate) fn new(corner: &Element) -> Self {
        let group = child(corner, "div", "board-buttons");
        set(&group, "role", "group");
        set(&group, "aria-label", "View");
        let gather = button(&group, "gather", "Bring everyone to me", GATHER);
        flag(&gather, "hidden", true);
        Self {
            gather,
            smaller: button(&group, "", "Zoom out", SMALLER),
            actual: button(&group, "percent", "", ""),
            larger: button(&group, "", "Zoom in", LARGER),
            fit: button(&group, "", "Show the whole board", FIT),
            percent: None,
        }
    }

    /// Says how large a board unit is shown, in hundredths of a pixel.
    pub(crate) fn say_scale(&mut self, scale: f64) {
        let percent = (scale * 100.0).round() as i64;
        if self.percent != Some(percent) {
            self.percent = Some(percent);
            self.actual.set_text_content(Some(&format!("{percent} %")));
            set(&self.actual, "aria-label", &format!("{percent} %, zoom to 100 %"));
            set(&self.actual, "title", "Zoom to 100 %");
        }
    }

    /// Whether the viewer may bring everyone to themselves.
    pub(crate) fn may_gather(&self, may: bool) {
        flag(&self.gather, "hidden", !may);
    }
}
