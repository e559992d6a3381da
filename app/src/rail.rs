//! The rail of a wide window: the viewer's rooms, one step away.

use leptos::prelude::*;
use starling_protocol::Slug;

use crate::page::ListedRoom;

/// The navigation "Your rooms".
#[component]
pub(crate) fn Rail(
    /// The rooms that the viewer has joined.
    rooms: Vec<ListedRoom>,
    /// The one they are in.
    here: Slug,
) -> impl IntoView {
    let link = move |room: ListedRoom| {
        let current = (room.slug == here).then_some("page");
        let name = room.name.to_string();
        let (letters, title) = (initials(&name), name.clone());
        view! {
            <li>
                <a
                    class="rail-room"
                    href=room.slug.path()
                    title=title
                    aria-current=current
                    data-initials=letters
                >
                    <bdi class="visually-hidden">{name}</bdi>
                </a>
            </li>
        }
    };
    view! {
        <nav class="rail" aria-label="Your rooms">
            <ul class="rail-list">{rooms.into_iter().map(link).collect_view()}</ul>
            <a class="rail-room rail-more" href="/" title="Find or make a room">
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path d="M8 3v10M3 8h10"/>
                </svg>
                <span class="visually-hidden">"Find or make a room"</span>
            </a>
        </nav>
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
