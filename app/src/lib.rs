//! Starling's pages and components, rendered on the server and hydrated in the browser.
//!
//! The server provides a [`page::Page`]; [`App`] shows it, the same on both sides. Only `live`,
//! which exists in the browser alone, knows of connections.

#![allow(
    unreachable_pub,
    reason = "`#[component]` makes a `pub` builder for `pub(crate)` properties"
)]
#![cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "what `live` alone calls"))]

#[cfg(feature = "hydrate")]
mod activity;
mod board;
mod composer;
mod connection;
mod cursors;
mod join_form;
mod keyed;
mod lines;
#[cfg(feature = "hydrate")]
mod live;
mod lobby;
mod messages;
mod model;
mod motion;
pub mod page;
mod people;
mod plane;
mod problem;
mod room;
#[cfg(feature = "hydrate")]
mod saved_outbox;
#[cfg(feature = "ssr")]
mod shell;
mod time;
mod typing;

use leptos::prelude::*;

use lobby::Lobby;
use page::{Page, View};
use problem::{NoSuchRoom, Problem};
use room::RoomPage;

#[cfg(feature = "ssr")]
pub use shell::{Assets, shell};

/// Everything inside the body. On the server the page must be provided as context.
#[component]
pub fn App() -> impl IntoView {
    let Page { build, limits, viewer, view } =
        SharedValue::new(|| expect_context::<Page>()).into_inner();
    match view {
        View::Lobby { rooms, form } => view! { <Lobby rooms form limits/> }.into_any(),
        View::Room(view) => view! { <RoomPage view viewer limits page_build=build/> }.into_any(),
        View::NoSuchRoom { form } => view! { <NoSuchRoom form limits/> }.into_any(),
        View::Problem { status, message } => view! { <Problem status message/> }.into_any(),
    }
}
