//! Sends files to the server, one after the other, in pieces that go on where the last one has arrived,
//! and then says them in the room. A broken connection only makes it wait.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_net::http::{Request, RequestBuilder, Response};
use js_sys::{Promise, Uint8Array};
use leptos::prelude::{Set, SetValue, window};
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use starling_protocol::{Attachment, ErrorCode, FileId, MessageBody};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::attach::{Sending, SendingState};
use crate::browser::new_message_id;

use super::Live;

/// How many bytes are sent at once: so often progress shows.
const PIECE: f64 = 1_048_576.0;
/// Of larger files no hash is made: a browser needs all of their bytes at once for it.
const HASHED_BYTES: f64 = 67_108_864.0;
/// After so many milliseconds what could not be sent is tried again.
const AGAIN_AFTER: i32 = 2_000;

/// The files on their way; the first one goes.
#[derive(Default)]
pub(super) struct Sends {
    files: RefCell<Vec<OnItsWay>>,
    last_key: Cell<u32>,
}

struct OnItsWay {
    key: u32,
    file: File,
    /// What the server calls it, once it was announced.
    upload: Option<FileId>,
    shown: Sending,
}

#[derive(Serialize)]
struct Wanted {
    name: String,
    size: f64,
}

#[derive(Serialize)]
struct Finished {
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct Upload {
    id: FileId,
    offset: f64,
    file: Option<Attachment>,
}

#[derive(Deserialize)]
struct Problem {
    code: ErrorCode,
    detail: String,
}

/// Why a step was not done.
enum Stop {
    /// Not now; it is tried again.
    Later,
    /// Not at all.
    Refused(String),
}

impl Live {
    /// Has a file sent when those before it are.
    pub(super) fn attach(self: &Rc<Self>, file: File) {
        let sends = &self.sends;
        let key = sends.last_key.get() + 1;
        sends.last_key.set(key);
        let (name, size) = (file.name(), file.size() as u64);
        let shown = Sending { name, size, percent: 0, state: SendingState::Going };
        let is_idle = !sends.files.borrow().iter().any(OnItsWay::goes);
        sends.files.borrow_mut().push(OnItsWay { key, file, upload: None, shown });
        self.show_sends();
        if is_idle {
            spawn_local(self.clone().send_files());
        }
    }

    /// Forgets a file, here and on the server.
    pub(super) fn give_up(&self, key: u32) {
        let mut files = self.sends.files.borrow_mut();
        let Some(at) = files.iter().position(|it| it.key == key) else { return };
        let upload = files.remove(at).upload;
        drop(files);
        self.show_sends();
        if let Some(upload) = upload {
            spawn_local(async move {
                // What is not given up ends by itself.
                let _ = Request::delete(&address(upload)).send().await;
            });
        }
    }

    fn show_sends(&self) {
        let files = self.sends.files.borrow();
        self.room.sending.replace(files.iter().map(|it| (it.key, it.shown.clone())));
    }

    /// Changes what is shown of a file, if it is still wanted.
    fn change(&self, key: u32, change: impl FnOnce(&mut OnItsWay)) -> bool {
        let mut files = self.sends.files.borrow_mut();
        let found = files.iter_mut().find(|it| it.key == key).map(change).is_some();
        drop(files);
        self.show_sends();
        found
    }

    async fn send_files(self: Rc<Self>) {
        loop {
            let next = self.sends.files.borrow().iter().find(|it| it.goes()).map(|it| it.key);
            let Some(key) = next else { return };
            match self.send_file(key).await {
                Some(Ok(file)) => {
                    self.sends.files.borrow_mut().retain(|it| it.key != key);
                    self.show_sends();
                    self.say_file(file);
                }
                Some(Err(why)) => {
                    self.change(key, |it| it.shown.state = SendingState::Refused { why });
                }
                None => {}
            }
        }
    }

