//! The store's contract, on a real database.

mod board;
mod change;
mod damage;
mod direct;
mod invite;
mod open;
mod permission;
mod search;
mod token;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use sqlx::{Connection, SqliteConnection};
use starling_protocol::{
    DisplayName, HUES, Limits, Logged, MessageBody, MessageId, RoomName, Seq, Slug, User, UserId,
    Visibility,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{
    Actor, BoardRules, Committed, NewMessage, NewRoom, NewSignIn, OpenError, Profile,
    ReactionLimits, RoomId, Store, StoreError, StoreOptions, Visitor, Writer,
};

const OPTIONS: StoreOptions = StoreOptions::DEFAULT;

/// A store whose writer runs, and what it announced.
struct Running {
    store: Store,
    announced: Arc<Mutex<Vec<Committed>>>,
    writing: JoinHandle<()>,
}

impl Running {
    async fn open(folder: &Path) -> Self {
        let (store, writer) = Store::open(folder, &OPTIONS).await.unwrap();
        Self::run(store, writer)
    }

    fn run(store: Store, writer: Writer) -> Self {
        let announced = Arc::new(Mutex::new(Vec::new()));
        let announcements = Arc::clone(&announced);
        let writing = tokio::spawn(writer.run(move |committed| {
            announcements.lock().unwrap().push(committed);
        }));
        Self { store, announced, writing }
    }

    async fn close(self) {
        self.store.close().await;
        self.writing.await.unwrap();
    }

    async fn guest(&self, name: &str) -> User {
        let mut hash = [0; 32];
        hash[..name.len()].copy_from_slice(name.as_bytes());
        let visitor = Visitor::Newcomer {
            name: display_name(name),
            sign_in: NewSignIn { token_hash: hash, ..NewSignIn::default() },
        };
        self.store.enter(visitor, Slug::new("start"), Some(new_room("start", 50))).await.unwrap();
        self.store.signed_in(&hash).await.unwrap().user
    }

    async fn room(&self, user: UserId, name: &str) -> RoomId {
        let new = Some(new_room(name, 50));
        self.store.enter(known(user), Slug::new(name), new).await.unwrap().room.id
    }

    async fn post(
        &self,
        room: RoomId,
        author: UserId,
        id: u128,
        body: &str,
    ) -> Result<Seq, StoreError> {
        self.store.post(new_message(room, author, id, body)).await.map(|posted| posted.seq)
    }

    fn announced_seqs(&self) -> Vec<Seq> {
        self.announced
            .lock()
            .unwrap()
            .iter()
            .filter_map(|committed| match committed {
                Committed::Logged { event, .. } => Some(event.seq()),
                _ => None,
            })
            .collect()
    }
}

fn known(user: UserId) -> Visitor {
    Visitor::Known { actor: Actor::person(user), name: None }
}

fn display_name(name: &str) -> DisplayName {
    DisplayName::parse(name, &Limits::default()).unwrap()
}

fn new_room(name: &str, cap: u32) -> NewRoom {
    let address = IpAddr::from([127, 0, 0, 1]);
    let name = RoomName::parse(name, &Limits::default()).unwrap();
    NewRoom { name, visibility: Visibility::Public, address, cap }
}

fn message_body(body: &str) -> MessageBody {
    MessageBody::parse(body, &Limits::default()).unwrap()
}

fn new_message(room: RoomId, author: UserId, id: u128, body: &str) -> NewMessage {
    let body = message_body(body);
    NewMessage {
        room,
        id: MessageId::new(Uuid::from_u128(id)),
        author: Actor::person(author),
        body,
        file: None,
    }
}

/// What a store in that folder has written, read past it.
async fn connect(folder: &Path) -> SqliteConnection {
    let url = format!("sqlite://{}/starling.db", folder.display());
    SqliteConnection::connect(&url).await.unwrap()
}

#[tokio::test]
async fn the_first_dozen_in_a_room_all_have_their_own_hue() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let mut hues = BTreeSet::new();
    for number in 0..HUES {
        hues.insert(running.guest(&format!("Guest {number}")).await.hue.0);
    }
    assert_eq!(hues.len(), usize::from(HUES));
    running.close().await;
}

