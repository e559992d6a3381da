//! The rail of a wide window: the viewer's rooms, one step away.

use leptos::prelude::*;
use starling_protocol::{Direct, Slug};

use crate::model::RoomModel;
use crate::page::ListedRoom;

/// The navigation "Your rooms".
#[component]
pub(crate) fn Rail(
    /// The one they are in.
    room: RoomModel,
    /// The rooms that the viewer has joined.
    rooms: Vec<ListedRoom>,
    /// Where the one they are in is.
    here: Slug,
) -> impl IntoView {
    let current = here.clone();
    let rooms = rooms.into_iter().map(move |listed| {
        let is_here = listed.slug == here;
        let name = listed.name.to_string();
        // It may be renamed while it is open.
        let name = move || match is_here {
            true => room.rights.with(|rights| rights.title().to_owned()),
            false => name.clone(),
        };
        view! { <RailLink path=listed.slug.path() name is_here/> }
    });
    let directs = move || {
        let link = |direct: Direct| {
            let Direct { room, with, .. } = direct;
            let is_here = room == current;
            let name = with.name.to_string();
            view! { <RailLink path=room.path() name=move || name.clone() is_here hue=with.hue.0/> }
        };
        room.directs.get().into_iter().map(link).collect_view()
    };
    view! {
        <nav class="rail" aria-label="Your rooms">
            <ul class="rail-list">{rooms.collect_view()}</ul>
            <ul class="rail-list" aria-label="Your conversations">{directs}</ul>
            <a class="rail-room rail-more" href="/" title="Find or make a room">
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path d="M8 3v10M3 8h10"/>
                </svg>
                <span class="visually-hidden">"Find or make a room"</span>
            </a>
        </nav>
    }
}

#[component]
fn RailLink(
    /// Where it leads.
    path: String,
    /// What it is called.
    name: impl Fn() -> String + Clone + Send + Sync + 'static,
    /// Whether that is where the viewer is.
    is_here: bool,
    /// The other one's colour, of a conversation.
    #[prop(optional)]
    hue: Option<u8>,
) -> impl IntoView {
    let (title, letters) = (name.clone(), name.clone());
    view! {
        <li>
            <a
                class="rail-room"
                href=path
                title=title
                aria-current=is_here.then_some("page")
                data-initials=move || initials(&letters())
                data-hue=hue
            >
                <bdi class="visually-hidden">{name}</bdi>
            </a>
        </li>
    }
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let letters =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let initials: String = letters.take(2).flat_map(char::to_uppercase).collect();
    if initials.is_empty() { name.chars().take(1).collect() } else { initials }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_known_by_two_letters() {
        for (name, shown) in [
            ("Tuesday's whiteboard", "TW"),
            ("den", "D"),
            ("日本 語", "日語"),
            ("🎉", "🎉"),
            ("- a b", "AB"),
        ] {
            assert_eq!(initials(name), shown);
        }
    }
}
