//! What stands over the board while it lasts: whom one follows, who brought one here, or a sentence; and how
//! many others there are whom nothing shows.

use web_sys::{Element, HtmlElement};

use crate::company::Person;
use crate::dom::{child, flag, set};

/// The banner, with the count in the corner.
pub(crate) struct Banner {
    element: HtmlElement,
    words: HtmlElement,
    pub(crate) stop: HtmlElement,
    others: HtmlElement,
    count: usize,
}

impl Banner {
    pub(crate) fn new(section: &Element, corner: &Element) -> Self {
        let element = child(section, "div", "board-banner");
        flag(&element, "hidden", true);
        let words = child(&element, "span", "");
        let stop = child(&element, "button", "quiet");
        set(&stop, "type", "button");
        stop.set_text_content(Some("Stop"));
        let others = child(corner, "p", "board-others");
        flag(&others, "hidden", true);
        Self { element, words, stop, others, count: 0 }
    }

    /// Says who brought the viewer here, or whom they follow, or nothing.
    pub(crate) fn show(&self, brought: Option<&str>, followed: Option<&Person>) {
        let name = brought.or(followed.map(|person| person.name.as_str()));
        flag(&self.element, "hidden", name.is_none());
        let Some(name) = name else { return };
        let (before, after) = match brought {
            Some(_) => ("", " brought everyone here"),
            None => ("Following ", ""),
        };
        self.words.set_text_content(Some(before));
        child(&self.words, "bdi", "").set_text_content(Some(name));
        child(&self.words, "span", "").set_text_content(Some(after));
        flag(&self.stop, "hidden", brought.is_some());
        set(&self.stop, "aria-label", &format!("Stop following {name}"));
        match followed {
            Some(person) => set(&self.element, "data-hue", &person.hue.to_string()),
            None => flag(&self.element, "data-hue", false),
        }
    }

    /// Says a sentence instead.
    pub(crate) fn say(&self, words: &str) {
        flag(&self.element, "hidden", false);
        flag(&self.element, "data-hue", false);
        flag(&self.stop, "hidden", true);
        self.words.set_text_content(Some(words));
    }

    /// Says how many others there are.
    pub(crate) fn count(&mut self, others: usize) {
        if self.count != others {
            self.count = others;
            flag(&self.others, "hidden", others == 0);
            let word = if others == 1 { "other" } else { "others" };
            self.others.set_text_content(Some(&format!("+{others} {word}")));
        }
    }
}
