//! The others' cursors: an element each, moved by its transform alone. What did not change is not
//! touched, as three hundred of them move at once.

use std::collections::HashMap;

use web_sys::{CssStyleDeclaration, Element, HtmlElement};

use crate::company::{Company, Person, Pointing, Presence};
use crate::dom::{child, flag, px, set, style};
use crate::signals::Signals;
use crate::view::View;

/// Nearer than this to the window's right or bottom edge, a label stands on the other side of its
/// cursor. As wide and high as a label can get: see `board.css`, also for the share of the window that
/// is its most.
const LABEL_WIDTH_PX: f64 = 190.0;
const LABEL_WIDTH: f64 = 0.4;
const LABEL_HEIGHT_PX: f64 = 48.0;
/// The same for a bubble under it.
const SAID_WIDTH_PX: f64 = 240.0;
const SAID_WIDTH: f64 = 0.6;
const SAID_HEIGHT_PX: f64 = 116.0;
/// Farther outside the window than this, nothing of a cursor or its label is seen.
const REACH_PX: f64 = 200.0;

const SHAPE: &str = "<svg viewBox=\"0 0 20 20\" width=\"24\" height=\"24\">\
    <path d=\"M0.8 0.8 L18.5 8 L10.6 10.6 L8 18.5 Z\"/></svg>";

/// All cursors that are drawn.
pub(crate) struct Cursors {
    layer: HtmlElement,
    drawn: HashMap<u16, Drawn>,
    round: u32,
}

struct Drawn {
    element: HtmlElement,
    style: CssStyleDeclaration,
    label: HtmlElement,
    /// What its person says there.
    bubble: HtmlElement,
    said: String,
    name: String,
    hue: u8,
    /// In hundredths of a pixel.
    at: Option<(i64, i64)>,
    shown: bool,
    flags: [bool; 3],
    round: u32,
}

const FLAGS: [&str; 3] = ["data-idle", "data-flip-x", "data-flip-y"];

impl Cursors {
    pub(crate) fn new(surface: &Element) -> Self {
        let layer = child(surface, "div", "cursors");
        set(&layer, "aria-hidden", "true");
        Self { layer, drawn: HashMap::new(), round: 0 }
    }

    /// Draws these cursors and no others.
    pub(crate) fn draw(
        &mut self,
        pointing: &[Pointing],
        company: &Company,
        signals: &Signals,
        view: View,
    ) {
        self.round = self.round.wrapping_add(1);
        for cursor in pointing {
            let Some(person) = company.owner(cursor.slot) else { continue };
            let layer = &self.layer;
            let drawn =
                self.drawn.entry(cursor.slot).or_insert_with(|| Drawn::new(layer, cursor.slot));
            drawn.round = self.round;
            drawn.belong(person);
            drawn.say(signals.said(cursor.slot).unwrap_or_default());
            drawn.place(cursor, view);
        }
        let round = self.round;
        self.drawn.retain(|_, drawn| {
            let stays = drawn.round == round;
            if !stays {
                drawn.element.remove();
            }
            stays
        });
    }
}

impl Drawn {
    fn new(layer: &Element, slot: u16) -> Self {
        let element = child(layer, "div", "cursor");
        set(&element, "data-cursor", &slot.to_string());
        element.set_inner_html(SHAPE);
        let label = child(&element, "bdi", "cursor-name");
        let bubble = child(&element, "bdi", "cursor-said");
        flag(&bubble, "hidden", true);
        Self {
            style: element.style(),
            element,
            label,
            bubble,
            said: String::new(),
            name: String::new(),
            hue: u8::MAX,
            at: None,
            shown: true,
            flags: [false; 3],
            round: 0,
        }
    }

    fn belong(&mut self, person: &Person) {
        if self.name != person.name {
            self.name.clone_from(&person.name);
            self.label.set_text_content(Some(&person.name));
        }
        if self.hue != person.hue {
            self.hue = person.hue;
            set(&self.element, "data-hue", &person.hue.to_string());
        }
    }

    fn say(&mut self, words: &str) {
        if self.said != words {
            words.clone_into(&mut self.said);
            self.bubble.set_text_content(Some(words));
            flag(&self.bubble, "hidden", words.is_empty());
        }
    }

    fn place(&mut self, cursor: &Pointing, view: View) {
        let (x, y) = view.to_px(cursor.at);
        let (width, height) = (view.size.width, view.size.height);
        let near = |at: f64, length: f64| (-REACH_PX..=length + REACH_PX).contains(&at);
        // Who says something is there, also without moving.
        let says = !self.said.is_empty();
        let shown =
            (says || cursor.presence != Presence::Hidden) && near(x, width) && near(y, height);
        if self.shown != shown {
            self.shown = shown;
            style(&self.style, "visibility", if shown { "" } else { "hidden" });
        }
        if !shown {
            return;
        }
        let at = ((x * 100.0).round() as i64, (y * 100.0).round() as i64);
        if self.at != Some(at) {
            self.at = Some(at);
            let transform = format!("translate3d({},{},0)", px(x), px(y));
            style(&self.style, "transform", &transform);
        }
        let (most_width, share, most_height) = if says {
            (SAID_WIDTH_PX, SAID_WIDTH, SAID_HEIGHT_PX)
        } else {
            (LABEL_WIDTH_PX, LABEL_WIDTH, LABEL_HEIGHT_PX)
        };
        let flags = [
            !says && cursor.presence == Presence::Idle,
            width - x < most_width.min(share * width),
            height - y < most_height,
        ];
        for ((name, before), now) in FLAGS.into_iter().zip(&mut self.flags).zip(flags) {
            if *before != now {
                *before = now;
                flag(&self.element, name, now);
            }
        }
    }
}
