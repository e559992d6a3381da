//! What one person sent and received, and when: the same for Starling's people and the peer's.
//!
//! Each move carries who made it and its number, and a table says when that was. A move counts as
//! delivered to another person when their view shows it or a later one of the same cursor, so that
//! a server that leaves out what was overtaken is charged with the time until the overtaking one
//! came. Each message carries the time it was said at.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::clock::Clock;
use crate::scenario::Scenario;

/// Longer than anything is sent beside what is measured, in seconds.
const AROUND: f64 = 10.0;

/// When the moves of a room's people were made, in microseconds.
pub(crate) struct Moves(Vec<Vec<AtomicU32>>);

impl Moves {
    pub(crate) fn new(scenario: Scenario, seconds: u64) -> Self {
        let most = (scenario.moves * (seconds as f64 + AROUND)).ceil() as usize;
        let most = if scenario.moves > 0.0 { most.min(usize::from(u16::MAX)) } else { 0 };
        let none = || (0..most).map(|_| AtomicU32::new(0)).collect();
        Self((0..scenario.people).map(|_| none()).collect())
    }

    fn of(&self, person: u16, number: u16) -> Option<&AtomicU32> {
        self.0.get(usize::from(person))?.get(usize::from(number))
    }
}

/// What was sent and what arrived. Ages are in microseconds.
#[derive(Default)]
pub(crate) struct Received {
    /// How much was sent while it was measured.
    pub(crate) sent: usize,
    /// How much arrived while it was measured, whenever it was sent.
    pub(crate) arrived: usize,
    /// How old what was sent while it was measured was when it arrived, if it did.
    pub(crate) ages: Vec<u32>,
}

impl Received {
    pub(crate) fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.arrived += other.arrived;
        self.ages.extend(&other.ages);
    }
}

pub(crate) struct Tally {
    pub(crate) clock: Arc<Clock>,
    moves: Arc<Moves>,
    person: u16,
    made: u16,
    /// Of each person's moves, the number of the first that has not arrived.
    awaited: Vec<u16>,
    received: Received,
    move_beat: Option<Interval>,
    message_beat: Option<Interval>,
}

/// What is due.
pub(crate) enum Due {
    /// A move: whose and which.
    Move { person: u16, number: u16 },
    /// Something to say.
    Message { text: String },
}

impl Tally {
    pub(crate) fn new(
        clock: Arc<Clock>,
        moves: Arc<Moves>,
        person: usize,
        scenario: Scenario,
    ) -> Self {
        let per_second = if person < scenario.writers { scenario.messages } else { 0.0 };
        let moving = if scenario.moves > 0.0 { scenario.people } else { 0 };
        Self {
            clock,
            moves,
            person: u16::try_from(person).unwrap_or(u16::MAX),
            made: 0,
            awaited: vec![0; moving],
            received: Received::default(),
            move_beat: every(scenario.moves, person),
            message_beat: every(per_second, person),
        }
    }

    /// The next thing to send, when its time has come. Safe to cancel.
    pub(crate) async fn due(&mut self) -> Due {
        loop {
            let moves = tokio::select! {
                () = beat(&mut self.move_beat) => true,
                () = beat(&mut self.message_beat) => false,
            };
            if !self.clock.is_loaded() {
                continue;
            }
            let now = self.clock.micros();
            let due = if moves {
                let Some(made) = self.moves.of(self.person, self.made) else { continue };
                made.store(now, Ordering::Relaxed);
                self.made += 1;
                Due::Move { person: self.person, number: self.made - 1 }
            } else {
                Due::Message { text: format!("{now} is when this was said, give or take nothing.") }
            };
            self.received.sent += usize::from(self.clock.is_measured(now));
            return due;
        }
    }

    pub(crate) fn move_arrived(&mut self, person: u16, number: u16) {
        let Some(awaited) = self.awaited.get_mut(usize::from(person)) else { return };
        if person == self.person || number < *awaited {
            return;
        }
        let overtaken = *awaited..=number;
        *awaited = number + 1;
        let now = self.clock.micros();
        for number in overtaken {
            if let Some(made) = self.moves.of(person, number) {
                let made = made.load(Ordering::Relaxed);
                self.arrived(made, now);
            }
        }
    }

    /// A cursor was not shown before this move of it: what came before is no concern of the viewer's,
    /// and how old this one is depends on when it came into view.
    pub(crate) fn came_into_view(&mut self, person: u16, number: u16) {
        let Some(awaited) = self.awaited.get_mut(usize::from(person)) else { return };
        if person != self.person && number >= *awaited {
            *awaited = number + 1;
            self.received.arrived += usize::from(self.clock.is_measured(self.clock.micros()));
        }
    }

    /// A message arrived.
    pub(crate) fn message_arrived(&mut self, text: &str) {
        if let Some(made) = text.split(' ').next().and_then(|made| made.parse().ok()) {
            let now = self.clock.micros();
            self.arrived(made, now);
        }
    }

    pub(crate) fn into_received(self) -> Received {
        self.received
    }

    fn arrived(&mut self, made: u32, now: u32) {
        self.received.arrived += usize::from(self.clock.is_measured(now));
        if self.clock.is_measured(made) {
            self.received.ages.push(now.saturating_sub(made));
        }
    }
}

/// Beats that often a second, each person at a time of their own.
fn every(per_second: f64, person: usize) -> Option<Interval> {
    (per_second > 0.0).then(|| {
        let period = Duration::from_secs_f64(1.0 / per_second);
        // The golden ratio spreads any number of people evenly.
        let offset = period.mul_f64((person as f64 * 0.618_033_988_75).fract());
        let mut interval = interval_at(Instant::now() + offset, period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    })
}

async fn beat(interval: &mut Option<Interval>) {
    match interval {
        Some(interval) => {
            interval.tick().await;
        }
        None => std::future::pending().await,
    }
}
