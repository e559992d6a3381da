//! Who is connected right now, each person once, however many connections they have; and how those
//! connections learn what concerns their person and no room: that what they signed in with may have
//! ended, and that something was said in a conversation of theirs.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use starling_protocol::UserId;
use tokio::sync::watch;

/// Everyone with a connection; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Online {
    /// What each person's connections listen to.
    people: Arc<Mutex<HashMap<UserId, watch::Sender<Told>>>>,
}

/// How often something was told.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    doubts: u64,
    stirs: u64,
}

/// What concerns a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PersonalNews {
    /// Their sign-in or token may have ended.
    pub(crate) doubted: bool,
    /// Something was said in a conversation of theirs.
    pub(crate) stirred: bool,
}

impl Online {
    /// How many people are connected.
    pub(crate) fn people(&self) -> usize {
        self.people.lock().len()
    }

    /// Counts one more connection of that person until the guard goes.
    pub(crate) fn enter(&self, user: UserId) -> OnlineGuard {
        let mut people = self.people.lock();
        let told = people.entry(user).or_insert_with(|| watch::Sender::new(Told::default()));
        let news = told.subscribe();
        let seen = *news.borrow();
        OnlineGuard { online: self.clone(), user, news: Some(news), seen }
    }

    /// Sign-ins or tokens of that person may have ended.
    pub(crate) fn doubt(&self, user: UserId) {
        self.tell(user, |told| told.doubts += 1);
    }

    /// Something was said in a conversation of that person.
    pub(crate) fn stir(&self, user: UserId) {
        self.tell(user, |told| told.stirs += 1);
    }

    /// Anything may be something else for anybody.
    pub(crate) fn doubt_all(&self) {
        for told in self.people.lock().values() {
            told.send_modify(|told| {
                told.doubts += 1;
                told.stirs += 1;
            });
        }
    }

    fn tell(&self, user: UserId, note: impl FnOnce(&mut Told)) {
        if let Some(told) = self.people.lock().get(&user) {
            told.send_modify(note);
        }
    }
}

/// A connection that counts.
pub(crate) struct OnlineGuard {
    online: Online,
    user: UserId,
    /// There until it is dropped.
    news: Option<watch::Receiver<Told>>,
    seen: Told,
}

impl OnlineGuard {
    /// Waits until something concerns the person.
    pub(crate) async fn news(&mut self) -> PersonalNews {
        let Some(news) = &mut self.news else { std::future::pending().await };
        if news.changed().await.is_err() {
            std::future::pending().await
        }
        let told = *news.borrow_and_update();
        let seen = std::mem::replace(&mut self.seen, told);
        PersonalNews { doubted: told.doubts != seen.doubts, stirred: told.stirs != seen.stirs }
    }
}

impl Drop for OnlineGuard {
    fn drop(&mut self) {
        let mut people = self.online.people.lock();
        drop(self.news.take());
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
    fn every_connection_of_a_person_is_told_once() {
        let online = Online::default();
        let [ada, bob] = people();
        let (mut first, mut second) = (online.enter(ada), online.enter(ada));
        let mut other = online.enter(bob);
        online.doubt(ada);
        let mut later = online.enter(ada);
        let doubted = PersonalNews { doubted: true, stirred: false };
        for told in [&mut first, &mut second] {
            assert_eq!(told.news().now_or_never(), Some(doubted));
            assert_eq!(told.news().now_or_never(), None, "it was told twice");
        }
        assert_eq!(other.news().now_or_never(), None);
        assert_eq!(later.news().now_or_never(), None, "it was not there yet");
        online.stir(bob);
        let stirred = PersonalNews { doubted: false, stirred: true };
        assert_eq!(other.news().now_or_never(), Some(stirred));
    }
}
