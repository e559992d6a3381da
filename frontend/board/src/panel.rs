//! The list of what lies on the board, for those who would rather read than look: made and kept as
//! `contents.rs` says. Rows that stay are not touched, so that whoever is at one stays there.

use std::collections::HashMap;

use starling_protocol::ObjectId;
use starling_protocol::board::Object;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement};

use crate::began::Began;
use crate::contents::{Entry, FIRST, Telling, counted};
use crate::dom::{button, child, document, flag, set};

const CLOSE: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\
    <path d=\"m4 4 8 8M12 4l-8 8\"/></svg>";
const HINT: &str = "Going elsewhere or Ctrl+Enter keeps it, Discard or Escape leaves it as it was.";
const HINT_ID: &str = "contents-hint";
/// How often the list is made anew at most.
const EVERY_MS: f64 = 300.0;

/// See the module.
pub(crate) struct Panel {
    pub(crate) element: HtmlElement,
    pub(crate) title: HtmlElement,
    pub(crate) close: HtmlElement,
    pub(crate) more: HtmlElement,
    count: HtmlElement,
    news: HtmlElement,
    list: HtmlElement,
    rows: Vec<Row>,
    editor: Option<Editor>,
    telling: Telling,
    /// Which edition of the board it shows, and since when.
    shows: Option<(u32, f64)>,
    /// How many lines there are at most.
    most: usize,
    writable: bool,
}

struct Row {
    entry: Entry,
    element: HtmlElement,
    go: HtmlElement,
    edit: HtmlElement,
}

/// Where a text is written in.
struct Editor {
    began: Began,
    form: HtmlElement,
    field: HtmlTextAreaElement,
    refused: HtmlElement,
}

impl Panel {
    pub(crate) fn new(section: &Element) -> Self {
        let element = child(section, "section", "board-contents");
        set(&element, "aria-labelledby", "board-contents-title");
        flag(&element, "hidden", true);
        let head = child(&element, "header", "");
        let title = child(&head, "h2", "");
        set(&title, "id", "board-contents-title");
        set(&title, "tabindex", "-1");
        title.set_text_content(Some("Contents"));
        let close = button(&head, "icon", "Close the contents", CLOSE);
        let count = child(&element, "p", "contents-count");
        let news = child(&element, "p", "visually-hidden");
        set(&news, "role", "status");
        let list = child(&element, "ol", "");
        let more = child(&element, "button", "quiet");
        set(&more, "type", "button");
        more.set_text_content(Some("Show more"));
        Self {
            element,
            title,
            close,
            more,
            count,
            news,
            list,
            rows: Vec::new(),
            editor: None,
            telling: Telling::default(),
            shows: None,
            most: FIRST,
            writable: false,
        }
    }

    /// How many pixels of the window it covers.
    pub(crate) fn width(&self) -> i32 {
        self.element.offset_width()
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.element.has_attribute("hidden")
    }

    pub(crate) fn open(&self) {
        flag(&self.element, "hidden", false);
    }

    /// Closes it; what it showed is forgotten.
    pub(crate) fn shut(&mut self) {
        flag(&self.element, "hidden", true);
        self.list.set_text_content(None);
        self.news.set_text_content(None);
        self.rows.clear();
        self.editor = None;
        (self.shows, self.most, self.telling) = (None, FIRST, Telling::default());
    }

    /// More lines are wanted.
    pub(crate) fn show_more(&mut self) -> usize {
        self.most += FIRST;
        self.shows = None;
        self.rows.len()
    }

    /// How many lines to show, if the list is to be made anew for that edition of the board, and for whether
    /// one may write in it. While somebody does, it stays as it is.
    pub(crate) fn wants(&self, edition: u32, writable: bool, now: f64) -> Option<usize> {
        let is_due = match self.shows {
            Some((_, at)) => self.is_old(edition, writable) && now - at >= EVERY_MS,
            None => true,
        };
        (self.is_open() && self.editor.is_none() && is_due).then_some(self.most)
    }

