//! The client over tokio-tungstenite. Owns the socket and the clock; decides nothing.

mod starling;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;

use futures_util::{Sink, SinkExt, StreamExt};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::header::{
    AUTHORIZATION, COOKIE, ORIGIN, SEC_WEBSOCKET_PROTOCOL,
};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::protocol::{CloseReason, SUBPROTOCOL, Seq, ServerEvent, Slug, codec};
use crate::{Change, Client, Frame, Millis, Output};

pub use starling::{ConnectError, Event, Identity, Refused, Starling};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Connecting = Pin<Box<dyn Future<Output = Result<Socket, WsError>> + Send>>;
type Onlooker = Box<dyn FnMut(&Message) + Send>;

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
    connecting: Option<Connecting>,
    socket: Option<Socket>,
    outgoing: VecDeque<Message>,
    /// Whether something that was given to the socket may not have left it.
    unflushed: bool,
    changes: VecDeque<Change>,
    onlooker: Option<Onlooker>,
    /// What the server said and the core took in, if somebody wants that.
    heard: Option<VecDeque<ServerEvent>>,
    /// Why no connection can ever be made to that address.
    hopeless: Option<String>,
    epoch: Instant,
}

impl NativeClient {
    /// A client for a server's `ws://…/ws` address, which sends that origin and cookie.
    ///
    /// # Errors
    /// [`BadAddress`] if one of them cannot be sent.
    pub fn new(url: &str, origin: &str, cookie: &str, seed: u64) -> Result<Self, BadAddress> {
        let mut request = request(url)?;
        request.headers_mut().insert(ORIGIN, header(url, origin)?);
        request.headers_mut().insert(COOKIE, header(url, cookie)?);
        Ok(Self::started(request, seed))
    }

    /// A client that shows a token. With a ticket nothing else is shown: [`Self::with_ticket`].
    ///
    /// # Errors
    /// [`BadAddress`] if it cannot be sent.
    pub fn with_token(url: &str, token: &str, seed: u64) -> Result<Self, BadAddress> {
        let mut request = request(url)?;
        request.headers_mut().insert(AUTHORIZATION, bearer(url, token)?);
        Ok(Self::started(request, seed))
    }

    /// A client that shows a ticket. As that is good for one connection, the next one needs
    /// [`Self::renew`] before it.
    ///
    /// # Errors
    /// [`BadAddress`] if it cannot be sent.
    pub fn with_ticket(url: &str, ticket: &str, seed: u64) -> Result<Self, BadAddress> {
        Ok(Self::started(request(&format!("{url}?ticket={ticket}"))?, seed))
    }

    /// Shows this token from now on, in place on a connection that there is, instead of what was shown
    /// until now. Whether it holds is told by [`Change::TokenTaken`] and [`Change::TokenRefused`].
    ///
    /// # Errors
    /// [`BadAddress`] if it cannot be sent.
    pub fn renew(&mut self, token: &str) -> Result<(), BadAddress> {
        let mut url = self.request.uri().to_string();
        url.truncate(url.find('?').unwrap_or(url.len()));
        let mut renewed = request(&url)?;
        renewed.headers_mut().insert(AUTHORIZATION, bearer(&url, token)?);
        self.request = renewed;
        self.act(|core, _| core.authenticate(token.to_owned()));
        Ok(())
    }

