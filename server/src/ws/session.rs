//! A session: one connection, the rooms it is in, and the loop that serves it.
//!
//! The loop wakes for a frame, an answer of the store, news in a room's feed, or its heartbeat;
//! then it takes from the feeds what the client is owed, and flushes once. While the socket does
//! not drain it does nothing else, so that a client that does not read cannot ask either.

mod board;
mod credential;
mod directs;
mod events;
mod joining;
mod looking;
mod pull;
mod rights;

use std::collections::BTreeMap;
use std::future::ready;
use std::num::NonZeroU32;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use futures_util::{FutureExt, StreamExt};
use governor::clock::{Clock, DefaultClock, QuantaInstant};
use governor::{DefaultDirectRateLimiter, NotUntil, Quota};
use starling_protocol::{CloseReason, ErrorCode, Ref, ServerEvent, Slug, Status, UserId, codec};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_stream::StreamMap;
use tokio_stream::wrappers::WatchStream;
use tokio_tungstenite::tungstenite::{self, Message};

use super::PlacesTaken;
use super::socket::{SendError, Socket};
use crate::app::App;
use crate::deadline;
use crate::http::identity::{Credential, Identity};
use crate::online::OnlineGuard;
use crate::refusal::Refusal;
use crate::seat::Seat;
use crate::stopping::due;
use crate::store::Actor;

/// The most requests that wait for the store; until one is answered, no further frame is read.
const MOST_ANSWERS: usize = 64;
/// The most frames handled between two flushes.
const MOST_FRAMES: usize = 64;
/// How many bytes of stream events one flush takes from a room, give or take an event; and with so many
/// bytes of answers waiting to be sent, no further frame is handled.
const SHARE: usize = 32 * 1024;
/// How many events of a stream are read from the store at once; what passes the share is read again.
const STORE_SHARE: usize = 100;

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client's side of the connection broke.
    Gone,
    /// The client closed, and waits for the answer.
    Left,
    /// The server closes.
    Closed(CloseReason),
}

pub(super) struct Session {
    app: App,
    user: UserId,
    /// What it acts by.
    credential: Credential,
    /// When that is looked at again, as it ends by itself.
    look_again_at: Option<Instant>,
    actor: Actor,
    online: OnlineGuard,
    socket: Socket,
    status: Status,
    /// Boxed, as nearly everyone is in one room, and a map makes space for eleven.
    seats: BTreeMap<Slug, Box<Seat>>,
    /// Wakes the session when a room has news.
    news: StreamMap<Slug, WatchStream<u64>>,
    /// What the store will say, in the order it was asked.
    answers: FuturesOrdered<BoxFuture<'static, ServerEvent>>,
    heartbeat: Pin<Box<Sleep>>,
    pinged: bool,
    frame_rate: DefaultDirectRateLimiter,
    cursor_rate: DefaultDirectRateLimiter,
    preview_rate: DefaultDirectRateLimiter,
    signal_rate: DefaultDirectRateLimiter,
    /// How many refusals it may still get for going on as before.
    patience: DefaultDirectRateLimiter,
    tried_too_much: bool,
    clock: DefaultClock,
    /// Sent frames too fast: no frame is read before.
    read_again: Option<Instant>,
    /// The server stops, and this is when it says goodbye.
    goodbye: Option<Pin<Box<Sleep>>>,
    _places: PlacesTaken,
}

impl Session {
    pub(super) fn new(app: App, identity: &Identity, socket: Socket, places: PlacesTaken) -> Self {
        let rate = |per_second: NonZeroU32| {
            DefaultDirectRateLimiter::direct(Quota::per_second(per_second))
        };
        let user = identity.user.id;
        Self {
            user,
            credential: identity.credential,
            look_again_at: None,
            actor: identity.actor(),
            online: app.online.enter(user),
            socket,
            status: Status::Active,
            seats: BTreeMap::new(),
            news: StreamMap::new(),
            answers: FuturesOrdered::new(),
            heartbeat: Box::pin(sleep_until(Instant::now() + app.config.ping_after)),
            pinged: false,
            frame_rate: rate(app.config.frames_per_second),
            cursor_rate: rate(app.config.cursors_per_second),
            preview_rate: rate(app.config.boards.previews_per_second),
            signal_rate: rate(app.config.boards.signals_per_second),
            patience: DefaultDirectRateLimiter::direct(Quota::per_minute(
                app.config.protection.refusals_per_minute,
            )),
            tried_too_much: false,
            clock: DefaultClock::default(),
            read_again: None,
            goodbye: None,
            _places: places,
            app,
        }
    }

