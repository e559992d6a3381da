//! Serving connections: they are taken in, have so long for each request, and are let go of when the
//! server stops. What is asked and answered is the router's.

mod patience;

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::listener::{accept, household};
use crate::places::{Place, Places};
use patience::Patient;

/// The most bytes of a request's head; a longer one is answered with 431.
const HEAD_BYTES: usize = 64 * 1024;

/// What somebody with too many connections reads, if they have sent nothing yet: it is written before
/// anything is read, so that it costs nothing.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 10\r\n\
    content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n\
    content-security-policy: default-src 'none'\r\ncontent-length: 61\r\n\r\n\
    Your address has too many connections. Close some and retry.\n";

/// Stands among the extensions of each request: one of the places that its address has for connections.
/// Whoever goes on using the connection after the answer keeps it.
#[derive(Clone)]
pub(crate) struct ConnectionPlace(
    #[expect(dead_code, reason = "it is kept, not looked at")] Option<Arc<Place<IpAddr>>>,
);

/// Takes in connections until `drained`, and returns when the last one has been let go of. An upgraded
/// connection is whoever's asked for it.
pub(crate) async fn serve(
    listener: TcpListener,
    config: Arc<Config>,
    router: Router,
    drained: CancellationToken,
) {
    let places = Places::new(config.protection.connections_per_address);
    let connections = TaskTracker::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = drained.cancelled() => break,
        };
        let is_proxy = config.trusted_proxies.contains(&peer.ip().to_canonical());
        let place = if is_proxy {
            None
        } else {
            match places.take(household(peer.ip().to_canonical())) {
                Some(place) => Some(Arc::new(place)),
                None => {
                    let _ = stream.try_write(TOO_MANY);
                    continue;
                }
            }
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).max_buf_size(HEAD_BYTES);
        // A proxy judges its clients itself, and uses a connection for one after the other.
        http.header_read_timeout((!is_proxy).then_some(config.protection.header_seconds));
        let stream = Patient::new(stream, 2 * config.stall_after);
        let place = ConnectionPlace(place);
        connections.spawn(serve_one(http, stream, peer, place, router.clone(), drained.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn serve_one(
    http: http1::Builder,
    stream: Patient<TcpStream>,
    peer: SocketAddr,
    place: ConnectionPlace,
    router: Router,
    drained: CancellationToken,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(place.clone());
        router.call(request)
    });
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let mut served = tokio::select! {
        served = &mut serving => Some(served),
        () = drained.cancelled() => None,
    };
    if served.is_none() {
        serving.as_mut().graceful_shutdown();
        served = Some(serving.await);
    }
    if let Some(Err(error)) = served {
        tracing::debug!(%peer, %error, "a connection broke or was too slow");
    }
}
