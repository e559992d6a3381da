//! How the connection is, in a word or two.

use leptos::prelude::*;

use crate::model::{Reach, RoomModel};

/// The status "Connection".
#[component]
pub(crate) fn ConnectionStatus(
    /// Whose connection.
    room: RoomModel,
) -> impl IntoView {
    view! {
        <div class="connection" data-reach=move || room.reach.with(kind)>
            <span role="status" aria-label="Connection">
                {move || room.reach.with(word)}
                // Told to the eye alone: a countdown read aloud would never stop.
                <span aria-hidden="true">{move || room.reach.with(wait)}</span>
            </span>
        </div>
    }
}

fn kind(reach: &Reach) -> &'static str {
    match reach {
        Reach::Online => "online",
        Reach::Connecting => "connecting",
        Reach::Reconnecting { .. } => "trying",
        Reach::Offline | Reach::Ended { .. } => "away",
    }
}

fn word(reach: &Reach) -> &'static str {
    match reach {
        Reach::Connecting => "Connecting…",
        Reach::Online => "Online",
        Reach::Reconnecting { .. } => "Reconnecting",
        Reach::Offline => "Offline",
        Reach::Ended { .. } => "Disconnected",
    }
}

fn wait(reach: &Reach) -> Option<String> {
    match reach {
        Reach::Reconnecting { seconds: 0 } => Some("…".to_owned()),
        Reach::Reconnecting { seconds } => Some(format!(" in {seconds} s")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_counts_down() {
        let text = |reach| format!("{}{}", word(&reach), wait(&reach).unwrap_or_default());
        assert_eq!(text(Reach::Reconnecting { seconds: 3 }), "Reconnecting in 3 s");
        assert_eq!(text(Reach::Reconnecting { seconds: 0 }), "Reconnecting…");
        assert_eq!(text(Reach::Online), "Online");
        assert_eq!(text(Reach::Offline), "Offline");
    }
}
