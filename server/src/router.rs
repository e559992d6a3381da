//! All routes, in one table.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware;
use axum::routing::{delete, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use tracing::{Span, debug_span};

use crate::app::App;
use crate::http::{account_tokens, api, closing, health, join, origin, pages, post as say};
use crate::ws;

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::lobby))
        .route("/r/{slug}", get(pages::room))
        .route("/r/{slug}/messages", get(say::back_to_room).post(say::post))
        .route("/join", get(join::back_to_lobby).post(join::join))
        .route("/account/tokens", get(account_tokens::page).post(account_tokens::make))
        .route("/account/tokens/{id}/end", get(account_tokens::back).post(account_tokens::end))
        .route("/api/v1/me", get(api::me::me))
        .route("/api/v1/tokens", get(api::tokens::list).post(api::tokens::make))
        .route("/api/v1/tokens/{id}", delete(api::tokens::end))
        .route("/api/v1/tickets", post(api::tickets::make))
        // Files come compressed already; the layer leaves such answers alone.
        .fallback(get(pages::fallback))
        .layer(CompressionLayer::new())
        .route("/ws", get(ws::upgrade))
        .route("/healthz", get(health::healthz))
        .layer(middleware::from_fn_with_state(app.clone(), origin::guard))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        // Around what is logged: thousands who are told to come back later are no failures.
        .layer(middleware::from_fn_with_state(app.clone(), closing::guard))
        .with_state(app)
}

/// What logs say of a request: its route. Its address may have a ticket or a code in it.
fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    debug_span!("request", method = %request.method(), route)
}
