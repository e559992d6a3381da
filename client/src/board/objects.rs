//! What lies on the board: what the server confirmed, and over it what is on its way there.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::ObjectId;
use starling_protocol::board::{Change, Object};

/// The objects as this client has them.
#[derive(Debug, Default)]
pub(super) struct Objects {
    confirmed: BTreeMap<ObjectId, Object>,
    /// Those that changes on their way are about, as they will be; `None` for deleted ones.
    changing: BTreeMap<ObjectId, Option<Object>>,
}

impl Objects {
    pub(super) fn get(&self, id: ObjectId) -> Option<&Object> {
        match self.changing.get(&id) {
            Some(object) => object.as_ref(),
            None => self.confirmed.get(&id),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Object> {
        let resting = self.confirmed.values().filter(|it| !self.changing.contains_key(&it.id));
        resting.chain(self.changing.values().flatten())
    }

    pub(super) fn len(&self) -> usize {
        let hidden = self.changing.keys().filter(|id| self.confirmed.contains_key(*id)).count();
        self.confirmed.len() - hidden + self.changing.values().flatten().count()
    }

    /// Something that the server stored.
    pub(super) fn confirm(&mut self, change: &Change) {
        let id = change.object();
        let before = self.confirmed.remove(&id);
        if let Some(after) = change.applied(before) {
            self.confirmed.insert(id, after);
        }
    }

    /// Forgets everything for what the server has.
    pub(super) fn replace(&mut self, objects: BTreeMap<ObjectId, Object>) {
        self.confirmed = objects;
        self.changing.clear();
    }

    /// Lays the changes on their way over these objects anew.
    pub(super) fn refresh<'a>(
        &mut self,
        ids: &BTreeSet<ObjectId>,
        changes: impl Iterator<Item = &'a Change>,
    ) {
        for id in ids {
            self.changing.remove(id);
        }
        for change in changes.filter(|change| ids.contains(&change.object())) {
            self.change(change);
        }
    }

    /// Lays one more change over them.
    pub(super) fn change(&mut self, change: &Change) {
        let id = change.object();
        let before = match self.changing.remove(&id) {
            Some(object) => object,
            None => self.confirmed.get(&id).cloned(),
        };
        self.changing.insert(id, change.applied(before));
    }

    #[cfg(test)]
    pub(super) fn confirmed(&self) -> &BTreeMap<ObjectId, Object> {
        &self.confirmed
    }

    #[cfg(test)]
    pub(super) fn changing(&self) -> impl Iterator<Item = ObjectId> {
        self.changing.keys().copied()
    }
}
