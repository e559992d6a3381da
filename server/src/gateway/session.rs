//! A session: one client in one namespace, and the loop that serves it.
//!
//! The loop wakes for an event, an answer of the store, news in a room's feed or elsewhere, or because the
//! client has taken something; then it takes from the feeds what the client is owed, as long as little
//! waits to be taken. A client that takes nothing is disconnected so that it may come back.

mod bulletins;
mod credential;
mod directs;
mod pull;
mod rooms;
mod start;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use serde_json::{Value, json};
use socketioxide::extract::AckSender;
use starling_protocol::{Handle, Seq, Slug, User, UserId};
use tokio::sync::broadcast;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_stream::StreamMap;
use tokio_stream::wrappers::WatchStream;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::failure::{Failure, SAVE_FAILED};
use super::line::{Line, Progress};
use super::outlet::{Clogged, Outlet};
use super::said::{Hearing, Said};
use super::watching::Watching;
use crate::app::App;
use crate::http::identity::Credential;
use crate::news::{Bulletin, NewsGuard};
use crate::online::OnlineGuard;
use crate::places::Place;
use crate::stopping::due;
use crate::store::{Actor, RoomId};
use directs::Conversations;
pub(super) use pull::user_joined;
use rooms::InRoom;
use start::Gone;
pub(super) use start::Namespace;

/// The most requests that wait for the store; until one is answered, no further event is taken.
const MOST_ANSWERS: usize = 64;
const GOODBYE: &str = "Starling is stopping or restarting. Come back in a moment.";

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The client has gone; whether it meant to.
    Gone { on_purpose: bool },
    /// The server ends the connection.
    Cut,
}

impl From<Clogged> for End {
    fn from(_: Clogged) -> Self {
        Self::Cut
    }
}

/// What came of a request.
pub(super) struct Answer {
    pub(super) ack: Option<AckSender>,
    pub(super) outcome: Result<Value, Failure>,
    /// What is said besides, and when: as soon as that much of a room was told.
    pub(super) besides: Vec<(&'static str, Value)>,
    pub(super) after: Option<(Slug, Seq)>,
}

impl Answer {
    pub(super) fn new(ack: Option<AckSender>, outcome: Result<Value, Failure>) -> Self {
        Self { ack, outcome, besides: Vec::new(), after: None }
    }

    /// Of something that came before there was anything to keep: only the storage's own failures count.
    pub(super) fn of_store_if_its_own(failure: Failure) -> Self {
        match failure.is_the_storages() {
            true => Self::of_store(None, Err(failure)),
            false => Self::new(None, Err(failure)),
        }
    }

