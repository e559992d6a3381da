//! The lobby: what Starling is, the listed rooms, and the form that makes or joins one.

use leptos::prelude::*;
use starling_protocol::Limits;

use crate::join_form::{JoinForm, Target};
use crate::page::{self, ListedRoom};

/// The page at `/`.
#[component]
pub(crate) fn Lobby(
    /// The listed rooms, the fullest first.
    rooms: Vec<ListedRoom>,
    /// As it was filled in.
    form: page::JoinForm,
    /// What the server accepts.
    limits: Limits,
) -> impl IntoView {
    let list = if rooms.is_empty() {
        view! { <p class="empty">"No room is listed yet. Yours can be the first."</p> }.into_any()
    } else {
        let rooms = rooms.into_iter().map(|room| view! { <RoomLink room/> }).collect_view();
        view! { <ul class="rooms">{rooms}</ul> }.into_any()
    };
    view! {
        <main class="front">
            <header class="front-head">
                <h1 class="wordmark">"Starling"</h1>
                <p class="lead">
                    "Rooms where people chat, see who is there, and point at things together."
                </p>
            </header>
            <section class="panel" aria-labelledby="join-heading">
                <h2 id="join-heading">"Make or join a room"</h2>
                <JoinForm form target=Target::AnyRoom limits/>
            </section>
            <section class="panel" aria-labelledby="rooms-heading">
                <h2 id="rooms-heading">"Rooms"</h2>
                {list}
            </section>
        </main>
    }
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
