//! Lists whose entries keep their signal, and so their element, as long as their key stays.

use std::collections::HashMap;
use std::hash::Hash;

use leptos::prelude::*;

/// A list for `<For>`: the list itself changes when keys come, go or move; what an entry shows
/// changes through the entry's own signal.
pub(crate) struct Keyed<K: Send + Sync + 'static, V: Send + Sync + 'static> {
    entries: RwSignal<Vec<Entry<K, V>>>,
}

/// One entry of a [`Keyed`] list.
#[derive(Clone)]
pub(crate) struct Entry<K, V> {
    /// Unique in the list.
    pub(crate) key: K,
    /// What is there to see.
    pub(crate) value: ArcRwSignal<V>,
}

impl<K: Send + Sync, V: Send + Sync> Clone for Keyed<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync, V: Send + Sync> Copy for Keyed<K, V> {}

impl<K, V> Keyed<K, V>
where
    K: Clone + Eq + Hash + Send + Sync,
    V: Clone + PartialEq + Send + Sync,
{
    pub(crate) fn new(values: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = values
            .into_iter()
            .map(|(key, value)| Entry { key, value: ArcRwSignal::new(value) })
            .collect();
        Self { entries: RwSignal::new(entries) }
    }

    /// Makes the list these values, in this order, and tells only those who see a difference.
    pub(crate) fn replace(self, values: impl IntoIterator<Item = (K, V)>) {
        let old = self.entries.get_untracked();
        let mut known: HashMap<&K, &ArcRwSignal<V>> =
            old.iter().map(|entry| (&entry.key, &entry.value)).collect();
        let entries: Vec<_> = values
            .into_iter()
            .map(|(key, value)| {
                let signal = match known.remove(&key) {
                    Some(signal) => {
                        if signal.with_untracked(|now| *now != value) {
                            signal.set(value);
                        }
                        signal.clone()
                    }
                    None => ArcRwSignal::new(value),
                };
                Entry { key, value: signal }
            })
            .collect();
        let same_keys = old.iter().map(|entry| &entry.key).eq(entries.iter().map(|e| &e.key));
        if !same_keys {
            self.entries.set(entries);
        }
    }

    /// The entries, for `<For>`.
    pub(crate) fn get(self) -> Vec<Entry<K, V>> {
        self.entries.get()
    }

    pub(crate) fn len(self) -> usize {
        self.entries.with(Vec::len)
    }

    pub(crate) fn last_key(self) -> Option<K> {
        self.entries.with(|entries| entries.last().map(|entry| entry.key.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_keeps_its_signal_while_its_key_stays() {
        let owner = Owner::new();
        owner.with(|| {
            let list = Keyed::new([(1, "one"), (2, "two")]);
            let before = list.get();
            list.replace([(2, "zwei"), (3, "drei"), (1, "one")]);
            let after = list.get();
            assert_eq!(after.iter().map(|entry| entry.key).collect::<Vec<_>>(), [2, 3, 1]);
            assert_eq!(after[0].value.get(), "zwei");
            assert_eq!(before[1].value.get(), "zwei");
            assert_eq!(before[0].value.get(), "one");
        });
    }
}
