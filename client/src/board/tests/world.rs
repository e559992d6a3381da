//! A server and its clients as values, in a world of bad luck: connections are cut, what is said is
//! lost or comes twice, pages are loaded anew and some people have two, the server refuses, for good or for
//! now, forgets its log, or is restored from a backup. In the end all show what the server has, and what was
//! done stands in its log once, and nothing that was taken back.
//!
//! Everything follows from a seed, which a failure prints.

mod serving;

use std::collections::{BTreeSet, VecDeque};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{Change, Fields, Operation, Preview, Tint};
use starling_protocol::{OperationId, Position, Seq, Slot, UserId};
use uuid::Uuid;

use super::server::{Board, Server, some_changes};
use super::{delete, den, id, note, put, user};
use crate::board::BoardClient;

const SEEDS: u64 = 300;
const STEPS: usize = 150;

struct Connection {
    slot: Slot,
    up: VecDeque<String>,
    down: VecDeque<String>,
    /// The next operation it is owed, if it opened the board.
    owed: Option<u64>,
}

/// A page with a board, and whose it is.
struct Person {
    user: UserId,
    client: BoardClient,
    connection: Option<Connection>,
    /// What shall not be lost.
    did: BTreeSet<OperationId>,
    /// What shall not be sent.
    took_back: BTreeSet<OperationId>,
    /// What other pages have of it.
    taken_over: BTreeSet<OperationId>,
}

struct World {
    now: u64,
    rng: SmallRng,
    server: Server,
    people: Vec<Person>,
    slots: u16,
    bad_luck: bool,
    restored: bool,
    /// How often something was refused, for good and for now.
    refused: [usize; 2],
    /// How many clients there were.
    clients: u64,
}

