//! What comes onto the board from elsewhere, and what goes elsewhere: copies, pasted text, pictures, files.

use std::rc::Rc;

use js_sys::{Array, Reflect};
use starling_protocol::{FileKind, codec};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    ClipboardEvent, CustomEvent, DataTransfer, DragEvent, Event, FileList, HtmlInputElement,
    MouseEvent,
};

use crate::desk::{Copied, Picture};
use crate::dom::{Listener, child, document, flag, set, window};
use crate::port::attach;

use super::Stage;
use super::listeners::pixel;

/// What the page tells of a picture that is all there.
const SENT: &str = "starling-picture";

impl Stage {
    pub(super) fn exchange(self: &Rc<Self>, listeners: &mut Vec<Listener>) {
        let stage = self.clone();
        let surface = self.surface.clone();
        // Not at the surface: where no text is selected a browser tells the page's body, wherever the focus is.
        for kind in ["copy", "cut", "paste"] {
            let exchanged = self.clone();
            listeners.push(Listener::new(&document(), kind, move |event: ClipboardEvent| {
                let data = event.clipboard_data().filter(|_| exchanged.has_keys());
                let is_done = data.is_some_and(|data| match event.type_().as_str() {
                    "paste" => exchanged.paste(&data),
                    kind => exchanged.copy(&data, kind == "cut"),
                });
                if is_done {
                    event.prevent_default();
                    event.stop_propagation();
                }
            }));
        }
        let over = |event: DragEvent| {
            event.prevent_default();
            event.stop_propagation();
        };
        listeners.push(Listener::new(&surface, "dragover", over));
        let dropped = self.clone();
        listeners.push(Listener::new(&surface, "drop", move |event: DragEvent| {
            event.prevent_default();
            event.stop_propagation();
            let Some(files) = event.data_transfer().and_then(|data| data.files()) else { return };
            let event: &MouseEvent = event.as_ref();
            dropped.send(&files, dropped.units_at(pixel(&dropped.surface, event)));
        }));
        listeners.push(Listener::new(&window(), SENT, move |event: Event| stage.arrived(&event)));
    }

    /// Whether keys are for the board just now, and not for a field on it.
    fn has_keys(&self) -> bool {
        let section = self.surface.parent_element();
        document().active_element().is_some_and(|focused| {
            section.is_some_and(|section| section.contains(Some(&focused)))
                && !focused.matches("input, textarea").unwrap_or(true)
        })
    }

    /// False if there is nothing to copy.
    fn copy(&self, data: &DataTransfer, is_cut: bool) -> bool {
        let Some(Copied { text, mark }) = self.work(|desk, _| desk.copy()) else { return false };
        // Where a browser forbids it, the text can be pasted all the same.
        let _ = data.set_data("text/plain", &text);
        let _ = data.set_data(COPIED, &mark);
        if is_cut && self.may_put() {
            self.work(|desk, now| desk.delete(now));
        }
        true
    }

    /// False if there is nothing to paste.
    fn paste(&self, data: &DataTransfer) -> bool {
        let (at, units_per_px) = (self.pointer_or_middle(), self.units_per_px());
        if let Some(files) = data.files().filter(|files| files.length() > 0) {
            self.send(&files, at);
            return true;
        }
        let mark = data.get_data(COPIED).unwrap_or_default();
        let text = data.get_data("text/plain").unwrap_or_default();
        let text = text.trim();
        if mark.is_empty() && text.is_empty() {
            return false;
        }
        if self.may_put()
            && !self.work(|desk, now| desk.paste(now, &mark, at, units_per_px))
            && !text.is_empty()
        {
            self.work(|desk, now| desk.put_note(now, at, units_per_px, text));
        }
        true
    }

    /// Whether the person may change the board; says so if not.
    fn may_put(&self) -> bool {
        let may = self.desk.borrow().may_draw();
        if !may {
            self.show_problem("Nothing was changed: you may not draw here now.");
        }
        may
    }

    /// Has files sent, and what of them is a picture put there.
    fn send(&self, files: &FileList, at: (f64, f64)) {
        if !self.may_put() {
            return;
        }
        let place = format!("{} {}", (at.0 * 4.0).round() as i64, (at.1 * 4.0).round() as i64);
        // A copy: the field's own list is emptied.
        let files = Array::from(files);
        if attach(&files, &place).is_err() {
            self.show_problem("No files are taken here.");
        }
    }

    /// A picture is all there.
    fn arrived(&self, event: &Event) {
        let Some(detail) = event.dyn_ref::<CustomEvent>().map(CustomEvent::detail) else { return };
        let told = |name: &str| {
            Reflect::get(&detail, &JsValue::from_str(name)).ok().and_then(|it| it.as_string())
        };
        let (Some(file), Some(place)) = (told("file"), told("place")) else { return };
        let Ok(file) = codec::decode_file(&file) else { return };
        let mut numbers = place.split(' ').filter_map(|it| it.parse::<i64>().ok());
        let (Some(x), Some(y)) = (numbers.next(), numbers.next()) else { return };
        if file.kind != FileKind::Image {
            return;
        }
        let picture = Picture {
            file: file.id,
            name: file.name.as_str().to_owned(),
            width: f64::from(file.width.unwrap_or(400)),
            height: f64::from(file.height.unwrap_or(300)),
        };
        let (at, units_per_px) = ((x as f64 / 4.0, y as f64 / 4.0), self.units_per_px());
        self.work(|desk, now| desk.put_picture(now, picture, at, units_per_px));
    }

    /// Lets the person choose pictures.
    pub(super) fn choose_pictures(&self) {
        let (Some(section), Some(stage)) = (self.surface.parent_element(), self.itself()) else {
            return;
        };
        if !self.may_put() {
            return;
        }
        let field: HtmlInputElement = child(&section, "input", "").unchecked_into();
        set(&field, "type", "file");
        set(&field, "accept", "image/*");
        flag(&field, "multiple", true);
        flag(&field, "hidden", true);
        let at = self.pointer_or_middle();
        let chosen = field.clone();
        let listener = Listener::new(&field, "change", move |_: Event| {
            if let Some(files) = chosen.files() {
                stage.send(&files, at);
            }
            chosen.remove();
        });
        field.click();
        // Whatever was chosen before is done, or nothing was.
        if let Some((before, _)) = self.chooser.replace(Some((field, listener))) {
            before.remove();
        }
    }
}

/// What was copied here, beside its text.
const COPIED: &str = "application/x-starling-board";
