//! The page of a room: who is here along the top, the board, the chat.

use leptos::prelude::*;
use starling_protocol::{Limits, User};

use crate::board::Board;
use crate::composer::Composer;
use crate::connection::ConnectionStatus;
use crate::join_form::{JoinForm, Target};
use crate::messages::Messages;
use crate::model::RoomModel;
use crate::page::RoomView;
use crate::people::People;
use crate::typing::TypingLine;

/// The page at `/r/{slug}`.
#[component]
pub(crate) fn RoomPage(
    /// The room as the server rendered it.
    view: RoomView,
    /// Who looks at it.
    viewer: Option<User>,
    /// What the server accepts.
    limits: Limits,
    /// Names the frontend that this page loads.
    page_build: String,
) -> impl IntoView {
    let joined = view.joined;
    let room = RoomModel::new(&view, viewer, limits);
    let RoomView { slug, name, listed, form, .. } = view.clone();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| crate::live::start(room, &view, &page_build));
    #[cfg(not(feature = "hydrate"))]
    drop((view, page_build));

    let writing = if joined {
        view! {
            <TypingLine room/>
            <Composer room/>
        }
        .into_any()
    } else {
        view! {
            <div class="join-here">
                <p>"Join to talk and to be seen."</p>
                <JoinForm form target=Target::ThisRoom(slug) limits/>
            </div>
        }
        .into_any()
    };
    // Erased one by one: the type of the whole page would be too deep for the compiler.
    let head = joined.then(|| {
        view! {
            <People room/>
            <ConnectionStatus room/>
        }
        .into_any()
    });
    let board = view! { <Board room joined/> }.into_any();
    let messages = view! { <Messages room joined/> }.into_any();
    view! {
        <div class="room">
            <header class="room-head">
                <a class="wordmark" href="/" title="All rooms">"Starling"</a>
                <h1 class="room-name"><bdi>{name.to_string()}</bdi></h1>
                {(!listed).then(|| view! { <span class="tag">"by link only"</span> })}
                {head}
            </header>
            {board}
            <section class="chat" aria-label="Chat">
                <noscript inner_html=WITHOUT_SCRIPTS></noscript>
                <p class="notice problem" role="alert">{move || room.problem.get()}</p>
                {messages}
                {writing}
            </section>
        </div>
    }
}

/// Markup, not a view: where scripts run, what is inside `noscript` is no element to hydrate.
const WITHOUT_SCRIPTS: &str =
    "<p class='notice'>Live updates need JavaScript. This is what was said until now.</p>";
