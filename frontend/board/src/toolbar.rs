//! The toolbar at the board's edge, with what opens from it, and the small bar above what is selected.

use starling_protocol::board::{TINTS, Tint};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::Area;
use crate::desk::Desk;
use crate::dom::{button, child, document, flag, px, say, set, style};
use crate::icons::{self, icon, of_tool};
use crate::maths::within;
use crate::refused::RefusedBar;
use crate::state::State;
use crate::tool::Tool;
use crate::view::Size;

/// What the colours are called.
const TINT_NAMES: [&str; TINTS as usize] = [
    "Red", "Orange", "Amber", "Olive", "Green", "Jade", "Teal", "Sky", "Blue", "Violet", "Purple",
    "Pink", "Ink",
];
/// Between the bar and what is selected, and the window's edge.
const FREE_PX: f64 = 12.0;

/// What a button of these does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Choose { tool: Tool },
    Undo,
    Redo,
    Colours,
    Colour { tint: Tint },
    Exports,
    SavePng,
    SaveSvg,
    Write,
    Duplicate,
    Front,
    Back,
    Mention,
    Delete,
    TryAgain,
    Discard,
}

/// What opens from the toolbar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawer {
    Colours,
    Exports,
}

/// The toolbar, its drawers, and the bar.
pub(crate) struct Toolbar {
    pub(crate) tools: HtmlElement,
    pub(crate) colours: HtmlElement,
    pub(crate) exports: HtmlElement,
    pub(crate) bar: HtmlElement,
    why: HtmlElement,
    waiting: HtmlElement,
    problem: HtmlElement,
    refused: RefusedBar,
    orders: Vec<(HtmlElement, Order)>,
    open: Option<Drawer>,
    face: Option<Face>,
    bar_at: Option<(i64, i64)>,
    /// What had the focus before something was shown otherwise.
    focused: Option<Element>,
}

/// All that decides how the toolbar looks.
#[derive(Clone, PartialEq)]
struct Face {
    tool: Tool,
    tint: Tint,
    may_draw: bool,
    may_post: bool,
    may_point: bool,
    why: Option<String>,
    undo: bool,
    redo: bool,
    waiting: usize,
    refused: usize,
    refusal: Option<String>,
    open: Option<Drawer>,
    selected: bool,
    writable: bool,
    drawn: bool,
}

impl Toolbar {
    pub(crate) fn new(section: &Element) -> Self {
        let mut orders = Vec::new();
        let tools = child(section, "div", "board-tools");
        set(&tools, "role", "toolbar");
        set(&tools, "aria-label", "Tools");
        let mut add = |parent: &Element, name: &str, lines: &str, order: Order| {
            let element = button(parent, "", name, &icon(lines));
            orders.push((element.clone(), order));
            element
        };
        for tool in Tool::ALL {
            let (name, key) = tool.name();
            let lines = of_tool(tool);
            let element = add(&tools, name, lines, Order::Choose { tool });
            set(&element, "title", &format!("{name} — {key}"));
            set(&element, "aria-keyshortcuts", key);
        }
        child(&tools, "hr", "");
        let colours_of = |element: &HtmlElement| {
            element.set_class_name("swatch");
            set(element, "aria-haspopup", "true");
        };
        colours_of(&add(&tools, "Colour", "", Order::Colours));
        let undo = add(&tools, "Undo", icons::UNDO, Order::Undo);
        set(&undo, "aria-keyshortcuts", "Control+Z");
        let redo = add(&tools, "Redo", icons::REDO, Order::Redo);
        set(&redo, "aria-keyshortcuts", "Control+Shift+Z");
        let save = add(&tools, "Save as", icons::SAVE, Order::Exports);
        set(&save, "aria-haspopup", "true");

        let refused = RefusedBar::new(section);
        for (name, order) in [("Try again", Order::TryAgain), ("Discard", Order::Discard)] {
            let element = add(&refused.element, name, "", order);
            element.set_class_name("quiet");
            element.set_text_content(Some(name));
        }

        let bar = child(section, "div", "board-bar");
        set(&bar, "role", "toolbar");
        set(&bar, "aria-label", "Selection");
        add(&bar, "Edit text", icons::EDIT, Order::Write);
        colours_of(&add(&bar, "Colour of the selection", "", Order::Colours));
        add(&bar, "Duplicate", icons::COPY, Order::Duplicate);
        add(&bar, "To front", icons::FRONT, Order::Front);
        add(&bar, "To back", icons::BACK, Order::Back);
        add(&bar, "Mention in chat", icons::MENTION, Order::Mention);
        add(&bar, "Delete", icons::DELETE, Order::Delete);

        let colours = child(section, "div", "board-drawer colours");
        set(&colours, "role", "group");
        set(&colours, "aria-label", "Colours");
        for (tint, name) in (0..).zip(TINT_NAMES) {
            let element = add(&colours, name, "", Order::Colour { tint: Tint(tint) });
            element.set_class_name("swatch");
            if tint + 1 < TINTS {
                set(&element, "data-hue", &tint.to_string());
            }
        }
        let exports = child(section, "div", "board-drawer exports");
        set(&exports, "role", "group");
        set(&exports, "aria-label", "Save as");
        for (name, order) in [("PNG", Order::SavePng), ("SVG", Order::SaveSvg)] {
            let element = add(&exports, &format!("Save as {name}"), "", order);
            element.set_text_content(Some(name));
        }
        let notices = child(section, "div", "board-notices");
        let waiting = child(&notices, "p", "");
        set(&waiting, "role", "status");
        let why = child(&notices, "p", "");
        set(&why, "role", "status");
        let problem = child(&notices, "p", "problem");
        set(&problem, "role", "alert");
        for hidden in [&bar, &colours, &exports, &why, &waiting, &problem] {
            flag(hidden, "hidden", true);
        }
        for (element, _) in &orders {
            set(element, "tabindex", "-1");
        }
        Self {
            tools,
            colours,
            exports,
            bar,
            why,
            waiting,
            problem,
            refused,
            orders,
            open: None,
            face: None,
            bar_at: None,
            focused: None,
        }
    }

