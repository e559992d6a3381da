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
    RoomMade(RoomRecord),
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
            Committed::RoomMade { room } => self.tell(Bulletin::RoomMade(room.clone())),
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
        let first = {
            let mut people = self.people.lock();
            let (_, count) = people.entry(id).or_insert_with(|| (user.clone(), 0));
            *count += 1;
            *count == 1
        };
        if first {
            self.tell(Bulletin::Connected(user));
        }
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
        let gone = {
            let mut people = self.news.people.lock();
            match people.get_mut(&self.user) {
                Some((_, count)) if *count > 1 => {
                    *count -= 1;
                    None
                }
                _ => people.remove(&self.user),
            }
        };
        if let Some((user, _)) = gone {
            self.news.tell(Bulletin::Disconnected(user));
        }
    }
}
