//! How the stage shows the list of what lies on the board: opens and closes it, goes through it by keys, and
//! lets people write in it. What the list says is decided in `contents.rs`, how it looks in `panel.rs`.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, MouseEvent};

use super::Stage;
use super::pointing::{closest, focus};
use crate::contents::{Entry, in_reading_order};
use crate::dom::{Listener, document, is_composing, now, set};
use crate::scene::geometry::frame;
use crate::tool::Tool;

/// So much of the board must be in sight beside the list for a thing to be shown there.
const BESIDE_PX: f64 = 200.0;

pub(super) fn listen(stage: &Rc<Stage>, listeners: &mut Vec<Listener>) {
    let parts = stage.parts.borrow();
    let panel = &parts.panel;
    let clicked = stage.clone();
    listeners.push(Listener::new(&panel.element, "click", move |event: MouseEvent| {
        clicked.contents_clicked(&event);
    }));
    let pressed = stage.clone();
    listeners.push(Listener::new(&panel.element, "keydown", move |event: KeyboardEvent| {
        if pressed.contents_key(&event) {
            event.prevent_default();
            event.stop_propagation();
        }
    }));
    // Going elsewhere keeps what is written. A finger beside the field, or on Discard, goes nowhere else; and
    // not every browser gives a button the focus.
    listeners.push(Listener::new(&panel.element, "mousedown", |event: MouseEvent| {
        if closest(&event, ".contents-editor").is_some() && closest(&event, "textarea").is_none() {
            event.prevent_default();
        }
    }));
    let left = stage.clone();
    listeners.push(Listener::new(&panel.element, "focusout", move |event: FocusEvent| {
        // Only that: the list may be at work just now.
        let Some(form) = closest(&event, ".contents-editor") else { return };
        let to = event.related_target().and_then(|it| it.dyn_into::<Element>().ok());
        if !form.contains(to.as_deref()) {
            left.end_editing(true);
        }
    }));
}

impl Stage {
    /// Shows the list as the board is now. When to look again, if nothing happens before.
    pub(super) fn draw_contents(&self, now: f64) -> Option<f64> {
        let edition = self.desk.borrow().edition();
        let writable = self.read(|state| state.rights.draw);
        let wants = self.parts.borrow().panel.wants(edition, writable, now);
        let moved = wants.and_then(|most| self.fill_contents(most, writable, edition, now));
        // Keys go on where they were.
        if moved.as_deref() != document().active_element().as_ref() {
            focus(moved.map(Into::into));
        }
        let panel = &mut self.parts.borrow_mut().panel;
        panel.tell(now);
        panel.next_change(edition, writable)
    }

    fn fill_contents(
        &self,
        most: usize,
        writable: bool,
        edition: u32,
        now: f64,
    ) -> Option<HtmlElement> {
        let (entries, all) = {
            let desk = self.desk.borrow();
            let order = in_reading_order(desk.client.objects());
            let name = |id: &str| self.read(|state| Some(state.company.person(id)?.name.clone()));
            let all = order.len();
            let entries = order.into_iter().take(most).map(|object| Entry::new(object, name));
            (entries.collect(), all)
        };
        self.parts.borrow_mut().panel.fill(entries, all, writable, (edition, now))
    }

    /// Opens the list, or closes it, if nothing would be lost with it.
    pub(super) fn turn_contents(&self) {
        let is_open = self.parts.borrow().panel.is_open();
        if is_open && !self.end_editing(true) {
            return;
        }
        let target = if is_open {
            let mut parts = self.parts.borrow_mut();
            parts.panel.shut();
            parts.acts.contents.clone()
        } else {
            let parts = self.parts.borrow();
            parts.panel.open();
            parts.panel.title.clone()
        };
        let expanded = if is_open { "false" } else { "true" };
        set(&self.parts.borrow().acts.contents, "aria-expanded", expanded);
        focus(Some(target.into()));
        self.wake();
    }

