//! The requests of Socket.IO clients: where they may come from, how many there may be, and what of their
//! answers has been taken.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use socketioxide::service::SocketIoService;
use starling_protocol::ErrorCode;
use tokio::time::timeout;

use super::line::Line;
use super::wire::Wire;
use crate::app::App;
use crate::http::body;
use crate::http::caller::Caller;
use crate::http::origin::{self, Shown};
use crate::http::query;
use crate::listener::client_address;
use crate::refusal::Refusal;
use crate::serving::ConnectionPlace;
use crate::ws;

/// What speaks the protocol.
pub(super) type Engine = SocketIoService<Nothing>;

/// What stands behind it, as it is asked only what it answers itself.
#[derive(Clone)]
pub(super) struct Nothing;

impl Service<Request> for Nothing {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn call(&self, _: Request) -> Self::Future {
        ready(Ok(StatusCode::NOT_FOUND.into_response()))
    }
}

/// Longer than any answer to a client's first request.
const OPENING_BYTES: usize = 4 * 1_024;

pub(super) async fn serve(
    engine: Engine,
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    // Cookies count only for our own pages, so everyone else is asked as with a token.
    if let Err(refusal) = origin::check(&app.config, request.headers(), Shown::Token) {
        return refusal.plain();
    }
    dispatch(engine, app, peer, request).await.unwrap_or_else(|refusal| refusal.plain())
}

/// Whether a request is of a session that is there already.
pub(crate) fn belongs_to_a_session(request: &Request) -> bool {
    super::is_path(request.uri().path()) && query::value(request.uri(), "sid").is_some()
}

async fn dispatch(
    engine: Engine,
    app: App,
    peer: SocketAddr,
    mut request: Request,
) -> Result<Response, Refusal> {
    let is_socket = query::value(request.uri(), "transport") == Some("websocket");
    let sid = query::value(request.uri(), "sid").map(str::to_owned);
    let line = match &sid {
        Some(sid) => app.lines.get(sid),
        None => {
            let line = open(&app, peer, &request)?;
            request.extensions_mut().insert(Arc::clone(&line));
            Some(line)
        }
    };
    if is_socket {
        return Ok(match line {
            Some(line) => upgrade(&engine, app, line, request),
            None => unknown_session(),
        });
    }
    if let (Some(_), Some(line), &Method::POST) = (&sid, &line, request.method()) {
        return post(&engine, &app, line, request).await;
    }
    let request = body::collected(&app, request, app.config.protection.body_bytes).await?;
    let Some(line) = line else { return call(&engine, request).await };
    match (sid, request.method()) {
        (None, _) => opened(&engine, &app, &line, call(&engine, request).await?).await,
        (Some(_), &Method::GET) => {
            let response = tokio::select! {
                response = call(&engine, request) => response?,
                () = forsaken(&app, &line) => return Ok(unknown_session()),
            };
            line.take(response.body().size_hint().lower() as usize);
            Ok(response)
        }
        (Some(_), _) => call(&engine, request).await,
    }
}

/// What a client that polls says. Nothing of it is read before there is room for it, and one post at a time
/// is taken, as the protocol has it.
async fn post(
    engine: &Engine,
    app: &App,
    line: &Line,
    request: Request,
) -> Result<Response, Refusal> {
    let Some(_posting) = line.post() else { return Ok(bad_request(3, "Bad request")) };
    let token = line.token();
    tokio::select! {
        () = line.readable() => {}
        () = token.cancelled() => {}
    }
    let request = body::collected(app, request, app.config.gateway.socketio_bytes).await?;
    call(engine, request).await
}

/// A new connection, if there is a place for it.
fn open(app: &App, peer: SocketAddr, request: &Request) -> Result<Arc<Line>, Refusal> {
    let headers = request.headers();
    let address = client_address(peer, &app.config.trusted_proxies, headers);
    let caller = Caller::new(address, headers);
    let place = app.sockets.take_address(caller.household()).ok_or_else(|| {
        Refusal::new(ErrorCode::Busy, "Your address has too many connections. Close some.")
    })?;
    let from_own_page = origin::check(&app.config, headers, Shown::Cookie).is_ok();
    Ok(Arc::new(Line::new(caller, from_own_page, place, 2 * app.config.gateway.socketio_bytes)))
}

