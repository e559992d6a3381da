//! Over what to connect: a WebSocket, or, where a network lets pages through and no WebSockets, events and
//! posts. It is a guess of what failed and what answered. Knows no events and opens nothing.

use super::Millis;

/// What a connection is made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A WebSocket.
    WebSocket,
    /// Server-sent events down and posts up: `GET /events`.
    Events,
}

/// What keeps the client from its server, as far as it can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The server answers, but neither carrier gets through.
    Blocked,
    /// The server does not answer.
    Silent,
}

/// After so long without it, a client that has to connect anew tries a WebSocket again.
const TRY_WEBSOCKET_AFTER: Millis = 10 * 60 * 1_000;

#[derive(Debug)]
enum WebSockets {
    /// Nothing speaks against them.
    Pass,
    /// One did not open. Since when the server is known to answer all the same, if it does.
    Doubted { answers_since: Option<Millis> },
    /// The server answered, and one that was begun after that did not open.
    Blocked { until: Millis },
}

/// What failed and what answered so far.
#[derive(Debug)]
pub(super) struct Roads {
    websockets: WebSockets,
    /// What the server was asked last, if it has not greeted since.
    answers: Option<bool>,
    /// Whether events failed since the last greeting.
    events_failed: bool,
}

impl Roads {
    pub(super) fn new() -> Self {
        Self { websockets: WebSockets::Pass, answers: None, events_failed: false }
    }

    /// Over what a try goes that begins now.
    pub(super) fn next(&self, now: Millis) -> Carrier {
        match self.websockets {
            WebSockets::Blocked { until } if now < until => Carrier::Events,
            _ => Carrier::WebSocket,
        }
    }

    /// A try that began then came to nothing. True if another one shall follow at once, over another road.
    pub(super) fn failed(&mut self, carrier: Carrier, began: Millis, now: Millis) -> bool {
        let blocked = WebSockets::Blocked { until: now.saturating_add(TRY_WEBSOCKET_AFTER) };
        match (carrier, &self.websockets) {
            (Carrier::WebSocket, WebSockets::Pass) => {
                self.websockets = WebSockets::Doubted { answers_since: None };
                false
            }
            (Carrier::WebSocket, WebSockets::Doubted { answers_since }) => {
                let turns = answers_since.is_some_and(|since| began >= since);
                if turns {
                    self.websockets = blocked;
                }
                turns
            }
            (Carrier::WebSocket, WebSockets::Blocked { .. }) => {
                self.websockets = blocked;
                true
            }
            // The server may be away, or the network another one: from now on they take turns.
            (Carrier::Events, _) => {
                self.events_failed = true;
                self.websockets = WebSockets::Blocked { until: now };
                false
            }
        }
    }

    /// The server was asked over plain HTTP, and answered or not.
    pub(super) fn answered(&mut self, now: Millis, answers: bool) {
        self.answers = Some(answers);
        if let WebSockets::Doubted { answers_since } = &mut self.websockets {
            *answers_since = answers.then_some(answers_since.unwrap_or(now));
        }
    }

    /// Whether a try that begins now would show that WebSockets are blocked, if it fails.
    pub(super) fn is_put_to_the_test(&self) -> bool {
        matches!(self.websockets, WebSockets::Doubted { answers_since: Some(_) })
    }

    pub(super) fn greeted(&mut self, carrier: Carrier) {
        if carrier == Carrier::WebSocket {
            self.websockets = WebSockets::Pass;
        }
        self.answers = None;
        self.events_failed = false;
    }

    pub(super) fn obstacle(&self) -> Option<Obstacle> {
        match self.answers? {
            true => self.events_failed.then_some(Obstacle::Blocked),
            false => Some(Obstacle::Silent),
        }
    }
}
