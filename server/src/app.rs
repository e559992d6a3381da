//! What every request can reach.

use std::sync::Arc;

use starling_protocol::Limits;
use tokio_util::task::TaskTracker;

use crate::assets::Assets;
use crate::config::Config;
use crate::files::Files;
use crate::gateway::Lines;
use crate::http::identity::{Jwt, Tickets};
use crate::hub::Hub;
use crate::mail::Mail;
use crate::news::News;
use crate::online::Online;
use crate::password::Passwords;
use crate::rates::Rates;
use crate::setup::Setup;
use crate::stopping::Stopping;
use crate::store::{BoardRules, Store};
use crate::turns::Turns;
use crate::ws::{EventSockets, Sockets};

/// The running server; clones share it.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) limits: Limits,
    pub(crate) boards: BoardRules,
    pub(crate) store: Store,
    /// Sessions take a turn before they read the store, everyone else reads at once.
    pub(crate) turns: Turns,
    /// The bytes of what people send.
    pub(crate) files: Files,
    pub(crate) hub: Hub,
    pub(crate) online: Online,
    /// What concerns more than one room.
    pub(crate) news: News,
    /// The connections of Socket.IO clients.
    pub(crate) lines: Lines,
    pub(crate) passwords: Passwords,
    /// `None` if no mail is configured.
    pub(crate) mail: Option<Mail>,
    pub(crate) setup: Arc<Setup>,
    /// Another site whose people need no account here, if there is one.
    pub(crate) jwt: Option<Arc<Jwt>>,
    pub(crate) tickets: Tickets,
    pub(crate) assets: Arc<Assets>,
    pub(crate) rates: Arc<Rates>,
    /// The connections of each address and each person.
    pub(crate) sockets: Sockets,
    /// The connections that frames are posted to.
    pub(crate) event_sockets: EventSockets,
    /// All sessions, so that stopping can wait for them.
    pub(crate) sessions: TaskTracker,
    /// All requests that are not answered yet, for the same reason.
    pub(crate) requests: TaskTracker,
    pub(crate) stopping: Stopping,
}
