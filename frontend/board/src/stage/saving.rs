//! What a browser keeps of its viewer's changes of a board, so that they are not lost with the page: those
//! that are not known to be stored, each under a key of its own, as two tabs would otherwise write over each
//! other's. A change that both know is sent by both, and stored once. Whoever takes one over marks it, so
//! that no other tab takes back what may be sent from there. Storage has no locks: what is taken back in the
//! very moment in which another tab takes it over may be sent all the same.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use starling_protocol::board::Operation;
use starling_protocol::{OperationId, Slug, UserId, codec};
use web_sys::Storage;

use crate::dom::window;

/// Ends what another page has taken over. To whoever reads the change it is nothing.
const TAKEN_OVER: char = ' ';

/// Where a browser keeps the changes of one person to one board.
pub(crate) struct SavedOperations {
    prefix: String,
    kept: RefCell<BTreeMap<OperationId, f64>>,
    last: Cell<f64>,
}

impl SavedOperations {
    pub(crate) fn new(author: UserId, room: &Slug) -> Self {
        let prefix = format!("starling-board {author} {room} ");
        Self { prefix, kept: RefCell::default(), last: Cell::default() }
    }

    /// What other pages have kept, oldest first. It is marked as taken over.
    pub(crate) fn load(&self) -> Vec<Operation> {
        let Some(storage) = storage() else { return Vec::new() };
        let keys = (0..storage.length().unwrap_or_default())
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|key| key.starts_with(&self.prefix));
        let mut found: Vec<(f64, Operation)> = keys
            .filter_map(|key| {
                let value = storage.get_item(&key).ok().flatten()?;
                let (order, operation) = value.split_once(' ')?;
                // Something that this version cannot read was kept by another one.
                let order = order.parse::<u64>().ok()? as f64;
                let operation = codec::decode_operation(operation).ok()?;
                if !value.ends_with(TAKEN_OVER) {
                    // Where there is no space for it, what another tab takes back may be sent from here.
                    let _ = storage.set_item(&key, &format!("{value}{TAKEN_OVER}"));
                }
                Some((order, operation))
            })
            .collect();
        found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut kept = self.kept.borrow_mut();
        kept.extend(found.iter().map(|(order, operation)| (operation.id, *order)));
        self.last.set(found.last().map_or(0.0, |(order, _)| *order));
        found.into_iter().map(|(_, operation)| operation).collect()
    }

    /// Keeps what is on its way now. What the server has is safe there.
    pub(crate) fn save<'a>(&self, pending: impl Iterator<Item = &'a Operation>) {
        let Some(storage) = storage() else { return };
        let mut kept = self.kept.borrow_mut();
        let mut gone = std::mem::take(&mut *kept);
        for operation in pending {
            let order = gone.remove(&operation.id).unwrap_or_else(|| {
                // What was done first comes first, also if the clock was set back meanwhile.
                let order = js_sys::Date::now().max(self.last.get() + 1.0);
                self.last.set(order);
                let value = format!("{} {}", order as u64, codec::encode_operation(operation));
                // A page without space goes on without: only its end would lose something.
                let _ = storage.set_item(&self.key(operation.id), &value);
                order
            });
            kept.insert(operation.id, order);
        }
        for id in gone.into_keys() {
            // It is gone already if another tab has heard that it was stored.
            let _ = storage.remove_item(&self.key(id));
        }
    }

    /// Whether another page has taken it over, and perhaps brought it to its end.
    pub(crate) fn is_taken_over(&self, id: OperationId) -> bool {
        storage().is_some_and(|storage| {
            let value = storage.get_item(&self.key(id)).ok().flatten();
            value.is_none_or(|value| value.ends_with(TAKEN_OVER))
        })
    }

    fn key(&self, id: OperationId) -> String {
        format!("{}{id}", self.prefix)
    }
}

/// None where a browser forbids it.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
