//! How the live connection fares, in the page's words, and what the browser tells of the network.

use std::cell::Cell;

use gloo_net::http::Request;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use starling_client::web::WebClient;
use starling_client::{Client, Connection, Millis};
use starling_protocol::CloseReason;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::model::{Obstacle, Reach, RoomModel};

/// After so many failed tries in a row the server is asked over plain HTTP whether it is there.
const SUSPICIOUS: u32 = 2;

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

/// Where the server listens for live connections.
pub(super) fn socket_url() -> String {
    let location = window().location();
    let scheme = if location.protocol().as_deref() == Ok("https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
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

/// Finds out whether something lets pages through and keeps live connections back.
#[derive(Default)]
pub(super) struct Suspicion {
    failed: Cell<u32>,
    next_try: Cell<Option<Millis>>,
}

impl Suspicion {
    /// The connection is this now.
    pub(super) fn consider(&self, room: RoomModel, connection: Connection, now: Millis) {
        match connection {
            Connection::Online => {
                self.failed.set(0);
                self.next_try.set(None);
                room.obstacle.set(None);
            }
            // The same wait is told again and again while it counts down, and then the try itself.
            Connection::Reconnecting { at }
                if at > now && self.next_try.replace(Some(at)) != Some(at) =>
            {
                self.failed.set(self.failed.get() + 1);
                if self.failed.get() >= SUSPICIOUS {
                    spawn_local(ask_server(room));
                }
            }
            _ => {}
        }
    }
}

async fn ask_server(room: RoomModel) {
    let answer = Request::get("/healthz").send().await;
    let answers = answer.is_ok_and(|answer| answer.ok());
    if room.reach.get_untracked() != Reach::Online {
        room.obstacle.set(Some(if answers { Obstacle::Blocked } else { Obstacle::Silent }));
    }
}
