//! From a [`View`] to an HTML answer.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use leptos::config::get_configuration;
use leptos::hydration::AutoReload;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use starling_app::page::{Access, Page, View};

use crate::app::App;
use crate::http::headers::PageNonce;
use crate::http::reader::Reader;
use crate::http::zone;
use crate::refusal::Refusal;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Renders a page for that reader.
pub(crate) async fn page(app: &App, status: StatusCode, reader: Reader, view: View) -> Response {
    let is_personal = matches!(view, View::Account(_) | View::AccountTokens(_));
    let may_be_found = status == StatusCode::OK && view.may_be_found();
    let build = app.assets.build.clone();
    let clock = reader.zone.as_ref().map(|zone| zone::clock(zone, Timestamp::now(), &view));
    let access = Access {
        guests: app.config.access.guests.is_on(),
        sign_up: app.config.access.sign_up.is_on(),
        mail: app.mail.is_some(),
    };
    let viewer = reader.viewer().cloned();
    let page = Page { build, limits: app.limits, viewer, clock, access, view };
    let assets = app.assets.addresses();
    let may_change = app.assets.may_change();
    let context = page.clone();
    let nonce = Nonce::new();
    let page_nonce = PageNonce(nonce.clone());
    let render = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(context.clone());
            provide_context(nonce.clone());
        },
        move || (starling_app::shell(&page, &assets), may_change.then(reloading)),
    );
    // The app renders what it is handed, whatever was asked for.
    let mut response = render(Request::new(Body::empty())).await;
    *response.status_mut() = status;
    response.extensions_mut().insert(page_nonce);
    let headers = response.headers_mut();
    // What is about an account does not come back by the browser's back button.
    let kept = if is_personal { "no-store" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if !may_be_found {
        headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    response
}

/// What makes a page show what `cargo leptos watch` built, if that is what started the server. It
/// comes after the document, where it is in nobody's way.
fn reloading() -> Option<impl IntoView> {
    let options = get_configuration(None).ok()?.leptos_options;
    Some(view! { <AutoReload options/> })
}

/// Renders the page that says why a request failed.
pub(crate) async fn refusal(app: &App, refusal: Refusal) -> Response {
    let status = refusal.status();
    let message = refusal.sentence.clone();
    let view = View::Problem { status: status.as_u16(), message };
    let mut response = page(app, status, Reader::anyone(), view).await;
    refusal.add_headers(response.headers_mut());
    response
}