/// Whose pages they are.
const USERS: [u128; 5] = [0, 1, 1, 2, 0];

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let pages = rng.random_range(2..=USERS.len());
        let server = Server::new();
        let mut world = Self {
            now: 0,
            rng,
            server,
            people: Vec::new(),
            slots: 0,
            bad_luck: true,
            restored: false,
            refused: [0; 2],
            clients: seed * 1_000,
        };
        for number in USERS.into_iter().take(pages) {
            let person = Person {
                user: user(number),
                client: world.client(),
                connection: None,
                did: BTreeSet::new(),
                took_back: BTreeSet::new(),
                taken_over: BTreeSet::new(),
            };
            world.people.push(person);
        }
        world
    }

    fn client(&mut self) -> BoardClient {
        self.clients += 1;
        BoardClient::new(den(), self.clients)
    }

    fn step(&mut self) {
        self.now += self.rng.random_range(0..60);
        let someone = self.rng.random_range(0..self.people.len());
        if self.bad_luck {
            match self.rng.random_range(0..60) {
                0..14 => self.act(someone),
                14 | 15 => self.cut(someone),
                16 if self.rng.random_bool(0.1) => self.restore(),
                17 if self.rng.random_bool(0.5) => self.reload(someone),
                18 | 19 => {
                    let page = self.rng.random_range(0..self.people.len());
                    // What was just done is what is taken back.
                    self.act(someone);
                    self.look_into_storage(page);
                    self.act(someone);
                }
                _ => {}
            }
        }
        for number in 0..self.people.len() {
            self.connect(number);
            self.serve(number);
            self.deliver(number);
        }
        self.check_invariants(someone);
    }

    fn act(&mut self, number: usize) {
        let (now, rng) = (self.now, &mut self.rng);
        let Person { client, did, took_back, taken_over, .. } = &mut self.people[number];
        let is_taken_over = |id| taken_over.contains(&id);
        let before: BTreeSet<OperationId> = client.unsaved().map(|it| it.id).collect();
        let (mut may_forget, mut takes_back) = (false, false);
        match rng.random_range(0..20) {
            0..3 => takes_back = client.undo(now, &is_taken_over),
            3..5 => takes_back = client.redo(now, &is_taken_over),
            5..7 => client.hold(now, Some(Preview::Hold { changes: some_changes(rng) })),
            7..9 => client.hold(now, None),
            9 => client.retry(now),
            10 if rng.random_bool(0.2) => {
                client.give_up();
                may_forget = true;
            }
            _ => drop(client.operate(now, some_changes(rng))),
        }
        let after: BTreeSet<OperationId> = client.unsaved().map(|it| it.id).collect();
        if takes_back {
            took_back.extend(before.difference(&after));
        }
        if may_forget || takes_back {
            // What was taken back, or given up, need not be anywhere.
            did.retain(|id| !before.contains(id) || after.contains(id));
        } else {
            assert!(before.is_subset(&after), "that forgot something");
        }
        did.extend(after);
    }

    /// Somebody loads their page anew, which has saved what was not stored.
    fn reload(&mut self, number: usize) {
        self.cut(number);
        let client = self.client();
        let (now, person) = (self.now, &mut self.people[number]);
        let before = std::mem::replace(&mut person.client, client);
        person.client.take_over(now, before.unsaved().cloned().collect());
    }

    /// A page takes over what another one of the same person has saved; both send it then.
    fn look_into_storage(&mut self, number: usize) {
        let (now, user) = (self.now, self.people[number].user);
        let mut saved: Vec<Operation> = Vec::new();
        for (page, other) in self.people.iter_mut().enumerate() {
            if other.user == user && page != number {
                saved.extend(other.client.unsaved().cloned());
                other.taken_over.extend(other.client.unsaved().map(|it| it.id));
            }
        }
        let Person { client, did, .. } = &mut self.people[number];
        did.extend(saved.iter().map(|operation| operation.id));
        client.take_over(now, saved);
    }

    fn cut(&mut self, number: usize) {
        if let Some(connection) = self.people[number].connection.take() {
            self.server.previews.remove(&connection.slot);
            self.people[number].client.disconnected();
        }
    }

    /// The server goes back to a backup.
    fn restore(&mut self) {
        let kept = self.rng.random_range(0..=self.server.head()) as usize;
        self.server.restore(kept);
        self.restored = true;
        for number in 0..self.people.len() {
            self.cut(number);
        }
    }

    fn connect(&mut self, number: usize) {
        let comes = !self.bad_luck || self.rng.random_bool(0.1);
        if self.people[number].connection.is_none() && comes {
            self.slots += 1;
            let slot = Slot(self.slots);
            let (up, down) = (VecDeque::new(), VecDeque::new());
            self.people[number].connection = Some(Connection { slot, up, down, owed: None });
            self.people[number].client.joined(self.now, slot);
            let people = self.people.iter().filter_map(|it| {
                it.connection.as_ref().map(|connection| (connection.slot, it.user))
            });
            let people = people.collect::<Vec<_>>();
            for person in &mut self.people {
                person.client.set_people(people.iter().copied());
            }
        }
    }

    fn check_invariants(&self, number: usize) {
        let Person { client, .. } = &self.people[number];
        assert_eq!(client.count(), client.objects().count());
        if let Some(position) = client.position()
            && position.epoch == self.server.epoch()
        {
            let board = &self.server.boards[position.seq.0 as usize];
            assert_eq!(client.objects.confirmed(), board, "what is confirmed is the server's");
            let mut stored = client.outbox.stored();
            assert!(
                !client.is_open() || stored.all(|seq| seq > position.seq),
                "what is there already is on its way"
            );
        }
        let mut expected = client.objects.confirmed().clone();
        let mut touched = BTreeSet::new();
        for change in client.outbox.changes() {
            touched.insert(change.object());
            let before = expected.remove(&change.object());
            if let Some(after) = change.applied(before) {
                expected.insert(after.id, after);
            }
        }
        let shown: Board = client.objects().map(|it| (it.id, it.clone())).collect();
        assert_eq!(shown, expected, "what is on its way lies on top");
        assert_eq!(client.objects.changing().collect::<BTreeSet<_>>(), touched);
        for id in client.shown_ids() {
            assert!(client.shown(id).is_some());
        }
    }

    fn is_quiet(&self) -> bool {
        self.people.iter().all(|Person { client, connection, .. }| {
            let head = Position { epoch: self.server.epoch(), seq: Seq(self.server.head()) };
            let down = connection.as_ref().is_some_and(|it| it.down.is_empty() && it.up.is_empty());
            down && client.is_open()
                && client.outbox.changes().next().is_none()
                && client.position() == Some(head)
        })
    }

    /// Everybody does again what was refused.
    fn retry(&mut self) {
        for Person { client, .. } in &mut self.people {
            client.retry(self.now);
        }
    }

    /// The luck turns, and everybody comes back.
    fn heal(&mut self) {
        self.bad_luck = false;
        for number in 0..self.people.len() {
            self.cut(number);
            self.people[number].client.hold(self.now, None);
        }
        for _ in 0..2_000 {
            self.step();
            if self.is_quiet() {
                return;
            }
        }
        panic!("it does not come to rest");
    }

    fn check_end(&self) {
        let ids: Vec<OperationId> = self.server.log.iter().map(|it| it.operation.id).collect();
        let logged: BTreeSet<OperationId> = ids.iter().copied().collect();
        assert_eq!(ids.len(), logged.len(), "nothing is done twice");
        for Person { client, did, took_back, .. } in &self.people {
            assert!(logged.is_disjoint(took_back), "what was taken back is done");
            let shown: Board = client
                .shown_ids()
                .into_iter()
                .map(|id| (id, client.shown(id).expect("it is shown").into_owned()))
                .collect();
            assert_eq!(&shown, self.server.board(), "all show the server's board");
            let refused: BTreeSet<_> = client.refused().map(|it| it.operation.id).collect();
            for id in did.iter().filter(|_| !self.restored) {
                assert!(logged.contains(id) || refused.contains(id), "{id} is lost");
            }
        }
    }
}

