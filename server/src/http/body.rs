//! The bodies of requests: forms, which are small. Each is taken whole, up to a size and within a time,
//! before anybody looks at it. Only pieces of files are not.

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use starling_protocol::ErrorCode;
use tokio::time::timeout;

use crate::app::App;
use crate::gateway;
use crate::http::{api, render};
use crate::refusal::Refusal;

/// Bodies up to so many times the limit are read, so that their sender can be told: a connection that is
/// closed with unread bytes is reset, and the answer is lost.
const OVERSIZE: usize = 4;

/// Around every request that may have a body.
pub(crate) async fn collect(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_piece = api::is_piece(request.method(), request.uri().path());
    if is_piece || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let protection = &app.config.protection;
    let most = match gateway::is_path(head.uri.path()) {
        true => app.config.gateway.socketio_bytes,
        false => protection.body_bytes,
    };
    let collected = timeout(protection.body_seconds, whole(body, most)).await;
    match collected.unwrap_or_else(|_| Err(too_slow())) {
        Ok(body) => next.run(Request::from_parts(head, Body::from(body))).await,
        Err(refusal) if api::is_path(head.uri.path()) => api::problem(&refusal),
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

async fn whole(body: Body, most: usize) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > (OVERSIZE * most) as u64 {
        return Err(too_large(most));
    }
    let mut chunks = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut bytes = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Refusal::new(ErrorCode::BadForm, "This form did not arrive whole. Send it again.")
        })?;
        bytes += chunk.len();
        if bytes > OVERSIZE * most {
            break;
        }
        if bytes <= most {
            whole.extend_from_slice(&chunk);
        }
    }
    if bytes > most { Err(too_large(most)) } else { Ok(whole.freeze()) }
}

fn too_large(most: usize) -> Refusal {
    let sentence = format!("This is too large: Starling takes at most {most} bytes at once.");
    Refusal::new(ErrorCode::TooLarge, sentence)
}

fn too_slow() -> Refusal {
    Refusal::new(ErrorCode::TooSlow, "This took too long to arrive. Send it again.")
}
