//! The client over tokio-tungstenite. Owns the socket and the clock; decides nothing.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};

use futures_util::{Sink, SinkExt, StreamExt};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::protocol::SUBPROTOCOL;
use crate::{Change, Client, Frame, Millis, Output};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The address or a header value cannot be used.
#[derive(Debug, Error)]
#[error("cannot connect to {url}: {reason}")]
pub struct BadAddress {
    url: String,
    reason: String,
}

/// A [`Client`] with a socket. It moves only while [`Self::changed`] is polled.
pub struct NativeClient {
    core: Client,
    request: Request,
    socket: Option<Socket>,
    wants_socket: bool,
    outgoing: VecDeque<Message>,
    /// Whether something that was given to the socket may not have left it.
    unflushed: bool,
    changes: VecDeque<Change>,
    epoch: Instant,
}

impl NativeClient {
    /// A client for a server's `ws://…/ws` address, which sends that origin and cookie.
    ///
    /// # Errors
    /// [`BadAddress`] if one of them cannot be sent.
    pub fn new(url: &str, origin: &str, cookie: &str, seed: u64) -> Result<Self, BadAddress> {
        let bad = |reason: String| BadAddress { url: url.to_owned(), reason };
        let value =
            |text: &str| HeaderValue::from_str(text).map_err(|error| bad(error.to_string()));
        let mut request = url.into_client_request().map_err(|error| bad(error.to_string()))?;
        request.headers_mut().insert(ORIGIN, value(origin)?);
        request.headers_mut().insert(COOKIE, value(cookie)?);
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, value(SUBPROTOCOL)?);
        let mut client = Self {
            core: Client::new(seed),
            request,
            socket: None,
            wants_socket: false,
            outgoing: VecDeque::new(),
            unflushed: false,
            changes: VecDeque::new(),
            epoch: Instant::now(),
        };
        client.act(Client::start);
        Ok(client)
    }

    /// What the client knows.
    #[must_use]
    pub fn core(&self) -> &Client {
        &self.core
    }

    /// Milliseconds since this client was made: the clock of its core.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.epoch.elapsed().as_millis() as Millis
    }

    /// Does something with the core; what it wants sent goes out at the next [`Self::changed`].
    pub fn act<R>(&mut self, act: impl FnOnce(&mut Client, Millis) -> R) -> R {
        let now = self.now();
        let result = act(&mut self.core, now);
        self.collect();
        result
    }

    /// Drops the connection as a broken network would; the client comes back by itself.
    pub fn cut(&mut self) {
        self.socket = None;
        self.outgoing.clear();
        self.act(|core, now| core.closed(now, None));
    }

    /// Moves the connection on until something is different. Safe to cancel.
    pub async fn changed(&mut self) -> Change {
        loop {
            self.collect();
            if self.wants_socket {
                self.connect().await;
                continue;
            }
            if self.unflushed || !self.outgoing.is_empty() {
                // The network may take nothing any more, and never say so.
                let timer = self.timer();
                tokio::select! {
                    sent = self.send_all() => if sent.is_err() { self.cut() },
                    () = timer => self.act(Client::timer),
                }
                continue;
            }
            if let Some(change) = self.changes.pop_front() {
                return change;
            }
            self.wait().await;
        }
    }

    /// Moves the connection on until the predicate holds.
    pub async fn until(&mut self, mut predicate: impl FnMut(&Client) -> bool) {
        while !predicate(&self.core) {
            self.changed().await;
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Connect => self.wants_socket = true,
                Output::Send(Frame::Text(text)) => self.outgoing.push_back(Message::text(text)),
                Output::Send(Frame::Binary(bytes)) => {
                    self.outgoing.push_back(Message::binary(bytes));
                }
                Output::Close => {
                    self.socket = None;
                    self.wants_socket = false;
                    self.outgoing.clear();
                }
                Output::Changed(change) => self.changes.push_back(change),
            }
        }
    }

    async fn connect(&mut self) {
        // Buffers as small as a load generator with thousands of connections needs them.
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
        let request = self.request.clone();
        let mut making =
            pin!(tokio_tungstenite::connect_async_with_config(request, Some(config), true));
        let made = loop {
            tokio::select! {
                made = &mut making => break made,
                () = self.timer() => self.act(Client::timer),
            }
            if !self.wants_socket {
                // It took too long.
                return;
            }
        };
        self.wants_socket = false;
        match made {
            Ok((socket, _)) => self.socket = Some(socket),
            Err(_) => self.act(|core, now| core.closed(now, None)),
        }
    }

    async fn send_all(&mut self) -> Result<(), WsError> {
        let Some(socket) = &mut self.socket else {
            self.outgoing.clear();
            self.unflushed = false;
            return Ok(());
        };
        while !self.outgoing.is_empty() {
            poll_fn(|cx| Pin::new(&mut *socket).poll_ready(cx)).await?;
            if let Some(message) = self.outgoing.pop_front() {
                self.unflushed = true;
                socket.start_send_unpin(message)?;
            }
        }
        socket.flush().await?;
        self.unflushed = false;
        Ok(())
    }

    /// Ends when the core wants to know that time has passed.
    fn timer(&self) -> impl Future<Output = ()> + use<> {
        let timer = self.core.next_timer(self.now());
        let due = timer.map(|due| self.epoch + std::time::Duration::from_millis(due));
        async move {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        }
    }

    async fn wait(&mut self) {
        let timer = self.timer();
        let received = async {
            match &mut self.socket {
                Some(socket) => socket.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            frame = received => self.received(frame),
            () = timer => self.act(Client::timer),
        }
    }

    fn received(&mut self, frame: Option<Result<Message, WsError>>) {
        match frame {
            Some(Ok(Message::Text(text))) => self.act(|core, now| core.received_text(now, &text)),
            Some(Ok(Message::Binary(bytes))) => {
                self.act(|core, now| core.received_binary(now, &bytes));
            }
            Some(Ok(Message::Close(frame))) => {
                self.socket = None;
                let code = frame.map(|frame| frame.code.into());
                self.act(|core, now| core.closed(now, code));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.cut(),
        }
    }
}
