//! Starling's server: rooms, storage, pages and the WebSocket.
//!
//! [`run`] is the whole of it: it takes a bound listener and a future that ends when the server
//! shall stop, so that tests listen on port 0 and stop when they like.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod app;
mod assets;
pub mod config;
mod feed;
mod http;
mod hub;
mod listener;
mod online;
mod permission;
mod posting;
mod refusal;
mod resume;
mod room;
mod room_task;
mod router;
#[cfg(test)]
mod simulation;
mod slug;
pub mod store;
mod ws;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::assets::Assets;
use crate::config::Config;
use crate::hub::Hub;
use crate::listener::without_delay;
use crate::online::Online;
use crate::posting::ChatRate;
use crate::store::{Store, StoreOptions};

/// How often what is only kept for speed is tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// Opens the data, calls `ready`, and serves until `stop` ends; then says goodbye to the clients, and
/// returns when all that was acked is stored and the database is closed.
///
/// # Errors
/// When the data folder or the database cannot be used, or the listener fails.
pub async fn run(
    listener: TcpListener,
    config: Config,
    ready: impl FnOnce(),
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    config.check().map_err(anyhow::Error::msg)?;
    // Already initialised by another server in this process: just as well.
    let _ = any_spawner::Executor::init_tokio();
    let options = StoreOptions { write_queue: config.write_queue, max_pages: config.max_pages };
    let (store, writer) = Store::open(&config.data.folder, &options).await?;
    let hub = Hub::new(&config, store.clone());
    let mut writing = tokio::spawn(writer.run(hub.announcer()));
    let drain_within = config.drain_within;
    let app = App {
        limits: config.limits(),
        chat_rate: Arc::new(ChatRate::new(&config)),
        config: Arc::new(config),
        store: store.clone(),
        hub: hub.clone(),
        online: Online::default(),
        assets: Arc::new(Assets::load()),
        sessions: TaskTracker::new(),
        stop: CancellationToken::new(),
    };
    let tidying = tokio::spawn(tidy(Arc::clone(&app.chat_rate)));

    let (stopping, sessions) = (app.stop.clone(), app.sessions.clone());
    let service = router::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(without_delay(listener), service).with_graceful_shutdown({
        let stopping = stopping.clone();
        async move {
            stop.await;
            tracing::info!("stopping");
            stopping.cancel();
        }
    });
    sessions.close();
    ready();
    let served = async {
        serving.await.context("the listener failed")?;
        sessions.wait().await;
        anyhow::Ok(())
    };
    let too_long = async {
        stopping.cancelled().await;
        tokio::time::sleep(drain_within).await;
    };
    tokio::select! {
        served = served => served?,
        () = too_long => tracing::warn!("some connections did not end in time"),
        _ = &mut writing => bail!("the store's writer has ended"),
    }
    tidying.abort();
    hub.close().await;
    // Connections that did not end still hold the store; it is closed all the same.
    store.close().await;
    writing.await.context("the writer failed")?;
    tracing::info!("stopped");
    Ok(())
}

async fn tidy(chat_rate: Arc<ChatRate>) {
    loop {
        tokio::time::sleep(TIDY_EVERY).await;
        chat_rate.forget_quiet();
    }
}
