//! The viewer's messages on their way, kept by the tab, so that a reload does not lose them.

use leptos::prelude::window;
use starling_client::RoomState;
use starling_protocol::{MessageBody, MessageId, Slug, UserId};
use web_sys::Storage;

/// Where a tab keeps the messages of one person to one room.
pub(crate) struct SavedOutbox {
    key: String,
}

impl SavedOutbox {
    pub(crate) fn new(author: UserId, room: &Slug) -> Self {
        Self { key: format!("starling-outbox {author} {room}") }
    }

    /// What was on its way when the page went, oldest first.
    pub(crate) fn load(&self) -> Vec<(MessageId, MessageBody)> {
        let saved = tab_storage().and_then(|tab| tab.get_item(&self.key).ok().flatten());
        // Something that this version cannot read was kept by another one.
        saved.and_then(|saved| serde_json::from_str(&saved).ok()).unwrap_or_default()
    }

    /// Keeps what is on its way now.
    pub(crate) fn save(&self, room: &RoomState) {
        let Some(tab) = tab_storage() else { return };
        let pending: Vec<_> = room.pending().map(|entry| (entry.id, &entry.body)).collect();
        // A tab without space for it still sends it, if only from this page.
        let _ = match serde_json::to_string(&pending) {
            Ok(saved) if !pending.is_empty() => tab.set_item(&self.key, &saved),
            _ => tab.remove_item(&self.key),
        };
    }
}

/// Storage that ends with the tab; none where a browser forbids it.
pub(crate) fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
