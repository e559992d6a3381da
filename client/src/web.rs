//! The client over a browser's WebSocket. Owns the socket and the timer; decides nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::protocol::SUBPROTOCOL;
use crate::{Change, Client, Frame, Millis, Output};

/// Browsers take what is longer for no time at all. To be woken too early does no harm.
const LONGEST_TIMER: Millis = i32::MAX as Millis;
/// With more than this unsent in the browser's buffer, cursors wait.
const CONGESTED_BYTES: u32 = 4 * 1024;

/// A [`Client`] with a browser's WebSocket. Clones are handles to the same one.
#[derive(Clone)]
pub struct WebClient {
    inner: Rc<Inner>,
}

struct Inner {
    core: RefCell<Client>,
    url: String,
    socket: RefCell<Option<Socket>>,
    timer: RefCell<Option<Timeout>>,
    on_change: Box<dyn Fn(&Change)>,
    flushing: Cell<bool>,
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
    /// A client for a `ws://…/ws` address, not started. `on_change` is called after every change.
    #[must_use]
    pub fn new(url: String, seed: u64, on_change: impl Fn(&Change) + 'static) -> Self {
        Self {
            inner: Rc::new(Inner {
                core: RefCell::new(Client::new(seed)),
                url,
                socket: RefCell::new(None),
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
        let congested = self
            .inner
            .socket
            .borrow()
            .as_ref()
            .is_some_and(|socket| socket.socket.buffered_amount() > CONGESTED_BYTES);
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
                Some(Output::Connect) => self.connect(),
                Some(Output::Send(frame)) => self.send(&frame),
                Some(Output::Close) => drop(self.inner.socket.take()),
                Some(Output::Changed(change)) => (self.inner.on_change)(&change),
                None => break,
            }
        }
        self.inner.flushing.set(false);
        self.arm_timer();
    }

    fn connect(&self) {
        drop(self.inner.socket.take());
        let Ok(socket) = WebSocket::new_with_str(&self.inner.url, SUBPROTOCOL) else {
            self.inner.core.borrow_mut().closed(now(), None);
            return;
        };
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
            client.act(|core, now| core.closed(now, Some(event.code())));
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        *self.inner.socket.borrow_mut() =
            Some(Socket { socket, _on_message: on_message, _on_close: on_close });
    }

    fn send(&self, frame: &Frame) {
        let socket = self.inner.socket.borrow();
        let Some(socket) = socket.as_ref() else { return };
        // A socket that cannot send is about to report its end, which resends what matters.
        let _ = match frame {
            Frame::Text(text) => socket.socket.send_with_str(text),
            Frame::Binary(bytes) => socket.socket.send_with_u8_array(bytes),
        };
    }

    fn arm_timer(&self) {
        let due = self.inner.core.borrow().next_timer(now());
        let timer = due.map(|due| {
            let client = self.clone();
            let wait = due.saturating_sub(now()).clamp(1, LONGEST_TIMER);
            Timeout::new(wait as u32, move || {
                client.act(Client::timer);
            })
        });
        // Dropping the old timer cancels it.
        *self.inner.timer.borrow_mut() = timer;
    }
}
