//! Sends files to the server, one after the other, in pieces that go on where the last one has arrived,
//! and then says them in the room. A broken connection only makes it wait. What is on its way stands in
//! the list of `attach.rs`, whose entries are made here: it is in everybody's download, and this is small.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_net::http::{Method, RequestBuilder};
use html_escape::encode_double_quoted_attribute;
use js_sys::{JSON, Promise, Uint8Array};
use leptos::prelude::{Set, SetValue, document, window};
use leptos::task::spawn_local;
use serde::Deserialize;
use starling_protocol::{Attachment, ErrorCode, FileId, MessageBody, bytes_in_words};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, File};

use crate::attach::LIST;
use crate::browser::new_message_id;

use super::Live;

/// How many bytes are sent at once: so often progress shows.
const PIECE: u64 = 1_048_576;
/// Of larger files no hash is made: a browser needs all of their bytes at once for it.
const HASHED_BYTES: u64 = 67_108_864;
/// After so many milliseconds what could not be sent is tried again.
const AGAIN_AFTER: i32 = 2_000;
/// How many bytes the server has.
const OFFSET: &str = "upload-offset";

/// The files on their way; the first that was not refused goes.
#[derive(Default)]
pub(super) struct Sends {
    files: RefCell<Vec<OnItsWay>>,
    last_key: Cell<u32>,
}

#[derive(Clone)]
struct OnItsWay {
    key: u32,
    file: File,
    /// What the server calls it, once it was announced.
    upload: Option<FileId>,
    refused: bool,
    entry: Element,
}

/// What the server says to any of these requests, as far as it matters.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    id: Option<FileId>,
    offset: Option<u64>,
    file: Option<Attachment>,
    code: Option<ErrorCode>,
    detail: String,
}

/// Why a step was not done.
enum Stop {
    /// Not now; it is tried again.
    Later,
    /// Not at all.
    Refused(String),
}

impl Sends {
    pub(super) fn is_empty(&self) -> bool {
        self.files.borrow().is_empty()
    }

    /// A file, if it is still wanted.
    fn get(&self, key: u32) -> Option<OnItsWay> {
        self.files.borrow().iter().find(|it| it.key == key).cloned()
    }

    fn next(&self) -> Option<u32> {
        self.files.borrow().iter().find(|it| !it.refused).map(|it| it.key)
    }

    fn change(&self, key: u32, change: impl FnOnce(&mut OnItsWay)) {
        if let Some(found) = self.files.borrow_mut().iter_mut().find(|it| it.key == key) {
            change(found);
        }
    }

    fn remove(&self, key: u32) -> Option<OnItsWay> {
        let mut files = self.files.borrow_mut();
        let at = files.iter().position(|it| it.key == key)?;
        let removed = files.remove(at);
        removed.entry.remove();
        Some(removed)
    }
}

impl OnItsWay {
    fn shows(&self, words: &str, percent: Option<u64>) {
        let part = |name| self.entry.query_selector(name).ok().flatten();
        if let Some(fate) = part(".fate") {
            fate.set_text_content(Some(words));
        }
        if let (Some(progress), Some(percent)) = (part("progress"), percent) {
            let _ = progress.set_attribute("value", &percent.to_string());
        }
        if let (Some(button), true) = (part("button"), self.refused) {
            button.set_text_content(Some("Dismiss"));
            let _ = self.entry.set_attribute("data-refused", "true");
        }
    }
}

impl Live {
    /// Has a file sent when those before it are.
    pub(super) fn attach(self: &Rc<Self>, file: File) {
        let sends = &self.sends;
        let key = sends.last_key.get() + 1;
        sends.last_key.set(key);
        let Ok(entry) = document().create_element("li") else { return };
        let name = file.name();
        let (name, size) =
            (encode_double_quoted_attribute(&name), bytes_in_words(file.size() as u64));
        entry.set_inner_html(&format!(
            "<bdi>{name}</bdi><span class=\"size\">{size}</span>\
             <progress max=\"100\" value=\"0\" aria-label=\"{name}\"></progress>\
             <span class=\"fate\" role=\"status\"></span>\
             <button class=\"quiet\" type=\"button\">Cancel</button>"
        ));
        let _ = entry.set_attribute("data-key", &key.to_string());
        if let Some(list) = document().get_element_by_id(LIST) {
            let _ = list.append_child(&entry);
        }
        let is_idle = sends.next().is_none();
        sends.files.borrow_mut().push(OnItsWay { key, file, upload: None, refused: false, entry });
        if is_idle {
            spawn_local(self.clone().send_files());
        }
    }

    /// Forgets a file, here and on the server.
    pub(super) fn give_up(&self, key: u32) {
        if let Some(upload) = self.sends.remove(key).and_then(|it| it.upload) {
            spawn_local(forget(upload));
        }
    }

