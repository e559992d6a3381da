//! What stands in the way right now, in a sentence over the log. Nothing moves when it comes or
//! goes.

use leptos::prelude::*;

use crate::model::{Reach, RoomModel};

/// Why nothing can be read or said, or why what is said has to wait.
#[component]
pub(crate) fn Notice(
    /// In which room.
    room: RoomModel,
) -> impl IntoView {
    let waiting = move || room.reach.with(|reach| waiting(reach, room.blocked.get()));
    let ended = move || match room.reach.get() {
        Reach::Ended { why } => Some(view! {
            <p class="notice ended" role="alert">
                {why}
                <button type="button" on:click=move |_| reload()>"Reload"</button>
            </p>
        }),
        _ => None,
    };
    view! {
        <div class="notices">
            <p class="notice problem" role="alert">{move || room.problem.get()}</p>
            <p class="notice" role="status" aria-label="What holds things up">{waiting}</p>
            {ended}
        </div>
    }
}

fn waiting(reach: &Reach, blocked: bool) -> Option<&'static str> {
    match reach {
        Reach::Offline => Some(OFFLINE),
        Reach::Connecting | Reach::Reconnecting { .. } if blocked => Some(BLOCKED),
        Reach::Connecting | Reach::Reconnecting { .. } | Reach::Online | Reach::Ended { .. } => {
            None
        }
    }
}

fn reload() {
    // Only a page inside a sandbox may not load itself again.
    let _ = window().location().reload();
}

const OFFLINE: &str = "You are offline. What you write is kept, and sent when you are back.";
const BLOCKED: &str = "The server answers, but this network seems to block live connections \
     (WebSockets), as some company networks and proxies do. What you write is kept, and sent as \
     soon as a connection comes about.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_break_needs_no_words() {
        let reconnecting = Reach::Reconnecting { seconds: 3 };
        assert_eq!(waiting(&reconnecting, false), None);
        assert_eq!(waiting(&reconnecting, true), Some(BLOCKED));
        assert_eq!(waiting(&Reach::Offline, true), Some(OFFLINE));
        assert_eq!(waiting(&Reach::Online, true), None);
    }
}