    fn started(request: Request, seed: u64) -> Self {
        let mut client = Self {
            core: Client::new(seed),
            request,
            connecting: None,
            socket: None,
            outgoing: VecDeque::new(),
            unflushed: false,
            changes: VecDeque::new(),
            onlooker: None,
            heard: None,
            hopeless: None,
            epoch: Instant::now(),
        };
        client.act(Client::start);
        client
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

    /// Shows every frame that arrives to somebody else as well, before it is acted upon.
    pub fn look_on(&mut self, onlooker: impl FnMut(&Message) + Send + 'static) {
        self.onlooker = Some(Box::new(onlooker));
    }

    /// Drops the connection as a broken network would; the client comes back by itself.
    pub fn cut(&mut self) {
        self.connecting = None;
        self.socket = None;
        self.outgoing.clear();
        self.act(|core, now| core.closed(now, None));
    }

    /// Moves the connection on until something is different. Safe to cancel.
    pub async fn changed(&mut self) -> Change {
        loop {
            self.collect();
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

    /// Leaves nothing behind: sends what waits, and tells the server that this is the end.
    async fn close(mut self) {
        self.collect();
        if self.send_all().await.is_ok()
            && let Some(socket) = &mut self.socket
        {
            // One that has failed is closed as well.
            let _ = socket.close(None).await;
        }
    }

    fn collect(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Connect { .. } => self.connecting = Some(connect(self.request.clone())),
                // It knows only WebSockets.
                Output::Ask => {}
                Output::Send(Frame::Text(text)) => self.outgoing.push_back(Message::text(text)),
                Output::Send(Frame::Binary(bytes)) => {
                    self.outgoing.push_back(Message::binary(bytes));
                }
                Output::Close => {
                    self.connecting = None;
                    self.socket = None;
                    self.outgoing.clear();
                }
                Output::Changed(change) => self.changes.push_back(change),
            }
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
        let connected = async {
            match &mut self.connecting {
                Some(connecting) => connecting.await,
                None => std::future::pending().await,
            }
        };
        let received = async {
            match &mut self.socket {
                Some(socket) => socket.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            made = connected => self.connected(made),
            frame = received => self.received(frame),
            () = timer => self.act(Client::timer),
        }
    }

    fn connected(&mut self, made: Result<Socket, WsError>) {
        self.connecting = None;
        match made {
            Ok(socket) => self.socket = Some(socket),
            // What was shown is not taken, and will not be the next time.
            Err(WsError::Http(answer)) if answer.status() == StatusCode::UNAUTHORIZED => {
                let code = CloseReason::NoIdentity.code();
                self.act(|core, now| core.closed(now, Some(code)));
            }
            Err(error) => {
                if let WsError::Url(why) = error {
                    self.hopeless = Some(why.to_string());
                }
                self.act(|core, now| core.closed(now, None));
            }
        }
    }

    /// Whether the core takes an event in: of a stream only the one after the last.
    fn is_next(&self, event: &ServerEvent) -> bool {
        place(event).is_none_or(|(room, seq)| {
            let position = self.core.room(room).and_then(crate::RoomState::position);
            position.is_some_and(|position| position.seq.next() == seq)
        })
    }

    fn received(&mut self, frame: Option<Result<Message, WsError>>) {
        if let (Some(onlooker), Some(Ok(frame))) = (&mut self.onlooker, &frame) {
            onlooker(frame);
        }
        match frame {
            Some(Ok(Message::Text(text))) => {
                let event = self.heard.as_ref().and_then(|_| codec::decode_server(&text).ok());
                let event = event.filter(|event| self.is_next(event));
                self.act(|core, now| core.received_text(now, &text));
                if let (Some(heard), Some(event)) = (&mut self.heard, event) {
                    heard.push_back(event);
                }
            }
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

/// The place of an event in a room's stream, if it has one.
fn place(event: &ServerEvent) -> Option<(&Slug, Seq)> {
    match event {
        ServerEvent::Message { room, message } => Some((room, message.seq)),
        ServerEvent::MessageDeleted { room, seq, .. }
        | ServerEvent::MessageEdited { room, seq, .. }
        | ServerEvent::Reacted { room, seq, .. }
        | ServerEvent::NewerInStream { room, seq } => Some((room, *seq)),
        _ => None,
    }
}

fn request(url: &str) -> Result<Request, BadAddress> {
    let bad = |reason: String| BadAddress { url: address(url), reason };
    let mut request = url.into_client_request().map_err(|error| bad(error.to_string()))?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    Ok(request)
}

fn header(url: &str, text: &str) -> Result<HeaderValue, BadAddress> {
    let bad = |reason: String| BadAddress { url: address(url), reason };
    HeaderValue::from_str(text).map_err(|error| bad(error.to_string()))
}

fn bearer(url: &str, token: &str) -> Result<HeaderValue, BadAddress> {
    let mut value = header(url, &format!("Bearer {token}"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Without what follows the "?", which may be a ticket.
fn address(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}

fn connect(request: Request) -> Connecting {
    // Buffers as small as a load generator with thousands of connections needs them.
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    Box::pin(async move {
        let made = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        made.await.map(|(socket, _)| socket)
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;
    use crate::Connection;

    /// Where connections are taken and nothing is ever said.
    async fn silent_server() -> (TcpListener, NativeClient) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = NativeClient::new(&format!("ws://{address}/ws"), "http://x", "", 1).unwrap();
        (listener, client)
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up() {
        let (_listener, mut client) = silent_server().await;
        let given_up =
            client.until(|core| matches!(core.connection(), Connection::Reconnecting { .. }));
        timeout(Duration::from_secs(60), given_up).await.unwrap();
    }

    #[tokio::test]
    async fn who_looks_away_while_it_connects_does_not_start_it_over() {
        let (listener, mut client) = silent_server().await;
        while let Some(_change) = client.changed().now_or_never() {}
        let (_first, _) = listener.accept().await.unwrap();
        for _ in 0..3 {
            assert!(client.changed().now_or_never().is_none());
        }
        assert!(listener.accept().now_or_never().is_none(), "it connected again");
    }
}
