//! A server and its clients as values, in a world of bad luck: connections are cut, what is said is
//! lost or comes twice, the server refuses, forgets its log, or is restored from a backup. In the end all
//! show what the server has, and what was done stands in its log once.
//!
//! Everything follows from a seed, which a failure prints.

use std::collections::{BTreeSet, VecDeque};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{
    BoardEvent, BoardRequest, Change, Fields, Preview, SlotPreview, Tint,
};
use starling_protocol::{ErrorCode, OperationId, Position, Seq, Slot, UserId, codec};
use uuid::Uuid;

use super::server::{Board, Server, some_changes};
use super::{delete, den, id, note, put, refused, user};
use crate::board::{BoardClient, BoardOutput};

const SEEDS: u64 = 300;
const STEPS: usize = 150;
struct Connection {
    slot: Slot,
    up: VecDeque<String>,
    down: VecDeque<String>,
    /// The next operation it is owed, if it opened the board.
    owed: Option<u64>,
}

struct Person {
    user: UserId,
    client: BoardClient,
    connection: Option<Connection>,
    did: BTreeSet<OperationId>,
}

struct World {
    now: u64,
    rng: SmallRng,
    server: Server,
    people: Vec<Person>,
    slots: u16,
    bad_luck: bool,
    restored: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = SmallRng::seed_from_u64(seed);
        let people = (0..rng.random_range(2..=5)).map(|number: u64| Person {
            user: user(u128::from(number)),
            client: BoardClient::new(den(), seed * 10 + number),
            connection: None,
            did: BTreeSet::new(),
        });
        let people = people.collect();
        let server = Server::new();
        Self { now: 0, rng, server, people, slots: 0, bad_luck: true, restored: false }
    }

    fn step(&mut self) {
        self.now += self.rng.random_range(0..60);
        let someone = self.rng.random_range(0..self.people.len());
        if self.bad_luck {
            match self.rng.random_range(0..60) {
                0..14 => self.act(someone),
                14 | 15 => self.cut(someone),
                16 if self.rng.random_bool(0.1) => self.restore(),
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
        let Person { client, did, .. } = &mut self.people[number];
        match rng.random_range(0..8) {
            0 => drop(client.undo(now)),
            1 => drop(client.redo(now)),
            2 => client.hold(now, Some(Preview::Hold { changes: some_changes(rng) })),
            3 => client.hold(now, None),
            _ => drop(client.operate(now, some_changes(rng))),
        }
        did.extend(client.pending().map(|operation| operation.id));
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

    /// The server's side of a connection.
    fn serve(&mut self, number: usize) {
        let Person { user, client, connection, .. } = &mut self.people[number];
        if client.next_timer().is_some_and(|due| due <= self.now) {
            client.timer(self.now);
        }
        while let Some(output) = client.poll() {
            if let (BoardOutput::Send { text }, Some(connection)) = (output, &mut *connection) {
                connection.up.push_back(text);
            }
        }
        let Some(Connection { slot, up, down, owed }) = connection else { return };
        for _ in 0..self.rng.random_range(0..3) {
            let Some(text) = up.pop_front() else { break };
            let mut answers = Vec::new();
            match codec::decode_board_request(&text).expect("it reads") {
                BoardRequest::OpenBoard { reference, resume, .. } => {
                    let (pages, next) = self.server.open(reference, resume);
                    answers = pages;
                    *owed = Some(next);
                }
                BoardRequest::Operate { reference, operation, .. } => {
                    let luck = if self.bad_luck { self.rng.random_range(0..40) } else { 40 };
                    let answer = match luck {
                        0 => refused(reference, ErrorCode::SlowDown, Some(30)),
                        1 => refused(reference, ErrorCode::Forbidden, None),
                        _ => {
                            let seq = Some(self.server.operate(*user, operation));
                            BoardEvent::Ack { reference, seq }
                        }
                    };
                    answers.push(answer);
                }
                BoardRequest::Preview { preview: Some(preview), .. } => {
                    self.server.previews.insert(*slot, preview);
                }
                BoardRequest::Preview { preview: None, .. } => {
                    self.server.previews.remove(slot);
                }
                other => panic!("it sends {other:?}"),
            }
            down.extend(answers.iter().map(codec::encode_board_event));
        }
        if let Some(next) = owed.as_mut().filter(|_| self.rng.random_bool(0.5)) {
            for operated in self.server.log.iter().skip(*next as usize - 1) {
                let event = BoardEvent::Operated { room: den(), operated: operated.clone() };
                down.push_back(codec::encode_board_event(&event));
            }
            *next = self.server.head() + 1;
            let previews = self.server.previews.iter();
            let previews = previews
                .map(|(slot, it)| SlotPreview { slot: *slot, preview: Some(it.clone()) })
                .collect();
            let event = BoardEvent::Previews { room: den(), complete: true, previews };
            down.push_back(codec::encode_board_event(&event));
        }
    }

    /// What the server said comes to the client, with luck.
    fn deliver(&mut self, number: usize) {
        let Person { client, connection: Some(connection), .. } = &mut self.people[number] else {
            return;
        };
        for _ in 0..self.rng.random_range(0..6) {
            let Some(text) = connection.down.pop_front() else { break };
            let luck = if self.bad_luck { self.rng.random_range(0..60) } else { 60 };
            // A page of a board is never lost by itself: the connection would be.
            let is_page = text.contains(r#""type":"board""#);
            let times = match luck {
                0 if !is_page => 0,
                1 => 2,
                _ => 1,
            };
            for _ in 0..times {
                client.received(self.now, &text);
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
        for Person { client, did, .. } in &self.people {
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
    let (mut restored, mut operations) = (0, 0);
    for seed in 0..SEEDS {
        let run = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            for _ in 0..STEPS {
                world.step();
            }
            world.heal();
            world.check_end();
            (world.restored, world.server.log.len())
        });
        let Ok((is_restored, done)) = run else { panic!("seed {seed}") };
        restored += usize::from(is_restored);
        operations += done;
    }
    assert!(restored > 20 && operations > 3_000, "{restored} restored, {operations} done");
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