    /// Everything that has buttons.
    pub(crate) fn groups(&self) -> [&HtmlElement; 5] {
        [&self.tools, &self.refused.element, &self.colours, &self.exports, &self.bar]
    }

    /// What the button does that this is, or is in.
    pub(crate) fn order(&self, target: &Element) -> Option<Order> {
        let pressed = target.closest("button").ok().flatten()?;
        let found = self.orders.iter().find(|(element, _)| **element == pressed)?;
        (!pressed.has_attribute("disabled")).then_some(found.1)
    }

    /// Opens a drawer, or closes it, or all of them.
    pub(crate) fn open(&mut self, drawer: Option<Drawer>) {
        self.open = drawer.filter(|drawer| self.open != Some(*drawer));
    }

    /// Which one is open.
    pub(crate) fn opened(&self) -> Option<Drawer> {
        self.open
    }

    /// Says why something was not done, until that is taken back.
    pub(crate) fn say_problem(&self, words: Option<&str>) {
        self.problem.set_text_content(words);
        flag(&self.problem, "hidden", words.is_none());
    }

    /// Shows how it is.
    /// `selected` is where what is selected is seen, if the bar is to be seen there.
    pub(crate) fn draw(&mut self, desk: &Desk, state: &State, selected: Option<Area>) {
        let client = &desk.client;
        let (refused, refusal) = desk.refused();
        let waiting = if state.is_joined() { 0 } else { client.pending().count() };
        let face = Face {
            tool: desk.tool(),
            tint: desk.tint(),
            may_draw: desk.may_draw(),
            may_post: state.rights.post,
            may_point: state.rights.point,
            why: state.why_not.clone(),
            undo: client.can_undo(),
            redo: client.can_redo(),
            waiting,
            refused,
            refusal: refusal.map(ToOwned::to_owned),
            open: self.open,
            selected: selected.is_some(),
            writable: desk.writable().is_some(),
            drawn: client.count() > 0,
        };
        if self.face.as_ref() != Some(&face) {
            self.focused = document().active_element();
            self.show(&face);
            self.face = Some(face);
        }
        if let Some(area) = selected {
            self.place_bar(area, state.view().size);
        }
    }

