//! The Socket.IO gateway: programs written for Socket.IO are in the same rooms as everybody else, under the
//! same permission checks and limits. What they hear is taken from the rooms' feeds when they have taken
//! what was sent before, as a WebSocket's session does; docs/socketio.md says what each event means.
//!
//! `socketioxide` speaks the protocol. Around it are a [`Line`] for each connection, which knows how much
//! waits for the client, and a [`session::Session`] for each namespace that the client connects to.
//!
//! It must not know how anything is stored, nor what the pages or Starling's own WebSocket do.

mod chat;
mod events;
mod failure;
mod http;
mod lesson;
mod lesson_socket;
mod line;
mod outlet;
mod said;
mod session;
mod uploads;
mod watching;
mod who;
mod wire;

use axum::Router;
use axum::routing::{any, get};
use socketioxide::ParserConfig;
use socketioxide::SocketIo;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;

use crate::app::App;
pub(crate) use events::is_taken;
pub(crate) use http::belongs_to_a_session;
pub(crate) use line::Lines;
use session::{Namespace, Session};

/// Where Socket.IO clients connect to.
pub(crate) const PATH: &str = "/socket.io/";

/// So many packets may wait in socketioxide. A client has no more than [`outlet::PACKETS`] there for each of
/// the four namespaces, and a ping.
const BUFFER: usize = 4 * outlet::PACKETS + 64;
/// Into how many pieces the binary data of an event may be cut.
const BINARIES: usize = 16;

/// The addresses of the gateway.
pub(crate) fn routes(app: &App) -> Router<App> {
    let engine = engine(app);
    let serve = any(move |state, peer, request| http::serve(engine.clone(), state, peer, request));
    Router::new()
        .route(PATH, serve.clone())
        .route(PATH.trim_end_matches('/'), serve)
        .route("/lesson", get(lesson_socket::upgrade))
}

/// Whether an address is the gateway's.
pub(crate) fn is_path(path: &str) -> bool {
    path == PATH || path == PATH.trim_end_matches('/')
}

fn engine(app: &App) -> http::Engine {
    let bytes = app.config.gateway.socketio_bytes;
    let (engine, io) = SocketIo::builder()
        .ping_interval(app.config.ping_after)
        .ping_timeout(app.config.pong_within)
        .max_payload(bytes as u64)
        .ws_max_message_size(bytes)
        .ws_max_frame_size(bytes)
        .max_buffer_size(BUFFER)
        .with_parser(
            ParserConfig::common()
                .max_incoming_binary_buf_size(bytes)
                .max_incoming_binaries(BINARIES),
        )
        .build_with_inner_svc(http::Nothing);
    for namespace in Namespace::ALL {
        let admit = {
            let app = app.clone();
            async move |socket: SocketRef, TryData(auth): TryData<serde_json::Value>| {
                // What a client says comes before it is connected: it must be heard from here on.
                Session::prepare(app, namespace, socket, auth.unwrap_or_default()).await
            }
        };
        io.ns(namespace.path(), Session::start.with(admit));
    }
    engine
}
