//! One participant: a native client that points, talks, and notes what it receives.
//!
//! Every cursor position and every message carries the time it was made at, so that whoever
//! receives it knows how old it is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::bail;
use starling_client::native::NativeClient;
use starling_client::{Change, Client, Millis, RoomState};
use starling_protocol::{Limits, MessageBody, MessageId, Point, Seq, Slot, Slug};
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};

use crate::scenario::Scenario;
use crate::server::{Identity, Server};

const JOIN_WITHIN: Duration = Duration::from_secs(120);

/// What the load is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Phase {
    Joining,
    WarmUp,
    Measuring,
    Settling,
    Over,
}

/// The time and the phase, the same for all participants.
pub(crate) struct Clock {
    started: Instant,
    phase: AtomicU8,
    joined: AtomicUsize,
    news: Notify,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            phase: AtomicU8::new(Phase::Joining as u8),
            joined: AtomicUsize::new(0),
            news: Notify::new(),
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(crate) async fn until_joined(&self, participants: usize) -> anyhow::Result<()> {
        let joined = async {
            while self.joined.load(Ordering::Relaxed) < participants {
                self.news.notified().await;
            }
        };
        if timeout(JOIN_WITHIN, joined).await.is_err() {
            bail!("only {} of {participants} joined", self.joined.load(Ordering::Relaxed));
        }
        Ok(())
    }

    fn is(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }

    /// Microseconds since the start, as they fit into a cursor's position: for over an hour.
    fn micros(&self) -> u32 {
        self.started.elapsed().as_micros() as u32
    }
}

/// What arrived while it was measured: the ages in microseconds.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) cursors: Vec<u32>,
    pub(crate) messages: Vec<u32>,
    /// How many were sent while it was measured.
    pub(crate) moves_sent: usize,
    pub(crate) messages_sent: usize,
}

impl Received {
    pub(crate) fn add(&mut self, other: Self) {
        self.cursors.extend(other.cursors);
        self.messages.extend(other.messages);
        self.moves_sent += other.moves_sent;
        self.messages_sent += other.messages_sent;
    }
}

pub(crate) struct Participant {
    client: NativeClient,
    room: Slug,
    moves: Option<Interval>,
    messages: Option<Interval>,
    seen_cursors: HashMap<Slot, Point>,
    seen_message: Seq,
    received: Received,
}

impl Participant {
    pub(crate) fn new(
        server: &Server,
        identity: &Identity,
        room: Slug,
        number: usize,
        scenario: Scenario,
    ) -> anyhow::Result<Self> {
        let (socket, origin) = (server.socket_url(), server.origin());
        let mut client = NativeClient::new(&socket, &origin, &identity.cookie, number as u64)?;
        client.act(|core, now| core.join(now, &room));
        let writes = number < scenario.writers;
        Ok(Self {
            client,
            room,
            moves: every(scenario.moves, number),
            messages: if writes { every(scenario.messages, number) } else { None },
            seen_cursors: HashMap::new(),
            seen_message: Seq(0),
            received: Received::default(),
        })
    }

    /// Takes part until the load is over.
    pub(crate) async fn run(mut self, clock: std::sync::Arc<Clock>) -> Received {
        let room = self.room.clone();
        self.client.until(|core| core.room(&room).is_some_and(RoomState::is_joined)).await;
        clock.joined.fetch_add(1, Ordering::Relaxed);
        clock.news.notify_one();
        let mut look = interval_at(Instant::now(), Duration::from_millis(100));
        while !clock.is(Phase::Over) {
            tokio::select! {
                change = self.client.changed() => self.note(&change, &clock),
                () = tick(&mut self.moves) => self.point(&clock),
                () = tick(&mut self.messages) => self.say(&clock),
                _ = look.tick() => {}
            }
        }
        self.received
    }

    fn point(&mut self, clock: &Clock) {
        if clock.is(Phase::WarmUp) || clock.is(Phase::Measuring) {
            let micros = clock.micros();
            let point = Point { x: (micros >> 16) as u16, y: micros as u16 };
            let room = &self.room;
            self.client.act(|core: &mut Client, now: Millis| core.point(now, room, Some(point)));
            self.received.moves_sent += usize::from(clock.is(Phase::Measuring));
        }
    }

    fn say(&mut self, clock: &Clock) {
        if clock.is(Phase::WarmUp) || clock.is(Phase::Measuring) {
            let text = format!("{} is when this was said, give or take nothing.", clock.micros());
            let Ok(body) = MessageBody::parse(&text, &Limits::default()) else { return };
            let (room, id) = (&self.room, MessageId::new(uuid::Uuid::now_v7()));
            self.client.act(|core, now| core.post(now, room, id, body));
            self.received.messages_sent += usize::from(clock.is(Phase::Measuring));
        }
    }

    fn note(&mut self, change: &Change, clock: &Clock) {
        let Some(room) = self.client.core().room(&self.room) else { return };
        let measuring = clock.is(Phase::Measuring);
        let now = clock.micros();
        match change {
            Change::CursorsMoved { .. } => {
                for (slot, glide, _) in room.cursors() {
                    let point = glide.newest();
                    if self.seen_cursors.insert(slot, point) != Some(point) && measuring {
                        let made = u32::from(point.x) << 16 | u32::from(point.y);
                        self.received.cursors.push(now.saturating_sub(made));
                    }
                }
            }
            Change::Messages { .. } => {
                let seen = self.seen_message;
                for message in room.messages().rev().take_while(|message| message.seq > seen) {
                    let made = message.body.as_str().split(' ').next().and_then(|t| t.parse().ok());
                    if let Some(made) = made
                        && measuring
                    {
                        self.received.messages.push(now.saturating_sub(made));
                    }
                }
                self.seen_message = room.messages().last().map_or(seen, |message| message.seq);
            }
            _ => {}
        }
    }
}

/// Beats that often a second, each participant at a time of their own.
fn every(per_second: f64, number: usize) -> Option<Interval> {
    (per_second > 0.0).then(|| {
        let period = Duration::from_secs_f64(1.0 / per_second);
        // The golden ratio spreads any number of participants evenly.
        let offset = period.mul_f64((number as f64 * 0.618_033_988_75).fract());
        let mut interval = interval_at(Instant::now() + offset, period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    })
}

async fn tick(interval: &mut Option<Interval>) {
    match interval {
        Some(interval) => {
            interval.tick().await;
        }
        None => std::future::pending().await,
    }
}
