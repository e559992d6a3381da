//! A server that is killed at random while everybody talks, again and again.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_client::{Connection, Delivery};
use starling_protocol::MessageId;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::database::{Row, integrity, rows};
use crate::support::process::ServerProcess;
use crate::support::seed::{at_size, seed};
use crate::support::{PATIENCE, Person, guest};

const PEOPLE: usize = 8;
const FLAGS: [&str; 8] = [
    "--chat-burst",
    "1000000",
    "--chat-per-minute",
    "1000000",
    "--frames-per-second",
    "10000",
    "--replay-limit",
    "100000",
];

/// What the test tells the people in it.
#[derive(Clone, Copy)]
struct Word {
    /// So many servers have started; whoever waits may come back.
    servers: usize,
    /// Say nothing new, and stop when all is stored.
    finish: bool,
}

/// Somebody, what they said, and what they were told.
struct Talker {
    person: Person,
    said: Vec<MessageId>,
    /// What was ever shown or acked, whoever said it.
    told: BTreeMap<u64, MessageId>,
    /// How many messages anybody was told of.
    heard: watch::Sender<u64>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acked_outlives_every_kill_and_everyone_comes_back() {
    let mut rng = SmallRng::seed_from_u64(seed());
    let folder = TempDir::new().unwrap();
    let mut server = ServerProcess::start(folder.path(), &FLAGS).await;
    let address = server.address;
    let (word, listening) = watch::channel(Word { servers: 1, finish: false });
    let (heard, mut hearing) = watch::channel(0);
    let mut talkers = Vec::new();
    for number in 0..PEOPLE {
        talkers.push(Talker::join(address, &format!("P{number}"), heard.clone()).await);
    }
    let mut talking = JoinSet::new();
    for talker in talkers {
        talking.spawn(talker.talk(listening.clone()));
    }
    let last = at_size("STARLING_TEST_KILLS", 20) + 1;
    for servers in 2..=last {
        // Sometimes before anybody is back.
        let more = if rng.random_bool(0.2) { 0 } else { rng.random_range(1..60) };
        let enough = *hearing.borrow_and_update() + more;
        let heard_enough = hearing.wait_for(|heard| *heard >= enough);
        let waited = tokio::time::timeout(PATIENCE, heard_enough).await;
        assert!(waited.is_ok(), "with server {servers} nothing is said any more");
        for _ in 0..rng.random_range(0..200) {
            tokio::task::yield_now().await;
        }
        server.kill();
        server = ServerProcess::start_at(address, folder.path(), &FLAGS).await;
        word.send_replace(Word { servers, finish: servers == last });
    }
    let mut talkers = Vec::new();
    while let Some(talker) = talking.join_next().await {
        talkers.push(talker.unwrap());
    }
    let rows = rows(folder.path()).await;
    let said: usize = talkers.iter().map(|talker| talker.said.len()).sum();
    assert_eq!(rows.len(), said, "something was lost or stands twice");
    for mut talker in talkers {
        let all = |room: &starling_client::RoomState| room.messages().len() == said;
        talker.person.hurry_until(all).await;
        talker.check(&rows);
    }
    server.kill();
    assert_eq!(integrity(folder.path()).await, "ok");
}

impl Talker {
    async fn join(address: SocketAddr, name: &str, heard: watch::Sender<u64>) -> Self {
        let guest = guest(address, name, "Den").await;
        let mut person = guest.connect(address, &format!("http://{address}"));
        // From the first message on, so that nobody's list starts later than another's.
        person.until(|room| room.is_joined()).await;
        Self { person, said: Vec::new(), told: BTreeMap::new(), heard }
    }

    /// Always has something to say, until it is told to finish. Ends when all is stored.
    async fn talk(mut self, mut word: watch::Receiver<Word>) -> Self {
        let mut tried = 0;
        loop {
            let Word { servers, finish } = *word.borrow_and_update();
            // Without this they would wait as long as clients of a server that fails again and again.
            if tried < servers && self.person.hurry() {
                tried = servers;
            }
            let pending = self.person.state().pending().count();
            if finish && pending == 0 {
                return self;
            }
            if !finish && pending < 3 {
                let body = format!("{} says {}", self.person.name, self.said.len());
                self.said.push(self.person.say(&body));
            }
            tokio::select! {
                _ = self.person.client.changed() => self.note(),
                changed = word.changed() => changed.unwrap(),
            }
        }
    }

    fn note(&mut self) {
        let state = self.person.state();
        state.check_invariants();
        let last = self.told.keys().next_back().copied().unwrap_or(0);
        let shown = state.messages().rev().take_while(|message| message.seq.0 > last);
        let mut told: Vec<_> = shown.map(|message| (message.seq.0, message.id)).collect();
        told.extend(state.pending().filter_map(|pending| match pending.delivery {
            Delivery::Stored { seq } => Some((seq.0, pending.id)),
            _ => None,
        }));
        for (seq, id) in told {
            let first = *self.told.entry(seq).or_insert(id);
            assert_eq!(first, id, "number {seq} is told of two messages");
        }
        let heard = self.told.len() as u64;
        self.heard.send_if_modified(|most| {
            let more = heard > *most;
            *most = heard.max(*most);
            more
        });
    }

    fn check(&self, rows: &[Row]) {
        let name = &self.person.name;
        let shown: Vec<Row> = self.person.state().messages().map(Row::from).collect();
        assert_eq!(shown, rows, "{name} shows something else than was stored");
        for (seq, id) in &self.told {
            let stored = usize::try_from(*seq).ok().and_then(|seq| rows.get(seq - 1));
            assert_eq!(stored.map(|row| row.id), Some(*id), "{name} was told what is not stored");
        }
        let author = self.person.core().user().unwrap().id.uuid();
        let stored: Vec<_> = rows.iter().filter(|row| row.author == author).map(|r| r.id).collect();
        assert_eq!(stored, self.said, "{name} said it in another order");
        assert_eq!(self.person.core().connection(), Connection::Online);
    }
}
