//! What every request can reach.

use std::sync::Arc;

use starling_protocol::Limits;
use tokio_util::task::TaskTracker;

use crate::assets::Assets;
use crate::config::Config;
use crate::http::identity::{Jwt, Tickets};
use crate::hub::Hub;
use crate::online::Online;
use crate::posting::ChatRate;
use crate::stopping::Stopping;
use crate::store::Store;
use crate::turns::Turns;

/// The running server; clones share it.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) limits: Limits,
    pub(crate) store: Store,
    /// Sessions take a turn before they read the store, everyone else reads at once.
    pub(crate) turns: Turns,
    pub(crate) hub: Hub,
    pub(crate) online: Online,
    /// Another site whose people need no account here, if there is one.
    pub(crate) jwt: Option<Arc<Jwt>>,
    pub(crate) tickets: Tickets,
    pub(crate) assets: Arc<Assets>,
    pub(crate) chat_rate: Arc<ChatRate>,
    /// All sessions, so that stopping can wait for them.
    pub(crate) sessions: TaskTracker,
    /// All requests that are not answered yet, for the same reason.
    pub(crate) requests: TaskTracker,
    pub(crate) stopping: Stopping,
}
