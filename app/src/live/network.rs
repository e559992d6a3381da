//! How the live connection fares, in the page's words, and what the browser tells of the network.

use leptos::ev;
use leptos::prelude::*;
use starling_client::web::WebClient;
use starling_client::{Client, Connection, Millis};
use starling_protocol::CloseReason;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::model::Reach;

/// Tells the client of the machine's network. A page that is left closes its connection, or the browser
/// could not keep it for the way back.
pub(super) fn watch(client: &WebClient) {
    let network = |online: bool| {
        let client = client.clone();
        move || client.act(|core, now| core.network(now, online))
    };
    let (online, offline) = (network(true), network(false));
    let (shown, hidden) = (network(true), network(false));
    window_event_listener(ev::online, move |_| online());
    window_event_listener(ev::offline, move |_| offline());
    window_event_listener(ev::pagehide, move |_| hidden());
    window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            shown();
        }
    });
    let client = client.clone();
    on_waking(move || client.act(Client::woken));
}

/// Calls `wake` whenever the page is looked at again: its tab came to the front, the browser thawed it
/// or gave it back.
pub(super) fn on_waking(wake: impl Fn() + Clone + 'static) {
    let (thawed, given_back) = (wake.clone(), wake.clone());
    window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            wake();
        }
    });
    // Told to the document alone, and only by browsers that freeze pages.
    let thawed = Closure::<dyn Fn()>::new(thawed);
    let listener = thawed.as_ref().unchecked_ref();
    // Only an object of another page could refuse.
    let _ = document().add_event_listener_with_callback("resume", listener);
    thawed.forget();
    window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            given_back();
        }
    });
}

/// The connection as the page shows it.
pub(super) fn reach(connection: Connection, now: Millis) -> Reach {
    match connection {
        Connection::Connecting => Reach::Connecting,
        Connection::Online => Reach::Online,
        Connection::Reconnecting { at } => {
            Reach::Reconnecting { seconds: at.saturating_sub(now).div_ceil(1_000) }
        }
        Connection::Offline => Reach::Offline,
        Connection::Ended { reason } => Reach::Ended {
            why: reason.meaning().to_owned(),
            signed_out: matches!(reason, CloseReason::SignedOut | CloseReason::NoIdentity),
        },
    }
}