/// A client that polls has opened a session: it is known from now on by its id.
async fn opened(
    engine: &Engine,
    app: &App,
    line: &Arc<Line>,
    response: Response,
) -> Result<Response, Refusal> {
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let body = to_bytes(body, OPENING_BYTES).await.map_err(|_| unavailable())?;
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let opening: serde_json::Value =
        serde_json::from_str(text.get(1..).unwrap_or_default()).unwrap_or_default();
    if let Some(sid) = opening["sid"].as_str() {
        app.lines.add(sid, line);
        tokio::spawn(end_when_cut(engine.clone(), line, sid));
    }
    Ok(Response::from_parts(head, Body::from(body)))
}

/// Ends the session of a client that polls when its line is cut, as the client itself would.
fn end_when_cut(engine: Engine, line: &Line, sid: &str) -> impl Future<Output = ()> + use<> {
    let uri = format!("{}?EIO=4&transport=polling&sid={sid}", super::PATH);
    let token = line.token();
    async move {
        token.cancelled().await;
        let close = Request::builder().method(Method::POST).uri(uri).body(Body::from("1"));
        if let Ok(close) = close {
            // One that has upgraded to a WebSocket refuses this, and ends with that.
            let _ = call(&engine, close).await;
        }
    }
}

/// Hands the connection to socketioxide, counted.
fn upgrade(engine: &Engine, app: App, line: Arc<Line>, mut request: Request) -> Response {
    let (response, upgraded) = match ws::accept(&mut request) {
        Ok(accepted) => accepted,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let place = request.extensions_mut().remove::<ConnectionPlace>();
    // From now on stopping waits for it.
    let running = app.sessions.token();
    let engine = engine.clone();
    let (head, _) = request.into_parts();
    tokio::spawn(async move {
        let in_time = timeout(app.config.protection.header_seconds, upgraded);
        let Ok(Ok(upgraded)) = in_time.await else { return };
        let ended = ended(app, &line);
        let wire = Wire::new(TokioIo::new(upgraded), line, ended, (place, running));
        // A request that it does not understand ends the connection.
        let _ = engine.call((wire, axum::http::Request::from_parts(head, ()))).await;
    });
    response
}

/// When a WebSocket is ended from here.
fn ended(app: App, line: &Arc<Line>) -> BoxFuture<'static, ()> {
    let token = line.token();
    let line = Arc::downgrade(line);
    async move {
        tokio::select! {
            () = token.cancelled() => {}
            _ = app.stopping.begun() => {
                // Its sessions say goodbye first.
                if line.upgrade().is_some_and(|line| line.has_sessions()) {
                    tokio::select! {
                        () = token.cancelled() => {}
                        () = app.stopping.over() => {}
                    }
                }
            }
        }
    }
    .boxed()
}

/// While the server stops, nobody is left to tell a client anything that is in no namespace.
async fn forsaken(app: &App, line: &Line) {
    app.stopping.begun().await;
    if line.has_sessions() {
        std::future::pending().await
    }
}

async fn call(engine: &Engine, request: Request) -> Result<Response, Refusal> {
    let answered = Service::<Request>::call(engine, request).await;
    answered.map(|response| response.map(Body::new)).map_err(|_| unavailable())
}

fn unknown_session() -> Response {
    bad_request(1, "Session ID unknown")
}

/// As the protocol says it.
fn bad_request(code: u8, message: &str) -> Response {
    let told = serde_json::json!({ "code": code, "message": message });
    (StatusCode::BAD_REQUEST, axum::Json(told)).into_response()
}

fn unavailable() -> Refusal {
    Refusal::new(ErrorCode::Unavailable, "This connection could not be served. Try again.")
}
