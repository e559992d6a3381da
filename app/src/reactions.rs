//! How people reacted to a message.

use leptos::prelude::*;
use starling_protocol::{Action, Emoji, Reactions, Seq, UserId};

use crate::lines::Line;
use crate::model::{RoomModel, Wish};

/// The reactions under a message, a button each: pressed if the viewer is among them.
#[component]
pub(crate) fn ReactionList(
    /// Where it was said.
    room: RoomModel,
    /// Which message.
    line: ArcRwSignal<Line>,
) -> impl IntoView {
    let all =
        Memo::new(move |_| line.with(|line| line.seq.map(|seq| (seq, line.reactions.clone()))));
    let signs = move || {
        all.with(|all| {
            let (seq, reactions) = all.as_ref()?;
            let signs = reactions.iter().map(|it| (*seq, it.emoji.clone()));
            Some(signs.collect::<Vec<_>>())
        })
        .unwrap_or_default()
    };
    let by = move |emoji: &Emoji| {
        all.with(|all| {
            let (_, reactions) = all.as_ref()?;
            reactions.iter().find(|it| it.emoji == *emoji).map(|Reactions { by, .. }| by.clone())
        })
        .unwrap_or_default()
    };
    view! {
        <Show when=move || all.with(|all| all.as_ref().is_some_and(|(_, all)| !all.is_empty()))>
            <div class="reactions">
                <For each=signs key=|sign| sign.clone() let((message, emoji))>
                    {
                        let sign = emoji.clone();
                        let by = Signal::derive(move || by(&sign));
                        view! { <Chip room message emoji by/> }
                    }
                </For>
            </div>
        </Show>
    }
}

#[component]
fn Chip(
    /// Where it was said.
    room: RoomModel,
    /// Which message.
    message: Seq,
    /// The sign.
    emoji: Emoji,
    /// Who reacted with it.
    by: Signal<Vec<UserId>>,
) -> impl IntoView {
    let is_own = move || by.with(|by| by.iter().any(|user| room.is_viewer(*user)));
    let sign = emoji.to_string();
    let words = {
        let sign = sign.clone();
        move || format!("{sign}: {}", names(room, &by.get()))
    };
    let toggle = move |_| {
        let wish = Wish::React { message, emoji: emoji.clone(), active: !is_own() };
        room.act(wish);
    };
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=move || is_own().to_string()
            aria-label=words.clone()
            title=words
            disabled=move || !room.may(Action::React)
            on:click=toggle
        >
            {sign}
            " "
            {move || by.with(Vec::len)}
        </button>
    }
}

/// Who that is, as far as they are here.
fn names(room: RoomModel, by: &[UserId]) -> String {
    let people = room.people.get();
    let here = by.iter().filter_map(|user| people.iter().find(|entry| entry.key == *user));
    let mut names: Vec<String> =
        here.map(|entry| entry.value.with(|person| person.name.to_string())).collect();
    match by.len() - names.len() {
        0 => {}
        1 if names.is_empty() => names.push("somebody who is not here".to_owned()),
        1 => names.push("1 other".to_owned()),
        others => names.push(format!("{others} others")),
    }
    names.join(", ")
}
