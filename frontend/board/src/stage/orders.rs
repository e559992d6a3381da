//! What keys and the toolbar's buttons order, done.

use web_sys::{Element, KeyboardEvent};

use crate::place::Place;
use crate::tool::Tool;
use crate::toolbar::{Drawer, Order, step_focus};

use super::Stage;
use super::export::Format;
use super::pointing::focus;

impl Stage {
    /// A button of the toolbar, of a drawer or of the bar was pressed.
    pub(super) fn obey(&self, order: Order) {
        let units_per_px = self.units_per_px();
        self.work(|desk, now| desk.settle(now));
        let open = |drawer| {
            self.parts.borrow_mut().toolbar.open(drawer);
            self.wake();
        };
        match order {
            Order::Choose { tool: Tool::Image } => self.choose_pictures(),
            Order::Choose { tool } => self.choose(tool),
            Order::Undo => {
                self.work(|desk, now| desk.undo(now, &|id| self.saved.is_taken_over(id)))
            }
            Order::Redo => {
                self.work(|desk, now| desk.redo(now, &|id| self.saved.is_taken_over(id)))
            }
            Order::Colours => return open(Some(Drawer::Colours)),
            Order::Exports => return open(Some(Drawer::Exports)),
            Order::Colour { tint } => self.work(|desk, now| desk.colour(now, tint)),
            Order::SavePng => self.start_export(Format::Png),
            Order::SaveSvg => self.start_export(Format::Svg),
            Order::Write => {
                self.work(|desk, _| desk.write_selected());
            }
            Order::Duplicate => self.work(|desk, now| desk.duplicate(now, units_per_px)),
            Order::Front => self.work(|desk, now| desk.restack(now, true)),
            Order::Back => self.work(|desk, now| desk.restack(now, false)),
            Order::Mention => self.mention(),
            Order::Delete => {
                self.work(|desk, now| desk.delete(now));
                self.focus_board();
            }
            Order::TryAgain => self.work(|desk, now| desk.try_again(now)),
            Order::Discard => self.work(|desk, _| desk.discard()),
        }
        open(None);
    }

    pub(super) fn choose(&self, tool: Tool) {
        // Light is a way to point.
        if tool == Tool::Laser && !self.read(|state| state.rights.point) {
            return;
        }
        self.work(|desk, now| desk.choose(now, tool));
        self.forget_shape();
    }

    /// The mouse has another shape once it moves.
    fn forget_shape(&self) {
        self.shape.set("");
        // Only a property that CSS does not know could fail.
        let _ = self.surface.style().remove_property("cursor");
    }

    pub(super) fn close_drawers(&self) {
        let mut parts = self.parts.borrow_mut();
        if parts.toolbar.opened().is_some() {
            parts.toolbar.open(None);
        }
    }

    /// The board has the focus, so that keys go on there.
    pub(super) fn focus_board(&self) {
        // Only something that is not on the page cannot take the focus.
        let _ = self.surface.focus();
    }

    /// The board has the focus, or another button, if the one that had it cannot have it any more.
    pub(super) fn keep_focus(&self) {
        let heir = self.parts.borrow_mut().toolbar.heir(&self.surface);
        focus(heir.map(Into::into));
    }

    /// A key was pressed at a group of buttons. True if that was for it.
    pub(super) fn key_at_buttons(&self, group: &Element, event: &KeyboardEvent) -> bool {
        let key = event.key();
        if key == "Escape" {
            self.close_drawers();
            self.wake();
            self.focus_board();
            return true;
        }
        step_focus(group, &key) || self.key_anywhere(&key, event)
    }

    /// A key was pressed at the board. True if that was for what lies on it.
    pub(super) fn key_at_board(&self, event: &KeyboardEvent) -> bool {
        let key = event.key();
        let control = event.ctrl_key() || event.meta_key();
        let units_per_px = self.units_per_px();
        if !control && !event.alt_key() {
            let steps = if event.shift_key() { 10.0 } else { 1.0 };
            let arrow = match key.as_str() {
                "ArrowLeft" => Some((-steps, 0.0)),
                "ArrowRight" => Some((steps, 0.0)),
                "ArrowUp" => Some((0.0, -steps)),
                "ArrowDown" => Some((0.0, steps)),
                _ => None,
            };
            if let Some(by) = arrow {
                let selected = !self.desk.borrow().selection().is_empty();
                if selected {
                    self.work(|desk, now| desk.nudge(now, by, units_per_px));
                }
                return selected;
            }
        }
        self.work(|desk, now| desk.settle(now));
        match (key.as_str(), control) {
            ("a" | "A", true) => {
                self.choose(Tool::Select);
                self.work(|desk, _| desk.select_all());
            }
            ("d" | "D", true) => self.work(|desk, now| desk.duplicate(now, units_per_px)),
            ("Delete" | "Backspace", false) => self.work(|desk, now| desk.delete(now)),
            ("]", false) => self.work(|desk, now| desk.restack(now, true)),
            ("[", false) => self.work(|desk, now| desk.restack(now, false)),
            ("n" | "N", false) if !event.alt_key() => {
                let at = self.pointer_or_middle();
                self.work(|desk, now| desk.put_note(now, at, units_per_px, ""));
            }
            ("Enter", false) => self.enter(),
            ("Escape", false) => {
                let ended = self.work(|desk, now| desk.escape(now));
                self.forget_shape();
                return ended;
            }
            _ => return self.key_anywhere(&key, event),
        }
        true
    }

    /// Keys for tools, wherever on the board one is.
    fn key_anywhere(&self, key: &str, event: &KeyboardEvent) -> bool {
        let control = event.ctrl_key() || event.meta_key();
        match (key, control, event.shift_key()) {
            ("z" | "Z", true, false) => self.obey(Order::Undo),
            ("z" | "Z", true, true) | ("y" | "Y", true, _) => self.obey(Order::Redo),
            _ if control || event.alt_key() => return false,
            _ => {
                let Some(tool) = self.desk.borrow().tool().chosen(key) else { return false };
                self.obey(Order::Choose { tool });
            }
        }
        true
    }

    /// Writes in what is selected; or makes with the tool, or selects, where keys point.
    fn enter(&self) {
        let units_per_px = self.units_per_px();
        let at = self.pointer_or_middle();
        self.work(|desk, now| {
            if desk.write_selected() {
            } else if desk.tool().only_looks() {
                desk.select_at(at, units_per_px);
            } else {
                desk.make_at(now, at, units_per_px);
            }
        });
    }

    fn mention(&self) {
        let place = self.desk.borrow().selected().next().map(|object| Place::of(object.id));
        if let Some(place) = place {
            self.page.compose(&place.written());
        }
    }

    /// What the viewer may do with what lies here.
    pub(crate) fn may_draw(&self, may: bool) {
        self.work(|desk, now| desk.set_may_draw(now, may));
        if self.has_laser() && !self.read(|state| state.rights.point) {
            self.choose(Tool::Select);
        }
        if !may {
            self.stop_writing();
        }
    }
}
