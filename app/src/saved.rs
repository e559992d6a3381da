//! What a tab keeps of its viewer's in a room, so that a reload does not lose it: the messages on
//! their way, and what stands in the composer.

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
        let saved = read(&self.key);
        // Something that this version cannot read was kept by another one.
        saved.and_then(|saved| serde_json::from_str(&saved).ok()).unwrap_or_default()
    }

    /// Keeps what is on its way now.
    pub(crate) fn save(&self, room: &RoomState) {
        let pending: Vec<_> = room.pending().map(|entry| (entry.id, &entry.body)).collect();
        let saved = serde_json::to_string(&pending).ok();
        write(&self.key, saved.as_deref().filter(|_| !pending.is_empty()));
    }
}

/// Where a tab keeps what one person is writing in one room.
pub(crate) struct SavedDraft {
    key: String,
}

impl SavedDraft {
    pub(crate) fn new(author: UserId, room: &Slug) -> Self {
        Self { key: format!("starling-draft {author} {room}") }
    }

    /// What stood in the composer when the page went.
    pub(crate) fn load(&self) -> Option<String> {
        read(&self.key)
    }

    /// Keeps what stands in the composer now.
    pub(crate) fn save(&self, text: &str) {
        write(&self.key, Some(text).filter(|text| !text.is_empty()));
    }
}

/// Storage that ends with the tab; none where a browser forbids it.
pub(crate) fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn read(key: &str) -> Option<String> {
    tab_storage()?.get_item(key).ok().flatten()
}

/// A tab without space goes on without: only a reload would lose it.
fn write(key: &str, value: Option<&str>) {
    let Some(tab) = tab_storage() else { return };
    let _ = match value {
        Some(value) => tab.set_item(key, value),
        None => tab.remove_item(key),
    };
}
