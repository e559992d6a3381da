//! Who is connected right now, each person once, however many connections they have; and how those
//! connections learn that what their person signed in with may have ended.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use starling_protocol::UserId;
use tokio::sync::watch;

/// Everyone with a connection; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Online {
    /// What tells a person's connections to look again at what they stand on. Each of them listens.
    people: Arc<Mutex<HashMap<UserId, watch::Sender<()>>>>,
}

impl Online {
    /// How many people are connected.
    pub(crate) fn people(&self) -> usize {
        self.people.lock().len()
    }

    /// Counts one more connection of that person until the guard goes.
    pub(crate) fn enter(&self, user: UserId) -> OnlineGuard {
        let mut people = self.people.lock();
        let doubts = people.entry(user).or_insert_with(|| watch::Sender::new(())).subscribe();
        OnlineGuard { online: self.clone(), user, doubts: Some(doubts) }
    }

    /// Sign-ins or tokens of that person may have ended.
    pub(crate) fn doubt(&self, user: UserId) {
        if let Some(doubts) = self.people.lock().get(&user) {
            doubts.send_replace(());
        }
    }

    /// Sign-ins or tokens of anybody may have ended.
    pub(crate) fn doubt_all(&self) {
        for doubts in self.people.lock().values() {
            doubts.send_replace(());
        }
    }
}

/// A connection that counts.
pub(crate) struct OnlineGuard {
    online: Online,
    user: UserId,
    /// There until it is dropped.
    doubts: Option<watch::Receiver<()>>,
}

impl OnlineGuard {
    /// Waits until it is in doubt whether the person is still signed in.
    pub(crate) async fn doubted(&mut self) {
        let told = match &mut self.doubts {
            Some(doubts) => doubts.changed().await.is_ok(),
            None => false,
        };
        if !told {
            std::future::pending().await
        }
    }
}

impl Drop for OnlineGuard {
    fn drop(&mut self) {
        let mut people = self.online.people.lock();
        drop(self.doubts.take());
        if people.get(&self.user).is_some_and(watch::Sender::is_closed) {
            people.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use uuid::Uuid;

    use super::*;

    fn people() -> [UserId; 2] {
        [1, 2].map(|number| UserId::new(Uuid::from_u128(number)))
    }

    #[test]
    fn two_tabs_are_one_person() {
        let online = Online::default();
        let [ada, bob] = people();
        let (first, second) = (online.enter(ada), online.enter(ada));
        let third = online.enter(bob);
        assert_eq!(online.people(), 2);
        drop(first);
        assert_eq!(online.people(), 2);
        drop((second, third));
        assert_eq!(online.people(), 0);
    }

    #[test]
    fn every_connection_of_a_person_is_doubted_once() {
        let online = Online::default();
        let [ada, bob] = people();
        let (mut first, mut second) = (online.enter(ada), online.enter(ada));
        let mut other = online.enter(bob);
        online.doubt(ada);
        let mut later = online.enter(ada);
        for doubted in [&mut first, &mut second] {
            assert!(doubted.doubted().now_or_never().is_some());
            assert!(doubted.doubted().now_or_never().is_none(), "it was told twice");
        }
        assert!(other.doubted().now_or_never().is_none());
        assert!(later.doubted().now_or_never().is_none(), "it was not there yet");
    }
}
