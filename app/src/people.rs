//! Who is here, each person once, and the viewer's own name.

use leptos::either::Either;
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{DisplayName, Person, Role, Status, UserId};

use crate::keyed::Entry;
use crate::managing::{Manage, ManageOpener};
use crate::model::{BoardState, NO_CONNECTION, Reach, RoomModel, Tab, Wish};
use crate::tabs::{panel_role, tab_id};

/// The list "People", with a way to change one's own name.
#[component]
pub(crate) fn People(
    /// Who is here.
    room: RoomModel,
) -> impl IntoView {
    let renaming = room.renaming;
    let list = NodeRef::<html::Ul>::new();
    Effect::new(move |was_managing| {
        let managing = room.managing.get().is_some();
        if was_managing == Some(true) && !managing {
            // Who was sent out takes along the button that would have the focus again.
            queue_microtask(move || {
                let focused = document().active_element();
                if focused.is_none_or(|focused| focused.tag_name() == "BODY")
                    && let Some(list) = list.get_untracked()
                {
                    let _ = list.focus();
                }
            });
        }
        managing
    });
    view! {
        <section class="people" aria-label="Who is here">
            // A panel is no landmark; the section around it is.
            <div
                class="people-panel"
                id=tab_id(Tab::People)
                role=move || panel_role(room)
                aria-label=move || panel_role(room).map(|_| "People")
            >
                <ul class="people-list" aria-label="People" tabindex="-1" node_ref=list>
                    <For each=move || room.people.get() key=|entry| entry.key let(entry)>
                        <PersonHere room entry/>
                    </For>
                </ul>
                <Show when=move || renaming.get()>
                    <Rename room renaming/>
                </Show>
                {move || room.managing.get().map(|user| view! { <Manage room user/> })}
            </div>
        </section>
    }
}

#[component]
fn PersonHere(
    /// Where they are.
    room: RoomModel,
    /// Who they are.
    entry: Entry<UserId, Person>,
) -> impl IntoView {
    let Entry { key, value: person } = entry;
    let hue = {
        let person = person.clone();
        move || person.with(|person| person.hue.0)
    };
    let status = Memo::new({
        let person = person.clone();
        move |_| status_word(person.with(|person| person.status))
    });
    let face = view! { <Face room user=key person=person.clone()/> };
    let is_own = room.is_viewer(key);
    let own = is_own.then(|| view! { <RenameOpener renaming=room.renaming/> });
    let manage = (!is_own).then(|| {
        let (named, ranked) = (person.clone(), person.clone());
        let name = Signal::derive(move || named.with(|person| person.name.to_string()));
        let role = Signal::derive(move || ranked.with(|person| person.role));
        view! { <ManageOpener room user=key name role/> }
    });
    let called = {
        let person = person.clone();
        move || person.with(|person| person.name.to_string())
    };
    let name = if is_own {
        Either::Left(view! { <bdi class="person-name">{called}</bdi> })
    } else {
        let words = called.clone();
        Either::Right(view! {
            <button
                type="button"
                class="person-name"
                dir="auto"
                title=move || format!("Talk with {} alone", words())
                on:click=move |_| room.act(Wish::Direct { user: key })
            >
                {called}
            </button>
        })
    };
    let rank = {
        let person = person.clone();
        move || match person.with(|person| person.role) {
            Role::Visitor | Role::Member => None,
            role => Some(view! { <span class="rank">{role.name()}</span> }),
        }
    };
    view! {
        <li class="person" data-hue=hue data-status=move || status.get()>
            {face}
            {name}
            {rank}
            {own}
            {manage}
            <span class="status">{move || status.get()}</span>
        </li>
    }
}

