//! Starling's server: rooms, storage, pages and the WebSocket.
//!
//! [`run`] is the whole of it: it takes a bound listener and a future that ends when the server
//! shall stop, so that tests listen on port 0 and stop when they like.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod admin;
mod app;
mod assets;
pub mod config;
mod deadline;
mod drawing;
mod feed;
mod files;
mod gateway;
mod http;
mod hub;
pub mod invitation;
mod listener;
pub mod logs;
mod mail;
mod news;
mod online;
mod password;
mod permission;
mod places;
mod posting;
mod rates;
mod refusal;
mod resume;
mod room;
mod room_task;
mod router;
mod seat;
pub mod secret;
mod serving;
mod setup;
#[cfg(test)]
mod simulation;
mod slug;
mod stopping;
pub mod store;
mod timestamp;
mod turns;
mod uploading;
mod ws;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::assets::Assets;
use crate::config::Config;
use crate::files::{Files, sweeper};
use crate::gateway::Lines;
use crate::http::identity::{Jwt, Tickets};
use crate::hub::Hub;
use crate::news::News;
use crate::online::Online;
use crate::password::Passwords;
use crate::rates::Rates;
use crate::setup::Setup;
use crate::stopping::{Farewell, Stopping};
use crate::store::{Store, StoreOptions};
use crate::turns::Turns;
use crate::ws::{EventSockets, Sockets};

/// How often it is tidied up: what is only kept for speed, and what is left of deleted rooms.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How long the last answers may take on their way, once a server that stops has nothing more to do.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// What `ready` is told.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ready {
    /// The code by which somebody becomes the first administrator, if there is none yet. A secret.
    pub setup_code: Option<String>,
}

/// Opens the data, calls `ready`, and serves until `stop` ends. Then it refuses new requests with 503,
/// finishes the running ones, says goodbye to the clients one after the other, and returns when the
/// last one has gone and the database is closed; at the latest after `drain_within`.
///
/// # Errors
/// When the data folder or the database cannot be used.
pub async fn run(
    listener: TcpListener,
    config: Config,
    ready: impl FnOnce(Ready),
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    config.check().map_err(anyhow::Error::msg)?;
    // Already initialised by another server in this process: just as well.
    let _ = any_spawner::Executor::init_tokio();
    let jwt = Jwt::load(&config.tokens).map_err(anyhow::Error::msg)?.map(Arc::new);
    let options = StoreOptions {
        write_queue: config.write_queue,
        max_pages: config.max_pages,
        reactions: config.reactions(),
        boards: config.board_rules(),
    };
    let (store, writer) = Store::open(&config.data.folder, &options).await?;
    let online = Online::default();
    let news = News::default();
    let hub = Hub::new(&config, store.clone(), online.clone(), news.clone());
    let files = Files::new(&config.data.folder);
    let (waker, sweeper) = sweeper(files.clone(), store.clone(), config.files.uploads_last);
    let announce = hub.announcer();
    let mut writing = writer.start(move |committed| {
        waker.hear(&committed);
        announce(committed);
    })?;
    let (setup, setup_code) = Setup::new(&store).await?;
    let (mail, mailer) = mail::mail(&config, &store).unzip();
    let drain_within = config.drain_within;
    let app = App {
        limits: config.limits(),
        boards: config.board_rules(),
        rates: Arc::new(Rates::new(&config)),
        sockets: Sockets::new(&config.protection),
        event_sockets: EventSockets::default(),
        config: Arc::new(config),
        store: store.clone(),
        turns: Turns::default(),
        files,
        hub: hub.clone(),
        online,
        news,
        lines: Lines::default(),
        passwords: Passwords::new()?,
        mail,
        setup: Arc::new(setup),
        jwt,
        tickets: Tickets::default(),
        assets: Arc::new(Assets::load()),
        sessions: TaskTracker::new(),
        requests: TaskTracker::new(),
        stopping: Stopping::default(),
    };
    let tidying = tokio::spawn(tidy(Arc::clone(&app.rates), app.store.clone()));
    let sweeping = tokio::spawn(sweeper.run());
    let mailing = mailer.map(|mailer| tokio::spawn(mailer.run()));

    let stopping = app.stopping.clone();
    let router = router::router(app.clone());
    let drained = CancellationToken::new();
    // What is left when the server is drained are answers on their way, and connections that nothing
    // runs on.
    let serving = serving::serve(listener, Arc::clone(&app.config), router, drained.clone());
    let draining = tokio::spawn({
        let drained = drained.clone();
        async move {
            stop.await;
            drain(app).await;
            drained.cancel();
        }
    });
    let half_said = async {
        drained.cancelled().await;
        tokio::time::sleep(ANSWERS_WITHIN).await;
    };
    ready(Ready { setup_code });
    let too_long = async {
        stopping.begun().await;
        tokio::time::sleep(drain_within).await;
    };
    tokio::select! {
        () = serving => {}
        // What nobody has finished asking by then is asked of the next server.
        () = half_said => {}
        () = too_long => {
            tracing::warn!("some connections did not end in time");
            // Before the store: what they would still ask of it is asked again after the restart.
            stopping.end();
        }
        _ = &mut writing => bail!("the store's writer has ended"),
    }
    tidying.abort();
    sweeping.abort();
    draining.abort();
    // Whoever waits for a mail that did not set out asks again.
    if let Some(mailing) = mailing {
        mailing.abort();
    }
    hub.close().await;
    // Connections that did not end still hold the store; it is closed all the same.
    store.close().await;
    writing.await.context("the writer failed")?;
    tracing::info!("stopped");
    Ok(())
}

/// Says goodbye to everyone. Who comes meanwhile is still answered, if only with a refusal.
async fn drain(app: App) {
    let connections = app.sessions.len();
    let farewell = Farewell::new(connections, &app.config);
    tracing::info!(connections, over = ?farewell.spread(), "stopping");
    app.stopping.begin(farewell);
    app.requests.close();
    app.sessions.close();
    // The last of the running requests may open one more session.
    app.requests.wait().await;
    app.sessions.wait().await;
}

async fn tidy(rates: Arc<Rates>, store: Store) {
    loop {
        if let Err(error) = store.forget_deleted().await {
            tracing::warn!(%error, "what was deleted is still in the index of words");
        }
        tokio::time::sleep(TIDY_EVERY).await;
        rates.forget_quiet();
    }
}
