//! Who a Socket.IO client is: by its `auth`, by what its first request carried, or somebody new.
//!
//! `auth.userId` is not looked at: anybody can write anything there.

use std::fmt;

use axum::http::HeaderMap;
use rand::Rng;
use serde_json::Value;
use starling_protocol::DisplayName;

use super::line::Line;
use crate::app::App;
use crate::http::identity::{self, Credential, Identity};
use crate::refusal::Refusal;
use crate::store::{StoreError, Visitor};

/// Why a client may not connect to a namespace; its `connect_error` says it.
#[derive(Debug)]
pub(super) enum Rejected {
    /// Its token does not count, or it needs one.
    Unauthorized,
    /// Something else.
    Because(String),
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "Unauthorized",
            Self::Because(sentence) => sentence,
        })
    }
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::Because(refusal.sentence)
    }
}

impl From<StoreError> for Rejected {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

/// The person behind a connection.
///
/// - A token in `auth` counts before anything else, then an Authorization header.
/// - A cookie counts if the request came from our own page: its Origin header said so.
/// - Otherwise a new guest is made, where guests are wanted: the same for all namespaces of a connection.
pub(super) async fn identify(
    app: &App,
    line: &Line,
    headers: &HeaderMap,
    auth: &Value,
) -> Result<Identity, Rejected> {
    let turn = app.turns.next().await;
    let found = match auth.get("token") {
        None | Some(Value::Null) => of_request(app, line, headers).await,
        Some(Value::String(token)) if token.is_empty() => of_request(app, line, headers).await,
        Some(Value::String(token)) => {
            let token = token.strip_prefix("Bearer ").unwrap_or(token);
            identity::of_token(app, token).await.map(Some)
        }
        Some(_) => return Err(Rejected::Unauthorized),
    };
    drop(turn);
    match found {
        Ok(Some(identity)) if identity.has_ended() => Err(Rejected::Unauthorized),
        Ok(Some(identity)) => Ok(identity),
        Ok(None) => guest(app, line, auth).await,
        Err(refusal) if refusal.status().is_client_error() => Err(Rejected::Unauthorized),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn of_request(
    app: &App,
    line: &Line,
    headers: &HeaderMap,
) -> Result<Option<Identity>, Refusal> {
    if identity::shows_token(headers) || line.from_own_page {
        identity::find(app, headers).await
    } else {
        Ok(None)
    }
}

async fn guest(app: &App, line: &Line, auth: &Value) -> Result<Identity, Rejected> {
    if !app.config.access.guests.is_on() {
        return Err(Rejected::Unauthorized);
    }
    let mut guest = line.guest.lock().await;
    if let Some(credential) = *guest {
        return identity::look_up(app, credential).await?.ok_or(Rejected::Unauthorized);
    }
    let name = match auth.get("username").and_then(Value::as_str).map(str::trim) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => format!("Guest{}", rand::rng().random_range(100..10_000)),
    };
    let name = DisplayName::parse(&name, &app.limits).map_err(Refusal::from)?;
    let (visitor, _) = identity::newcomer(app, name, &line.caller)?;
    let Visitor::Newcomer { name, sign_in } = visitor else { return Err(Rejected::Unauthorized) };
    let token_hash = sign_in.token_hash;
    app.store.welcome_guest(name, sign_in).await?;
    let credential = Credential::SignIn { token_hash };
    *guest = Some(credential);
    identity::look_up(app, credential).await?.ok_or(Rejected::Unauthorized)
}
