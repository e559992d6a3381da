//! Connections: from the request for a WebSocket, or for events, to a running session.

mod arrival;
mod handshake;
mod session;
mod socket;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;
use hyper_util::rt::TokioIo;
use starling_protocol::{CloseReason, ErrorCode, UserId};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::config::Protection;
use crate::http::api;
use crate::places::{Place, Places};
use crate::refusal::Refusal;
use crate::serving::ConnectionPlace;

use arrival::{Arrival, Showing};
use session::Session;
use socket::NotTaken;

pub(crate) use handshake::accept;
pub(crate) use socket::{EventSockets, Socket, WebSocket};

/// Frames up to so many times the limit are read, so that their sender can be told: a socket that is
/// closed with unread bytes is reset, and the reason is lost.
const OVERSIZE: usize = 4;

const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The places that a session has taken of its address and its person.
type PlacesTaken = (Place<IpAddr>, Place<UserId>);

/// How many connections of either kind each address and each person has; clones share it.
#[derive(Clone)]
pub(crate) struct Sockets {
    addresses: Places<IpAddr>,
    users: Places<UserId>,
}

impl Sockets {
    pub(crate) fn new(protection: &Protection) -> Self {
        Self {
            addresses: Places::new(protection.sockets_per_address),
            users: Places::new(protection.sockets_per_user),
        }
    }

    /// Counts one more of an address until what is returned goes; `None` if it has too many.
    pub(crate) fn take_address(&self, address: IpAddr) -> Option<Place<IpAddr>> {
        self.addresses.take(address)
    }

    /// The same of a person.
    pub(crate) fn take_user(&self, user: UserId) -> Option<Place<UserId>> {
        self.users.take(user)
    }
}

/// `GET /ws`: a connection over a WebSocket.
pub(crate) async fn upgrade(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    let showing = match Showing::check(&app, &request) {
        Ok(showing) => showing,
        Err(refusal) => return refusal.plain(),
    };
    let (response, upgraded) = match handshake::accept(&mut request) {
        Ok(accepted) => accepted,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let connection = request.extensions_mut().remove::<ConnectionPlace>();
    let arrival = match showing.look_up(&app, peer, request.headers()).await {
        Ok(arrival) => arrival,
        Err(refusal) => return refusal.plain(),
    };
    // From now on stopping waits for it.
    let session = app.sessions.token();
    tokio::spawn(async move {
        let _session = session;
        let _connection = connection;
        // A client that went away meanwhile, or does not take the answer, needs nothing.
        let in_time = timeout(app.config.protection.header_seconds, upgraded);
        let Ok(Ok(upgraded)) = in_time.await else { return };
        let largest = OVERSIZE * app.limits.frame_bytes;
        let socket = Socket::Web(WebSocket::new(TokioIo::new(upgraded), largest).await);
        serve(Box::pin(admit(app, arrival, socket))).await;
    });
    response
}

/// `GET /events`: the same connection where no WebSocket gets through. What goes up is posted.
pub(crate) async fn events(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let showing = Showing::check(&app, &request);
    let headers = request.headers();
    let opened = async {
        let arrival = showing?.look_up(&app, peer, headers).await?;
        app.event_sockets.open().map(|(socket, down)| (arrival, socket, down))
    };
    let (arrival, socket, down) = match opened.await {
        Ok(opened) => opened,
        Err(refusal) => return refusal.plain(),
    };
    let session = app.sessions.token();
    tokio::spawn(async move {
        let _session = session;
        serve(Box::pin(admit(app, arrival, Socket::Events(Box::new(socket))))).await;
    });
    let down = ReceiverStream::new(down).map(Ok::<_, Infallible>);
    let mut response = Body::from_stream(down).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx hands on at once what has this, however it is configured.
    headers.insert(UNBUFFERED, HeaderValue::from_static("no"));
    response
}

/// `POST /events/{connection}/{number}`: frames of such a connection, one to a line.
pub(crate) async fn post(
    State(app): State<App>,
    at: Result<Path<(String, u64)>, PathRejection>,
    frames: Bytes,
) -> Response {
    let Ok(Path((connection, number))) = at else {
        return api::problem(&no_such_connection());
    };
    let refusal = match app.event_sockets.take(&connection, number, frames).await {
        Ok(()) => return StatusCode::NO_CONTENT.into_response(),
        Err(NotTaken::NoConnection) => no_such_connection(),
        Err(NotTaken::TooEarly) => {
            let sentence = "The post before this one has not come. Send it first.";
            Refusal::new(ErrorCode::OutOfOrder, sentence)
        }
        Err(NotTaken::Busy) => Refusal::busy("This connection is read no faster. Send it again."),
    };
    api::problem(&refusal)
}

fn no_such_connection() -> Refusal {
    let sentence = "There is no such connection, or it has ended. Open another one.";
    Refusal::new(ErrorCode::NoSuchConnection, sentence)
}

/// Whether it is where frames are posted: whoever knows the address was told it.
pub(crate) fn is_post(path: &str) -> bool {
    path.starts_with("/events/")
}

/// Serves whoever may have a session until it ends. In a box of its own: what happens before makes no
/// session larger.
async fn serve(admitted: Pin<Box<impl Future<Output = Option<Session>>>>) {
    if let Some(session) = admitted.await {
        session.run().await;
    }
}

/// Finds out whose connection it is and whether they may have one more; closes it if not.
async fn admit(app: App, arrival: Arrival, mut socket: Socket) -> Option<Session> {
    let admitted = async {
        let address = app.sockets.take_address(arrival.address).ok_or(CloseReason::TooMuch)?;
        let identity = arrival.identify(&app, &mut socket).await?;
        let user = app.sockets.take_user(identity.user.id).ok_or(CloseReason::TooMuch)?;
        Ok((identity, (address, user)))
    };
    match admitted.await {
        Ok((identity, places)) => Some(Session::new(app, &identity, socket, places)),
        // Whoever is turned away has no place any more, however long the farewell takes.
        Err(reason) => {
            socket.close(reason).await;
            None
        }
    }
}
