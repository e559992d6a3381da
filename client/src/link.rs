//! When to connect, when to wait and when to give a connection up. Knows no events.

use std::mem;

use rand::Rng;
use rand::rngs::SmallRng;
use starling_protocol::{CloseReason, ComesBack};

mod carrier;
#[cfg(test)]
mod tests;

pub use carrier::{Carrier, Obstacle};

use carrier::Roads;

/// Milliseconds of the caller's monotonic clock.
pub type Millis = u64;

/// The first try after a loss comes within this time, so that a thousand clients of a restarted
/// server do not come at once.
const FIRST_SPREAD: Millis = 3_000;
const LONGEST_WAIT: Millis = 30_000;
const STABLE_AFTER: Millis = 5_000;
const CONNECT_WITHIN: Millis = 10_000;

/// Who looks at a page again need not wait longer to know whether its connection lives.
const ANSWER_WITHIN: Millis = 1_000;
/// What ends so soon after waking had ended before, or was about to: that is one client's waking and
/// no server's end, and needs no spread.
const WAKING: Millis = 5_000;
/// However often somebody wakes, they try no more often than this.
const TRY_EVERY: Millis = 1_000;

/// How the connection is, for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The first try is under way.
    Connecting,
    /// Events flow.
    Online,
    /// The connection was lost or could not be made; the next try starts at that time, or is under
    /// way if it has passed.
    Reconnecting {
        /// When.
        at: Millis,
    },
    /// The machine says that it has no network. It is tried all the same, now and then: the server may
    /// be on this very machine, or the machine wrong.
    Offline,
    /// The server does not want this client back; the person has to do something.
    Ended {
        /// Why.
        reason: CloseReason,
    },
}

/// What the link wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkAction {
    Connect(Carrier),
    Ping,
    GiveUp,
}

#[derive(Debug)]
enum State {
    Idle,
    Connecting {
        since: Millis,
        carrier: Carrier,
    },
    /// A ping was sent if there is a time to `answer_by`.
    Open {
        since: Millis,
        heard: Millis,
        answer_by: Option<Millis>,
    },
    /// The server `asked` for this time, or it is our own choice.
    Waiting {
        until: Millis,
        asked: bool,
    },
    Ended {
        reason: CloseReason,
    },
}

/// The life of the connection.
#[derive(Debug)]
pub(crate) struct Link {
    state: State,
    rng: SmallRng,
    roads: Roads,
    asks: bool,
    failures: u32,
    closed_before: bool,
    offline: bool,
    announced_wait: Option<Millis>,
    /// When the last try began, until its connection has proved stable.
    tried: Option<Millis>,
    /// When we woke, until a try has come of it.
    woke: Option<Millis>,
    ping_after: Millis,
    pong_within: Millis,
}

impl Link {
    pub(crate) fn new(rng: SmallRng) -> Self {
        Self {
            state: State::Idle,
            rng,
            roads: Roads::new(),
            asks: false,
            failures: 0,
            closed_before: false,
            offline: false,
            announced_wait: None,
            tried: None,
            woke: None,
            ping_after: 25_000,
            pong_within: 8_000,
        }
    }

