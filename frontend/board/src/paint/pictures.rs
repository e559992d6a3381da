//! The pictures that lie on the board, each fetched and decoded once.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use starling_protocol::FileId;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, Event, HtmlCanvasElement, HtmlImageElement};

use crate::Area;
use crate::dom::{Listener, child, document, flag, set};

/// Pictures, there or on their way.
pub(super) struct Pictures {
    holder: Element,
    pictures: HashMap<FileId, (HtmlImageElement, Listener)>,
    arrived: Rc<dyn Fn()>,
    new: Rc<Cell<bool>>,
}

impl Drop for Pictures {
    fn drop(&mut self) {
        self.holder.remove();
    }
}

impl Pictures {
    pub(super) fn new(section: &Element) -> Self {
        // On a site of its own a script of the page fetches what is in such an element (`apart_files.js`).
        let holder = child(section, "div", "");
        flag(&holder, "hidden", true);
        child(&holder, "div", "file");
        Self {
            holder: holder.into(),
            pictures: HashMap::new(),
            arrived: Rc::new(|| ()),
            new: Rc::default(),
        }
    }

    pub(super) fn on_arrival(&mut self, arrived: impl Fn() + 'static) {
        self.arrived = Rc::new(arrived);
    }

    /// Whether one has arrived since this was asked.
    pub(super) fn has_new(&self) -> bool {
        self.new.take()
    }

    /// A picture as an address that holds all of it, if it is there.
    pub(super) fn address(&self, file: FileId) -> Option<String> {
        let (picture, _) = self.pictures.get(&file)?;
        if !picture.complete() || picture.natural_width() == 0 {
            return None;
        }
        let canvas: HtmlCanvasElement =
            document().create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width(picture.natural_width());
        canvas.set_height(picture.natural_height());
        let context = canvas.get_context("2d").ok().flatten()?;
        let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
        context.draw_image_with_html_image_element(picture, 0.0, 0.0).ok()?;
        canvas.to_data_url().ok()
    }

    /// Paints a picture; false if it is not there (yet).
    pub(super) fn paint(
        &mut self,
        context: &CanvasRenderingContext2d,
        file: FileId,
        area: Area,
    ) -> bool {
        let (holder, arrived, new) = (&self.holder, &self.arrived, &self.new);
        let (picture, _) =
            self.pictures.entry(file).or_insert_with(|| fetched(holder, file, arrived, new));
        if !picture.complete() || picture.natural_width() == 0 {
            return false;
        }
        let (width, height) = (area.width(), area.height());
        // Only one that is broken could be refused.
        context
            .draw_image_with_html_image_element_and_dw_and_dh(
                picture, area.left, area.top, width, height,
            )
            .is_ok()
    }
}

fn fetched(
    holder: &Element,
    file: FileId,
    arrived: &Rc<dyn Fn()>,
    new: &Rc<Cell<bool>>,
) -> (HtmlImageElement, Listener) {
    let place = holder.first_element_child().unwrap_or_else(|| holder.clone());
    let picture: HtmlImageElement = child(&place, "img", "").unchecked_into();
    set(&picture, "alt", "");
    let (arrived, new) = (arrived.clone(), new.clone());
    let listener = Listener::new(&picture, "load", move |_: Event| {
        new.set(true);
        arrived();
    });
    let is_apart = document().query_selector("meta[name=starling-server]").ok().flatten().is_some();
    let source = if is_apart { "data-src" } else { "src" };
    set(&picture, source, &format!("/files/{file}/picture"));
    (picture, listener)
}