#[tokio::test]
async fn a_repeat_gets_the_first_seq_and_another_body_is_a_conflict() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let bob = running.guest("Bob").await.id;
    let den = running.room(ada, "den").await;
    let hall = running.room(ada, "hall").await;
    assert_eq!(running.post(den, ada, 1, "hello").await, Ok(Seq(1)));
    assert_eq!(running.post(den, ada, 2, "world").await, Ok(Seq(2)));
    assert_eq!(running.post(den, ada, 1, "hello").await, Ok(Seq(1)));
    assert_eq!(running.post(den, ada, 1, "hello!").await, Err(StoreError::Conflict));
    assert_eq!(running.post(hall, ada, 1, "hello").await, Err(StoreError::Conflict));
    assert_eq!(running.post(den, bob, 1, "mine").await, Ok(Seq(3)), "ids are an author's own");
    assert_eq!(running.announced_seqs(), [Seq(1), Seq(2), Seq(3)]);
    assert_eq!(running.post(RoomId(99), ada, 9, "x").await, Err(StoreError::NotFound));
    let edited = running.store.edit_message(
        Actor::person(ada),
        den,
        Seq(1),
        message_body("hello, all"),
        None,
    );
    edited.await.unwrap();
    assert_eq!(running.post(den, ada, 1, "hello").await, Ok(Seq(1)), "it was edited since");
    assert_eq!(running.post(hall, ada, 1, "hello").await, Err(StoreError::Conflict));
}

#[tokio::test]
async fn seq_is_gapless_and_announced_in_order_whoever_waits() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let mut asked = Vec::new();
    for id in 1..=600 {
        let posted = running.store.post(new_message(den, ada, id, "x"));
        // Every third author is gone before the outcome.
        if id % 3 != 0 {
            asked.push((id, posted));
        }
    }
    for (id, posted) in asked {
        assert_eq!(posted.await.unwrap().seq, Seq(u64::try_from(id).unwrap()));
    }
    running.post(den, ada, 601, "last").await.unwrap();
    let seqs: Vec<Seq> = (1..=601).map(Seq).collect();
    assert_eq!(running.announced_seqs(), seqs);
    let stored = running.store.after(den, Seq(0), 1_000).await.unwrap();
    assert_eq!(stored.iter().map(Logged::seq).collect::<Vec<_>>(), seqs);
}

#[tokio::test]
async fn pages_of_history_fit_together() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let empty = running.store.tail(den, 50).await.unwrap();
    assert_eq!((empty.position.seq, empty.messages.len(), empty.more), (Seq(0), 0, false));
    for id in 1..=7 {
        running.post(den, ada, id, "x").await.unwrap();
    }
    let seqs = |messages: &[starling_protocol::Message]| {
        messages.iter().map(|message| message.seq.0).collect::<Vec<_>>()
    };
    let tail = running.store.tail(den, 3).await.unwrap();
    assert_eq!((seqs(&tail.messages), tail.more, tail.position.seq), (vec![5, 6, 7], true, Seq(7)));
    let (page, more) = running.store.before(den, Seq(5), 3).await.unwrap();
    assert_eq!((seqs(&page), more), (vec![2, 3, 4], true));
    let (page, more) = running.store.before(den, Seq(2), 3).await.unwrap();
    assert_eq!((seqs(&page), more), (vec![1], false));
    let after = running.store.after(den, Seq(3), 2).await.unwrap();
    assert_eq!(after.iter().map(|event| event.seq().0).collect::<Vec<_>>(), [4, 5]);
}

#[tokio::test]
async fn everything_is_there_after_a_restart_with_the_same_epoch() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await;
    let den = running.room(ada.id, "den").await;
    running.post(den, ada.id, 1, "hello").await.unwrap();
    let called = Profile { name: Some(display_name("Ada L.")), ..Profile::default() };
    running.store.change_profile(ada.id, called).await.unwrap();
    running.post(den, ada.id, 2, "again").await.unwrap();
    let before = running.store.tail(den, 50).await.unwrap();
    running.close().await;

    let running = Running::open(folder.path()).await;
    assert_eq!(running.store.tail(den, 50).await.unwrap(), before);
    let names: Vec<&str> = before.messages.iter().map(|m| m.author.name.as_str()).collect();
    assert_eq!(names, ["Ada", "Ada L."], "a message keeps the name it was written under");
    assert!(running.store.has_visited(ada.id, den).await.unwrap());
    assert_eq!(running.post(den, ada.id, 3, "more").await, Ok(Seq(3)));
}

