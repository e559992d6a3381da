//! The REST API: its table of addresses, from which its description is made, too. Each address says in
//! its own file what it takes and answers. Who may do what is decided where it is for everyone: in the
//! store's transactions, and by `permission` for reading.

mod answer;
mod asker;
mod broadcast;
mod chat;
mod directs;
mod docs;
mod document;
mod guests;
mod me;
mod messages;
mod moderation;
mod people;
mod reactions;
mod rooms;
mod search;
mod spending;
mod stats;
mod tag;
mod tickets;
mod tokens;
mod uploads;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get};
use starling_protocol::ErrorCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::cors;
use crate::refusal::Refusal;

use answer::Failed;
pub(crate) use answer::problem;
pub(crate) use uploads::is_piece;

/// Everything for programs that ask over HTTP.
pub(crate) fn routes(app: &App) -> Router<App> {
    let (router, document) = OpenApiRouter::with_openapi(document::start())
        .nest("/api/v1", first_version())
        .nest("/chat", lessons())
        .split_for_parts();
    let described = document::Described::new(document, app);
    let page = described.clone();
    router
        .route("/api/openapi.json", get(move || async move { described.json() }))
        .route("/api/docs", get(move || async move { page.page() }))
        .method_not_allowed_fallback(wrong_method)
        .route("/api", any(no_such_address))
        .route("/api/{*rest}", any(no_such_address))
        .route("/chat", any(no_such_address))
        .route("/chat/{*rest}", any(no_such_address))
        .layer(middleware::from_fn(tag::guard))
        .layer(middleware::from_fn_with_state(app.clone(), spending::guard))
}

fn first_version() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(rooms::list, rooms::make))
        .routes(routes!(rooms::read, rooms::change, rooms::delete))
        .routes(routes!(people::here))
        .routes(routes!(messages::page, messages::post))
        .routes(routes!(search::search))
        .routes(routes!(messages::read, messages::edit, messages::delete))
        .routes(routes!(reactions::add, reactions::take_back))
        .routes(routes!(stats::stats))
        .routes(routes!(broadcast::broadcast))
        .routes(routes!(moderation::measure))
        .routes(routes!(moderation::set_role))
        .routes(routes!(directs::list, directs::open))
        .routes(routes!(directs::post))
        .routes(routes!(people::online))
        .routes(routes!(me::me))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::end))
        .routes(routes!(tickets::make))
        .routes(routes!(guests::make))
        .routes(routes!(uploads::start))
        .routes(routes!(uploads::look, uploads::append, uploads::give_up))
        .routes(routes!(uploads::finish))
}

/// The addresses that lessons about chats teach.
fn lessons() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(chat::list, chat::make))
        .routes(routes!(chat::read, chat::delete))
        .routes(routes!(chat::messages))
        .routes(routes!(chat::search))
        .routes(routes!(chat::stats))
        .routes(routes!(chat::broadcast))
}

/// The addresses that are for programs alone, each with all below it.
const PATHS: &[&str] = &["/api", "/chat", "/events", "/socket.io"];

/// Whether an address is for programs alone, which want no pages, and are refused as such.
pub(crate) fn is_path(path: &str) -> bool {
    cors::is_below(PATHS, path)
}

async fn no_such_address() -> Failed {
    Refusal::new(ErrorCode::NoSuchAddress, "There is nothing at this address.").into()
}

async fn wrong_method() -> Failed {
    Refusal::new(ErrorCode::WrongMethod, "This address is not for that method.").into()
}