    /// Serves the connection until it ends.
    pub(super) async fn run(mut self) {
        let Err(end) = self.serve().await;
        // Who left or is closed has left the rooms, however long the farewell takes.
        self.seats.clear();
        match end {
            End::Gone => {}
            End::Left => self.socket.see_off().await,
            End::Closed(reason) => {
                tracing::debug!(user = %self.user, reason = reason.text(), "a session was closed");
                if reason == CloseReason::TooMuch {
                    // It was told before: what it is closed for, and what came through all the same.
                    self.answer_all().await;
                    let _ = self.send_all().await;
                }
                self.socket.close(reason).await;
            }
        }
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        // What is rare does not make every session's task as large as it is.
        Box::pin(self.greet()).await?;
        loop {
            self.flush().await?;
            let readable = self.answers.len() < MOST_ANSWERS && self.read_again.is_none();
            let read_again = self.read_again.unwrap_or_else(Instant::now);
            let rights_until = self.rights_until();
            let look_again_at = self.look_again_at;
            tokio::select! {
                // What has arrived is looked at before the heartbeat judges that nothing has.
                biased;
                farewell = self.app.stopping.begun(), if self.goodbye.is_none() => {
                    self.goodbye = Some(Box::pin(sleep_until(farewell.moment())));
                }
                () = self.app.stopping.over() => return Err(End::Gone),
                () = due(&mut self.goodbye) => return Err(Box::pin(self.say_goodbye()).await),
                frame = self.socket.recv(), if readable => self.take_frames(frame).await?,
                Some(answer) = self.answers.next(), if !self.answers.is_empty() => {
                    self.queue(&answer);
                }
                Some(_) = self.news.next(), if !self.news.is_empty() => {}
                news = self.online.news() => Box::pin(self.take_personal(news)).await?,
                () = sleep_until(look_again_at.unwrap_or_else(Instant::now)), if look_again_at.is_some() => {
                    drop(Box::pin(self.look_again()).await?);
                }
                () = &mut self.heartbeat => self.beat()?,
                () = sleep_until(rights_until.unwrap_or_else(Instant::now)), if rights_until.is_some() => {}
                () = sleep_until(read_again), if self.read_again.is_some() => self.resume_reading(),
                // What the client says and is told goes before the next page.
                () = ready(()), if self.is_opening() => Box::pin(self.send_page()).await?,
            }
        }
    }

    async fn greet(&mut self) -> Result<(), End> {
        // What ended since the upgrade was told before there was anybody to tell.
        let Identity { user, ends_at, .. } = self.look_again().await?;
        self.queue(&ServerEvent::Hello {
            build: self.app.assets.build.clone(),
            user,
            limits: self.app.limits,
            ping_after_ms: self.app.config.ping_after.as_millis() as u64,
            pong_within_ms: self.app.config.pong_within.as_millis() as u64,
            expires_in_ms: ends_at.map(deadline::left),
        });
        self.tell_directs(false).await
    }

    /// Handles a frame, and those that came with it.
    async fn take_frames(
        &mut self,
        mut frame: Option<Result<Message, tungstenite::Error>>,
    ) -> Result<(), End> {
        let mut handled = 0;
        loop {
            let message = match frame {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Err(end_of(&error)),
                None => return Err(End::Gone),
            };
            self.heard();
            self.take(message).await?;
            handled += 1;
            if let Err(not_until) = self.frame_rate.check() {
                self.pause_reading(&not_until);
            }
            let paused = self.read_again.is_some();
            let full = self.socket.queued_bytes() >= SHARE || self.answers.len() >= MOST_ANSWERS;
            if paused || full || handled == MOST_FRAMES {
                return Ok(());
            }
            match self.socket.recv().now_or_never() {
                Some(next) => frame = next,
                None => return Ok(()),
            }
        }
    }