#[test]
fn whatever_happens_all_show_the_same_board_in_the_end() {
    let (mut restored, mut operations, mut refused) = (0, 0, [0; 2]);
    for seed in 0..SEEDS {
        let run = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            for _ in 0..STEPS {
                world.step();
            }
            world.heal();
            world.check_end();
            world.retry();
            world.heal();
            world.check_end();
            assert!(world.people.iter().all(|it| it.client.unsaved().next().is_none()));
            world
        });
        let Ok(world) = run else { panic!("seed {seed}") };
        restored += usize::from(world.restored);
        operations += world.server.log.len();
        for (sum, more) in refused.iter_mut().zip(world.refused) {
            *sum += more;
        }
    }
    assert!(restored > 20 && operations > 3_000, "{restored} restored, {operations} done");
    assert!(refused[0] > 100 && refused[1] > 200, "{refused:?} refused");
}

#[test]
fn two_people_without_a_connection_merge_field_by_field() {
    let mut world = World::new(4);
    world.bad_luck = false;
    world.people.truncate(2);
    let both = |world: &mut World, changes: [Vec<Change>; 2]| {
        for (person, changes) in world.people.iter_mut().zip(changes) {
            person.client.operate(world.now, changes).expect("it fits");
        }
    };
    both(&mut world, [vec![put(note(1, "one"))], vec![put(note(2, "two"))]]);
    world.heal();
    world.cut(0);
    world.cut(1);
    let tinted = Fields { tint: Some(Tint(9)), ..Fields::default() };
    let first = vec![super::moved(1, 700), super::says(2, "mine")];
    let second = vec![Change::Set { object: id(1), fields: tinted }, delete(2)];
    both(&mut world, [first, second]);
    world.heal();
    world.check_end();
    let board = world.server.board();
    assert_eq!(board.keys().collect::<Vec<_>>(), [&id(1)], "the deletion wins");
    assert_eq!((board[&id(1)].at.x, board[&id(1)].tint), (700, Tint(9)));
}

#[test]
fn ids_differ_from_seed_to_seed() {
    let mut made = BTreeSet::new();
    for seed in 0..100 {
        let mut client = BoardClient::new(den(), seed);
        client.operate(0, vec![put(note(1, "a"))]).unwrap();
        client.operate(0, vec![delete(1)]).unwrap();
        made.extend(client.pending().map(|it| it.id));
        assert!(made.iter().all(|id| id.uuid().get_version_num() == 4));
    }
    assert_eq!(made.len(), 200);
    assert!(!made.contains(&OperationId::new(Uuid::nil())));
}
