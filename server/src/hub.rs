//! Finds or starts a room's task, and forgets it when everyone has left.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use starling_protocol::Channel;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::feed::Feed;
use crate::news::News;
use crate::online::Online;
use crate::room::{Room, RoomSettings};
use crate::room_task::{RoomCommand, RoomHandle, RoomTask};
use crate::store::{Committed, RoomId, RoomRecord, Store};

/// All rooms that somebody is in.
#[derive(Clone)]
pub(crate) struct Hub {
    shared: Arc<Shared>,
}

struct Shared {
    rooms: Mutex<HashMap<RoomId, RoomHandle>>,
    next_channel: AtomicU32,
    settings: RoomSettings,
    mailbox: usize,
    ring: usize,
    store: Store,
    online: Online,
    news: News,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Hub {
    pub(crate) fn new(config: &Config, store: Store, online: Online, news: News) -> Self {
        let shared = Shared {
            rooms: Mutex::default(),
            next_channel: AtomicU32::new(1),
            settings: RoomSettings {
                participants: config.room_participants,
                leave_after: config.leave_after.as_millis() as u64,
                typing_for: config.typing_seconds.as_millis() as u64,
                typing_names: config.typing_names,
                cursors_to_all: config.cursors.cursors_to_all,
                cursors_in_view: config.cursors.cursors_in_view,
            },
            mailbox: config.room_mailbox,
            ring: config.room_ring,
            store,
            online,
            news,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The task of a room, started if need be.
    pub(crate) fn room(&self, record: &RoomRecord) -> RoomHandle {
        let mut rooms = self.shared.rooms.lock();
        if let Some(handle) = rooms.get(&record.id) {
            return handle.clone();
        }
        let handle = self.start(record);
        rooms.insert(record.id, handle.clone());
        let count = rooms.len();
        drop(rooms);
        tracing::debug!(room = %record.slug, rooms = count, "a room was started");
        handle
    }

    /// The rooms that most people are in right now, at most so many.
    pub(crate) fn fullest(&self, limit: usize) -> Vec<RoomId> {
        let people = |handle: &RoomHandle| handle.people.load(Ordering::Relaxed);
        let rooms = self.shared.rooms.lock();
        let mut rooms: Vec<(usize, RoomId)> =
            rooms.iter().map(|(id, handle)| (people(handle), *id)).collect();
        rooms.sort_unstable_by(|a, b| b.cmp(a));
        rooms.into_iter().take(limit).map(|(_, id)| id).collect()
    }

    /// How many people are in a room right now.
    pub(crate) fn people(&self, room: RoomId) -> usize {
        self.running(room).map_or(0, |handle| handle.people.load(Ordering::Relaxed))
    }

    /// For the store's writer: tells the rooms and people concerned what was committed, and never blocks. It
    /// does not keep the hub alive, whose store keeps the writer alive.
    pub(crate) fn announcer(&self) -> impl Fn(Committed) + Send + use<> {
        let shared: Weak<Shared> = Arc::downgrade(&self.shared);
        move |committed| {
            if let Some(shared) = shared.upgrade() {
                Self { shared }.announce(committed);
            }
        }
    }

    fn announce(&self, committed: Committed) {
        self.shared.news.committed(&committed);
        match committed {
            Committed::Logged { room, event } => {
                self.tell_of_stream(room, RoomCommand::Committed { event });
            }
            Committed::Operated { room, operated, rewrites } => {
                self.tell_of_stream(room, RoomCommand::Operated { operated, rewrites });
            }
            Committed::Appearance { user } => {
                let rooms: Vec<RoomHandle> = self.shared.rooms.lock().values().cloned().collect();
                // Few people change their names, and a room's mailbox is rarely full: such a room
                // learns the name when the person next enters it.
                for handle in rooms {
                    let _ = handle.commands.try_send(RoomCommand::Appear { user: user.clone() });
                }
            }
            Committed::Rights { room, user } => {
                let Some(handle) = self.running(room) else { return };
                handle.feed.rights_changed(user);
            }
            Committed::Elsewhere => {
                let rooms: Vec<RoomHandle> = self.shared.rooms.lock().values().cloned().collect();
                for handle in rooms {
                    handle.behind.notify_one();
                    handle.feed.rights_changed(None);
                }
                self.shared.online.doubt_all();
            }
            Committed::Direct { users } => {
                users.into_iter().for_each(|user| self.shared.online.stir(user));
            }
            Committed::SignedOut { user } => self.shared.online.doubt(user),
            // Of the rooms there are only those outside are told.
            Committed::RoomMade { .. } | Committed::RoomGone { .. } => {}
            // Rooms have nothing to do with bytes.
            Committed::FilesRemoved => {}
        }
    }

    /// Tells a room of an event in one of its streams.
    fn tell_of_stream(&self, room: RoomId, event: RoomCommand) {
        let Some(handle) = self.running(room) else { return };
        if let Err(mpsc::error::TrySendError::Full(_)) = handle.commands.try_send(event) {
            handle.behind.notify_one();
        }
    }

    /// Ends all tasks.
    pub(crate) async fn close(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// The task of a room, if somebody is there or was lately.
    pub(crate) fn running(&self, room: RoomId) -> Option<RoomHandle> {
        self.shared.rooms.lock().get(&room).cloned()
    }

    fn start(&self, record: &RoomRecord) -> RoomHandle {
        let shared = &self.shared;
        let channel = Channel(shared.next_channel.fetch_add(1, Ordering::Relaxed));
        let (commands, mailbox) = mpsc::channel(shared.mailbox);
        let handle = RoomHandle {
            commands,
            feed: Arc::new(Feed::new(shared.ring)),
            channel,
            behind: Arc::new(Notify::new()),
            people: Arc::new(AtomicUsize::new(0)),
        };
        let task = RoomTask {
            id: record.id,
            room: Room::new(record.slug.clone(), channel, shared.settings),
            handle: handle.clone(),
            mailbox,
            store: shared.store.clone(),
            ring: shared.ring,
        };
        let (hub, id, slug) = (self.clone(), record.id, record.slug.clone());
        let stop = shared.stop.clone();
        let task = async move {
            let forget = || {
                let mut rooms = hub.shared.rooms.lock();
                rooms.remove(&id);
                let count = rooms.len();
                drop(rooms);
                tracing::debug!(room = %slug, rooms = count, "a room was forgotten");
            };
            tokio::select! {
                () = task.run(forget) => {}
                () = stop.cancelled() => {}
            }
        };
        shared.tasks.spawn(task);
        handle
    }
}
