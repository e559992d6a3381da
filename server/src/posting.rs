//! Saying something in a room: the one way, whoever asks.

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use starling_protocol::{MessageBody, MessageId, UserId};

use crate::app::App;
use crate::config::Config;
use crate::permission;
use crate::refusal::Refusal;
use crate::store::{Actor, NewMessage, Posted, RoomId};

/// How fast people may send messages, counted per user.
pub(crate) struct ChatRate {
    limiter: DefaultKeyedRateLimiter<UserId>,
    clock: DefaultClock,
}

impl ChatRate {
    pub(crate) fn new(config: &Config) -> Self {
        let quota = Quota::per_minute(config.chat_per_minute).allow_burst(config.chat_burst);
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), clock: DefaultClock::default() }
    }

    /// Counts one message, or something as costly, of that person.
    pub(crate) fn check(&self, user: UserId) -> Result<(), Refusal> {
        self.limiter
            .check_key(&user)
            .map_err(|not| Refusal::slow_down(not.wait_time_from(self.clock.now())))
    }

    /// Forgets those who have not sent anything for so long that they are back at the start.
    pub(crate) fn forget_quiet(&self) {
        self.limiter.retain_recent();
    }
}

/// Checks a message and hands it to the store, in the order of calls. The future waits until it is
/// stored; dropping it changes nothing.
pub(crate) fn post_message(
    app: &App,
    author: Actor,
    room: RoomId,
    id: MessageId,
    body: &str,
) -> Result<impl Future<Output = Result<Posted, Refusal>> + Send + use<>, Refusal> {
    let body = MessageBody::parse(body, &app.limits)?;
    if let Some(user) = author.user() {
        app.chat_rate.check(user)?;
    }
    let stored = app.store.post(NewMessage { room, id, author, body });
    let app = app.clone();
    Ok(async move {
        match stored.await {
            Ok(posted) => Ok(posted),
            Err(error) => Err(permission::refused(&app, author, room, error).await),
        }
    })
}