    /// Of something that the store was asked to keep.
    pub(super) fn of_store(ack: Option<AckSender>, outcome: Result<Value, Failure>) -> Self {
        let mut answer = Self::new(ack, outcome);
        if let Err(failure) = &mut answer.outcome {
            let told = json!({ "message": failure.sentence, "code": SAVE_FAILED });
            answer.besides.push(("error", told));
            if failure.is_the_storages() {
                failure.code = SAVE_FAILED.to_owned();
            }
        }
        answer
    }
}

pub(super) struct Session {
    pub(super) app: App,
    pub(super) namespace: Namespace,
    pub(super) user: User,
    /// What it acts by.
    credential: Credential,
    /// When that is looked at again, as it ends by itself.
    look_again_at: Option<Instant>,
    pub(super) actor: Actor,
    online: OnlineGuard,
    _known: Option<NewsGuard>,
    _place: Place<UserId>,
    _running: TaskTrackerToken,
    pub(super) line: Arc<Line>,
    progress: Progress,
    pub(super) outlet: Outlet,
    hearing: Hearing,
    gone: Arc<Gone>,
    /// Boxed, as nearly everyone is in one room, and a map makes space for eleven.
    pub(super) rooms: BTreeMap<Slug, Box<InRoom>>,
    /// Which room the client means by a text that leads to another address: at most one for each room.
    pub(super) called: HashMap<Slug, Slug>,
    /// Wakes the session when a room has news.
    news: StreamMap<Slug, WatchStream<u64>>,
    bulletins: broadcast::Receiver<Arc<Bulletin>>,
    watching: Option<Watching>,
    /// What the store will say, in the order it was asked.
    pub(super) answers: FuturesOrdered<BoxFuture<'static, Answer>>,
    /// Answers that wait until that much of a room was told.
    held: Vec<Answer>,
    rate: DefaultDirectRateLimiter,
    cursor_rate: DefaultDirectRateLimiter,
    /// How many refusals it may still get for going on as before.
    patience: DefaultDirectRateLimiter,
    tried_too_much: bool,
    clock: DefaultClock,
    /// Rooms whose end was told on one of the two ways on which it comes here.
    told_gone: Vec<RoomId>,
    conversations: Conversations,
    /// Under which name they sign in, for those who name them by it.
    handle: Option<Handle>,
    /// Said too much too fast: nothing is taken before.
    read_again: Option<Instant>,
    /// Since when nothing was taken of what waits.
    stalled_since: Option<Instant>,
    /// The server stops, and this is when it says goodbye.
    goodbye: Option<Pin<Box<Sleep>>>,
}

impl Session {
    /// Serves the client until it goes.
    async fn run(mut self) {
        let Err(end) = self.serve().await;
        if end == End::Cut {
            tracing::debug!(user = %self.user.id, "a Socket.IO client is disconnected");
        }
        let rooms = std::mem::take(&mut self.rooms);
        if end == (End::Gone { on_purpose: true }) {
            rooms.into_values().for_each(|room| room.seat.leave());
        }
        let last = self.line.leave();
        if end == End::Cut && (last || self.goodbye.is_none()) {
            self.line.cut();
        }
    }

    async fn serve(&mut self) -> Result<Infallible, End> {
        self.look_again().await?;
        self.greet();
        self.begin_conversations().await?;
        loop {
            self.flush().await?;
            let behind = self.outlet.is_behind();
            let readable =
                self.answers.len() < MOST_ANSWERS && self.read_again.is_none() && !behind;
            let read_again = self.read_again;
            let rights_until = self.rights_until();
            let look_again_at = self.look_again_at;
            let stalls_at = self.stalls_at();
            tokio::select! {
                biased;
                on_purpose = self.gone.wait() => return Err(End::Gone { on_purpose }),
                farewell = self.app.stopping.begun(), if self.goodbye.is_none() => {
                    self.goodbye = Some(Box::pin(sleep_until(self.line.moment(farewell))));
                }
                () = self.app.stopping.over() => return Err(End::Cut),
                () = due(&mut self.goodbye) => return Err(self.say_goodbye().await),
                () = self.progress.made() => self.stalled_since = None,
                said = self.hearing.next(), if readable => self.take(said).await?,
                Some(answer) = self.answers.next(), if !self.answers.is_empty() => self.give(answer),
                Some(_) = self.news.next(), if !self.news.is_empty() => {}
                bulletin = self.bulletins.recv(), if !behind => self.take_bulletin(bulletin).await,
                told = Watching::next(&mut self.watching), if !behind => {
                    for (event, data) in told {
                        self.outlet.event(event, data);
                    }
                }
                news = self.online.news() => {
                    self.conversations.stirred |= news.stirred;
                    if news.doubted {
                        self.look_again().await?;
                    }
                }
                () = until(look_again_at) => self.look_again().await?,
                () = until(rights_until) => {}
                () = until(read_again) => self.resume_reading(),
                () = until(stalls_at) => return Err(End::Cut),
            }
        }
    }

    /// Takes what the client is owed from the feeds, and sends as much as there is room for.
    async fn flush(&mut self) -> Result<(), End> {
        loop {
            self.outlet.pump()?;
            if self.outlet.is_behind() {
                return Ok(());
            }
            self.look_at_rights().await?;
            let more = self.pull().await? | self.pull_conversations().await?;
            self.give_held();
            self.outlet.pump()?;
            if !more {
                return Ok(());
            }
        }
    }

