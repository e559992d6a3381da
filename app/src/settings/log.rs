//! What was done in the room by whom, the latest first.

use leptos::prelude::*;

use super::part::Times;
use crate::audit::{Words, words};
use crate::page::settings::{LogEntry, LogView};

/// The part "Log".
pub(super) fn log(base: &str, view: LogView, times: &Times) -> impl IntoView + use<> {
    let LogView { entries, older, later } = view;
    let none = entries.is_empty().then(|| {
        view! { <p class="empty">"Nothing was done yet that would be written down here."</p> }
    });
    let entries = entries.into_iter().map(|entry| {
        let LogEntry { at, actor, act, target, detail } = entry;
        let Words { before, name, after } = words(&act, target.as_deref(), &detail);
        view! {
            <li class="done">
                <span class="hint">{times.show(at)}</span>
                <p>
                    <bdi>{actor}</bdi> " " {before} " " {name.map(|name| view! { <bdi>{name}</bdi> })}
                    " " {after}
                </p>
            </li>
        }
    });
    let newest = later.then(|| view! { <a href=format!("{base}#log")>"Newest"</a> });
    let older = older.map(|before| {
        view! { <a href=format!("{base}?before={before}#log")>"Older"</a> }
    });
    let pages = (newest.is_some() || older.is_some())
        .then(|| view! { <p class="pages">{newest} {older}</p> });
    view! {
        {none}
        <ol class="entries">{entries.collect_view()}</ol>
        {pages}
    }
}