    fn contents_clicked(&self, event: &MouseEvent) {
        let Some(pressed) = closest(event, "button") else { return };
        if pressed.class_list().contains("contents-discard") {
            self.end_editing(false);
            return;
        }
        let (is_close, is_more, row) = {
            let panel = &self.parts.borrow().panel;
            (pressed == *panel.close, pressed == *panel.more, panel.row_of(&pressed))
        };
        if is_close {
            self.turn_contents();
        } else if is_more {
            let first = self.parts.borrow_mut().panel.show_more();
            self.draw_contents(now());
            self.go_in_contents(first);
        } else if let Some(at) = row {
            let is_edit = pressed.class_list().contains("contents-edit");
            self.contents_chosen(at, is_edit);
        }
    }

    fn contents_chosen(&self, at: usize, to_edit: bool) {
        let row = self.parts.borrow().panel.row(at);
        let Some((id, ..)) = row else { return };
        let object = self.desk.borrow().client.object(id).cloned();
        let Some(object) = object else { return };
        if to_edit {
            if self.end_editing(true) {
                let field = self.parts.borrow_mut().panel.edit(at, object);
                focus(field.map(Into::into));
            }
        } else {
            let area = frame(&object);
            self.choose(Tool::Select);
            self.work(|desk, _| desk.select([id]));
            let covered = f64::from(self.parts.borrow().panel.width());
            let all = self.read(|state| state.view().size.width);
            if all - covered >= BESIDE_PX {
                self.act(|state, now| state.look_at(area, covered, now));
            } else {
                // Too little of the board is in sight beside it.
                self.turn_contents();
                self.act(|state, now| state.look_at(area, 0.0, now));
            }
        }
    }

    /// Returns whether that key means something there.
    fn contents_key(&self, event: &KeyboardEvent) -> bool {
        if is_composing(event) {
            return false;
        }
        let (key, control) = (event.key(), event.ctrl_key() || event.meta_key());
        if closest(event, ".contents-editor").is_some() {
            match (key.as_str(), control) {
                ("Enter", true) => self.end_editing(true),
                ("Escape", false) => self.end_editing(false),
                _ => return false,
            };
            return true;
        }
        if key == "Escape" {
            self.turn_contents();
            return true;
        }
        let (at, last) = {
            let panel = &self.parts.borrow().panel;
            let focused = document().active_element();
            (focused.and_then(|focused| panel.row_of(&focused)), panel.last())
        };
        let to = match (key.as_str(), at) {
            ("ArrowDown", Some(at)) => at + 1,
            ("ArrowDown", None) | ("Home", Some(_)) => 0,
            ("ArrowUp", Some(at)) => at.saturating_sub(1),
            ("End", Some(_)) => last,
            _ => return false,
        };
        self.go_in_contents(to.min(last));
        true
    }

    fn go_in_contents(&self, at: usize) {
        let go = {
            let panel = &self.parts.borrow().panel;
            panel.make_stop(at);
            panel.row(at).map(|(_, go, _)| go)
        };
        focus(go.map(Into::into));
    }

    /// Ends writing in the list; keeps what was written, if that is wanted. If it is not taken, writing
    /// goes on: false.
    fn end_editing(&self, keep: bool) -> bool {
        let written = self.parts.borrow().panel.written();
        let Some((before, text)) = written else { return true };
        if keep && let Err(why) = self.work(|desk, now| desk.rewrite(now, &before, text)) {
            self.parts.borrow().panel.refuse(&why);
            return false;
        }
        let ended = self.parts.borrow_mut().panel.end_editing();
        if let Some((next, form)) = ended {
            // Who went elsewhere stays there.
            let had_focus = document().active_element().is_none_or(|it| form.contains(Some(&it)));
            form.remove();
            if had_focus {
                focus(Some(next.into()));
            }
        }
        self.wake();
        true
    }
}
