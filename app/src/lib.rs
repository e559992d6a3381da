//! Starling's pages and components, rendered on the server and hydrated in the browser.
//!
//! The server provides a [`page::Page`]; [`App`] shows it, the same on both sides. Only `live`,
//! which exists in the browser alone, knows of connections.

// A view is one type, as deep as the page.
#![recursion_limit = "256"]
#![allow(
    unreachable_pub,
    reason = "`#[component]` makes a `pub` builder for `pub(crate)` properties"
)]
#![cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "what `live` alone calls"))]

#[cfg(not(erase_components))]
compile_error!("RUSTFLAGS hides the flags of .cargo/config.toml: add --cfg=erase_components to it");

#[cfg(feature = "ssr")]
mod account;
#[cfg(feature = "ssr")]
mod account_tokens;
#[cfg(feature = "hydrate")]
mod activity;
#[cfg(feature = "mount")]
mod apart;
mod attach;
mod attachment;
#[cfg(feature = "ssr")]
pub mod audit;
mod board;
#[cfg(feature = "hydrate")]
mod board_port;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod clipboard;
#[cfg_attr(not(feature = "ssr"), allow(dead_code, reason = "no page that lives has one yet"))]
mod code_field;
mod composer;
mod connection;
mod copy_link;
mod deeds;
mod editor;
mod field;
mod flock;
mod invite;
mod join_form;
mod keeping;
mod keyed;
mod line;
mod lines;
mod link;
mod links;
#[cfg(feature = "hydrate")]
mod live;
mod lobby;
mod managing;
mod maths;
mod messages;
mod model;
mod murmuration;
mod notice;
pub mod page;
mod people;
mod problem;
mod rail;
mod reactions;
mod reading;
mod room;
#[cfg(feature = "hydrate")]
mod saved;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod shell;
mod tabs;
mod time;
mod typing;
#[cfg(feature = "hydrate")]
mod viewport;

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use account::AccountPage;
#[cfg(feature = "ssr")]
use account_tokens::AccountTokens;
use invite::Invite;
use join_form::Door;
use lobby::Lobby;
use page::{Page, View};
use problem::{NoSuchRoom, Problem};
use room::RoomPage;
#[cfg(feature = "ssr")]
use settings::Settings;

#[cfg(feature = "mount")]
pub use apart::mount;
#[cfg(feature = "ssr")]
pub use shell::{Assets, shell};

/// Everything inside the body. On the server the page must be provided as context.
#[component]
pub fn App() -> impl IntoView {
    let Page { build, limits, viewer, clock, access, view } = page();
    let door = Door::of(access, viewer.as_ref());
    match view {
        View::Lobby(view) => view! { <Lobby view viewer limits door/> }.into_any(),
        View::Room(view) => {
            view! { <RoomPage view viewer clock limits door page_build=build/> }.into_any()
        }
        View::NoSuchRoom { form } => view! { <NoSuchRoom form limits door/> }.into_any(),
        #[cfg(feature = "ssr")]
        View::Account(view) => view! { <AccountPage view access/> }.into_any(),
        #[cfg(feature = "ssr")]
        View::AccountTokens(view) => view! { <AccountTokens view clock/> }.into_any(),
        #[cfg(feature = "ssr")]
        View::RoomSettings(view) => view! { <Settings view=*view clock/> }.into_any(),
        View::Invite(view) => view! { <Invite view door/> }.into_any(),
        View::Problem { status, message } => view! { <Problem status message/> }.into_any(),
    }
}

/// The page, the same on both sides.
fn page() -> Page {
    #[cfg(feature = "ssr")]
    {
        // What nobody hydrates is not sent a second time, as data.
        let page = expect_context::<Page>();
        if page.view.is_plain() {
            return page;
        }
    }
    SharedValue::new(|| expect_context::<Page>()).into_inner()
}
