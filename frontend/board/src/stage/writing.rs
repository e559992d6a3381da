//! Writing in an object: the field over it, what it says while it is written, and the end of it.

use std::cell::Cell;
use std::rc::Rc;

use starling_protocol::ObjectId;
use web_sys::{Event, KeyboardEvent};

use crate::dom::{Listener, is_composing, now, window};
use crate::editor::Editor;

use super::Stage;

/// The others see what is written at most four times a second.
const TELL_MS: f64 = 250.0;
/// Smaller than this nobody sees what they write: the view goes nearer.
const LEAST_SEEN_PX: f64 = 90.0;

/// The field, and who listens to it.
pub(super) struct Writing {
    editor: Editor,
    told: Cell<f64>,
    due: Cell<bool>,
    _listeners: Vec<Listener>,
}

impl Stage {
    /// Lets the person write in that object.
    pub(super) fn start_writing(&self, id: ObjectId) {
        self.stop_writing();
        let Some(object) = self.work(|desk, now| desk.start_writing(now, id)) else { return };
        let Some(stage) = self.itself() else { return };
        let most = self.desk.borrow().client.limits().text_chars;
        let Some(section) = self.surface.parent_element() else { return };
        let editor = Editor::new(&section, object, most);
        let field = editor.field.clone();
        let mut listeners = Vec::new();
        let told = stage.clone();
        listeners.push(Listener::new(&field, "input", move |_: Event| told.written(most)));
        let pressed = stage.clone();
        listeners.push(Listener::new(&field, "keydown", move |event: KeyboardEvent| {
            let ends = event.key() == "Escape"
                || (event.key() == "Enter" && (event.ctrl_key() || event.meta_key()));
            // While an input method composes, these keys are its own.
            if ends && !is_composing(&event) {
                event.prevent_default();
                pressed.stop_writing();
                pressed.focus_board();
            }
            event.stop_propagation();
        }));
        let left = Rc::downgrade(&stage);
        listeners.push(Listener::new(&field, "blur", move |_: Event| {
            if let Some(stage) = left.upgrade() {
                stage.stop_writing();
            }
        }));
        let gone = Rc::downgrade(&stage);
        listeners.push(Listener::new(&window(), "pagehide", move |_: Event| {
            if let Some(stage) = gone.upgrade() {
                stage.stop_writing();
            }
        }));
        let (told, due) = (Cell::new(0.0), Cell::new(false));
        *self.writing.borrow_mut() = Some(Writing { editor, told, due, _listeners: listeners });
        self.go_near(id);
        self.place_field();
        // Only a field that is not on the page cannot take the focus.
        let _ = field.focus();
        let end = u32::try_from(field.value().encode_utf16().count()).ok();
        let _ = field.set_selection_range(end.unwrap_or(0), end.unwrap_or(0));
    }

    /// Goes so near that one sees what one writes.
    fn go_near(&self, id: ObjectId) {
        let Some(area) = self.desk.borrow().bounds(id) else { return };
        self.act(|state, now| {
            let view = state.view();
            let seen = view.shown(area);
            let middle = seen.middle();
            let is_outside = middle.0 < 0.0
                || middle.1 < 0.0
                || middle.0 > view.size.width
                || middle.1 > view.size.height;
            if is_outside || seen.width().max(seen.height()) < LEAST_SEEN_PX {
                let room = area.width().max(area.height()) * 0.6;
                state.show(area.grown(room), now);
            }
        });
    }

    /// The browser lets nobody write more than `most`.
    fn written(&self, most: usize) {
        let is_full = self.writing.borrow().as_ref().is_some_and(|writing| {
            writing.due.set(true);
            writing.editor.field.value().encode_utf16().count() >= most
        });
        if is_full {
            self.show_problem(&format!("A text has at most {most} characters."));
        }
        self.wake();
    }

    /// The field is over its object, and the others see what is in it. Says nothing if nobody writes.
    pub(super) fn place_field(&self) {
        let view = self.read(|state| state.view());
        let written = {
            let mut writing = self.writing.borrow_mut();
            let Some(Writing { editor, told, due, .. }) = &mut *writing else { return };
            let parts = self.parts.borrow();
            editor.place(view, |text, area| parts.laid(text, area));
            let time = now();
            if !due.get() || time - told.get() < TELL_MS {
                if due.get() {
                    // As long as it waits, a frame looks again.
                    self.wake();
                }
                return;
            }
            due.set(false);
            told.set(time);
            editor.written(view)
        };
        self.work(|desk, now| desk.write(now, &written));
    }

    /// Whether the person writes in an object.
    pub(super) fn is_writing(&self) -> bool {
        self.writing.borrow().is_some()
    }

    /// The person is done writing: it is stored.
    pub(super) fn stop_writing(&self) {
        let view = self.read(|state| state.view());
        // Taken first: a field that goes loses the focus, which ends writing, too.
        let Some(writing) = self.writing.borrow_mut().take() else { return };
        let written = writing.editor.written(view);
        self.work(|desk, now| desk.stop_writing(now, &writing.editor.began.object, &written));
    }
}
