//! The WebSocket: from the upgrade to a running session.

mod seat;
mod session;

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use starling_protocol::{CloseReason, SUBPROTOCOL};
use tokio::time::timeout;

use crate::app::App;
use crate::http::{identity, origin};
use crate::refusal::Refusal;

use session::Session;

/// How long a client has to take the server's close frame and answer it.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// Read at once from a socket. tungstenite's default of 128 KiB is held by every idle connection.
const READ_BUFFER: usize = 4 * 1024;
/// Gathered before the socket is written to; one flush is usually smaller.
const WRITE_BUFFER: usize = 32 * 1024;
/// Larger than the largest event: a page of history of the longest messages.
const WRITE_BUFFER_LIMIT: usize = 16 * 1024 * 1024;

/// Frames up to so many times the limit are read, so that their sender can be told: a socket that is
/// closed with unread bytes is reset, and the reason is lost.
const OVERSIZE: usize = 4;

pub(crate) async fn upgrade(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(refusal) = origin::check(app.config.public_url.as_deref(), &headers) {
        return plain(&refusal);
    }
    let user = match identity::find(&app, &headers).await {
        Ok(user) => user,
        Err(error) => return plain(&Refusal::from(error)),
    };
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER_LIMIT)
        .max_message_size(OVERSIZE * app.limits.frame_bytes)
        .max_frame_size(OVERSIZE * app.limits.frame_bytes)
        .on_upgrade(move |mut socket| async move {
            // A browser learns nothing from a refused upgrade, but something from a close code.
            let Some(user) = user else {
                close(&mut socket, CloseReason::NoIdentity).await;
                return;
            };
            let _online = app.online.enter(user.id);
            let sessions = app.sessions.clone();
            sessions.track_future(Session::new(app, user.id, socket).run()).await;
        })
}

/// Says why, and waits for the answer. A peer that is gone already does not mind.
async fn close(socket: &mut WebSocket, reason: CloseReason) {
    let frame = CloseFrame { code: reason.code(), reason: reason.text().into() };
    let closing = timeout(CLOSE_WITHIN, socket.send(Message::Close(Some(frame))));
    if matches!(closing.await, Ok(Ok(()))) {
        see_off(socket).await;
    }
}

/// Reads on until both sides have closed, as the close frame of one side is answered by reading.
async fn see_off(socket: &mut WebSocket) {
    let _ = timeout(CLOSE_WITHIN, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
}

fn plain(refusal: &Refusal) -> Response {
    (refusal.status(), refusal.sentence.clone()).into_response()
}
