//! Where a request comes from, and what its browser calls itself.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

use crate::app::App;
use crate::listener::{client_address, household};

/// So much of what a browser calls itself is kept.
const AGENT_CHARS: usize = 200;

/// Whoever sent a request, as far as their machine tells.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Behind trusted proxies, what they say.
    pub(crate) address: IpAddr,
    /// Empty if it says nothing.
    pub(crate) agent: String,
}

impl Caller {
    /// Whoever is at that address.
    pub(crate) fn new(address: IpAddr, headers: &HeaderMap) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        let agent = agent.unwrap_or_default().chars().take(AGENT_CHARS).collect();
        Self { address, agent }
    }

    /// What counts as one address to limits.
    pub(crate) fn household(&self) -> IpAddr {
        household(self.address)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(nowhere, |it| it.0);
        let address = client_address(peer, &app.config.trusted_proxies, &parts.headers);
        Ok(Self::new(address, &parts.headers))
    }
}
