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
            <a class="room-link" href=room_path(&room)>
                <bdi class="room-link-name">{room.name.to_string()}</bdi>
                <span class="room-link-people" data-anyone=(room.people > 0).to_string()>
                    {people}
                </span>
            </a>
        </li>
    }
}

/// A slug is text; in an address everything but letters, digits, `-`, `_`, `.` and `~` is
/// percent-encoded.
fn room_path(room: &ListedRoom) -> String {
    let mut path = String::from("/r/");
    for byte in room.slug.as_str().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                path.push(char::from(byte));
            }
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use starling_protocol::{RoomName, Slug};

    use super::*;

    #[test]
    fn a_slug_is_percent_encoded_in_an_address() {
        let name = RoomName::parse("x", &Limits::default()).unwrap();
        let room = ListedRoom { slug: Slug::new("café-2"), name, people: 0 };
        assert_eq!(room_path(&room), "/r/caf%C3%A9-2");
    }
}
