//! The WebSocket: from the upgrade to a running session.

mod handshake;
mod session;
mod socket;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hyper_util::rt::TokioIo;
use starling_protocol::{CloseReason, UserId};
use tokio::time::timeout;

use crate::app::App;
use crate::config::Protection;
use crate::http::identity::{self, Identity};
use crate::http::origin::{self, Shown};
use crate::listener::{client_address, household};
use crate::places::{Place, Places};
use crate::refusal::Refusal;
use crate::serving::ConnectionPlace;

pub(crate) use handshake::{Connection, accept};
use session::Session;
pub(crate) use socket::Socket;

/// How long a client has to take the server's close frame and answer it.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// Frames up to so many times the limit are read, so that their sender can be told: a socket that is
/// closed with unread bytes is reset, and the reason is lost.
const OVERSIZE: usize = 4;

/// How many WebSockets each address and each person has; clones share it.
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

    /// Counts one more of that address until what is returned goes; `None` if it has too many.
    pub(crate) fn take_address(&self, address: IpAddr) -> Option<Place<IpAddr>> {
        self.addresses.take(address)
    }

    /// Counts one more of that person until what is returned goes; `None` if they have too many.
    pub(crate) fn take_user(&self, user: UserId) -> Option<Place<UserId>> {
        self.users.take(user)
    }

    /// Counts one more until what is returned goes; `None` if either has too many.
    fn take(&self, address: IpAddr, user: UserId) -> Option<(Place<IpAddr>, Place<UserId>)> {
        self.addresses.take(address).zip(self.users.take(user))
    }
}

pub(crate) async fn upgrade(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    // Copied, as a ticket is taken only for a request that becomes a WebSocket.
    let ticket = ticket_in(&request).map(str::to_owned);
    let shown = match ticket {
        Some(_) => Shown::Token,
        None => Shown::in_headers(request.headers()),
    };
    if let Err(refusal) = origin::check(&app.config, request.headers(), shown) {
        return plain(&refusal);
    }
    let (response, upgraded) = match handshake::accept(&mut request) {
        Ok(accepted) => accepted,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    let address = household(client_address(peer, &app.config.trusted_proxies, request.headers()));
    let connection = request.extensions_mut().remove::<ConnectionPlace>();
    let turn = app.turns.next().await;
    let found = match ticket {
        Some(ticket) => of_ticket(&app, &ticket).await,
        None => identity::find(&app, request.headers()).await,
    };
    drop(turn);
    let identity = match found {
        Ok(identity) => identity,
        Err(refusal) => return plain(&refusal),
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
        let mut socket = Socket::new(TokioIo::new(upgraded), largest).await;
        // A browser learns nothing from a refused upgrade, but something from a close code.
        let Some(identity) = identity else {
            close(&mut socket, CloseReason::NoIdentity).await;
            return;
        };
        let Some(_places) = app.sockets.take(address, identity.user.id) else {
            close(&mut socket, CloseReason::TooMuch).await;
            return;
        };
        Session::new(app, &identity, socket).run().await;
    });
    response
}

/// Whoever a ticket stands for. One that is no good stands for nobody, whatever else was sent.
async fn of_ticket(app: &App, ticket: &str) -> Result<Option<Identity>, Refusal> {
    let Some(credential) = app.tickets.take(ticket) else { return Ok(None) };
    let identity = identity::look_up(app, credential).await?;
    Ok(identity.filter(|identity| !identity.has_ended()))
}

/// The value of `ticket` in the query. Tickets have only characters that stand for themselves there.
fn ticket_in(request: &Request) -> Option<&str> {
    request.uri().query()?.split('&').find_map(|pair| match pair.split_once('=') {
        Some(("ticket", ticket)) => Some(ticket),
        None if pair == "ticket" => Some(""),
        _ => None,
    })
}

/// Says why, and waits for the answer. A peer that is gone already does not mind.
pub(crate) async fn close(socket: &mut Socket<Connection>, reason: CloseReason) {
    if matches!(timeout(CLOSE_WITHIN, socket.send_close(reason)).await, Ok(Ok(()))) {
        see_off(socket).await;
    }
}

/// Reads on until both sides have closed, as the close frame of one side is answered by reading.
async fn see_off(socket: &mut Socket<Connection>) {
    let _ = timeout(CLOSE_WITHIN, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
}

fn plain(refusal: &Refusal) -> Response {
    let mut response = (refusal.status(), refusal.sentence.clone()).into_response();
    refusal.add_headers(response.headers_mut());
    response
}