    /// When a client that takes nothing has taken nothing for too long.
    fn stalls_at(&mut self) -> Option<Instant> {
        if self.outlet.is_empty() {
            self.stalled_since = None;
            return None;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        Some(since + self.app.config.stall_after)
    }

    async fn take(&mut self, said: Said) -> Result<(), End> {
        if let Err(not_until) = self.rate.check() {
            self.read_again = Some(Instant::now() + not_until.wait_time_from(self.clock.now()));
        }
        match self.namespace {
            Namespace::Chat => self.take_chat(said).await,
            Namespace::Lesson => self.take_lesson(said).await,
            Namespace::Admin | Namespace::Notifications => self.refuse_unknown(said.ack),
        }
        if self.tried_too_much { Err(End::Cut) } else { Ok(()) }
    }

    /// Of a client that says too much nothing is dropped; it is heard no faster than it may speak.
    fn resume_reading(&mut self) {
        self.read_again = None;
        // The event that led to the pause was taken on credit.
        let _ = self.rate.check();
    }

    /// A cursor counts on its own, too.
    pub(super) fn count_cursor(&mut self) {
        if let Err(not_until) = self.cursor_rate.check() {
            let again = Instant::now() + not_until.wait_time_from(self.clock.now());
            self.read_again = Some(self.read_again.map_or(again, |other| other.max(again)));
        }
    }

    /// An event that nobody here knows; only who wants an answer is told.
    pub(super) fn refuse_unknown(&mut self, ack: Option<AckSender>) {
        if ack.is_some() {
            let failure = Failure::payload("There is no such event here", "UNKNOWN_EVENT");
            self.reply(ack, Err(failure));
        }
    }

    pub(super) fn reply(&mut self, ack: Option<AckSender>, outcome: Result<Value, Failure>) {
        self.give(Answer::new(ack, outcome));
    }

    fn give(&mut self, answer: Answer) {
        if answer.after.is_some() {
            self.held.push(answer);
            return;
        }
        let Answer { ack, outcome, besides, after: _ } = answer;
        for (event, data) in besides {
            self.outlet.event(event, data);
        }
        if let Err(failure) = &outcome
            && failure.heedless
            && self.patience.check().is_err()
        {
            self.tried_too_much = true;
        }
        match (ack, outcome) {
            (Some(ack), Ok(data)) => self.outlet.answer(ack, data),
            (Some(ack), Err(failure)) => self.outlet.answer(ack, failure.answer()),
            (None, Ok(_)) => {}
            (None, Err(failure)) => {
                let told = json!({ "status": "error", "message": failure.sentence });
                self.outlet.event("exception", told);
            }
        }
    }

    /// Gives the answers that waited for what was told by now.
    fn give_held(&mut self) {
        for mut answer in std::mem::take(&mut self.held) {
            let waits = answer.after.as_ref().is_some_and(|(slug, seq)| {
                self.rooms.get(slug).is_some_and(|room| room.seat.reader.seq < *seq)
            });
            if !waits {
                answer.after = None;
            }
            self.give(answer);
        }
    }

    /// Answers what the client has asked, and tells it when to come back.
    async fn say_goodbye(&mut self) -> End {
        while let Some(answer) = self.answers.next().await {
            self.give(answer);
        }
        let back_after = self.app.stopping.begun().await.back_after().as_millis() as u64;
        let told = json!({ "message": GOODBYE, "reconnectDelay": back_after });
        self.outlet.event("server:shutdown", told);
        let late = sleep_until(Instant::now() + self.app.config.stall_after);
        tokio::pin!(late);
        while self.outlet.pump().is_ok() && !self.outlet.is_empty() {
            tokio::select! {
                () = self.progress.made() => {}
                _ = self.gone.wait() => break,
                () = self.app.stopping.over() => break,
                () = &mut late => break,
            }
        }
        End::Cut
    }
}

/// Waits for a moment, if there is one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn per_second(times: std::num::NonZeroU32) -> DefaultDirectRateLimiter {
    DefaultDirectRateLimiter::direct(Quota::per_second(times))
}
