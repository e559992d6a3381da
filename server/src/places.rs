//! How many of something each one may have at a time: connections of an address, WebSockets of a person.
//! Knows nothing of either.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;

/// So many places for each key; clones share them. Who has none is forgotten.
#[derive(Clone)]
pub(crate) struct Places<K: Copy + Eq + Hash> {
    each: u32,
    /// How many each has taken, never 0.
    taken: Arc<Mutex<HashMap<K, u32>>>,
}

impl<K: Copy + Eq + Hash> Places<K> {
    pub(crate) fn new(each: u32) -> Self {
        Self { each, taken: Arc::default() }
    }

    /// Takes one of that key's places until it is dropped; `None` if all are taken.
    pub(crate) fn take(&self, key: K) -> Option<Place<K>> {
        let mut taken = self.taken.lock();
        let count = taken.entry(key).or_default();
        // One that is refused has at least one place, so nothing is left behind.
        if *count >= self.each {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), key })
    }
}

/// A place that is taken.
pub(crate) struct Place<K: Copy + Eq + Hash> {
    places: Places<K>,
    key: K,
}

impl<K: Copy + Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.places.taken.lock().entry(self.key) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_many_and_nobody_is_remembered_for_having_had_some() {
        let places = Places::new(2);
        let ada = [places.take("Ada"), places.take("Ada")];
        assert!(ada.iter().all(Option::is_some));
        assert!(places.take("Ada").is_none());
        let bob = places.take("Bob");
        assert!(bob.is_some());
        drop(ada);
        assert!(places.take("Ada").is_some());
        drop(bob);
        assert!(places.taken.lock().is_empty());
    }
}