    /// Sends one file; `None` if it was given up.
    async fn send_file(&self, key: u32) -> Option<Result<Attachment, String>> {
        // How much the server has; asked when that is not known.
        let mut offset = None;
        loop {
            let (file, upload) = {
                let files = self.sends.files.borrow();
                let it = files.iter().find(|it| it.key == key)?;
                (it.file.clone(), it.upload)
            };
            let step = match (upload, offset) {
                (None, _) => self.announce(key, &file).await.map(|()| (Some(0.0), None)),
                (Some(upload), None) => look(upload).await,
                (Some(upload), Some(from)) if from < file.size() => {
                    send_piece(upload, &file, from).await
                }
                (Some(upload), Some(_)) => finish(upload, &file).await,
            };
            let state = match step {
                Ok((_, Some(file))) => return Some(Ok(file)),
                Ok((there, None)) => {
                    offset = there;
                    SendingState::Going
                }
                Err(Stop::Refused(why)) => return Some(Err(why)),
                Err(Stop::Later) => {
                    offset = None;
                    SendingState::Waiting
                }
            };
            let waits = state == SendingState::Waiting;
            let percent = offset.map(|there| (100.0 * there / file.size()) as u8);
            let wanted = self.change(key, |it| {
                it.shown.percent = percent.unwrap_or(it.shown.percent);
                it.shown.state = state;
            });
            if !wanted {
                return None;
            }
            if waits {
                pause().await;
            }
        }
    }

    async fn announce(&self, key: u32, file: &File) -> Result<(), Stop> {
        let wanted = Wanted { name: file.name(), size: file.size() };
        let place = format!("/api/v1/rooms{}/uploads", &self.slug.path()[2..]);
        let request = Request::post(&place).json(&wanted).map_err(|_| Stop::Later)?;
        let upload: Upload = read(&answered(request.send().await).await?).await?;
        if !self.change(key, |it| it.upload = Some(upload.id)) {
            // It was given up meanwhile.
            let _ = Request::delete(&address(upload.id)).send().await;
        }
        Ok(())
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

impl OnItsWay {
    fn goes(&self) -> bool {
        !matches!(self.shown.state, SendingState::Refused { .. })
    }
}

/// How much is there now, and the file once it is whole.
type Step = Result<(Option<f64>, Option<Attachment>), Stop>;

async fn look(upload: FileId) -> Step {
    let response = answered(Request::get(&address(upload)).send().await).await?;
    let Upload { offset, file, .. } = read(&response).await?;
    Ok((Some(offset), file))
}

async fn send_piece(upload: FileId, file: &File, from: f64) -> Step {
    let until = (from + PIECE).min(file.size());
    let piece = file.slice_with_f64_and_f64(from, until).map_err(unreadable)?;
    let request = Request::patch(&address(upload))
        .header("content-type", "application/octet-stream")
        .header("upload-offset", &from.to_string());
    let response = answered(send(request, piece.into()).await).await?;
    Ok((offset_in(&response), None))
}

async fn finish(upload: FileId, file: &File) -> Step {
    let finished = Finished { sha256: hash(file).await };
    let request = Request::post(&format!("{}/finish", address(upload)));
    let response = answered(request.json(&finished).map_err(|_| Stop::Later)?.send().await).await?;
    if response.ok() {
        return Ok((None, Some(read(&response).await?)));
    }
    Ok((offset_in(&response), None))
}

async fn send(request: RequestBuilder, body: JsValue) -> Result<Response, gloo_net::Error> {
    request.body(body)?.send().await
}

/// The answer, if it tells how to go on: 409 says where.
async fn answered(answer: Result<Response, gloo_net::Error>) -> Result<Response, Stop> {
    let response = answer.map_err(|_| Stop::Later)?;
    if response.ok() || response.status() == 409 {
        return Ok(response);
    }
    // What is no problem of ours comes from something in between, and passes.
    let Problem { code, detail } = read(&response).await?;
    let passes = code.is_temporary() || matches!(code, ErrorCode::TooSlow | ErrorCode::Unavailable);
    Err(if passes { Stop::Later } else { Stop::Refused(detail) })
}

async fn read<T: for<'de> Deserialize<'de>>(response: &Response) -> Result<T, Stop> {
    response.json().await.map_err(|_| Stop::Later)
}

fn offset_in(response: &Response) -> Option<f64> {
    response.headers().get("upload-offset")?.parse().ok()
}

fn address(upload: FileId) -> String {
    format!("/api/v1/uploads/{upload}")
}

/// The hash of a file, where the browser can make one: not in pages that came over plain HTTP.
async fn hash(file: &File) -> Option<String> {
    let subtle = window().crypto().ok()?.subtle();
    if subtle.is_undefined() || file.size() > HASHED_BYTES {
        return None;
    }
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    let digest = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref()).ok()?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await.ok()?).to_vec();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A file that is not there any more, or was changed since it was chosen.
fn unreadable(_: JsValue) -> Stop {
    Stop::Refused("This file cannot be read any more.".to_owned())
}

async fn pause() {
    let waiting = Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, AGAIN_AFTER);
    });
    let _ = JsFuture::from(waiting).await;
}
