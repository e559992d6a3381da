//! The bodies of requests: forms, which are small. Each is taken whole, up to a size and within a time,
//! before anybody looks at it. Only pieces of files are not, nor what Socket.IO clients post, which the gateway
//! takes when it has room for it.

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
    let path = request.uri().path();
    if api::is_piece(request.method(), path) || gateway::is_path(path) {
        return next.run(request).await;
    }
    let for_programs = api::is_path(path);
    match collected(&app, request, app.config.protection.body_bytes).await {
        Ok(request) => next.run(request).await,
        Err(refusal) if for_programs => api::problem(&refusal),
        Err(refusal) => render::refusal(&app, refusal).await,
    }
}

/// The request with its whole body, of at most so many bytes.
///
/// # Errors
/// A [`Refusal`] of one that is larger, or does not come.
pub(crate) async fn collected(
    app: &App,
    request: Request,
    most: usize,
) -> Result<Request, Refusal> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let collected = timeout(app.config.protection.body_seconds, whole(body, most)).await;
    let body = collected.unwrap_or_else(|_| Err(too_slow()))?;
    Ok(Request::from_parts(head, Body::from(body)))
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
