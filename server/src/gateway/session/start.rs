//! How a session begins: while the client connects, all that it may say is made ready, and once it is
//! connected the session runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::stream::FuturesOrdered;
use governor::clock::DefaultClock;
use governor::{DefaultDirectRateLimiter, Quota};
use parking_lot::Mutex;
use serde_json::Value;
use socketioxide::extract::SocketRef;
use socketioxide::socket::DisconnectReason;
use tokio::sync::watch;
use tokio_stream::StreamMap;

use super::credential::operates;
use super::directs::Conversations;
use super::{Session, per_second};
use crate::app::App;
use crate::gateway::line::Line;
use crate::gateway::outlet::Outlet;
use crate::gateway::said::{Hearing, Inlet, Unread};
use crate::gateway::watching::Watching;
use crate::gateway::who::{self, Rejected};
use crate::http::identity::Identity;
use crate::places::Place;

/// What a client connects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum Namespace {
    /// The default one: what first lessons teach.
    Lesson,
    /// Rooms, messages, typing, cursors.
    Chat,
    /// What administrators watch.
    Admin,
    /// What concerns one person.
    Notifications,
}

impl Namespace {
    pub(in crate::gateway) const ALL: [Self; 4] =
        [Self::Lesson, Self::Chat, Self::Admin, Self::Notifications];

    pub(in crate::gateway) const fn path(self) -> &'static str {
        match self {
            Self::Lesson => "/",
            Self::Chat => "/chat",
            Self::Admin => "/admin",
            Self::Notifications => "/notifications",
        }
    }
}

/// Whether the client has gone, and meant to.
pub(super) struct Gone {
    how: watch::Sender<Option<bool>>,
}

impl Gone {
    /// Waits until it has gone; says whether it meant to.
    pub(super) async fn wait(&self) -> bool {
        let mut how = self.how.subscribe();
        // Its sender is here, so that this cannot fail.
        how.wait_for(Option::is_some).await.ok().and_then(|how| *how).unwrap_or_default()
    }
}

/// What a session starts with.
struct Ready {
    app: App,
    namespace: Namespace,
    identity: Identity,
    place: Place<starling_protocol::UserId>,
    line: Arc<Line>,
    hearing: Hearing,
    gone: Arc<Gone>,
}

/// It is kept with the socket until that is connected.
#[derive(Clone)]
struct Waiting(Arc<Mutex<Option<Ready>>>);

impl Session {
    /// Lets a client in, or not, and listens to it from now on.
    ///
    /// # Errors
    /// What its `connect_error` says.
    pub(in crate::gateway) async fn prepare(
        app: App,
        namespace: Namespace,
        socket: SocketRef,
        auth: Value,
    ) -> Result<(), Rejected> {
        let request = socket.req_parts();
        let Some(line) = request.extensions.get::<Arc<Line>>().cloned() else {
            return Err(Rejected::Unauthorized);
        };
        if app.stopping.farewell().is_some() {
            return Err(Rejected::Because(super::GOODBYE.to_owned()));
        }
        let identity = who::identify(&app, &line, &request.headers, &auth).await?;
        if namespace == Namespace::Admin && !operates(&app, &identity).await? {
            return Err(Rejected::Unauthorized);
        }
        let Some(place) = app.sockets.take_user(identity.user.id) else {
            return Err(Rejected::Because("You have too many connections.".to_owned()));
        };
        let (inlet, hearing) = Inlet::new(Arc::clone(&line));
        let gone = Arc::new(Gone { how: watch::Sender::new(None) });
        // What is said is put into its queue before the next is read: the futures do nothing.
        socket.on_fallback(move |said: Unread| {
            inlet.put(said);
            std::future::ready(())
        });
        let left = Arc::clone(&gone);
        socket.on_disconnect(move |reason: DisconnectReason| {
            let on_purpose = reason == DisconnectReason::ClientNSDisconnect;
            left.how.send_replace(Some(on_purpose));
            std::future::ready(())
        });
        let ready = Ready { app, namespace, identity, place, line, hearing, gone };
        socket.extensions.insert(Waiting(Arc::new(Mutex::new(Some(ready)))));
        Ok(())
    }

    /// Runs the session of a client that is connected now.
    pub(in crate::gateway) async fn start(socket: SocketRef) {
        let waiting = socket.extensions.remove::<Waiting>();
        if let Some(ready) = waiting.and_then(|waiting| waiting.0.lock().take()) {
            Self::new(ready, socket).run().await;
        }
    }

    fn new(ready: Ready, socket: SocketRef) -> Self {
        let Ready { app, namespace, identity, place, line, hearing, gone } = ready;
        line.enter();
        let user = identity.user.clone();
        let known = (namespace == Namespace::Chat).then(|| app.news.enter(user.clone()));
        let config = &app.config;
        Self {
            actor: identity.actor(),
            credential: identity.credential,
            look_again_at: None,
            online: app.online.enter(user.id),
            _known: known,
            _place: place,
            _running: app.sessions.token(),
            progress: line.progress(),
            outlet: Outlet::new(socket, Arc::clone(&line), config.gateway.socketio_waiting),
            hearing,
            gone,
            rooms: BTreeMap::new(),
            called: HashMap::new(),
            news: StreamMap::new(),
            bulletins: app.news.listen(),
            watching: (namespace == Namespace::Admin).then(|| Watching::new(&app)),
            answers: FuturesOrdered::new(),
            held: Vec::new(),
            rate: per_second(config.frames_per_second),
            cursor_rate: per_second(config.cursors_per_second),
            patience: DefaultDirectRateLimiter::direct(Quota::per_minute(
                config.protection.refusals_per_minute,
            )),
            tried_too_much: false,
            told_gone: Vec::new(),
            conversations: Conversations::default(),
            handle: None,
            clock: DefaultClock::default(),
            read_again: None,
            stalled_since: None,
            goodbye: None,
            user,
            namespace,
            line,
            app,
        }
    }
}
