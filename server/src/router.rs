//! All routes, in one table.

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use tracing::{Span, debug_span};

use crate::app::App;
use crate::gateway;
use crate::http::{
    account, account_tokens, api, body, closing, cors, files, headers, health, invite, join,
    origin, pages, post as say, settings,
};
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
        .route("/sign-up", get(account::sign_up::show).post(account::sign_up::post))
        .route("/sign-in", get(account::sign_in::show).post(account::sign_in::post))
        .route("/sign-out", get(join::back_to_lobby).post(account::sign_out::here))
        .route("/account", get(account::settings::show))
        .route("/account/profile", get(account::back).post(account::profile::post))
        .route("/account/password", get(account::back).post(account::settings::password))
        .route("/account/sign-ins", get(account::back).post(account::sign_out::one))
        .route(
            "/account/sign-out-everywhere",
            get(account::back).post(account::sign_out::everywhere),
        )
        .route("/forgot", get(account::forgot::show).post(account::forgot::post))
        .route("/reset", get(account::reset::show).post(account::reset::post))
        .route("/setup", get(account::setup::show).post(account::setup::post))
        .route("/admin/people", get(account::people::show).post(account::people::post))
        .route("/account/tokens", get(account_tokens::page).post(account_tokens::make))
        .route("/account/tokens/{id}/end", get(account_tokens::back).post(account_tokens::end))
        .merge(api::routes(&app))
        // Files come compressed already; the layer leaves such answers alone.
        .fallback(get(pages::fallback))
        .layer(CompressionLayer::new())
        .route("/ws", get(ws::upgrade))
        .merge(gateway::routes(&app))
        .route("/events", get(ws::events))
        .route("/events/{connection}/{number}", post(ws::post))
        .route("/healthz", get(health::healthz))
        .route("/files/{id}/{name}", get(files::download))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), body::collect))
        .layer(middleware::from_fn_with_state(app.clone(), origin::guard))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        // Around what is logged: thousands who are told to come back later are no failures.
        .layer(middleware::from_fn_with_state(app.clone(), closing::guard))
        .layer(middleware::from_fn_with_state(app.clone(), cors::guard))
        .layer(middleware::from_fn_with_state(app.clone(), headers::guard))
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

/// What logs say of a request: its route. Its address may have a ticket or a code in it.
fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    debug_span!("request", method = %request.method(), route)
}
