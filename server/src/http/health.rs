//! `GET /healthz`: for whoever watches the server.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;

/// Whether the server answers.
pub(crate) async fn healthz(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.store.listed_rooms(&[], 1).await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
