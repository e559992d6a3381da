//! What is answered while the server stops: running requests are finished, and new ones are told to
//! come back, so that a proxy takes the machine out.

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONNECTION, REFRESH, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use starling_protocol::ErrorCode;

use crate::app::App;
use crate::assets;
use crate::gateway;
use crate::http::{api, render};
use crate::refusal::Refusal;
use crate::stopping::Farewell;
use crate::ws;

const SENTENCE: &str = "Starling is stopping or restarting, so it takes nothing new. \
     Try again in a moment.";

/// Around every request.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    // Held before the question, or stopping could miss a request that is let in.
    let _running = app.requests.token();
    let mut response = match app.stopping.farewell() {
        Some(farewell) if !is_served(&request) => {
            let is_get = request.method() == Method::GET;
            let (head, _) = request.into_parts();
            turned_away(&app, farewell, is_get, &head).await
        }
        _ => next.run(request).await,
    };
    let stops = app.stopping.farewell().is_some();
    if stops && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // One that stays open would be what the server waits for.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Pages that were sent just before are not left without their style, and connections that are open are
/// served until their own moment has come, those of Socket.IO clients that poll as well.
fn is_served(request: &Request) -> bool {
    let path = request.uri().path();
    assets::exists(path) || ws::is_post(path) || gateway::belongs_to_a_session(request)
}

async fn turned_away(app: &App, farewell: Farewell, is_get: bool, head: &Parts) -> Response {
    let seconds = HeaderValue::from(farewell.back_after().as_secs_f64().ceil() as u64);
    let accepts = head.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let mut response = if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
        let mut page = render::refusal(app, Refusal::new(ErrorCode::Unavailable, SENTENCE)).await;
        if is_get {
            // Browsers do not heed `Retry-After`.
            page.headers_mut().insert(REFRESH, seconds.clone());
        }
        page
    } else if api::is_path(head.uri.path()) {
        api::problem(&Refusal::new(ErrorCode::Unavailable, SENTENCE))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("{SENTENCE}\n")).into_response()
    };
    response.headers_mut().insert(RETRY_AFTER, seconds);
    response
}
