//! What concerns more than the people of one room: who comes and goes, rooms that are made and deleted, and
//! what is said to somebody by name. Knows nothing of who listens, or of what they may see.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use starling_protocol::{Logged, Message, User, UserId};
use tokio::sync::broadcast;

use crate::store::{Committed, RoomId, RoomRecord};

/// So many pieces of news wait for whoever is slow; who misses one is told so, and looks anew.
const KEPT: usize = 1_024;

/// One piece of news.
#[derive(Clone, Debug)]
pub(crate) enum Bulletin {
    /// Somebody connected from outside, and was not connected before.
    Connected(User),
    /// Their last connection has gone.
    Disconnected(User),
    /// A room was made.
    RoomMade {
        /// The room.
        room: RoomRecord,
        /// By whom.
        by: UserId,
    },
    /// A room was deleted.
    RoomGone(RoomRecord),
    /// A message in which somebody is named.
    Naming {
        /// In which room.
        room: RoomId,
        /// The message.
        message: Message,
    },
}

/// Tells all who listen; clones share it.
#[derive(Clone)]
pub(crate) struct News {
    sender: broadcast::Sender<Arc<Bulletin>>,
    people: Arc<Mutex<HashMap<UserId, (User, usize)>>>,
    messages: Arc<AtomicU64>,
}

impl Default for News {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(KEPT),
            people: Arc::default(),
            messages: Arc::default(),
        }
    }
}

impl News {
    /// All that is told from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<Bulletin>> {
        self.sender.subscribe()
    }

    /// Takes from what was committed what concerns more than one room.
    pub(crate) fn committed(&self, committed: &Committed) {
        match committed {
            Committed::RoomMade { room, by } => {
                self.tell(Bulletin::RoomMade { room: room.clone(), by: *by });
            }
            Committed::RoomGone { room } => self.tell(Bulletin::RoomGone(room.clone())),
            Committed::Logged { room, event } => {
                if let Logged::Message(message) = &**event {
                    self.messages.fetch_add(1, Ordering::Relaxed);
                    if message.text().contains('@') {
                        self.tell(Bulletin::Naming { room: *room, message: message.clone() });
                    }
                }
            }
            _ => {}
        }
    }

    /// How many messages were stored since the server started.
    pub(crate) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    /// Counts one more connection of that person until the guard goes.
    pub(crate) fn enter(&self, user: User) -> NewsGuard {
        let id = user.id;
        let mut people = self.people.lock();
        let (_, count) = people.entry(id).or_insert_with(|| (user.clone(), 0));
        *count += 1;
        if *count == 1 {
            // Before anybody else comes or goes: they are told in the order in which it happened.
            self.tell(Bulletin::Connected(user));
        }
        drop(people);
        NewsGuard { news: self.clone(), user: id }
    }

    /// Who is connected from outside, at most so many.
    pub(crate) fn people(&self, most: usize) -> Vec<User> {
        self.people.lock().values().take(most).map(|(user, _)| user.clone()).collect()
    }

    fn tell(&self, bulletin: Bulletin) {
        // Often nobody listens.
        let _ = self.sender.send(Arc::new(bulletin));
    }
}

/// A connection that counts.
pub(crate) struct NewsGuard {
    news: News,
    user: UserId,
}

impl Drop for NewsGuard {
    fn drop(&mut self) {
        let mut people = self.news.people.lock();
        match people.get_mut(&self.user) {
            Some((_, count)) if *count > 1 => *count -= 1,
            _ => {
                if let Some((user, _)) = people.remove(&self.user) {
                    self.news.tell(Bulletin::Disconnected(user));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use starling_protocol::{DisplayName, Hue, Limits};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_comes_and_goes_is_told_in_the_order_in_which_it_happens() {
        let news = News::default();
        let mut told = news.listen();
        let id = UserId::new(Uuid::from_u128(1));
        let name = DisplayName::parse("Ada", &Limits::default()).unwrap();
        let user = User { id, name, hue: Hue::of(id), avatar: None };
        for _ in 0..KEPT / 8 {
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| drop(news.enter(user.clone())));
                }
            });
            assert!(news.people(1).is_empty());
            let mut is_there = false;
            while let Ok(bulletin) = told.try_recv() {
                match &*bulletin {
                    Bulletin::Connected(_) => assert!(!std::mem::replace(&mut is_there, true)),
                    Bulletin::Disconnected(_) => assert!(std::mem::take(&mut is_there)),
                    other => panic!("{other:?}"),
                }
            }
            assert!(!is_there, "they are said to be there, and are not");
        }
    }
}
