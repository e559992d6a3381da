//! A connection over server-sent events and posts, by the browser's EventSource and XMLHttpRequest.
//!
//! One post is under way at a time, with all that waited for it; so posts stay in order, and what comes
//! meanwhile travels together. One that was not answered is sent again under its number.

use std::cell::RefCell;
use std::mem;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent, XmlHttpRequest};

use super::WebClient;
use crate::Frame;

const KINDS: [&str; 6] = ["message", "binary", "ping", "connection", "close", "error"];
const TAKEN: u16 = 204;
/// No answer, an answer that came too late, and a server that is busy.
const PASSING: [u16; 4] = [0, 408, 502, 503];
const POST_AGAIN_AFTER_MS: u32 = 1_000;

/// Dropping it closes the connection.
pub(super) struct Events {
    source: EventSource,
    on_event: Closure<dyn FnMut(MessageEvent)>,
    posts: Rc<RefCell<Posts>>,
}

/// What goes up.
struct Posts {
    client: WebClient,
    /// Where to post, once that was told.
    address: Option<String>,
    /// Of the last post.
    number: u64,
    /// What waits for the next post: frames, one to a line.
    waiting: String,
    under_way: Option<Post>,
}

/// A post that was not taken yet.
struct Post {
    body: String,
    doing: Doing,
}

enum Doing {
    Nothing,
    Sending { request: XmlHttpRequest, _on_end: Closure<dyn FnMut()> },
    Waiting { _again: Timeout },
}

impl Drop for Post {
    fn drop(&mut self) {
        if let Doing::Sending { request, .. } = &self.doing {
            request.set_onloadend(None);
        }
    }
}

impl Events {
    /// `None` if the browser refuses the address.
    pub(super) fn open(client: &WebClient) -> Option<Self> {
        let source = EventSource::new(&client.inner.server.opening("/events")).ok()?;
        let first = client.inner.server.first_frame();
        let posts = Rc::new(RefCell::new(Posts {
            client: client.clone(),
            address: None,
            number: 0,
            waiting: first.map(|frame| frame + "\n").unwrap_or_default(),
            under_way: None,
        }));
        let on_event = Closure::<dyn FnMut(MessageEvent)>::new({
            let (client, posts) = (client.clone(), posts.clone());
            move |event: MessageEvent| heard(&client, &posts, &event)
        });
        for kind in KINDS {
            let listener = on_event.as_ref().unchecked_ref();
            // Only an object of another page could refuse.
            let _ = source.add_event_listener_with_callback(kind, listener);
        }
        Some(Self { source, on_event, posts })
    }

    pub(super) fn send(&self, frame: &Frame) {
        let mut posts = self.posts.borrow_mut();
        match frame {
            Frame::Text(text) => posts.waiting += text,
            Frame::Binary(bytes) => {
                let characters: String = bytes.iter().copied().map(char::from).collect();
                let base64 = web_sys::window().and_then(|window| window.btoa(&characters).ok());
                posts.waiting += "binary ";
                posts.waiting += &base64.unwrap_or_default();
            }
        }
        posts.waiting.push('\n');
        drop(posts);
        post(&self.posts);
    }

    /// While a post is under way, cursors wait: the newest is sent after it.
    pub(super) fn is_congested(&self) -> bool {
        self.posts.borrow().under_way.is_some()
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        for kind in KINDS {
            let listener = self.on_event.as_ref().unchecked_ref();
            let _ = self.source.remove_event_listener_with_callback(kind, listener);
        }
        self.source.close();
        self.posts.borrow_mut().under_way = None;
    }
}

fn heard(client: &WebClient, posts: &Rc<RefCell<Posts>>, event: &MessageEvent) {
    let data = event.data().as_string().unwrap_or_default();
    match event.type_().as_str() {
        "message" => client.act(|core, now| core.received_text(now, &data)),
        "binary" => {
            let characters = web_sys::window().and_then(|window| window.atob(&data).ok());
            let bytes: Vec<u8> =
                characters.unwrap_or_default().chars().map(|it| it as u8).collect();
            client.act(|core, now| core.received_binary(now, &bytes));
        }
        "ping" => {
            // No frame, but a post.
            posts.borrow_mut().waiting.push('\n');
            post(posts);
        }
        "connection" => {
            posts.borrow_mut().address =
                Some(format!("{}/events/{data}", client.inner.server.address));
            post(posts);
        }
        // It would come back by itself, without knowing whether it may.
        "close" => client.lost(data.split(' ').next().and_then(|code| code.parse().ok())),
        _ => client.lost(None),
    }
}

/// Posts what waits, unless a post is under way.
fn post(posts: &Rc<RefCell<Posts>>) {
    let mut up = posts.borrow_mut();
    if up.under_way.is_none() && up.address.is_some() && !up.waiting.is_empty() {
        up.number += 1;
        let body = mem::take(&mut up.waiting);
        up.under_way = Some(Post { body, doing: Doing::Nothing });
        up.send(Rc::downgrade(posts));
    }
}

impl Posts {
    /// Sends the post that is under way, be it once more.
    fn send(&mut self, posts: Weak<RefCell<Self>>) {
        let Some((address, post)) = self.address.as_ref().zip(self.under_way.as_mut()) else {
            return;
        };
        let Ok(request) = XmlHttpRequest::new() else { return };
        let answered = request.clone();
        let on_end = Closure::<dyn FnMut()>::new(move || {
            if let Some(posts) = posts.upgrade() {
                ended(&posts, answered.status().unwrap_or_default());
            }
        });
        request.set_onloadend(Some(on_end.as_ref().unchecked_ref()));
        // What goes wrong here is told by the same event.
        let _ = request.open("POST", &format!("{address}/{}", self.number));
        let _ = request.send_with_opt_str(Some(&post.body));
        post.doing = Doing::Sending { request, _on_end: on_end };
    }
}

/// The post that was under way was answered, or got lost.
fn ended(posts: &Rc<RefCell<Posts>>, status: u16) {
    let mut up = posts.borrow_mut();
    let client = up.client.clone();
    if status == TAKEN {
        up.under_way = None;
        drop(up);
        post(posts);
        // What waited for it may go on: a cursor, for one.
        client.act(|_, _| ());
    } else if PASSING.contains(&status) {
        let posts = Rc::downgrade(posts);
        let again = Timeout::new(POST_AGAIN_AFTER_MS, move || {
            if let Some(up) = posts.upgrade() {
                up.borrow_mut().send(posts.clone());
            }
        });
        if let Some(post) = &mut up.under_way {
            post.doing = Doing::Waiting { _again: again };
        }
    } else {
        drop(up);
        client.lost(None);
    }
}
