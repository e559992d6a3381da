//! All routes, in one table.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::http::{body, closing, headers, health, join, origin, pages, post as say};
use crate::ws;

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::lobby))
        .route("/r/{slug}", get(pages::room))
        .route("/r/{slug}/messages", get(say::back_to_room).post(say::post))
        .route("/join", get(join::back_to_lobby).post(join::join))
        // Files come compressed already; the layer leaves such answers alone.
        .fallback(get(pages::fallback))
        .layer(CompressionLayer::new())
        .route("/ws", get(ws::upgrade))
        .route("/healthz", get(health::healthz))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), body::collect))
        .layer(middleware::from_fn_with_state(app.clone(), origin::guard))
        .layer(TraceLayer::new_for_http())
        // Around what is logged: thousands who are told to come back later are no failures.
        .layer(middleware::from_fn_with_state(app.clone(), closing::guard))
        .layer(middleware::from_fn_with_state(app.clone(), headers::guard))
        .with_state(app)
}
