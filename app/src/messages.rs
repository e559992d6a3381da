//! The log: what was said, in lines. Stays at its end, and grows at its start when one reads back.

use std::time::Duration;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use starling_protocol::{Action, grouped};
use web_sys::HtmlElement;

use crate::deeds::walk;
use crate::line::LogLine;
use crate::lines::LineKey;
use crate::model::{RoomModel, Wish};

/// Nearer than this to the start, older messages are asked for.
const NEAR_START_PX: i32 = 400;
/// Nearer than this to the end is at the end.
const AT_END_PX: i32 = 8;
/// For so long after older messages came, what is new to the page is not news.
const OLD_NEWS: Duration = Duration::from_millis(1_000);

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
        let at_end = log.scroll_top() >= -AT_END_PX;
        if room.at_end.get_untracked() != at_end {
            room.at_end.set(at_end);
        }
        if log.scroll_height() - log.client_height() + log.scroll_top() < NEAR_START_PX {
            room.wish(Wish::LoadOlder);
        }
    };
    Effect::new(move |_| {
        let last = room.lines.last_key();
        // Without a connection nothing older comes: then it is asked for again.
        room.reach.track();
        room.has_older.track();
        // Once the lines are on the page, and before they are painted.
        queue_microtask(move || {
            if let Some(log) = log.get_untracked() {
                keep_place(room, &log, seen.get_value(), last);
                seen.update_value(|seen| seen.last = last);
                scrolled();
            }
        });
    });
    Effect::new(move |_| {
        // What is wrapped anew has another height.
        window_event_listener(ev::resize, move |_| scrolled());
    });
    let jump = move |_| {
        if let Some(log) = log.get_untracked() {
            log.set_scroll_top(0);
            // The button goes, and with it the focus.
            let _ = log.focus();
        }
    };
    let reads_history = RwSignal::new(false);
    Effect::new(move |_| {
        if room.loading_older.get() {
            reads_history.set(true);
        } else if reads_history.get_untracked() {
            set_timeout(move || reads_history.set(room.loading_older.get_untracked()), OLD_NEWS);
        }
    });
    let top = move || match (joined, room.has_older.get(), room.loading_older.get()) {
        (false, true, _) => "Join to read what was said before.".to_owned(),
        (true, true, true) => "Loading older messages…".to_owned(),
        (true, true, false) => room.older_refused.get().unwrap_or_default(),
        _ => String::new(),
    };
    let keeps = move || room.may(Action::React) && room.lines.len() > 0;
    let nothing = move || match (room.has_older.get(), joined) {
        (true, _) => UNREADABLE,
        (false, true) => EMPTY,
        (false, false) => EMPTY_TO_NEWCOMERS,
    };
    view! {
        <div class="log-frame">
            <div
                class="log"
                role="log"
                aria-label="Messages"
                // A screen reader reads what is said, once: not what was said long ago, and not
                // the time that passes.
                aria-live=move || if reads_history.get() { "off" } else { "polite" }
                aria-relevant="additions"
                tabindex="0"
                node_ref=log
                aria-description=move || keeps().then_some(KEYS)
                on:scroll=move |_| scrolled()
                on:keydown=move |event| {
                    if let Some(log) = log.get_untracked() {
                        walk(&event, &log);
                    }
                }
            >
                <div class="lines">
                    <p class="log-top">{top}</p>
                    <Show when=move || room.lines.len() == 0>
                        <p class="empty">{nothing}</p>
                    </Show>
                    <For each=move || room.lines.get() key=|entry| entry.key let(entry)>
                        <LogLine room entry/>
                    </For>
                </div>
            </div>
            // For those who see the focus; the log has the same for a description.
            <p class="log-keys" aria-hidden="true">{move || keeps().then_some(KEYS)}</p>
            <Show when=move || !room.at_end.get()>
                <button class="jump" type="button" on:click=jump>
                    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                        <path d="M8 3v10M3.5 8.5 8 13l4.5-4.5"/>
                    </svg>
                    <span class="jump-words">"Jump to latest"</span>
                    {move || unread_words(room.unread.get())
                        .map(|words| view! { <span class="jump-count">{words}</span> })}
                </button>
            </Show>
        </div>
    }
}

const KEYS: &str = "To react, edit or delete: Enter, then the arrow keys.";
const EMPTY: &str = "Nothing was said here yet. Say hello.";
/// Where something was said, and none of it can be shown.
const UNREADABLE: &str = "What was said here last cannot be read: Starling's storage is damaged. \
     What is said from now on can.";
const EMPTY_TO_NEWCOMERS: &str = "Nothing was said here yet. Join and say hello.";

fn unread_words(unread: usize) -> Option<String> {
    (unread > 0).then(|| format!("{} new", grouped(unread)))
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
    if room.spoke_here.get_value() && last.is_some_and(|key| room.is_viewer(key.author)) {
        room.spoke_here.set_value(false);
        log.set_scroll_top(0);
    } else if log.scroll_top() < -AT_END_PX {
        log.set_scroll_top(log.scroll_top() - (log.scroll_height() - seen.height));
    }
}
