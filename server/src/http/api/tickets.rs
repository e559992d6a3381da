//! `POST /api/v1/tickets`: a ticket for one WebSocket of whoever asks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Failed, Refused, answer};
use super::asker::Asker;
use crate::app::App;
use crate::http::identity::TICKET_LASTS;

/// A ticket for one WebSocket.
#[derive(Serialize, ToSchema)]
pub(super) struct Ticket {
    /// Goes into the address: `/ws?ticket=…`.
    ticket: String,
    expires_in_s: u64,
}

/// Makes a ticket, which opens one WebSocket within 30 seconds.
#[utoipa::path(post, path = "/tickets", tag = "Identity", operation_id = "make_ticket",
    responses((status = 201, description = "It was made.", body = Ticket), Refused))]
pub(crate) async fn make(State(app): State<App>, asker: Asker) -> Result<Response, Failed> {
    let identity = asker.identity()?;
    app.rates.message(identity.user.id)?;
    let ticket = app.tickets.make(identity.user.id, identity.credential)?;
    Ok(answer(StatusCode::CREATED, Ticket { ticket, expires_in_s: TICKET_LASTS.as_secs() }))
}