    fn is_old(&self, edition: u32, writable: bool) -> bool {
        self.shows.is_some_and(|(shown, _)| shown != edition) || self.writable != writable
    }

    /// When it has something to do if nothing happens before.
    pub(crate) fn next_change(&self, edition: u32, writable: bool) -> Option<f64> {
        let (_, at) = self.shows.filter(|_| self.is_open())?;
        let is_old = self.is_old(edition, writable) && self.editor.is_none();
        let list = is_old.then_some(at + EVERY_MS);
        [list, self.telling.next_change()].into_iter().flatten().reduce(f64::min)
    }

    /// These are the lines now, of `all` things on the board. Returns what has to have the focus, as its
    /// row was moved, or it is there no more.
    pub(crate) fn fill(
        &mut self,
        entries: Vec<Entry>,
        all: usize,
        writable: bool,
        (edition, now): (u32, f64),
    ) -> Option<HtmlElement> {
        let is_news = self.shows.is_some();
        self.shows = Some((edition, now));
        let focused = document().active_element().filter(|it| self.list.contains(Some(it)));
        let at = focused.as_ref().and_then(|focused| self.row_of(focused));
        let mut before: HashMap<ObjectId, Row> =
            std::mem::take(&mut self.rows).into_iter().map(|row| (row.entry.id, row)).collect();
        for (at, entry) in entries.into_iter().enumerate() {
            let row = match before.remove(&entry.id) {
                Some(mut row) => {
                    if row.entry != entry || self.writable != writable {
                        if is_news && row.entry != entry {
                            self.telling.changed(entry.words());
                        }
                        row.show(entry, writable);
                    }
                    row
                }
                None => {
                    if is_news {
                        self.telling.changed(entry.words());
                    }
                    Row::new(&self.list, entry, writable)
                }
            };
            let there = self.list.children().item(at as u32);
            if there.as_ref() != Some(row.element.as_ref()) {
                // Only an element that contains the list could be refused.
                let _ = self.list.insert_before(&row.element, there.as_deref());
            }
            self.rows.push(row);
        }
        for gone in before.into_values() {
            if is_news {
                self.telling.changed(format!("No longer there: {}", gone.entry.words()));
            }
            gone.element.remove();
        }
        self.writable = writable;
        self.count.set_text_content(Some(&counted(all)));
        flag(&self.more, "hidden", all <= self.rows.len());
        let keep = at.map_or(0, |at| at.min(self.rows.len().saturating_sub(1)));
        self.make_stop(keep);
        focused.and_then(|focused| {
            let stays = focused.is_connected() && !focused.has_attribute("hidden");
            let here = self.row_of(&focused).unwrap_or(keep);
            match (stays, self.rows.get(here)) {
                (true, _) => focused.dyn_into().ok(),
                (false, Some(row)) => Some(row.go.clone()),
                (false, None) => Some(self.title.clone()),
            }
        })
    }

    /// Tells what changed, when that is due.
    pub(crate) fn tell(&mut self, now: f64) {
        if let Some(words) = self.telling.take(now) {
            self.news.set_text_content(Some(&words));
        }
    }

    /// Which row something is in.
    pub(crate) fn row_of(&self, element: &Element) -> Option<usize> {
        self.rows.iter().position(|row| row.element.contains(Some(element)))
    }

    /// The object of a row, and what leads to it.
    pub(crate) fn row(&self, at: usize) -> Option<(ObjectId, HtmlElement, HtmlElement)> {
        self.rows.get(at).map(|row| (row.entry.id, row.go.clone(), row.edit.clone()))
    }

    pub(crate) fn last(&self) -> usize {
        self.rows.len().saturating_sub(1)
    }

