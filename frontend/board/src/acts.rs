//! The buttons of pointing something out, for those who have no keys for it, and the signs to throw.

use web_sys::{Element, HtmlElement};

use crate::dom::{button, child, flag, px, set, style};
use crate::state::{SIGNS, State};

const SPEAK: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <path d=\"M2.5 3h11v7.5H8L4.8 13.2V10.5H2.5Z\"/></svg>";
const BEACON: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <circle cx=\"8\" cy=\"8\" r=\"1.4\"/><circle cx=\"8\" cy=\"8\" r=\"4\"/>\
    <circle cx=\"8\" cy=\"8\" r=\"6.5\" opacity=\".5\"/></svg>";
const THROW: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <circle cx=\"8\" cy=\"8\" r=\"6\"/><path d=\"M5.4 9.6a3 3 0 0 0 5.2 0M6 6.2v.1M10 6.2v.1\"/></svg>";
const CONTENTS: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <path d=\"M6 4h7.5M6 8h7.5M6 12h7.5M2.8 4h.1M2.8 8h.1M2.8 12h.1\"/></svg>";

/// How large the signs are together, as the style sheet has them, and how far from the pointer.
const SIGNS_WIDTH_PX: f64 = 276.0;
const SIGNS_HEIGHT_PX: f64 = 52.0;
const ABOVE_PX: f64 = 20.0;
const EDGE_PX: f64 = 8.0;

/// See the module.
pub(crate) struct Acts {
    pub(crate) speak: HtmlElement,
    pub(crate) beacon: HtmlElement,
    pub(crate) throw: HtmlElement,
    pub(crate) contents: HtmlElement,
    /// The signs to throw; each says in `data-sign` which one it is.
    pub(crate) signs: HtmlElement,
    may: Option<bool>,
    offers: bool,
}

impl Acts {
    pub(crate) fn new(section: &Element, corner: &Element) -> Self {
        let group = child(corner, "div", "board-buttons");
        set(&group, "role", "group");
        set(&group, "aria-label", "Pointing");
        let speak = button(&group, "", "Say something at your pointer (/)", SPEAK);
        let beacon = button(&group, "", "Show everyone where (B)", BEACON);
        let throw = button(&group, "", "Throw a sign (E)", THROW);
        set(&throw, "aria-expanded", "false");
        let contents = button(&group, "", "Contents", CONTENTS);
        set(&contents, "aria-expanded", "false");
        let signs = child(section, "div", "board-signs");
        set(&signs, "role", "group");
        set(&signs, "aria-label", "Signs to throw");
        flag(&signs, "hidden", true);
        for (at, (sign, name)) in SIGNS.iter().enumerate() {
            let key = at + 1;
            let one = button(&signs, "", &format!("{name} ({key})"), sign);
            set(&one, "data-key", &key.to_string());
            set(&one, "data-sign", &at.to_string());
        }
        Self { speak, beacon, throw, contents, signs, may: None, offers: false }
    }

    /// The first sign, there from now on, so that it can have the focus.
    pub(crate) fn open_signs(&self) -> Option<Element> {
        flag(&self.signs, "hidden", false);
        self.signs.first_element_child()
    }

    /// Shows how it is.
    pub(crate) fn draw(&mut self, state: &State) {
        if self.may != Some(state.rights.point) {
            self.may = Some(state.rights.point);
            for act in [&self.speak, &self.beacon, &self.throw] {
                flag(act, "disabled", !state.rights.point);
            }
        }
        let offers = state.out.offers_signs;
        if self.offers == offers {
            return;
        }
        self.offers = offers;
        flag(&self.signs, "hidden", !offers);
        set(&self.throw, "aria-expanded", if offers { "true" } else { "false" });
        let view = state.view();
        let (x, y) = view.to_px(state.place_of_pointer());
        let within =
            |at: f64, length: f64, window: f64| at.min(window - length - EDGE_PX).max(EDGE_PX);
        let left = within(x - SIGNS_WIDTH_PX / 2.0, SIGNS_WIDTH_PX, view.size.width);
        let top = within(y - SIGNS_HEIGHT_PX - ABOVE_PX, SIGNS_HEIGHT_PX, view.size.height);
        let transform = format!("translate({},{})", px(left), px(top));
        style(&self.signs.style(), "transform", &transform);
    }
}
