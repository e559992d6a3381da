//! The server of the world: a board with its log, in memory, and random changes of it.

use std::collections::BTreeMap;

use rand::Rng;
use rand::rngs::SmallRng;
use starling_protocol::board::{
    BoardEvent, BoardLimits, Change, Fields, Object, Operated, Operation, Preview, Tint,
};
use starling_protocol::{Epoch, ObjectId, OperationId, Point, Position, Seq, Slot, UserId};

use super::{delete, den, epoch, id, note, put};

/// Small, so that both ways back, replay and starting over, are taken often.
const REPLAY: u64 = 6;
const PAGE: usize = 3;

pub(super) type Board = BTreeMap<ObjectId, Object>;

pub(super) struct Server {
    pub(super) epoch: u128,
    /// The board after each operation; the first one is empty.
    pub(super) boards: Vec<Board>,
    pub(super) log: Vec<Operated>,
    pub(super) known: BTreeMap<(UserId, OperationId), Seq>,
    pub(super) previews: BTreeMap<Slot, Preview>,
}

/// Random changes of a few objects, so that people meet.
pub(super) fn some_changes(rng: &mut SmallRng) -> Vec<Change> {
    (0..rng.random_range(1..4)).map(|_| some_change(rng)).collect()
}

fn some_change(rng: &mut SmallRng) -> Change {
    let number = rng.random_range(1..8);
    match rng.random_range(0..6) {
        0 => put(note(number, &format!("{}", rng.random_range(0..100)))),
        1 => delete(number),
        _ => {
            let mut fields = Fields::default();
            if rng.random() {
                fields.at = Some(Point { x: rng.random_range(0..9_000), y: 7 });
            }
            if rng.random() {
                fields.text = Some(format!("{}", rng.random_range(0..100)));
            }
            if rng.random() {
                fields.tint = Some(Tint(rng.random_range(0..13)));
            }
            if rng.random() {
                fields.layer = Some(rng.random());
            }
            // Notes have none: it is ignored.
            fields.line = rng.random_bool(0.1).then_some(9);
            Change::Set { object: id(number), fields }
        }
    }
}

impl Server {
    pub(super) fn new() -> Self {
        let (boards, log) = (vec![Board::new()], vec![]);
        Self { epoch: 1, boards, log, known: BTreeMap::new(), previews: BTreeMap::new() }
    }

    /// Goes back to a backup: a history of its own.
    pub(super) fn restore(&mut self, kept: usize) {
        self.epoch += 1;
        self.log.truncate(kept);
        self.boards.truncate(kept + 1);
        self.known.retain(|_, seq| seq.0 <= kept as u64);
    }

    pub(super) fn head(&self) -> u64 {
        self.log.len() as u64
    }

    pub(super) fn board(&self) -> &Board {
        &self.boards[self.log.len()]
    }

    pub(super) fn epoch(&self) -> Epoch {
        epoch(self.epoch)
    }

    pub(super) fn operate(&mut self, by: UserId, operation: Operation) -> Seq {
        if let Some(seq) = self.known.get(&(by, operation.id)) {
            return *seq;
        }
        let mut operation = operation;
        let mut board = self.board().clone();
        for change in &mut operation.changes {
            let before = board.remove(&change.object());
            if let Change::Put { object } = change {
                object.by = before.as_ref().map_or(by, |before| before.by);
            }
            if let Some(after) = change.applied(before) {
                board.insert(after.id, after);
            }
        }
        let seq = Seq(self.head() + 1);
        self.known.insert((by, operation.id), seq);
        self.log.push(Operated { seq, by, at: 0, operation });
        self.boards.push(board);
        seq
    }

    /// The answer to `open_board`, and the next operation that is owed.
    pub(super) fn open(&self, reference: u32, resume: Option<Position>) -> (Vec<BoardEvent>, u64) {
        let page = |position, recovered, objects, whole| BoardEvent::Board {
            reference: Some(reference),
            room: den(),
            position,
            recovered,
            objects,
            whole,
            limits: BoardLimits::default(),
        };
        if let Some(known) = resume
            && known.epoch == self.epoch()
            && known.seq.0 <= self.head()
            && self.head() - known.seq.0 <= REPLAY
        {
            return (vec![page(known, true, vec![], true)], known.seq.0 + 1);
        }
        let position = Position { epoch: self.epoch(), seq: Seq(self.head()) };
        let objects: Vec<Object> = self.board().values().cloned().collect();
        let mut pages: Vec<Vec<Object>> = objects.chunks(PAGE).map(<[Object]>::to_vec).collect();
        if pages.is_empty() {
            pages.push(vec![]);
        }
        let last = pages.len() - 1;
        let pages = pages.into_iter().enumerate();
        let pages = pages.map(|(number, objects)| page(position, false, objects, number == last));
        (pages.collect(), self.head() + 1)
    }
}