    /// The Tab key leads to that row, and not to all of the others.
    pub(crate) fn make_stop(&self, at: usize) {
        for (index, row) in self.rows.iter().enumerate() {
            let stop = if index == at { "0" } else { "-1" };
            set(&row.go, "tabindex", stop);
            set(&row.edit, "tabindex", stop);
        }
    }

    /// The text of that object is written in, in its row. Returns the field.
    pub(crate) fn edit(&mut self, at: usize, object: Object) -> Option<HtmlElement> {
        let row = self.rows.get(at)?;
        let form = child(&row.element, "div", "contents-editor");
        let field: HtmlTextAreaElement = child(&form, "textarea", "").unchecked_into();
        set(&field, "aria-label", &format!("Text of the {}", row.entry.kind.to_ascii_lowercase()));
        set(&field, "rows", "3");
        let began = Began::new(object, &field);
        set(&field, "aria-describedby", HINT_ID);
        let hint = child(&form, "p", "hint");
        set(&hint, "id", HINT_ID);
        hint.set_text_content(Some(HINT));
        // Thumbs have no Escape.
        let discard = child(&form, "button", "quiet contents-discard");
        set(&discard, "type", "button");
        set(&discard, "aria-label", "Discard what you wrote");
        discard.set_text_content(Some("Discard"));
        let refused = child(&form, "p", "error");
        set(&refused, "role", "alert");
        flag(&row.go, "hidden", true);
        flag(&row.edit, "hidden", true);
        let focus = field.clone().unchecked_into();
        self.editor = Some(Editor { began, form, field, refused });
        Some(focus)
    }

    /// What is being written, see [`Began::written`], and in what, as it was before.
    pub(crate) fn written(&self) -> Option<(Object, String)> {
        let editor = self.editor.as_ref()?;
        Some((editor.began.object.clone(), editor.began.written(&editor.field)))
    }

    /// It was refused, for that reason.
    pub(crate) fn refuse(&self, why: &str) {
        if let Some(editor) = &self.editor {
            editor.refused.set_text_content(Some(why));
        }
    }

    /// Nothing is written any more. Returns what has the focus then; nothing was removed yet.
    pub(crate) fn end_editing(&mut self) -> Option<(HtmlElement, HtmlElement)> {
        let editor = self.editor.take()?;
        let row = self.rows.iter().find(|row| row.entry.id == editor.began.object.id)?;
        flag(&row.go, "hidden", false);
        flag(&row.edit, "hidden", !row.is_writable(self.writable));
        Some((row.edit.clone(), editor.form))
    }
}

impl Row {
    fn new(list: &Element, entry: Entry, writable: bool) -> Self {
        let element = child(list, "li", "");
        let go = child(&element, "button", "contents-go");
        set(&go, "type", "button");
        let edit = child(&element, "button", "quiet contents-edit");
        set(&edit, "type", "button");
        edit.set_text_content(Some("Edit"));
        let mut row = Self { entry: entry.clone(), element, go, edit };
        row.show(entry, writable);
        row
    }

    fn show(&mut self, entry: Entry, writable: bool) {
        self.entry = entry;
        self.go.set_text_content(None);
        let kind = child(&self.go, "span", "contents-kind");
        kind.set_text_content(Some(&self.entry.title()));
        if !self.entry.text.is_empty() {
            unseen(&kind, ": ");
            child(&self.go, "bdi", "contents-text").set_text_content(Some(&self.entry.text));
        }
        let by = child(&self.go, "span", "contents-by");
        unseen(&by, ", by ");
        child(&by, "bdi", "").set_text_content(Some(&self.entry.by));
        set(&self.edit, "aria-label", &format!("Edit: {}", self.entry.words()));
        flag(&self.edit, "hidden", !self.is_writable(writable));
    }

    fn is_writable(&self, writable: bool) -> bool {
        writable && self.entry.writable
    }
}

/// Words for those who hear them: what is seen says the same by where it stands.
fn unseen(parent: &Element, words: &str) {
    child(parent, "span", "visually-hidden").set_text_content(Some(words));
}