/// Somebody's face. Of another one, once the board lives, it is the button that follows them there.
#[component]
fn Face(
    /// Where they are.
    room: RoomModel,
    /// Who they are.
    user: UserId,
    /// The same.
    person: ArcRwSignal<Person>,
) -> impl IntoView {
    let shown = person.clone();
    let face = view! {
        <span class="face" aria-hidden="true">
            {move || shown.with(face_of)}
        </span>
    };
    if room.is_viewer(user) {
        return Either::Left(face);
    }
    let follows = move || room.following.get() == Some(user);
    let name = move || format!("Follow {}", person.with(|person| person.name.to_string()));
    Either::Right(view! {
        <button
            type="button"
            class="follow"
            title=name
            aria-pressed=move || follows().to_string()
            disabled=move || room.board.get() != BoardState::Live
            on:click=move |_| room.wish(Wish::Follow { user: (!follows()).then_some(user) })
        >
            {face}
        </button>
    })
}

/// What tells the viewer's own entry from the others.
#[component]
fn RenameOpener(
    /// Whether they are changing their name.
    renaming: RwSignal<bool>,
) -> impl IntoView {
    let opener = NodeRef::<html::Button>::new();
    Effect::new(move |was_renaming| {
        let renaming = renaming.get();
        // The form that had the focus is gone.
        if was_renaming == Some(true)
            && !renaming
            && let Some(opener) = opener.get_untracked()
        {
            let _ = opener.focus();
        }
        renaming
    });
    view! {
        <span class="you">"you"</span>
        <button
            type="button"
            class="icon"
            title="Change name"
            node_ref=opener
            aria-expanded=move || renaming.get().to_string()
            on:click=move |_| renaming.update(|renaming| *renaming = !*renaming)
        >
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <path
                    d="M2.5 13.5 3 10.7 10.9 2.8 13.2 5.1 5.3 13Z M9.4 4.3 11.7 6.6"
                    fill="none"
                    stroke="currentColor"
                    stroke-width="1.3"
                    stroke-linejoin="round"
                />
            </svg>
            <span class="visually-hidden">"Change name"</span>
        </button>
    }
}

/// The form for another name. It goes away once the name is another one.
#[component]
fn Rename(
    /// Where the viewer is.
    room: RoomModel,
    /// Cleared when done.
    renaming: RwSignal<bool>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let asked = RwSignal::new(None::<DisplayName>);
    let error = RwSignal::new(None::<String>);
    let now =
        move || room.viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.name.to_string()));

    room.name_refused.set(None);
    field.on_load(|field| {
        // Only a field that is not on the page cannot take the focus.
        let _ = field.focus();
        field.select();
    });
    Effect::new(move |_| {
        let asked = asked.with(|asked| asked.as_ref().map(ToString::to_string));
        if asked.is_some() && asked == now() {
            renaming.set(false);
        }
    });
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        room.name_refused.set(None);
        error.set(match DisplayName::parse(&field.value(), &room.limits) {
            Err(refused) => Some(refused.to_string()),
            Ok(_) if room.reach.get_untracked() != Reach::Online => Some(NO_CONNECTION.to_owned()),
            Ok(name) => {
                asked.set(Some(name.clone()));
                room.wish(Wish::Rename { name });
                None
            }
        });
    };
    let message = move || error.get().or_else(|| room.name_refused.get());
    view! {
        <form
            class="popover rename"
            novalidate
            on:submit=save
            on:keydown=move |event| if event.key() == "Escape" { renaming.set(false) }
        >
            <label for="new-name">"New name"</label>
            <input
                id="new-name"
                type="text"
                autocomplete="nickname"
                value=now().unwrap_or_default()
                node_ref=field
                aria-describedby="new-name-error"
                aria-invalid=move || message().is_some().then_some("true")
            />
            <button class="primary" type="submit">"Save"</button>
            <button type="button" on:click=move |_| renaming.set(false)>"Cancel"</button>
            <p class="error" id="new-name-error" role="alert">{message}</p>
            <p class="hint"><a href="/account">"Colour, avatar and account"</a></p>
        </form>
    }
}

/// What stands in the circle: their avatar, or their initial.
fn face_of(person: &Person) -> String {
    match &person.avatar {
        Some(avatar) => avatar.to_string(),
        None => person.name.as_str().chars().take(1).flat_map(char::to_uppercase).collect(),
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Idle => "idle",
        Status::Away => "away",
    }
}
