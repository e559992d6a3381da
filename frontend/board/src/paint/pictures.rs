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
    pictures: HashMap<FileId, Picture>,
    told: Rc<dyn Fn()>,
    new: Rc<Cell<bool>>,
}

struct Picture {
    element: HtmlImageElement,
    fate: Rc<Cell<Fate>>,
    _heard: [Listener; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    OnItsWay,
    There,
    Failed,
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
            told: Rc::new(|| ()),
            new: Rc::default(),
        }
    }

    pub(super) fn on_news(&mut self, told: impl Fn() + 'static) {
        self.told = Rc::new(told);
    }

    /// Whether one has arrived or failed since this was asked.
    pub(super) fn has_new(&self) -> bool {
        self.new.take()
    }

    /// Those that failed are fetched anew when they are painted again.
    pub(super) fn forget_failed(&mut self) {
        let new = &self.new;
        self.pictures.retain(|_, picture| {
            let keeps = picture.fate.get() != Fate::Failed;
            if !keeps {
                picture.element.remove();
                new.set(true);
            }
            keeps
        });
    }

    /// Fetches it, if that was not begun before.
    pub(super) fn fetch(&mut self, file: FileId) {
        self.known(file);
    }

    /// How many of these are on their way, and how many failed.
    pub(super) fn missing(&self, files: impl Iterator<Item = FileId>) -> (usize, usize) {
        let mut missing = (0, 0);
        for picture in files.filter_map(|file| self.pictures.get(&file)) {
            match picture.fate.get() {
                Fate::OnItsWay => missing.0 += 1,
                Fate::Failed => missing.1 += 1,
                Fate::There => {}
            }
        }
        missing
    }

    /// A picture as an address that holds all of it, if it is there.
    pub(super) fn address(&self, file: FileId) -> Option<String> {
        let picture = self.pictures.get(&file)?.there()?;
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
        let Some(picture) = self.known(file).there() else { return false };
        let (width, height) = (area.width(), area.height());
        // Only one that is broken could be refused.
        context
            .draw_image_with_html_image_element_and_dw_and_dh(
                picture, area.left, area.top, width, height,
            )
            .is_ok()
    }

    fn known(&mut self, file: FileId) -> &Picture {
        let (holder, told, new) = (&self.holder, &self.told, &self.new);
        self.pictures.entry(file).or_insert_with(|| fetched(holder, file, told, new))
    }
}

impl Picture {
    fn there(&self) -> Option<&HtmlImageElement> {
        (self.fate.get() == Fate::There).then_some(&self.element)
    }
}

fn fetched(holder: &Element, file: FileId, told: &Rc<dyn Fn()>, new: &Rc<Cell<bool>>) -> Picture {
    let place = holder.first_element_child().unwrap_or_else(|| holder.clone());
    let element: HtmlImageElement = child(&place, "img", "").unchecked_into();
    set(&element, "alt", "");
    let fate = Rc::new(Cell::new(Fate::OnItsWay));
    let heard = ["load", "error"].map(|event| {
        let (told, new, fate) = (told.clone(), new.clone(), fate.clone());
        Listener::new(&element, event, move |_: Event| {
            fate.set(if event == "load" { Fate::There } else { Fate::Failed });
            new.set(true);
            told();
        })
    });
    let is_apart = document().query_selector("meta[name=starling-server]").ok().flatten().is_some();
    let source = if is_apart { "data-src" } else { "src" };
    set(&element, source, &format!("/files/{file}/picture"));
    Picture { element, fate, _heard: heard }
}
