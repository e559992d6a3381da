//! What a browser keeps of its viewer's in a room, so that it is not lost with the page: messages on
//! their way, for whichever tab comes next; and what stands in the composer, for this tab alone.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use starling_client::{Delivery, Pending, RoomState};
use starling_protocol::{Attachment, ErrorCode, MessageBody, MessageId, Slug, UserId};
use web_sys::Storage;

/// Where a browser keeps the messages of one person to one room, each under a key of its own: two tabs
/// do not write over each other's. A message that both know is sent by both, and stored once.
pub(crate) struct SavedOutbox {
    prefix: String,
    kept: RefCell<BTreeMap<MessageId, Kept>>,
    last: Cell<u64>,
}

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// What was said first comes first, also if the clock was set back meanwhile.
    order: u64,
    body: MessageBody,
    #[serde(default)]
    file: Option<Box<Attachment>>,
    /// Why the server refused it, if it did: then the person decides.
    refusal: Option<(ErrorCode, String)>,
}

impl SavedOutbox {
    pub(crate) fn new(author: UserId, room: &Slug) -> Self {
        let prefix = format!("starling-outbox {author} {room} ");
        Self { prefix, kept: RefCell::default(), last: Cell::default() }
    }

    /// What other pages have kept and this one does not know yet, oldest first. What it knows, it knows
    /// better.
    pub(crate) fn load(&self) -> Vec<Pending> {
        let mut kept = self.kept.borrow_mut();
        let mut found: Vec<_> =
            self.read_all().into_iter().filter(|(id, _)| !kept.contains_key(id)).collect();
        found.sort_unstable_by_key(|(id, it)| (it.order, *id));
        if let Some((_, newest)) = found.last() {
            self.last.set(self.last.get().max(newest.order));
        }
        kept.extend(found.iter().cloned());
        found.into_iter().map(|(id, it)| it.pending(id)).collect()
    }

    fn read_all(&self) -> Vec<(MessageId, Kept)> {
        let Some(storage) = browser_storage() else { return Vec::new() };
        let keys = (0..storage.length().unwrap_or_default())
            .filter_map(|index| storage.key(index).ok().flatten());
        keys.filter_map(|key| {
            let value = storage.get_item(&key).ok().flatten()?;
            // Something that this version cannot read was kept by another one.
            Some((self.id_of(&key)?, serde_json::from_str(&value).ok()?))
        })
        .collect()
    }

    /// Which message is kept there, if it is one of these.
    pub(crate) fn id_of(&self, key: &str) -> Option<MessageId> {
        key.strip_prefix(&self.prefix)?.parse().ok()
    }

    /// Keeps what is on its way now. What the server has is safe there.
    pub(crate) fn save(&self, room: &RoomState) {
        let mut kept = self.kept.borrow_mut();
        let mut gone = std::mem::take(&mut *kept);
        for entry in room.pending() {
            let refusal = match &entry.delivery {
                Delivery::Stored { .. } => continue,
                Delivery::Failed { code, message } => Some((*code, message.clone())),
                Delivery::Waiting | Delivery::Sending => None,
            };
            let before = gone.remove(&entry.id);
            let order = before.as_ref().map_or_else(|| self.next_order(), |before| before.order);
            let now = Kept { order, body: entry.body.clone(), file: entry.file.clone(), refusal };
            if before.as_ref() != Some(&now) {
                let value = serde_json::to_string(&now).ok();
                write(browser_storage(), &self.key(entry.id), value.as_deref());
            }
            kept.insert(entry.id, now);
        }
        for id in gone.into_keys() {
            write(browser_storage(), &self.key(id), None);
        }
    }

    fn next_order(&self) -> u64 {
        let order = (js_sys::Date::now() as u64).max(self.last.get() + 1);
        self.last.set(order);
        order
    }

    fn key(&self, id: MessageId) -> String {
        format!("{}{id}", self.prefix)
    }
}

impl Kept {
    fn pending(self, id: MessageId) -> Pending {
        let delivery = match self.refusal {
            Some((code, message)) => Delivery::Failed { code, message },
            None => Delivery::Waiting,
        };
        Pending { id, body: self.body, file: self.file, delivery }
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
        tab_storage()?.get_item(&self.key).ok().flatten()
    }

    /// Keeps what stands in the composer now.
    pub(crate) fn save(&self, text: &str) {
        write(tab_storage(), &self.key, Some(text).filter(|text| !text.is_empty()));
    }
}

/// Storage that ends with the tab; none where a browser forbids it.
pub(crate) fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Storage that all tabs share, and that stays; none where a browser forbids it.
pub(crate) fn browser_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// A page without space goes on without: only its end would lose something.
pub(crate) fn write(storage: Option<Storage>, key: &str, value: Option<&str>) {
    let Some(storage) = storage else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}
