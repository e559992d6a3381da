//! The lobby: what Starling is, the form that makes or joins a room, and the rooms.

use leptos::either::Either;
use leptos::prelude::*;
use starling_protocol::{Limits, User, grouped};

use crate::join_form::{Door, JoinForm, Target};
use crate::murmuration::Murmuration;
use crate::page::{ListedRoom, LobbyView};

/// The page at `/`.
#[component]
pub(crate) fn Lobby(
    /// As the server renders it.
    view: LobbyView,
    /// Who looks at it, if they are known.
    viewer: Option<User>,
    /// What the server accepts.
    limits: Limits,
    /// Whether they may come in.
    door: Door,
) -> impl IntoView {
    let LobbyView { online, own, directs, rooms, more, form } = view;
    let own = (!own.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="own-heading">
                <h2 id="own-heading">"Your rooms"</h2>
                <RoomList rooms=own/>
            </section>
        }
    });
    let directs = (!directs.is_empty()).then(|| {
        let links = directs.into_iter().map(|direct| {
            view! {
                <li>
                    <a class="room-link" href=direct.room.path()>
                        <bdi class="room-link-name">{direct.with.name.to_string()}</bdi>
                    </a>
                </li>
            }
        });
        view! {
            <section class="panel" aria-labelledby="directs-heading">
                <h2 id="directs-heading">"Your conversations"</h2>
                <ul class="rooms">{links.collect_view()}</ul>
            </section>
        }
    });
    let empty = (rooms.is_empty() && !more).then(|| {
        let words = match own {
            Some(_) => "No other room is listed.",
            None => "No room is listed yet. Yours can be the first.",
        };
        view! { <p class="empty">{words}</p> }
    });
    let more = more.then(|| {
        view! {
            <p class="hint">
                "There are more: these are the fullest and the newest. The others are found by their links."
            </p>
        }
    });
    let people = match online {
        0 => "Nobody is online right now.".to_owned(),
        1 => "1 person is online right now.".to_owned(),
        online => format!("{} people are online right now.", grouped(online as usize)),
    };
    let who = match viewer {
        Some(viewer) => Either::Left(view! {
            <a class="who" href="/account" title="Your settings" data-hue=viewer.hue.0>
                <bdi>{viewer.name.to_string()}</bdi>
            </a>
        }),
        None => Either::Right(view! { <a class="who" href="/sign-in">"Sign in"</a> }),
    };
    view! {
        <Murmuration birds=online/>
        <main class="front">
            <header class="front-head">
                <div class="front-line">
                    <h1 class="wordmark">"Starling"</h1>
                    {who}
                </div>
                <p class="lead">
                    "Rooms where people chat, see who is there, and point at things together."
                </p>
                <p class="hint">{people}</p>
            </header>
            <section class="panel" aria-labelledby="join-heading">
                <h2 id="join-heading">"Make or join a room"</h2>
                <JoinForm form target=Target::AnyRoom limits door/>
            </section>
            {own}
            {directs}
            <section class="panel" aria-labelledby="rooms-heading">
                <h2 id="rooms-heading">"Rooms"</h2>
                {empty}
                <RoomList rooms/>
                {more}
            </section>
        </main>
    }
}

#[component]
fn RoomList(
    /// Where they lead.
    rooms: Vec<ListedRoom>,
) -> impl IntoView {
    let rooms = rooms.into_iter().map(|room| view! { <RoomLink room/> }).collect_view();
    view! { <ul class="rooms">{rooms}</ul> }
}

#[component]
fn RoomLink(
    /// Where it leads.
    room: ListedRoom,
) -> impl IntoView {
    let people = match room.people {
        0 => "nobody here now".to_owned(),
        1 => "1 person here now".to_owned(),
        people => format!("{people} people here now"),
    };
    view! {
        <li>
            <a class="room-link" href=room.slug.path()>
                <bdi class="room-link-name">{room.name.to_string()}</bdi>
                <span class="room-link-people" data-anyone=(room.people > 0).to_string()>
                    {people}
                </span>
            </a>
        </li>
    }
}
