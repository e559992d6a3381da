//! The client in a browser, over a WebSocket or over events and posts. Owns the connection and the timer;
//! decides nothing.

mod events;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket, XmlHttpRequest};

use crate::protocol::{ClientEvent, SUBPROTOCOL, codec};
use crate::{Carrier, Change, Client, Frame, Millis, Output};
use events::Events;

/// Browsers take what is longer for no time at all. To be woken too early does no harm.
const LONGEST_TIMER: Millis = i32::MAX as Millis;
/// With more than this unsent in the browser's buffer, cursors wait.
const CONGESTED_BYTES: u32 = 4 * 1024;

/// Where a client connects, and how it says who it is there.
pub struct Server {
    /// The address without a path, such as `https://example.org`.
    pub address: String,
    /// What is shown first on every connection; `None` for the cookie, which is for the server's own pages.
    pub token: Option<String>,
}

impl Server {
    /// An address below the server's, where a connection begins.
    fn opening(&self, path: &str) -> String {
        let query = if self.token.is_some() { "?identity=token" } else { "" };
        format!("{}{path}{query}", self.address)
    }

    /// The first frame, if the server waits for one.
    fn first_frame(&self) -> Option<String> {
        let token = self.token.clone()?;
        Some(codec::encode_client(&ClientEvent::Authenticate { reference: 0, token }))
    }
}

/// A [`Client`] with a browser's connection. Clones are handles to the same one.
#[derive(Clone)]
pub struct WebClient {
    inner: Rc<Inner>,
}

struct Inner {
    core: RefCell<Client>,
    server: Server,
    line: RefCell<Option<Line>>,
    timer: RefCell<Option<Timer>>,
    on_change: Box<dyn Fn(&Change)>,
    flushing: Cell<bool>,
}

/// Dropping it cancels it.
struct Timer {
    due: Millis,
    _timeout: Timeout,
}

/// What the connection is made over.
enum Line {
    Socket(Socket),
    Events(Events),
}

/// The browser's socket with its callbacks; dropping it detaches them and closes.
struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing a socket that is closed already is no error.
        let _ = self.socket.close();
    }
}

/// Milliseconds since the page was opened: the clock of the core.
#[must_use]
pub fn now() -> Millis {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0, |performance| performance.now() as Millis)
}

impl WebClient {
    /// A client for a server, not started. `on_change` is called after every change.
    #[must_use]
    pub fn new(server: Server, seed: u64, on_change: impl Fn(&Change) + 'static) -> Self {
        Self {
            inner: Rc::new(Inner {
                core: RefCell::new(Client::new(seed)),
                server,
                line: RefCell::new(None),
                timer: RefCell::new(None),
                on_change: Box::new(on_change),
                flushing: Cell::new(false),
            }),
        }
    }

    /// Looks at what the client knows.
    pub fn read<R>(&self, read: impl FnOnce(&Client) -> R) -> R {
        read(&self.inner.core.borrow())
    }

    /// Does something with the core, then sends what it wants sent and reports what changed.
    pub fn act<R>(&self, act: impl FnOnce(&mut Client, Millis) -> R) -> R {
        let congested = match &*self.inner.line.borrow() {
            Some(Line::Socket(line)) => line.socket.buffered_amount() > CONGESTED_BYTES,
            Some(Line::Events(line)) => line.is_congested(),
            None => false,
        };
        let result = {
            let mut core = self.inner.core.borrow_mut();
            core.set_congested(now(), congested);
            act(&mut core, now())
        };
        self.flush();
        result
    }

    fn flush(&self) {
        // A callback of `on_change` may act again; the loop below then finds its outputs.
        if self.inner.flushing.replace(true) {
            return;
        }
        loop {
            let output = self.inner.core.borrow_mut().poll();
            match output {
                Some(Output::Connect { carrier }) => self.connect(carrier),
                Some(Output::Ask) => self.ask(),
                Some(Output::Send(frame)) => self.send(&frame),
                Some(Output::Close) => drop(self.inner.line.take()),
                Some(Output::Changed(change)) => (self.inner.on_change)(&change),
                None => break,
            }
        }
        self.inner.flushing.set(false);
        self.arm_timer();
    }

    /// The connection ended by itself.
    fn lost(&self, code: Option<u16>) {
        drop(self.inner.line.take());
        self.act(|core, now| core.closed(now, code));
    }

    fn connect(&self, carrier: Carrier) {
        drop(self.inner.line.take());
        let line = match carrier {
            Carrier::WebSocket => self.open_socket().map(Line::Socket),
            Carrier::Events => Events::open(self).map(Line::Events),
        };
        if line.is_none() {
            self.inner.core.borrow_mut().closed(now(), None);
        }
        *self.inner.line.borrow_mut() = line;
    }

    /// Asks the server whether it is there.
    fn ask(&self) {
        let Ok(request) = XmlHttpRequest::new() else { return };
        let (client, answered) = (self.clone(), request.clone());
        let on_end = Closure::once_into_js(move || {
            let answers = answered.status() == Ok(200);
            client.act(|core, now| core.answered(now, answers));
        });
        request.set_onloadend(Some(on_end.unchecked_ref()));
        // What goes wrong here is told by the same event.
        let _ = request.open("GET", &format!("{}/healthz", self.inner.server.address));
        let _ = request.send();
    }

    fn open_socket(&self) -> Option<Socket> {
        let url = self.inner.server.opening("/ws").replacen("http", "ws", 1);
        let socket = WebSocket::new_with_str(&url, SUBPROTOCOL).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let client = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            if let Some(text) = data.as_string() {
                client.act(|core, now| core.received_text(now, &text));
            } else if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
                let bytes = Uint8Array::new(buffer).to_vec();
                client.act(|core, now| core.received_binary(now, &bytes));
            }
        });
        let client = self.clone();
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            client.lost(Some(event.code()));
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        if let Some(frame) = self.inner.server.first_frame() {
            let opened = socket.clone();
            let on_open = Closure::once_into_js(move || drop(opened.send_with_str(&frame)));
            socket.set_onopen(Some(on_open.unchecked_ref()));
        }
        Some(Socket { socket, _on_message: on_message, _on_close: on_close })
    }

    fn send(&self, frame: &Frame) {
        // A socket that cannot send is about to report its end, which resends what matters.
        match (&*self.inner.line.borrow(), frame) {
            (Some(Line::Socket(line)), Frame::Text(text)) => drop(line.socket.send_with_str(text)),
            (Some(Line::Socket(line)), Frame::Binary(bytes)) => {
                drop(line.socket.send_with_u8_array(bytes));
            }
            (Some(Line::Events(line)), frame) => line.send(frame),
            (None, _) => {}
        }
    }

    fn arm_timer(&self) {
        let due = self.inner.core.borrow().next_timer(now());
        // Every frame moves it, mostly to later, and to be woken too early does no harm.
        let armed = self.inner.timer.borrow().as_ref().map(|timer| timer.due);
        if due.is_some_and(|due| armed.is_some_and(|armed| armed <= due)) {
            return;
        }
        let timer = due.map(|due| {
            let client = self.clone();
            let wait = due.saturating_sub(now()).clamp(1, LONGEST_TIMER);
            let timeout = Timeout::new(wait as u32, move || {
                client.inner.timer.take();
                client.act(Client::timer);
            });
            Timer { due, _timeout: timeout }
        });
        *self.inner.timer.borrow_mut() = timer;
    }
}