    fn show(&self, face: &Face) {
        if let Some(section) = self.tools.parent_element() {
            flag(&section, "data-drawn", face.drawn);
        }
        for (element, order) in &self.orders {
            let may = match order {
                Order::Choose { tool: Tool::Laser } => face.may_point,
                Order::Choose { tool } => face.may_draw || tool.only_looks(),
                Order::Undo => face.may_draw && face.undo,
                Order::Redo => face.may_draw && face.redo,
                Order::Exports | Order::SavePng | Order::SaveSvg => face.drawn,
                Order::Mention => face.may_post,
                Order::Discard => true,
                Order::Write => face.may_draw && face.writable,
                _ => face.may_draw,
            };
            if element.has_attribute("disabled") == may {
                flag(element, "disabled", !may);
            }
            let pressed = match order {
                Order::Choose { tool } => Some(*tool == face.tool),
                Order::Colour { tint } => Some(*tint == face.tint),
                _ => None,
            };
            if let Some(pressed) = pressed {
                set(element, "aria-pressed", if pressed { "true" } else { "false" });
            }
            let drawer = match order {
                Order::Colours => Some(Drawer::Colours),
                Order::Exports => Some(Drawer::Exports),
                _ => None,
            };
            if drawer.is_some() {
                let is_open = face.open == drawer;
                set(element, "aria-expanded", if is_open { "true" } else { "false" });
            }
            if *order == Order::Colours {
                let hue = (face.tint.0 + 1 < TINTS).then_some(face.tint.0);
                match hue {
                    Some(hue) => set(element, "data-hue", &hue.to_string()),
                    None => flag(element, "data-hue", false),
                }
            }
            if *order == Order::Write {
                flag(element, "hidden", !face.writable);
            }
        }
        flag(&self.colours, "hidden", face.open != Some(Drawer::Colours));
        flag(&self.exports, "hidden", face.open != Some(Drawer::Exports));
        flag(&self.bar, "hidden", !face.selected);
        say(&self.why, face.why.as_deref());
        let waiting = match face.waiting {
            0 => None,
            1 => Some("1 change is waiting for the connection".to_owned()),
            count => Some(format!("{count} changes are waiting for the connection")),
        };
        say(&self.waiting, waiting.as_deref());
        self.refused.show(face.refused, face.refusal.as_deref());
        for group in self.groups() {
            stop_of(group);
        }
    }

    /// Where keys go on, if what had the focus cannot have it any more: at another button of its group, or on
    /// the board.
    pub(crate) fn heir(&mut self, board: &HtmlElement) -> Option<HtmlElement> {
        let focused = self.focused.take()?;
        let group = self.groups().into_iter().find(|group| group.contains(Some(&focused)))?;
        let is_closed = group.has_attribute("hidden");
        if !is_closed && !focused.has_attribute("disabled") && !focused.has_attribute("hidden") {
            return None;
        }
        stop_of(group).filter(|_| !is_closed).or_else(|| Some(board.clone()))
    }

    /// Above what is selected, or below it, and always in the window.
    fn place_bar(&mut self, area: Area, size: Size) {
        let (wide, high) =
            (f64::from(self.bar.offset_width()), f64::from(self.bar.offset_height()));
        let left = area.middle().0 - wide / 2.0;
        let left = within(left, FREE_PX, (size.width - wide - FREE_PX).max(FREE_PX));
        let above = area.top - high - FREE_PX * 1.5;
        let below = area.bottom + FREE_PX * 1.5;
        let top = if above >= FREE_PX { above } else { below };
        let top = within(top, FREE_PX, (size.height - high - FREE_PX).max(FREE_PX));
        let at = (left.round() as i64, top.round() as i64);
        if self.bar_at != Some(at) {
            self.bar_at = Some(at);
            let transform = format!("translate({},{})", px(left.round()), px(top.round()));
            style(&self.bar.style(), "transform", &transform);
        }
    }
}

/// The buttons of a group that can be pressed.
pub(crate) fn buttons_in(group: &Element) -> Vec<HtmlElement> {
    let Ok(found) = group.query_selector_all("button:not([disabled],[hidden])") else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// The button of a group that the Tab key leads to, which is always one that can be pressed.
fn stop_of(group: &Element) -> Option<HtmlElement> {
    let buttons = buttons_in(group);
    let stop = buttons.iter().find(|it| it.tab_index() == 0);
    if stop.is_none() {
        make_stop(group, buttons.first()?);
    }
    stop.or(buttons.first()).cloned()
}

fn make_stop(group: &Element, button: &Element) {
    if let Ok(Some(before)) = group.query_selector("[tabindex='0']") {
        set(&before, "tabindex", "-1");
    }
    set(button, "tabindex", "0");
}

/// Goes on to another button of the group with the focus by the arrow keys. True if the key did that.
pub(crate) fn step_focus(group: &Element, key: &str) -> bool {
    let buttons = buttons_in(group);
    let focused = document().active_element();
    let here = buttons.iter().position(|it| focused.as_ref() == Some(it.as_ref()));
    let (Some(here), count) = (here, buttons.len()) else { return false };
    let next = match key {
        "ArrowDown" | "ArrowRight" => (here + 1) % count,
        "ArrowUp" | "ArrowLeft" => (here + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return false,
    };
    make_stop(group, &buttons[next]);
    // Only something that is not on the page cannot take the focus.
    let _ = buttons[next].focus();
    true
}
