//! The page of a room: the viewer's rooms, who is here along the top, the board, the chat. A narrow
//! window shows board, chat or people.

use leptos::either::Either;
use leptos::prelude::*;
use starling_protocol::{Limits, Rights, User, Visibility};

use crate::board::Board;
use crate::composer::Composer;
use crate::connection::ConnectionStatus;
use crate::copy_link::CopyLink;
use crate::join_form::{Door, JoinForm, Target};
use crate::keeping::LockSwitch;
use crate::link::leading_to;
use crate::messages::Messages;
use crate::model::{RoomModel, Tab};
use crate::notice::Notice;
use crate::page::{Clock, RoomView, SETTINGS_ACTIONS};
use crate::people::People;
use crate::rail::Rail;
use crate::tabs::{Tabs, panel_role, tab_id};
use crate::typing::TypingLine;

/// The page at `/r/{slug}`.
#[component]
pub(crate) fn RoomPage(
    /// The room as the server rendered it.
    view: RoomView,
    /// Who looks at it.
    viewer: Option<User>,
    /// The clock on their wall, as far as the server knows it.
    clock: Option<Clock>,
    /// What the server accepts.
    limits: Limits,
    /// Whether they may come in.
    door: Door,
    /// Names the frontend that this page loads.
    page_build: String,
) -> impl IntoView {
    let joined = view.joined;
    let room = RoomModel::new(&view, viewer, clock, limits);
    let RoomView { slug, own, directs, form, post, .. } = view.clone();
    let direct = view.rights.with.is_some();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| crate::live::start(room, &view, &page_build));
    #[cfg(not(feature = "hydrate"))]
    drop((view, page_build));

    let path = slug.path();
    let has_places = !own.is_empty() || !directs.is_empty();
    let rail = has_places.then(|| view! { <Rail room rooms=own here=slug.clone()/> });
    let writing = if joined {
        Either::Left(view! {
            <TypingLine room/>
            <Composer room action=format!("{path}/messages") post/>
        })
    } else {
        Either::Right(view! {
            <div class="join-here">
                <p>"Join to talk and to be seen."</p>
                <JoinForm form target=Target::ThisRoom(slug) limits door/>
            </div>
        })
    };
    let notice = view! { <Notice room sign_in=leading_to("/sign-in", &path)/> };
    // Nobody else could follow it.
    let copy_link = (!direct).then(|| view! { <CopyLink path=path.clone()/> });
    let settings = view_settings(room, format!("{path}/settings"));
    let lock = joined.then(|| view! { <LockSwitch room/> });
    let people = joined.then(|| view! { <People room/> });
    let connection = joined.then(|| view! { <ConnectionStatus room/> });
    let board = view! { <Board room joined/> };
    let messages = view! { <Messages room joined/> };
    let tabs = view! { <Tabs room joined/> };
    view! {
        <div class="room" data-tab=move || tab_id(room.tab.get())>
            {rail}
            <header class="room-head">
                <div class="room-title">
                    <a class="wordmark" href="/" title="All rooms">"Starling"</a>
                    <div class="room-called">
                        <h1 class="room-name"><bdi>{move || room.rights.with(|rights| rights.title().to_owned())}</bdi></h1>
                        {move || room.rights.with(kind_of_room).map(|kind| view! { <span class="tag">{kind}</span> })}
                    </div>
                </div>
                <div class="room-actions">
                    {settings}
                    {lock}
                    {copy_link}
                    {connection}
                </div>
            </header>
            {people}
            <main class="room-main">
                {notice}
                {board}
                <section
                    class="chat"
                    id=tab_id(Tab::Chat)
                    role=move || panel_role(room)
                    aria-label="Chat"
                >
                    <noscript inner_html=without_scripts(joined, &path)></noscript>
                    {messages}
                    {writing}
                </section>
            </main>
            {tabs}
        </div>
    }
}

/// The way to the settings, for whoever may do any of it. What is offered there does not wait for a
/// connection, so the link is there from the start.
fn view_settings(room: RoomModel, path: String) -> impl IntoView {
    let offered =
        move || room.rights.with(|rights| SETTINGS_ACTIONS.iter().any(|it| rights.include(*it)));
    view! {
        <Show when=offered>
            <a class="icon" href=path.clone() title="Settings of the room">
                <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                    <path
                        d="M2 4.5h6 M12 4.5h2 M2 11.5h2 M8 11.5h6"
                        fill="none"
                        stroke="currentColor"
                        stroke-width="1.3"
                        stroke-linecap="round"
                    />
                    <circle cx="10" cy="4.5" r="2" fill="none" stroke="currentColor" stroke-width="1.3"/>
                    <circle cx="6" cy="11.5" r="2" fill="none" stroke="currentColor" stroke-width="1.3"/>
                </svg>
                <span class="visually-hidden">"Settings"</span>
            </a>
        </Show>
    }
}

/// What is special about a room, in a word or three.
fn kind_of_room(rights: &Rights) -> Option<&'static str> {
    match rights {
        Rights { with: Some(_), .. } => Some("just you two"),
        Rights { archived: true, .. } => Some("archived"),
        Rights { locked: true, .. } => Some("locked"),
        Rights { visibility: Visibility::Private, .. } => Some("private"),
        Rights { visibility: Visibility::Unlisted, .. } => Some("by link only"),
        Rights { .. } => None,
    }
}

/// Markup, not a view: where scripts run, what is inside `noscript` is no element to hydrate.
fn without_scripts(joined: bool, path: &str) -> String {
    if joined {
        format!(
            "<p class='notice'>Live updates need JavaScript. You can read and write without it: \
             <a href='{path}'>load the page again</a> to see what is new.</p>"
        )
    } else {
        "<p class='notice'>Live updates need JavaScript. This is what was said until now.</p>"
            .to_owned()
    }
}
