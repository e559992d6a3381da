//! What is answered while the server stops: running requests are finished, and new ones are told to
//! come back, so that a proxy takes the machine out.

use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::assets;
use crate::stopping::Farewell;

const SENTENCE: &str = "Starling is stopping or restarting, so it takes nothing new. \
     Try again in a moment.\n";

/// Around every request.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    // Held before the question, or stopping could miss a request that is let in.
    let _running = app.requests.token();
    let mut response = match app.stopping.farewell() {
        // Pages that were sent just before are not left without their style.
        Some(farewell) if !assets::exists(request.uri().path()) => turned_away(farewell),
        _ => next.run(request).await,
    };
    let stops = app.stopping.farewell().is_some();
    if stops && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // One that stays open would be what the server waits for.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn turned_away(farewell: Farewell) -> Response {
    let seconds = farewell.back_after().as_secs_f64().ceil();
    let headers = [(RETRY_AFTER, HeaderValue::from(seconds as u64))];
    (StatusCode::SERVICE_UNAVAILABLE, headers, SENTENCE).into_response()
}