    async fn send_files(self: Rc<Self>) {
        // How much the server has of the first one; asked when that is not known.
        let mut offset = None;
        while let Some(it) = self.sends.next().and_then(|key| self.sends.get(key)) {
            let key = it.key;
            let step = self.step(&it, offset).await;
            let Some(it) = self.sends.get(key) else {
                // It was given up meanwhile, maybe before its id was known.
                if let (None, Ok(Answer { id: Some(id), .. })) = (it.upload, step) {
                    forget(id).await;
                }
                offset = None;
                continue;
            };
            match step {
                Ok(Answer { file: Some(file), .. }) => {
                    self.sends.remove(key);
                    offset = None;
                    self.say_file(file);
                }
                Ok(answer) => {
                    offset = answer.offset;
                    self.sends.change(key, |it| it.upload = answer.id.or(it.upload));
                    it.shows("", offset.map(|there| 100 * there / (it.file.size() as u64).max(1)));
                }
                Err(Stop::Refused(why)) => {
                    self.sends.change(key, |it| {
                        it.refused = true;
                        it.shows(&why, None);
                    });
                    offset = None;
                }
                Err(Stop::Later) => {
                    it.shows("Waits for the connection…", None);
                    offset = None;
                    pause().await;
                }
            }
        }
    }

    /// Does what comes next for a file.
    async fn step(&self, it: &OnItsWay, offset: Option<u64>) -> Result<Answer, Stop> {
        let size = it.file.size() as u64;
        let Some(upload) = it.upload else {
            let name = JSON::stringify(&it.file.name().into()).map_err(|_| Stop::Later)?;
            let place = format!("/api/v1/rooms{}/uploads", &self.slug.path()[2..]);
            let wanted = format!("{{\"name\":{},\"size\":{size}}}", String::from(name));
            return ask(json(&place), wanted.into()).await;
        };
        let place = address(upload);
        match offset {
            None => ask(RequestBuilder::new(&place), JsValue::UNDEFINED).await,
            Some(from) if from < size => {
                let until = (from + PIECE).min(size);
                let piece = it.file.slice_with_f64_and_f64(from as f64, until as f64);
                let request = RequestBuilder::new(&place)
                    .method(Method::PATCH)
                    .header("content-type", "application/octet-stream")
                    .header(OFFSET, &from.to_string());
                ask(request, piece.map_err(unreadable)?.into()).await
            }
            Some(_) => {
                let hash = hash(&it.file).await;
                let hash = hash.map_or("null".to_owned(), |hash| format!("\"{hash}\""));
                let request = json(&format!("{place}/finish"));
                // Its answer is the file alone; what is asked next tells it among the rest.
                let answer = ask(request, format!("{{\"sha256\":{hash}}}").into()).await?;
                Ok(Answer { id: None, ..answer })
            }
        }
    }

    fn say_file(&self, file: Attachment) {
        self.room.spoke_here.set_value(true);
        self.client().act(|core, now| {
            let (id, body) = (new_message_id(), MessageBody::nothing());
            core.post_with_file(now, &self.slug, id, body, Some(Box::new(file)));
            self.room.has_pending.set(true);
            if let Some(state) = core.room(&self.slug) {
                self.outbox.save(state);
            }
        });
    }
}

/// What the server answers, if it tells how to go on: 409 says where.
async fn ask(request: RequestBuilder, body: JsValue) -> Result<Answer, Stop> {
    let request = request.body(body).map_err(|_| Stop::Later)?;
    let response = request.send().await.map_err(|_| Stop::Later)?;
    let there = response.headers().get(OFFSET).and_then(|there| there.parse().ok());
    // Some answers have nothing to read, and what comes from something in between is not ours.
    let answer: Answer = response.json().await.unwrap_or_default();
    if response.ok() || response.status() == 409 {
        return Ok(Answer { offset: there.or(answer.offset), ..answer });
    }
    match answer.code {
        None | Some(ErrorCode::TooSlow | ErrorCode::Unavailable) => Err(Stop::Later),
        Some(code) if code.is_temporary() => Err(Stop::Later),
        Some(_) => Err(Stop::Refused(answer.detail)),
    }
}

fn json(place: &str) -> RequestBuilder {
    RequestBuilder::new(place).method(Method::POST).header("content-type", "application/json")
}

/// Gives an upload up. One that is not given up ends by itself.
async fn forget(upload: FileId) {
    let request = RequestBuilder::new(&address(upload)).method(Method::DELETE);
    let _ = ask(request, JsValue::UNDEFINED).await;
}

fn address(upload: FileId) -> String {
    format!("/api/v1/uploads/{upload}")
}

/// The hash of a file, where the browser can make one: not in pages that came over plain HTTP.
async fn hash(file: &File) -> Option<String> {
    let subtle = window().crypto().ok()?.subtle();
    if subtle.is_undefined() || file.size() as u64 > HASHED_BYTES {
        return None;
    }
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    let digest = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref()).ok()?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A file that is not there any more.
fn unreadable(_: JsValue) -> Stop {
    Stop::Refused("This file cannot be read any more.".to_owned())
}

async fn pause() {
    let waiting = Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, AGAIN_AFTER);
    });
    let _ = JsFuture::from(waiting).await;
}
