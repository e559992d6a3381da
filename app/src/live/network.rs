//! How the live connection fares, in the page's words, and what the browser tells of the network.

use std::cell::Cell;

use gloo_net::http::Request;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use starling_client::web::WebClient;
use starling_client::{Connection, Millis};

use crate::model::{Obstacle, Reach, RoomModel};

/// After so many failed tries in a row the server is asked over plain HTTP whether it is there.
const SUSPICIOUS: u32 = 2;

/// Tries at once when the network or the person comes back. A page that is left closes its
/// connection, or the browser could not keep it for the way back.
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
    window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            client.act(|core, now| core.network(now, true));
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
        Connection::Ended { reason } => Reach::Ended { why: reason.meaning().to_owned() },
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
    pub(super) fn consider(&self, room: RoomModel, connection: Connection) {
        match connection {
            Connection::Online => {
                self.failed.set(0);
                self.next_try.set(None);
                room.obstacle.set(None);
            }
            // The same wait is told again and again while it counts down.
            Connection::Reconnecting { at } if self.next_try.replace(Some(at)) != Some(at) => {
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
