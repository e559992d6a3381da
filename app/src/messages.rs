//! The log: what was said, in lines. Stays at its end, and grows at its start when one reads back.

use leptos::html;
use leptos::prelude::*;
use starling_client::Delivery;
use starling_protocol::MessageId;
use web_sys::HtmlElement;

use crate::keyed::Entry;
use crate::lines::{Line, LineKey};
use crate::model::{Reach, RoomModel, Wish};
use crate::time::day_name;

/// Nearer than this to the start, older messages are asked for.
const NEAR_START_PX: i32 = 400;
/// Nearer than this to the end is at the end.
const AT_END_PX: i32 = 8;

/// The log "Messages". The style sheet lays it out from its end (`column-reverse`): so it opens at
/// the end without JavaScript, stays there when the window changes, and does not jump when older
/// lines come. Positions are therefore 0 at the end and negative above.
#[component]
pub(crate) fn Messages(
    /// Whose messages.
    room: RoomModel,
    /// Whether the viewer is in the room.
    joined: bool,
) -> impl IntoView {
    let log = NodeRef::<html::Div>::new();
    let seen = StoredValue::new(Extent { last: room.lines.last_key(), height: 0 });
    let scrolled = move || {
        let Some(log) = log.get_untracked() else { return };
        seen.update_value(|seen| seen.height = log.scroll_height());
        if log.scroll_height() - log.client_height() + log.scroll_top() < NEAR_START_PX {
            room.wish(Wish::LoadOlder);
        }
    };
    Effect::new(move |_| {
        let last = room.lines.last_key();
        // Without a connection nothing older comes: then it is asked for again.
        room.reach.track();
        // Once the lines are on the page, and before they are painted.
        queue_microtask(move || {
            if let Some(log) = log.get_untracked() {
                keep_place(room, &log, seen.get_value(), last);
                seen.update_value(|seen| seen.last = last);
                scrolled();
            }
        });
    });
    let top = move || match (joined, room.has_older.get(), room.loading_older.get()) {
        (false, true, _) => "Join to read what was said before.",
        (true, true, true) => "Loading older messages…",
        _ => "",
    };
    view! {
        <div
            class="log"
            role="log"
            aria-label="Messages"
            tabindex="0"
            node_ref=log
            on:scroll=move |_| scrolled()
        >
            <div class="lines">
                <p class="log-top">{top}</p>
                <Show when=move || room.lines.len() == 0>
                    <p class="empty">"Nothing was said here yet. Say hello."</p>
                </Show>
                <For each=move || room.lines.get() key=|entry| entry.key let(entry)>
                    <LogLine room entry/>
                </For>
            </div>
        </div>
    }
}

/// How far the log reached when it was looked at last.
#[derive(Clone, Copy)]
struct Extent {
    last: Option<LineKey>,
    height: i32,
}

/// Whoever reads further up keeps what they read in place when a line comes at the end; whoever
/// says something sees it.
fn keep_place(room: RoomModel, log: &HtmlElement, seen: Extent, last: Option<LineKey>) {
    if last == seen.last {
        return;
    }
    if last.is_some_and(|key| room.is_viewer(key.author)) {
        log.set_scroll_top(0);
    } else if log.scroll_top() < -AT_END_PX {
        log.set_scroll_top(log.scroll_top() - (log.scroll_height() - seen.height));
    }
}

#[component]
fn LogLine(
    /// Where it stands.
    room: RoomModel,
    /// What it says.
    entry: Entry<LineKey, Line>,
) -> impl IntoView {
    let Entry { key, value: line } = entry;
    let body = line.with_untracked(|line| line.body.to_string());
    let classes = {
        let line = line.clone();
        move || line.with(line_classes)
    };
    let day = {
        let line = line.clone();
        move || {
            let day = line.with(|line| line.opens_day.then(|| line.time.date()))?;
            Some(view! { <h2 class="day">{day_name(day, room.today.get())}</h2> })
        }
    };
    let head = {
        let line = line.clone();
        move || {
            line.with(|line| {
                let (clock, machine, exact) =
                    (line.time.clock(), line.time.machine(), line.time.exact());
                let name = line.opens_group.then(|| {
                    let hue = line.author.hue.0;
                    view! { <bdi class="author" data-hue=hue>{line.author.name.to_string()}</bdi> }
                });
                view! {
                    <div class="line-head">
                        {name} <time datetime=machine title=exact>{clock}</time>
                    </div>
                }
            })
        }
    };
    let delivery = move || line.with(|line| line.delivery.clone());
    view! {
        <div class=classes data-message=key.id.to_string()>
            {day}
            {head}
            <div class="body" dir="auto">{body}</div>
            {move || delivery().map(|delivery| view! { <Fate room id=key.id delivery/> })}
        </div>
    }
    .into_any()
}

fn line_classes(line: &Line) -> &'static str {
    match (&line.delivery, line.opens_group) {
        (None, true) => "line opens",
        (None, false) => "line",
        (Some(Delivery::Failed { .. }), true) => "line opens failed",
        (Some(Delivery::Failed { .. }), false) => "line failed",
        (Some(_), true) => "line opens pending",
        (Some(_), false) => "line pending",
    }
}

/// What became of a message that is not in the stream yet.
#[component]
fn Fate(
    /// Whose message.
    room: RoomModel,
    /// Which message.
    id: MessageId,
    /// How far it got.
    delivery: Delivery,
) -> impl IntoView {
    let Delivery::Failed { message, .. } = delivery else {
        let word = move || match room.reach.get() {
            Reach::Online => "Sending…",
            _ => "Waits for the connection…",
        };
        // The style sheet shows it after a second: most messages are stored before.
        return view! { <p class="fate" aria-hidden="true">{word}</p> }.into_any();
    };
    view! {
        <p class="fate" role="alert">
            "Not sent: " {message} " "
            <button type="button" on:click=move |_| room.wish(Wish::Retry { id })>"Retry"</button>
            <button type="button" on:click=move |_| room.wish(Wish::Discard { id })>
                "Discard"
            </button>
        </p>
    }
    .into_any()
}
