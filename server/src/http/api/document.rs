//! The description of the API, OpenAPI 3.1, made from what stands beside each address; and the page that
//! shows it.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use leptos::nonce::Nonce;
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::answer::Problem;
use super::docs;
use crate::app::App;
use crate::http::headers::PageNonce;

#[derive(OpenApi)]
#[openapi(
    info(title = "Starling", description = "Rooms, messages and people, for programs. What happens \
        here appears live for everyone. docs/api.md is the way in."),
    components(schemas(Problem)),
    security((), ("token" = []), ("cookie" = [])),
    modifiers(&Ways),
    tags(
        (name = "Rooms", description = "Found, made, read, changed and deleted."),
        (name = "Messages", description = "Read, said, changed, searched, reacted to."),
        (name = "Private messages", description = "Conversations that only two people see."),
        (name = "Files", description = "Sent in pieces that go on where the last one ended."),
        (name = "Presence", description = "Who is here."),
        (name = "Moderation", description = "What keepers of a room do about people."),
        (name = "Identity", description = "Who a request speaks for, tokens and tickets."),
        (name = "Lessons", description = "The same in the shapes that lessons about chats teach."),
    )
)]
struct Description;

/// The ways to say who asks.
struct Ways;

impl Modify for Ways {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            "starling",
            "Of a browser that has joined a room or signed in. Called __Host-starling over TLS. What \
             changes something must come from the server's own pages.",
        ));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

/// What is the same for all addresses.
pub(super) fn start() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The description, written once.
#[derive(Clone)]
pub(super) struct Described {
    json: Bytes,
    page: Bytes,
}

impl Described {
    pub(super) fn new(document: utoipa::openapi::OpenApi, app: &App) -> Self {
        // It has string keys and no numbers that JSON does not have.
        let value = serde_json::to_value(document).unwrap_or(Value::Null);
        let page = docs::page(&value, &app.assets.addresses().css);
        Self { json: Bytes::from(value.to_string()), page: Bytes::from(page) }
    }

    pub(super) fn json(&self) -> Response {
        (kept("application/json"), self.json.clone()).into_response()
    }

    pub(super) fn page(&self) -> Response {
        let mut response = (kept("text/html; charset=utf-8"), self.page.clone()).into_response();
        // It has no script, and is a page all the same: it has a style sheet.
        response.extensions_mut().insert(PageNonce(Nonce::new()));
        response
    }
}

fn kept(kind: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    headers
}
