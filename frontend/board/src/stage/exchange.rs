//! What comes onto the board from elsewhere, and what goes elsewhere: copies, pasted text, pictures, files.

use std::rc::Rc;

use js_sys::{Array, Reflect};
use starling_protocol::{FileKind, codec};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    ClipboardEvent, CustomEvent, DragEvent, Event, FileList, HtmlInputElement, MouseEvent,
};

use crate::desk::Picture;
use crate::dom::{Listener, child, flag, set, window};
use crate::port::attach;

use super::Stage;
use super::listeners::pixel;

/// What the page tells of a picture that is all there.
const SENT: &str = "starling-picture";

impl Stage {
    pub(super) fn exchange(self: &Rc<Self>, listeners: &mut Vec<Listener>) {
        let stage = self.clone();
        let surface = self.surface.clone();
        for kind in ["copy", "cut"] {
            let copied = self.clone();
            listeners.push(Listener::new(&surface, kind, move |event: ClipboardEvent| {
                let Some(text) = copied.work(|desk, _| desk.copy()) else { return };
                event.prevent_default();
                if let Some(data) = event.clipboard_data() {
                    // Where a browser forbids it, it can be pasted here all the same.
                    let _ = data.set_data("text/plain", &text);
                    let _ = data.set_data(COPIED, "1");
                }
                if event.type_() == "cut" {
                    copied.work(|desk, now| desk.delete(now));
                }
            }));
        }
        let pasted = self.clone();
        listeners.push(Listener::new(&surface, "paste", move |event: ClipboardEvent| {
            pasted.paste(&event);
        }));
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

    fn paste(&self, event: &ClipboardEvent) {
        let Some(data) = event.clipboard_data() else { return };
        event.prevent_default();
        event.stop_propagation();
        let at = self.pointer_or_middle();
        if let Some(files) = data.files().filter(|files| files.length() > 0) {
            self.send(&files, at);
            return;
        }
        let units_per_px = self.units_per_px();
        let is_copied = data.get_data(COPIED).is_ok_and(|mark| !mark.is_empty());
        if is_copied && self.work(|desk, now| desk.paste(now, units_per_px)) {
            return;
        }
        let text = data.get_data("text/plain").unwrap_or_default();
        let most = self.desk.borrow().client.limits().text_chars;
        let text: String = text.trim().chars().take(most).collect();
        if !text.is_empty() {
            self.work(|desk, now| desk.put_note(now, at, units_per_px, &text));
        }
    }

    /// Has files sent, and what of them is a picture put there.
    fn send(&self, files: &FileList, at: (f64, f64)) {
        if !self.desk.borrow().may_draw() {
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
        if !self.desk.borrow().may_draw() {
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
        // Whatever was chosen before is done.
        self.chooser.replace(Some((field, listener)));
    }
}

/// A mark beside the text of what was copied here.
const COPIED: &str = "application/x-starling-board";
