//! When to connect, when to wait and when to give a connection up. Knows no events.

use rand::Rng;
use rand::rngs::SmallRng;
use starling_protocol::{CloseReason, ComesBack};

/// Milliseconds of the caller's monotonic clock.
pub type Millis = u64;

/// The first try after a loss comes within this time, so that a thousand clients of a restarted
/// server do not come at once.
const FIRST_SPREAD: Millis = 3_000;
const LONGEST_WAIT: Millis = 30_000;
const STABLE_AFTER: Millis = 5_000;
const CONNECT_WITHIN: Millis = 10_000;

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
    Connect,
    Ping,
    GiveUp,
}

#[derive(Debug)]
enum State {
    Idle,
    Connecting { since: Millis },
    Open { since: Millis, heard: Millis, pinged: Option<Millis> },
    Waiting { until: Millis },
    Ended { reason: CloseReason },
}

/// The life of the connection.
#[derive(Debug)]
pub(crate) struct Link {
    state: State,
    rng: SmallRng,
    failures: u32,
    closed_before: bool,
    offline: bool,
    announced_wait: Option<Millis>,
    ping_after: Millis,
    pong_within: Millis,
}

impl Link {
    pub(crate) fn new(rng: SmallRng) -> Self {
        Self {
            state: State::Idle,
            rng,
            failures: 0,
            closed_before: false,
            offline: false,
            announced_wait: None,
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
            State::Connecting { since } => Connection::Reconnecting { at: since },
            State::Waiting { until } => Connection::Reconnecting { at: until },
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    pub(crate) fn start(&mut self, now: Millis) -> Option<LinkAction> {
        matches!(self.state, State::Idle | State::Waiting { .. }).then(|| {
            self.state = State::Connecting { since: now };
            LinkAction::Connect
        })
    }

    /// The server greeted us.
    pub(crate) fn greeted(&mut self, now: Millis, ping_after: Millis, pong_within: Millis) {
        self.state = State::Open { since: now, heard: now, pinged: None };
        self.offline = false;
        self.announced_wait = None;
        self.ping_after = ping_after;
        self.pong_within = pong_within;
    }

    pub(crate) fn heard(&mut self, now: Millis) {
        if let State::Open { heard, pinged, .. } = &mut self.state {
            *heard = now;
            *pinged = None;
        }
    }

    /// The server said when to come back, before it closes.
    pub(crate) fn announced(&mut self, wait: Millis) {
        self.announced_wait = Some(wait);
    }

    pub(crate) fn closed(&mut self, now: Millis, code: Option<u16>) {
        if !matches!(self.state, State::Connecting { .. } | State::Open { .. }) {
            return;
        }
        // A server that greets and then fails is no better than one that does not answer.
        if matches!(self.state, State::Open { since, .. } if now >= since + STABLE_AFTER) {
            self.failures = 0;
        }
        self.closed_before = true;
        self.state = match code.and_then(CloseReason::from_code) {
            Some(reason) if reason.comes_back() == ComesBack::NotByItself => {
                State::Ended { reason }
            }
            _ => State::Waiting { until: now + self.wait() },
        };
    }

    /// The machine's network came or went.
    pub(crate) fn network(&mut self, now: Millis, online: bool) -> Option<LinkAction> {
        self.offline = !online;
        match (online, &self.state) {
            (true, State::Waiting { .. }) => {
                self.state = State::Waiting { until: now };
                self.start(now)
            }
            // After a sleep the connection may be dead without knowing: the pong will tell.
            (true, State::Open { pinged: None, .. }) => {
                self.ping(now);
                Some(LinkAction::Ping)
            }
            (false, State::Open { .. } | State::Connecting { .. }) => {
                self.closed(now, None);
                Some(LinkAction::GiveUp)
            }
            _ => None,
        }
    }

    pub(crate) fn next_timer(&self) -> Option<Millis> {
        match self.state {
            State::Connecting { since } => Some(since + CONNECT_WITHIN),
            State::Open { pinged: Some(pinged), .. } => Some(pinged + self.pong_within),
            State::Open { heard, pinged: None, .. } => Some(heard + self.ping_after),
            State::Waiting { until } => Some(until),
            State::Idle | State::Ended { .. } => None,
        }
    }

    pub(crate) fn timer(&mut self, now: Millis) -> Option<LinkAction> {
        if self.next_timer().is_none_or(|due| now < due) {
            return None;
        }
        match &self.state {
            State::Open { pinged: None, .. } => {
                self.ping(now);
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

    fn ping(&mut self, now: Millis) {
        if let State::Open { pinged, .. } = &mut self.state {
            *pinged = Some(now);
        }
    }

    /// Full jitter, after <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>.
    fn wait(&mut self) -> Millis {
        if let Some(wait) = self.announced_wait.take() {
            return wait;
        }
        let ceiling = FIRST_SPREAD.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        self.failures += 1;
        self.rng.random_range(0..=ceiling)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn link() -> Link {
        Link::new(SmallRng::seed_from_u64(1))
    }

    #[test]
    fn waits_grow_to_half_a_minute_and_never_end() {
        let mut link = link();
        let mut now = 0;
        link.start(now);
        for failure in 0..100 {
            link.closed(now, Some(1006));
            let Connection::Reconnecting { at } = link.connection() else { panic!("not waiting") };
            assert!(at - now <= if failure == 0 { FIRST_SPREAD } else { LONGEST_WAIT });
            now = at;
            assert_eq!(link.timer(now), Some(LinkAction::Connect));
        }
    }

    #[test]
    fn a_silent_server_is_pinged_and_then_given_up() {
        let mut link = link();
        link.start(0);
        link.greeted(0, 25_000, 8_000);
        assert_eq!(link.timer(24_999), None);
        assert_eq!(link.timer(25_000), Some(LinkAction::Ping));
        assert_eq!(link.timer(32_999), None);
        assert_eq!(link.timer(33_000), Some(LinkAction::GiveUp));
        assert!(matches!(link.connection(), Connection::Reconnecting { .. }));
    }

    #[test]
    fn who_wakes_asks_whether_the_connection_lives() {
        let mut link = link();
        link.start(0);
        link.greeted(0, 25_000, 8_000);
        assert_eq!(link.network(10_000, true), Some(LinkAction::Ping));
        assert_eq!(link.next_timer(), Some(18_000));
        assert_eq!(link.network(10_001, true), None, "it was asked already");
    }

    #[test]
    fn a_server_that_greets_and_fails_is_not_hammered() {
        let mut link = link();
        let mut longest = 0;
        let mut now = 0;
        link.start(now);
        for _ in 0..20 {
            link.greeted(now, 25_000, 8_000);
            link.closed(now + 1, Some(1011));
            let Connection::Reconnecting { at } = link.connection() else { panic!("not waiting") };
            longest = longest.max(at - now);
            now = at;
            link.timer(now);
        }
        assert!(longest > FIRST_SPREAD, "the waits did not grow");
        link.greeted(now, 25_000, 8_000);
        link.closed(now + STABLE_AFTER, Some(1006));
        let Connection::Reconnecting { at } = link.connection() else { panic!("not waiting") };
        assert!(at - now - STABLE_AFTER <= FIRST_SPREAD);
    }

    #[test]
    fn an_answered_ping_keeps_the_connection() {
        let mut link = link();
        link.start(0);
        link.greeted(0, 25_000, 8_000);
        link.timer(25_000);
        link.heard(26_000);
        assert_eq!(link.next_timer(), Some(51_000));
    }

    #[test]
    fn a_server_that_says_when_is_believed() {
        let mut link = link();
        link.start(0);
        link.greeted(0, 25_000, 8_000);
        link.announced(4_321);
        link.closed(100, Some(1012));
        assert_eq!(link.connection(), Connection::Reconnecting { at: 4_421 });
    }

    #[test]
    fn without_an_identity_there_is_no_way_back() {
        let mut link = link();
        link.start(0);
        link.closed(1, Some(CloseReason::NoIdentity.code()));
        assert_eq!(link.connection(), Connection::Ended { reason: CloseReason::NoIdentity });
        assert_eq!(link.next_timer(), None);
        assert_eq!(link.network(2, true), None);
    }

    #[test]
    fn the_network_coming_back_is_a_reason_to_try_at_once() {
        let mut link = link();
        link.start(0);
        link.greeted(0, 25_000, 8_000);
        assert_eq!(link.network(5, false), Some(LinkAction::GiveUp));
        assert_eq!(link.connection(), Connection::Offline);
        link.closed(6, Some(1006));
        assert_eq!(link.connection(), Connection::Offline);
        assert_eq!(link.network(7, true), Some(LinkAction::Connect));
        assert_eq!(link.connection(), Connection::Reconnecting { at: 7 });
    }

    #[test]
    fn a_machine_that_is_wrong_about_its_network_finds_the_way_back() {
        let mut link = link();
        link.start(0);
        link.greeted(0, 25_000, 8_000);
        link.network(5, false);
        let due = link.next_timer().unwrap();
        assert!(due <= 5 + FIRST_SPREAD);
        assert_eq!(link.timer(due), Some(LinkAction::Connect));
        assert_eq!(link.connection(), Connection::Offline);
        link.greeted(due, 25_000, 8_000);
        assert_eq!(link.connection(), Connection::Online);
    }
}