    async fn take(&mut self, message: Message) -> Result<(), End> {
        let bytes = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) => bytes.len(),
            _ => 0,
        };
        if bytes > self.app.limits.frame_bytes {
            return Err(End::Closed(CloseReason::TooBig));
        }
        match message {
            Message::Text(text) => self.take_text(&text).await,
            Message::Binary(bytes) => self.take_cursor(&bytes).await,
            Message::Close(_) => return Err(End::Left),
            _ => {}
        }
        if self.tried_too_much { Err(End::Closed(CloseReason::TooMuch)) } else { Ok(()) }
    }

    /// Of a client that sends too fast nothing is dropped; the server reads no faster than it
    /// allows, and the client's own socket makes it wait.
    fn pause_reading(&mut self, not_until: &NotUntil<QuantaInstant>) {
        let again = Instant::now() + not_until.wait_time_from(self.clock.now());
        self.read_again = Some(self.read_again.map_or(again, |other| other.max(again)));
    }

    fn resume_reading(&mut self) {
        self.read_again = None;
        // The frame that led to the pause was taken on credit.
        let _ = (self.frame_rate.check(), self.cursor_rate.check());
        let _ = (self.preview_rate.check(), self.signal_rate.check());
    }

    /// Anything that arrives shows that the client lives.
    fn heard(&mut self) {
        self.pinged = false;
        self.heartbeat.as_mut().reset(Instant::now() + self.app.config.ping_after);
    }

    /// A connection that is not read, because the store is slow, has not fallen silent.
    fn beat(&mut self) -> Result<(), End> {
        if self.pinged && self.answers.len() < MOST_ANSWERS {
            return Err(End::Closed(CloseReason::Silent));
        }
        self.pinged = true;
        self.socket.queue_ping();
        self.heartbeat.as_mut().reset(Instant::now() + self.app.config.pong_within);
        Ok(())
    }

    /// Takes what the client is owed from the feeds, and sends it with what waits to be sent.
    async fn flush(&mut self) -> Result<(), End> {
        loop {
            self.look_at_rights().await?;
            let more = self.pull().await?;
            if !self.socket.has_queued() {
                return Ok(());
            }
            self.send_all().await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn send_all(&mut self) -> Result<(), End> {
        self.socket.flush(self.app.config.stall_after).await.map_err(|error| match error {
            SendError::Gone => End::Gone,
            SendError::Stalled => End::Closed(CloseReason::Stalled),
        })
    }

    /// Answers what the client has asked, and tells it when to come back.
    async fn say_goodbye(&mut self) -> End {
        self.answer_all().await;
        let back_after = self.app.stopping.begun().await.back_after();
        self.queue(&ServerEvent::Goodbye { reconnect_after_ms: back_after.as_millis() as u64 });
        match self.send_all().await {
            Ok(()) => End::Closed(CloseReason::ServiceRestart),
            Err(end) => end,
        }
    }

    async fn answer_all(&mut self) {
        while let Some(answer) = self.answers.next().await {
            self.queue(&answer);
        }
    }

    fn queue(&mut self, event: &ServerEvent) {
        self.socket.queue_text(Bytes::from(codec::encode_server(event)));
    }

    fn refuse(&mut self, reference: Option<Ref>, refusal: Refusal) {
        let heedless =
            matches!(refusal.code, ErrorCode::SlowDown | ErrorCode::BadJson | ErrorCode::BadFrame);
        if heedless && self.patience.check().is_err() {
            self.tried_too_much = true;
        }
        self.queue(&refusal.event(reference));
    }
}

fn end_of(error: &tungstenite::Error) -> End {
    match error {
        tungstenite::Error::Capacity(_) => End::Closed(CloseReason::TooBig),
        _ => End::Gone,
    }
}
