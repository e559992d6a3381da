//! What everyone in the crowd shares: the room, the time, who has which slot, and where everyone is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use starling_protocol::{Point, Slot, Slug, View, cursor_hz};

use crate::clock::Clock;
use crate::scenario::Scenario;
use crate::tally::{Moves, Tally};

use super::walk::{Walk, is_within};

/// Of each person, per second, where the room's rate allows it.
const MOVES: f64 = 10.0;
/// In the room, now and then.
const WRITERS: usize = 10;
const MESSAGES: f64 = 0.2;

const NOBODY: u32 = u32::MAX;
const SLOTS: usize = 1 << 16;

pub(super) struct Stage {
    pub(super) clock: Arc<Clock>,
    pub(super) room: Slug,
    pub(super) pointing: Scenario,
    pub(super) talking: Scenario,
    moves: Arc<Moves>,
    nothing: Arc<Moves>,
    people: Vec<AtomicU32>,
    slots: Vec<AtomicU32>,
    texts: AtomicU64,
}

impl Stage {
    pub(super) fn new(room: Slug, people: usize, seconds: u64) -> Self {
        let here = Scenario { people, ..Scenario::default() };
        let pointing = Scenario { moves: MOVES.min(f64::from(cursor_hz(people))), ..here };
        let talking = Scenario { writers: WRITERS, messages: MESSAGES, ..here };
        Self {
            clock: Arc::new(Clock::new()),
            room,
            pointing,
            talking,
            moves: Arc::new(Moves::new(pointing, seconds)),
            nothing: Arc::new(Moves::new(talking, seconds)),
            people: (0..people).map(|_| AtomicU32::new(0)).collect(),
            slots: (0..SLOTS).map(|_| AtomicU32::new(NOBODY)).collect(),
            texts: AtomicU64::new(0),
        }
    }

    /// For the moves that somebody makes and sees.
    pub(super) fn tally_of_moves(&self, person: u16) -> Tally {
        Tally::new(Arc::clone(&self.clock), Arc::clone(&self.moves), person.into(), self.pointing)
    }

    /// For what they say and read.
    pub(super) fn tally_of_messages(&self, person: u16) -> Tally {
        Tally::new(Arc::clone(&self.clock), Arc::clone(&self.nothing), person.into(), self.talking)
    }

    pub(super) fn took_slot(&self, person: u16, slot: Slot) {
        self.slots[usize::from(slot.0)].store(person.into(), Ordering::Relaxed);
    }

    /// Whose cursor that is.
    pub(super) fn person(&self, slot: Slot) -> Option<u16> {
        u16::try_from(self.slots[usize::from(slot.0)].load(Ordering::Relaxed)).ok()
    }

    pub(super) fn moved(&self, person: u16, number: u16) {
        self.people[usize::from(person)].store(number.into(), Ordering::Relaxed);
    }

    /// Where somebody is after that move of theirs.
    pub(super) fn point(&self, person: u16, number: u16) -> Point {
        Walk::of(person).point(number, self.pointing.moves)
    }

    /// Those who were within it all the while that their latest moves, that many, took.
    pub(super) fn within(&self, view: View, moves: u32) -> impl Iterator<Item = u16> {
        (0_u16..).zip(&self.people).filter_map(move |(person, newest)| {
            let newest = newest.load(Ordering::Relaxed);
            let mut latest = newest.saturating_sub(moves)..=newest;
            latest
                .all(|number| is_within(self.point(person, number as u16), view))
                .then_some(person)
        })
    }

    /// Somebody was told something beside cursors.
    pub(super) fn told(&self) {
        self.texts.fetch_add(1, Ordering::Relaxed);
    }

    /// How often anybody was.
    pub(super) fn texts(&self) -> u64 {
        self.texts.load(Ordering::Relaxed)
    }
}
