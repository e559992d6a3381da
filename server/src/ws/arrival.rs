//! Who opens a connection: what they show, and whoever that stands for.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::HeaderMap;
use starling_protocol::{ClientEvent, CloseReason, ServerEvent, codec};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::socket::Socket;
use crate::app::App;
use crate::http::identity::{self, Identity};
use crate::http::origin::{self, Shown};
use crate::http::query;
use crate::listener::{client_address, household};
use crate::refusal::Refusal;

/// By what a connection says whom it is of.
pub(super) enum Showing {
    /// By its headers.
    Headers,
    /// By a ticket in its address.
    Ticket(String),
    /// By a token in its first frame: headers do not count.
    FirstFrame,
}

/// Somebody who may open a connection, as far as where they come from goes.
pub(super) struct Arrival {
    pub(super) address: IpAddr,
    who: Who,
}

enum Who {
    Known(Box<Option<Identity>>),
    WillTell,
}

impl Showing {
    /// What the query says.
    fn of(request: &Request) -> Self {
        let uri = request.uri();
        match (query::value(uri, "ticket"), query::value(uri, "identity")) {
            // Copied, as a ticket is taken only for a request that becomes a connection.
            (Some(ticket), _) => Self::Ticket(ticket.to_owned()),
            (None, Some("token")) => Self::FirstFrame,
            (None, _) => Self::Headers,
        }
    }

    fn shown(&self, request: &Request) -> Shown {
        match self {
            Self::Headers => Shown::in_headers(request.headers()),
            Self::Ticket(_) | Self::FirstFrame => Shown::Token,
        }
    }

    /// Judges where a request comes from, before anything else.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub(super) fn check(app: &App, request: &Request) -> Result<Self, Refusal> {
        let showing = Self::of(request);
        origin::check_opening(&app.config, request, showing.shown(request))?;
        Ok(showing)
    }

    /// Looks up whom it stands for. A ticket is used up by that.
    ///
    /// # Errors
    /// A [`Refusal`] of a token, or because the storage cannot be reached.
    pub(super) async fn look_up(
        self,
        app: &App,
        peer: SocketAddr,
        headers: &HeaderMap,
    ) -> Result<Arrival, Refusal> {
        let address = household(client_address(peer, &app.config.trusted_proxies, headers));
        let turn = app.turns.next().await;
        let who = match self {
            Self::Headers => Who::Known(Box::new(identity::find(app, headers).await?)),
            Self::Ticket(ticket) => Who::Known(Box::new(of_ticket(app, &ticket).await?)),
            Self::FirstFrame => Who::WillTell,
        };
        drop(turn);
        Ok(Arrival { address, who })
    }
}

impl Arrival {
    /// Whom the connection is of.
    ///
    /// # Errors
    /// Why it is closed. A browser learns nothing from a refused request, but something from a code.
    pub(super) async fn identify(
        self,
        app: &App,
        socket: &mut Socket,
    ) -> Result<Identity, CloseReason> {
        match self.who {
            Who::Known(identity) => identity.ok_or(CloseReason::NoIdentity),
            Who::WillTell => {
                let told = timeout(app.config.protection.header_seconds, told(app, socket)).await;
                told.ok().flatten().ok_or(CloseReason::NoIdentity)
            }
        }
    }
}

/// Whoever the token in the first frame stands for; if it stands for nobody, the client is told why.
async fn told(app: &App, socket: &mut Socket) -> Option<Identity> {
    // A client has to know where to post before it can tell.
    socket.flush(app.config.stall_after).await.ok()?;
    let text = loop {
        match socket.recv().await? {
            Ok(Message::Text(text)) => break text,
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            _ => return None,
        }
    };
    let Ok(ClientEvent::Authenticate { reference, token }) = codec::decode_client(&text) else {
        return None;
    };
    let turn = app.turns.next().await;
    let found = identity::of_token(app, &token).await;
    drop(turn);
    let (identity, answer) = match found {
        Ok(identity) => (Some(identity), ServerEvent::Ack { reference, seq: None }),
        Err(refusal) => (None, refusal.event(Some(reference))),
    };
    socket.queue_text(codec::encode_server(&answer).into());
    socket.flush(app.config.stall_after).await.ok()?;
    identity
}

/// Whoever a ticket stands for. One that is no good stands for nobody, whatever else was sent.
async fn of_ticket(app: &App, ticket: &str) -> Result<Option<Identity>, Refusal> {
    let Some(credential) = app.tickets.take(ticket) else { return Ok(None) };
    let identity = identity::look_up(app, credential).await?;
    Ok(identity.filter(|identity| !identity.has_ended()))
}
