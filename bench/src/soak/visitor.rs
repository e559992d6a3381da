//! Somebody who comes and goes, as chance has it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_client::RoomState;
use starling_client::native::NativeClient;
use starling_protocol::{Limits, MessageBody, MessageId, Point, Slug};
use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::Rooms;
use crate::door::Door;

const MOVES_EVERY: Duration = Duration::from_millis(200);
const ENTERS_WITHIN: Duration = Duration::from_secs(30);
/// For what was said last to leave this machine.
const PARTS_WITHIN: Duration = Duration::from_millis(100);
const STAYS_MS: std::ops::Range<u64> = 2_000..60_000;
const AWAY_MS: std::ops::Range<u64> = 0..10_000;
/// Of the moments that they move at: one message in three seconds, one cut in a minute.
const TALKS: f64 = 1.0 / 15.0;
const IS_CUT: f64 = 1.0 / 300.0;
/// Of the visits.
const IS_NEW: f64 = 0.25;
const SAYS_GOODBYE: f64 = 0.5;

/// What everyone did.
#[derive(Default)]
pub(crate) struct Counts {
    present: AtomicUsize,
    visits: AtomicUsize,
    signed_in: AtomicUsize,
    cuts: AtomicUsize,
    messages: AtomicUsize,
    failures: AtomicUsize,
}

impl Counts {
    /// How many are in a room now.
    pub(crate) fn present(&self) -> usize {
        self.present.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        write!(
            f,
            "{} visits by {} identities, {} cuts, {} messages, {} could not come in",
            of(&self.visits),
            of(&self.signed_in),
            of(&self.cuts),
            of(&self.messages),
            of(&self.failures)
        )
    }
}

pub(crate) struct Visitor {
    door: Door,
    chance: SmallRng,
    rooms: Arc<Rooms>,
    counts: Arc<Counts>,
    cookie: Option<String>,
}

impl Visitor {
    pub(crate) fn new(door: Door, seed: u64, rooms: Arc<Rooms>, counts: Arc<Counts>) -> Self {
        Self { door, chance: SmallRng::seed_from_u64(seed), rooms, counts, cookie: None }
    }

    /// Comes and goes until it is over.
    pub(crate) async fn run(mut self, over: CancellationToken) {
        while !over.is_cancelled() {
            if self.visit(&over).await.is_err() {
                self.counts.failures.fetch_add(1, Ordering::Relaxed);
            }
            let away = Duration::from_millis(self.chance.random_range(AWAY_MS));
            let _ = timeout(away, over.cancelled()).await;
        }
    }

    async fn visit(&mut self, over: &CancellationToken) -> anyhow::Result<()> {
        let cookie = match self.cookie.take().filter(|_| !self.chance.random_bool(IS_NEW)) {
            Some(cookie) => cookie,
            None => {
                self.counts.signed_in.fetch_add(1, Ordering::Relaxed);
                self.door.sign_in("Visitor").await?
            }
        };
        self.cookie = Some(cookie.clone());
        let room = self.rooms.any(self.chance.random_range(0..usize::MAX));
        let mut client = self.door.client(&cookie, self.chance.random())?;
        client.act(|core, now| core.join(now, &room));
        let entering = client.until(|core| core.room(&room).is_some_and(RoomState::is_joined));
        timeout(ENTERS_WITHIN, entering).await?;
        self.counts.visits.fetch_add(1, Ordering::Relaxed);
        self.counts.present.fetch_add(1, Ordering::Relaxed);
        self.stay(&mut client, &room, over).await;
        self.counts.present.fetch_sub(1, Ordering::Relaxed);
        if self.chance.random_bool(SAYS_GOODBYE) {
            client.act(|core, _| core.leave(&room));
            let _ = timeout(PARTS_WITHIN, async {
                loop {
                    client.changed().await;
                }
            })
            .await;
        }
        Ok(())
    }

    async fn stay(&mut self, client: &mut NativeClient, room: &Slug, over: &CancellationToken) {
        let stay = Duration::from_millis(self.chance.random_range(STAYS_MS));
        let until = Instant::now() + stay;
        let mut beat = interval(MOVES_EVERY);
        while Instant::now() < until {
            tokio::select! {
                _ = client.changed() => {}
                _ = beat.tick() => self.do_something(client, room),
                () = over.cancelled() => return,
            }
        }
    }

    fn do_something(&mut self, client: &mut NativeClient, room: &Slug) {
        let point = Point { x: self.chance.random(), y: self.chance.random() };
        client.act(|core, now| core.point(now, room, Some(point)));
        if self.chance.random_bool(TALKS)
            && let Ok(body) = MessageBody::parse("Somebody said something.", &Limits::default())
        {
            let id = MessageId::new(uuid::Uuid::now_v7());
            client.act(|core, now| core.post(now, room, id, body));
            self.counts.messages.fetch_add(1, Ordering::Relaxed);
        }
        if self.chance.random_bool(IS_CUT) {
            client.cut();
            self.counts.cuts.fetch_add(1, Ordering::Relaxed);
        }
    }
}
