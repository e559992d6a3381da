//! The board's region as pages come with it: calm and empty. What lives there is a module of its own,
//! which the page loads once it lives (`board_port.rs`).

use leptos::either::Either;
use leptos::prelude::*;

use crate::model::{BoardState, RoomModel, Tab, Wish};
use crate::tabs::{panel_role, tab_id};

const KEYS: &str = "Arrow keys move your pointer or what is selected, Escape lets go of it. With Alt they \
                    move the view; plus and minus zoom, Home shows the whole board. N puts a note there. \
                    Contents lists what lies on the board.";
const KEYS_ID: &str = "board-keys";

/// The region "Board".
#[component]
pub(crate) fn Board(
    /// Whose board.
    room: RoomModel,
    /// Whether the viewer is in the room.
    joined: bool,
) -> impl IntoView {
    let alone = move || room.people.len() == 1 && room.board.get() != BoardState::Missing;
    let missing = move || room.board.get() == BoardState::Missing;
    let hint = if joined {
        Either::Left(view! {
            <Show when=alone>
                <p class="board-hint">
                    "Nobody else is here yet. Copy the link and send it to them."
                </p>
            </Show>
            <Show when=missing>
                <p class="board-hint" role="alert">
                    "The board could not be loaded. You can talk meanwhile. "
                    <button
                        class="quiet"
                        type="button"
                        on:click=move |_| room.wish(Wish::LoadBoard)
                    >
                        "Try again"
                    </button>
                </p>
            </Show>
            <p id=KEYS_ID hidden>{KEYS}</p>
            <p class="visually-hidden" role="status">{room.board_says}</p>
        })
    } else {
        // Nothing of the board is sent to them: it must not look empty.
        Either::Right(view! {
            <p class="board-hint">
                "Join to see what lies on the board and where the others point."
            </p>
        })
    };
    view! {
        <section
            class="board"
            id=tab_id(Tab::Board)
            role=move || panel_role(room)
            aria-label="Board"
        >
            <div
                class="surface"
                data-surface
                role=joined.then_some("application")
                aria-label=joined.then_some("Board")
                aria-describedby=joined.then_some(KEYS_ID)
                tabindex=joined.then_some("0")
            >
                <div class="plane" data-plane></div>
            </div>
            {hint}
        </section>
    }
}