    pub(crate) fn connection(&self) -> Connection {
        match self.state {
            State::Open { .. } => Connection::Online,
            State::Ended { reason } => Connection::Ended { reason },
            _ if self.offline => Connection::Offline,
            State::Idle => Connection::Connecting,
            State::Connecting { .. } if !self.closed_before => Connection::Connecting,
            State::Connecting { since, .. } => Connection::Reconnecting { at: since },
            State::Waiting { until, .. } => Connection::Reconnecting { at: until },
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    pub(crate) fn start(&mut self, now: Millis) -> Option<LinkAction> {
        matches!(self.state, State::Idle | State::Waiting { .. }).then(|| {
            let carrier = self.roads.next(now);
            self.state = State::Connecting { since: now, carrier };
            self.tried = Some(now);
            self.woke = None;
            LinkAction::Connect(carrier)
        })
    }

    /// Its owner wants no connection any more, until it starts again.
    pub(crate) fn stop(&mut self) {
        self.state = State::Idle;
        self.asks = false;
        self.announced_wait = None;
    }

    /// The server greeted us.
    pub(crate) fn greeted(&mut self, now: Millis, ping_after: Millis, pong_within: Millis) {
        if let State::Connecting { carrier, .. } = self.state {
            self.roads.greeted(carrier);
        }
        self.state = State::Open { since: now, heard: now, answer_by: None };
        self.offline = false;
        self.announced_wait = None;
        self.ping_after = ping_after;
        self.pong_within = pong_within;
    }

    pub(crate) fn heard(&mut self, now: Millis) {
        if let State::Open { heard, answer_by, .. } = &mut self.state {
            *heard = now;
            *answer_by = None;
        }
    }

    /// The server said when to come back, before it closes.
    pub(crate) fn announced(&mut self, wait: Millis) {
        self.announced_wait = Some(wait);
    }

    /// The connection ended, or did not come about.
    pub(crate) fn closed(&mut self, now: Millis, code: Option<u16>) {
        // Whoever names a reason was reached.
        let is_reached = code.and_then(CloseReason::from_code).is_some();
        let mut turns = false;
        if let State::Connecting { since, carrier } = self.state
            && !is_reached
        {
            turns = self.roads.failed(carrier, since, now);
            self.asks = true;
        }
        self.ended(now, code);
        if turns {
            self.hasten(now);
        }
    }

    /// Whether it has to be found out if the server answers over plain HTTP; said once.
    pub(crate) fn take_asks(&mut self) -> bool {
        mem::take(&mut self.asks)
    }

    /// The server answers over plain HTTP, or does not.
    pub(crate) fn answered(&mut self, now: Millis, answers: bool) -> Option<LinkAction> {
        self.roads.answered(now, answers);
        if self.roads.is_put_to_the_test() {
            self.hasten(now);
        }
        self.timer(now)
    }

    /// What keeps it from the server, while it has no connection.
    pub(crate) fn obstacle(&self) -> Option<Obstacle> {
        self.roads.obstacle()
    }

    /// Brings the next try forward, if it is our own choice when that is.
    fn hasten(&mut self, now: Millis) {
        let at = self.soonest_try(now);
        if let State::Waiting { until, asked: false } = &mut self.state {
            *until = at.min(*until);
        }
    }

    fn ended(&mut self, now: Millis, code: Option<u16>) {
        if !matches!(self.state, State::Connecting { .. } | State::Open { .. }) {
            return;
        }
        // A server that greets and then fails is no better than one that does not answer.
        if matches!(self.state, State::Open { since, .. } if now >= since + STABLE_AFTER) {
            self.failures = 0;
            self.tried = None;
        }
        self.closed_before = true;
        self.state = match code.and_then(CloseReason::from_code) {
            Some(reason) if reason.comes_back() == ComesBack::NotByItself => {
                State::Ended { reason }
            }
            _ => self.wait(now),
        };
    }

    /// The machine's network came or went.
    pub(crate) fn network(&mut self, now: Millis, online: bool) -> Option<LinkAction> {
        self.offline = !online;
        match self.state {
            _ if online => self.woken(now),
            State::Open { .. } | State::Connecting { .. } => {
                self.woke = None;
                self.ended(now, None);
                Some(LinkAction::GiveUp)
            }
            _ => None,
        }
    }

    /// Somebody looks again at what was hidden, frozen or asleep. Meanwhile the connection may have
    /// ended without our knowing, and so may its timers.
    pub(crate) fn woken(&mut self, now: Millis) -> Option<LinkAction> {
        self.woke = Some(now);
        match self.state {
            State::Waiting { asked: false, .. } => {
                self.hasten(now);
                self.timer(now)
            }
            // The server has most likely given up whom it heard nothing from for so long. Not surely: a
            // browser answers pings in the name of a page that it froze.
            State::Open { heard, .. }
                if now > heard.saturating_add(self.ping_after).saturating_add(self.pong_within) =>
            {
                self.ended(now, None);
                Some(LinkAction::GiveUp)
            }
            // It began on a network that may be gone, and would hang on until its time is over.
            State::Connecting { since, .. } if now >= since + TRY_EVERY => {
                self.ended(now, None);
                Some(LinkAction::GiveUp)
            }
            State::Open { answer_by, .. } => {
                let within = now + ANSWER_WITHIN;
                self.answer_by(answer_by.map_or(within, |before| before.min(within)));
                answer_by.is_none().then_some(LinkAction::Ping)
            }
            _ => self.timer(now),
        }
    }

    pub(crate) fn next_timer(&self) -> Option<Millis> {
        match self.state {
            State::Connecting { since, .. } => Some(since + CONNECT_WITHIN),
            State::Open { answer_by: Some(answer_by), .. } => Some(answer_by),
            State::Open { heard, answer_by: None, .. } => {
                Some(heard.saturating_add(self.ping_after))
            }
            State::Waiting { until, .. } => Some(until),
            State::Idle | State::Ended { .. } => None,
        }
    }

    pub(crate) fn timer(&mut self, now: Millis) -> Option<LinkAction> {
        if self.next_timer().is_none_or(|due| now < due) {
            return None;
        }
        match &self.state {
            State::Open { answer_by: None, .. } => {
                self.answer_by(now.saturating_add(self.pong_within));
                Some(LinkAction::Ping)
            }
            State::Open { .. } | State::Connecting { .. } => {
                self.closed(now, None);
                Some(LinkAction::GiveUp)
            }
            State::Waiting { .. } => self.start(now),
            State::Idle | State::Ended { .. } => None,
        }
    }

    fn answer_by(&mut self, at: Millis) {
        if let State::Open { answer_by, .. } = &mut self.state {
            *answer_by = Some(at);
        }
    }

    /// When a try that nobody asked us to delay may begin.
    fn soonest_try(&self, now: Millis) -> Millis {
        self.tried.map_or(now, |tried| now.max(tried + TRY_EVERY))
    }

    fn wait(&mut self, now: Millis) -> State {
        if let Some(wait) = self.announced_wait.take() {
            return State::Waiting { until: now.saturating_add(wait), asked: true };
        }
        if self.woke.take().is_some_and(|woke| now <= woke + WAKING) {
            return State::Waiting { until: self.soonest_try(now), asked: false };
        }
        // Full jitter, after
        // <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>.
        let ceiling = FIRST_SPREAD.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        self.failures += 1;
        State::Waiting { until: now + self.rng.random_range(0..=ceiling), asked: false }
    }
}