#[tokio::test]
async fn rooms_from_one_address_are_capped_and_a_refused_entry_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let make = |visitor: Visitor, name: &'static str| {
        running.store.enter(visitor, Slug::new(name), Some(new_room(name, 3)))
    };
    assert!(make(known(ada), "a").await.unwrap().made);
    assert!(make(known(ada), "b").await.unwrap().made);
    let renamed = Visitor::Known { actor: Actor::person(ada), name: Some(display_name("Eve")) };
    assert_eq!(make(renamed, "c").await.unwrap_err(), StoreError::RoomCap);
    assert_eq!(running.store.user(ada).await.unwrap().name.as_str(), "Ada");
    let newcomer = Visitor::Newcomer {
        name: display_name("Eve"),
        sign_in: NewSignIn { token_hash: [9; 32], ..NewSignIn::default() },
    };
    assert_eq!(make(newcomer, "c").await.unwrap_err(), StoreError::RoomCap);
    assert_eq!(running.store.signed_in(&[9; 32]).await.unwrap_err(), StoreError::NoSuchPerson);
    assert!(!make(known(ada), "a").await.unwrap().made, "a room that exists is not made again");
    let missing = running.store.enter(known(ada), Slug::new("c"), None).await;
    assert_eq!(missing.unwrap_err(), StoreError::NotFound);
}

#[tokio::test]
async fn a_full_queue_refuses_and_forgets_nothing() {
    let folder = TempDir::new().unwrap();
    let options = StoreOptions { write_queue: 2, ..OPTIONS };
    let (store, writer) = Store::open(folder.path(), &options).await.unwrap();
    let newcomer = |name: &str, hash: u8| {
        let visitor = Visitor::Newcomer {
            name: display_name(name),
            sign_in: NewSignIn { token_hash: [hash; 32], ..NewSignIn::default() },
        };
        store.enter(visitor, Slug::new("den"), Some(new_room("den", 50)))
    };
    let (first, second, third) = (newcomer("Ada", 1), newcomer("Bob", 2), newcomer("Cyd", 3));
    assert_eq!(third.await.unwrap_err(), StoreError::Busy);
    let running = Running::run(store.clone(), writer);
    assert!(first.await.unwrap().made);
    assert!(!second.await.unwrap().made);
    assert_eq!(store.signed_in(&[2; 32]).await.unwrap().user.name.as_str(), "Bob");
    drop(store);
    running.close().await;
}

#[tokio::test]
async fn closing_stores_what_waits_and_refuses_the_rest() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let other = running.store.clone();
    let posted: Vec<_> = (1..=300).map(|id| other.post(new_message(den, ada, id, "x"))).collect();
    running.close().await;
    for posted in posted {
        posted.await.unwrap();
    }
    let late = other.post(new_message(den, ada, 301, "x")).await;
    assert_eq!(late.unwrap_err(), StoreError::Unavailable);
}

#[tokio::test]
async fn full_rooms_are_listed_before_new_ones() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.guest("Ada").await.id;
    let old = running.room(ada, "old").await;
    running.room(ada, "new").await;
    let slugs = async |first: &[RoomId], limit| {
        let rooms = running.store.listed_rooms(first, limit).await.unwrap();
        rooms.iter().map(|room| room.slug.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(slugs(&[old], 1).await, ["old"]);
    assert_eq!(slugs(&[], 10).await.len(), 3);
}

#[tokio::test]
async fn a_full_disk_is_said_and_what_is_there_still_reads() {
    let folder = TempDir::new().unwrap();
    let options = StoreOptions { max_pages: Some(100), ..OPTIONS };
    let (store, writer) = Store::open(folder.path(), &options).await.unwrap();
    let running = Running::run(store, writer);
    let ada = running.guest("Ada").await.id;
    let den = running.room(ada, "den").await;
    let mut stored = 0;
    let refused = loop {
        match running.post(den, ada, stored + 1, &"x".repeat(4_000)).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, StoreError::Full);
    assert!(stored > 1, "nothing fitted at all");
    let tail = running.store.tail(den, 1_000).await.unwrap();
    assert_eq!(tail.messages.len() as u128, stored);
    assert_eq!(running.announced_seqs().len() as u128, stored, "what was not stored was announced");
    assert_eq!(running.post(den, ada, 1, &"x".repeat(4_000)).await, Ok(Seq(1)));
}

#[tokio::test]
async fn every_commit_is_synced() {
    let folder = TempDir::new().unwrap();
    let (_store, mut writer) = Store::open(folder.path(), &OPTIONS).await.unwrap();
    let (journal,): (String,) =
        sqlx::query_as("PRAGMA journal_mode").fetch_one(writer.connection()).await.unwrap();
    let (synchronous,): (i64,) =
        sqlx::query_as("PRAGMA synchronous").fetch_one(writer.connection()).await.unwrap();
    // 2 is FULL: <https://sqlite.org/pragma.html#pragma_synchronous>
    assert_eq!((journal.as_str(), synchronous), ("wal", 2));
}
