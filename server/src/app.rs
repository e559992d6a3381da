//! What every request can reach.

use std::sync::Arc;
use std::time::Duration;

use starling_protocol::Limits;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assets::Assets;
use crate::config::Config;
use crate::hub::Hub;
use crate::online::Online;
use crate::posting::ChatRate;
use crate::store::Store;

/// The running server; clones share it.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) limits: Limits,
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) online: Online,
    pub(crate) assets: Arc<Assets>,
    pub(crate) chat_rate: Arc<ChatRate>,
    /// All sessions, so that stopping can wait for them.
    pub(crate) sessions: TaskTracker,
    /// Says that the server stops.
    pub(crate) stop: CancellationToken,
}

/// How many clients a restarted server is glad to greet in a second.
const GREETED_PER_SECOND: usize = 500;

impl App {
    /// Over how long the clients are told to spread their return.
    pub(crate) fn goodbye_spread(&self) -> Duration {
        let seconds = self.sessions.len().div_ceil(GREETED_PER_SECOND) as u64;
        Duration::from_secs(seconds.max(1)).min(self.config.drain_within)
    }
}
