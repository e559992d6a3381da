//! Who is connected right now, each person once, however many connections they have.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use parking_lot::Mutex;
use starling_protocol::UserId;

/// Everyone with a connection; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Online {
    /// How many connections each has, never 0.
    connections: Arc<Mutex<HashMap<UserId, u32>>>,
}

impl Online {
    /// How many people are connected.
    pub(crate) fn people(&self) -> usize {
        self.connections.lock().len()
    }

    /// Counts one more connection of that person until the guard goes.
    pub(crate) fn enter(&self, user: UserId) -> OnlineGuard {
        *self.connections.lock().entry(user).or_default() += 1;
        OnlineGuard { online: self.clone(), user }
    }
}

/// A connection that counts.
pub(crate) struct OnlineGuard {
    online: Online,
    user: UserId,
}

impl Drop for OnlineGuard {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.online.connections.lock().entry(self.user) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn two_tabs_are_one_person() {
        let online = Online::default();
        let [ada, bob] = [1, 2].map(|number| UserId::new(Uuid::from_u128(number)));
        let (first, second) = (online.enter(ada), online.enter(ada));
        let third = online.enter(bob);
        assert_eq!(online.people(), 2);
        drop(first);
        assert_eq!(online.people(), 2);
        drop((second, third));
        assert_eq!(online.people(), 0);
    }
}
