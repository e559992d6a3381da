//! The bar that says what the server refused and why. It stays until the person has tried that again, or let
//! it go; its buttons are the toolbar's.

use web_sys::{Element, HtmlElement};

use crate::dom::{child, flag, say, set};

/// See the module.
pub(crate) struct RefusedBar {
    pub(crate) element: HtmlElement,
    words: HtmlElement,
}

impl RefusedBar {
    pub(crate) fn new(section: &Element) -> Self {
        let element = child(section, "div", "board-refused");
        set(&element, "role", "toolbar");
        set(&element, "aria-label", "What was not stored");
        flag(&element, "hidden", true);
        let words = child(&element, "p", "");
        set(&words, "role", "alert");
        Self { element, words }
    }

    /// So many changes were refused, the last of them for that reason.
    pub(crate) fn show(&self, count: usize, why: Option<&str>) {
        let changes = if count == 1 { "1 change was" } else { &format!("{count} changes were") };
        let words = why.map(|why| format!("{changes} not stored. {why}"));
        flag(&self.element, "hidden", words.is_none());
        say(&self.words, words.as_deref());
    }
}
