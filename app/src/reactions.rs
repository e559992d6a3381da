//! How people reacted to a message.

use leptos::prelude::*;
use starling_protocol::{Action, Reactions, Seq, UserId};

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
    move || {
        let (message, all) = all.get()?;
        let chips = all.into_iter().map(|reactions| chip(room, message, reactions));
        Some(view! { <div class="reactions">{chips.collect_view()}</div> })
    }
}

fn chip(room: RoomModel, message: Seq, Reactions { emoji, by }: Reactions) -> impl IntoView {
    let is_own = by.iter().any(|user| room.is_viewer(*user));
    // Whoever speaks to their browser says what they see.
    let shown = format!("{} {}", emoji.as_str(), by.len());
    let words = format!("{shown}: {}", names(room, &by));
    let may = room.may(Action::React);
    let toggle = move |_| room.act(Wish::React { message, emoji: emoji.clone(), active: !is_own });
    view! {
        <button
            type="button"
            class="chip"
            aria-pressed=is_own.to_string()
            aria-label=words.clone()
            title=words
            disabled=!may
            on:click=toggle
        >
            {shown}
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
