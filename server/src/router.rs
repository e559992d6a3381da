//! All routes, in one table.

use axum::Router;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::app::App;
use crate::http::{closing, health, invite, join, origin, pages, post as say, settings};
use crate::ws;

pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::lobby))
        .route("/r/{slug}", get(pages::room))
        .route("/r/{slug}/messages", get(say::back_to_room).post(say::post))
        .nest("/r/{slug}/settings", room_settings())
        .route("/invite", get(invite::page).post(invite::accept))
        .route("/invite/look", post(invite::look))
        .route("/join", get(join::back_to_lobby).post(join::join))
        // Files come compressed already; the layer leaves such answers alone.
        .fallback(get(pages::fallback))
        .layer(CompressionLayer::new())
        .route("/ws", get(ws::upgrade))
        .route("/healthz", get(health::healthz))
        .layer(middleware::from_fn_with_state(app.clone(), origin::guard))
        .layer(TraceLayer::new_for_http())
        // Around what is logged: thousands who are told to come back later are no failures.
        .layer(middleware::from_fn_with_state(app.clone(), closing::guard))
        .with_state(app)
}

/// The page that keeps a room, and its forms.
fn room_settings() -> Router<App> {
    fn form<F: settings::Submit>() -> MethodRouter<App> {
        get(settings::back).post(settings::submit::<F>)
    }
    Router::new()
        .route("/", get(settings::settings))
        .route("/name", form::<settings::Name>())
        .route("/access", form::<settings::Access>())
        .route("/role", form::<settings::NewRole>())
        .route("/hand-over", form::<settings::HandOver>())
        .route("/measure", form::<settings::TakeMeasure>())
        .route("/invite", form::<settings::Invite>())
        .route("/take-back", form::<settings::TakeBack>())
        .route("/lock", form::<settings::Lock>())
        .route("/archive", form::<settings::Archive>())
        .route("/delete", form::<settings::Delete>())
}
