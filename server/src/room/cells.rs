//! A large room's cursors at one tick, in the cells of a grid laid over the board.
//!
//! Each record is encoded once, for all viewers; whoever is shown some of them copies these. Knows
//! where cursors are and who is followed; not who sees what, which is each viewer's own
//! (`feed/viewer.rs`).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use starling_protocol::{
    CURSOR_RESTS_MS, CURSOR_SLEEPS_MS, Channel, CursorRecord, CursorState, EncodedCursor, Point,
    Revision, Slot, View,
};

use super::{Followed, Millis};

/// Cells are 2^12 quarter units wide and high: 1,024 board units, about half a window.
const SHIFT: u32 = 12;
/// So many beside each other make the board.
const SIDE: usize = 1 << (u16::BITS - SHIFT);
/// What is shown beyond the edges of a view, in quarter units: half a cell.
const MARGIN: u16 = 1 << (SHIFT - 1);
const NOWHERE: u32 = u32::MAX;

/// A cursor as it is at the tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) slot: Slot,
    pub(crate) point: Point,
    /// Whether it is elsewhere than at the tick before.
    pub(crate) moved: bool,
    /// Whether it has not moved for a while.
    pub(crate) rests: bool,
    pub(crate) record: EncodedCursor,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Cells {
    pub(crate) at: Millis,
    pub(crate) channel: Channel,
    pub(crate) revision: Revision,
    /// How many cursors one viewer is shown.
    pub(crate) most: usize,
    /// Cell by cell, and those row by row.
    placed: Vec<Placed>,
    /// Where in `placed` each cell begins; then the end.
    starts: Vec<u32>,
    /// Where in `placed` each slot's cursor is.
    places: Vec<u32>,
    /// The slots of those whom somebody follows.
    followed: BTreeMap<Followed, Vec<Slot>>,
}

/// The cells that a view and what is around it touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    columns: RangeInclusive<usize>,
    rows: RangeInclusive<usize>,
}

/// A cursor on its way into its cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) slot: Slot,
    pub(super) point: Point,
    pub(super) at: Millis,
    pub(super) moved: bool,
}

impl Cells {
    /// Puts everyone who is not asleep into their cells.
    pub(super) fn new(
        at: Millis,
        (channel, revision): (Channel, Revision),
        most: usize,
        samples: impl Iterator<Item = Sample> + Clone,
        followed: BTreeMap<Followed, Vec<Slot>>,
    ) -> Self {
        let age = |sample: &Sample| at.saturating_sub(sample.at);
        let awake = samples.filter(|sample| age(sample) < CURSOR_SLEEPS_MS);
        let mut starts = vec![0_u32; SIDE * SIDE + 1];
        let mut slots = 0;
        for sample in awake.clone() {
            starts[cell_of(sample.point) + 1] += 1;
            slots = slots.max(usize::from(sample.slot.0) + 1);
        }
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let count = starts[SIDE * SIDE] as usize;
        let (mut placed, mut places) = (vec![Placed::nobody(); count], vec![NOWHERE; slots]);
        let mut next = starts.clone();
        for sample in awake {
            let Sample { slot, point, moved, .. } = sample;
            let place = &mut next[cell_of(point)];
            let age_ms = u8::try_from(age(&sample)).unwrap_or(u8::MAX);
            placed[*place as usize] = Placed {
                slot,
                point,
                moved,
                rests: age(&sample) >= CURSOR_RESTS_MS,
                record: CursorRecord { slot, state: CursorState::At { point, age_ms } }.encode(),
            };
            places[usize::from(slot.0)] = *place;
            *place += 1;
        }
        Self { at, channel, revision, most, placed, starts, places, followed }
    }

    /// A slot's cursor.
    pub(crate) fn of(&self, slot: Slot) -> Option<&Placed> {
        let place = *self.places.get(usize::from(slot.0))?;
        self.placed.get(place as usize)
    }

    /// The cursors of somebody whom somebody follows.
    pub(crate) fn of_followed(&self, whom: Followed) -> impl Iterator<Item = &Placed> {
        self.followed.get(&whom).into_iter().flatten().filter_map(|slot| self.of(*slot))
    }

    /// How many cursors are there.
    pub(crate) fn count(&self, span: &Span) -> usize {
        self.rows(span).map(<[Placed]>::len).sum()
    }

    /// The cursors there.
    pub(crate) fn all(&self, span: &Span) -> impl Iterator<Item = &Placed> {
        self.rows(span).flatten()
    }

    /// The cells of a row lie side by side, and so do their cursors.
    fn rows(&self, span: &Span) -> impl Iterator<Item = &[Placed]> {
        let (first, last) = (*span.columns.start(), *span.columns.end());
        span.rows.clone().map(move |row| {
            let (from, to) = (self.starts[row * SIDE + first], self.starts[row * SIDE + last + 1]);
            &self.placed[from as usize..to as usize]
        })
    }
}

impl Placed {
    fn nobody() -> Self {
        let record = CursorRecord { slot: Slot(0), state: CursorState::Hidden }.encode();
        Self { slot: Slot(0), point: Point::default(), moved: false, rests: true, record }
    }
}

impl Span {
    pub(crate) fn of(view: View) -> Self {
        let [left, top, right, bottom] = view.edges();
        let cells = |from: u16, to: u16| {
            column_of(from.saturating_sub(MARGIN))..=column_of(to.saturating_add(MARGIN))
        };
        Self { columns: cells(left, right), rows: cells(top, bottom) }
    }

    pub(crate) fn contains(&self, point: Point) -> bool {
        self.columns.contains(&column_of(point.x)) && self.rows.contains(&column_of(point.y))
    }
}

fn cell_of(point: Point) -> usize {
    column_of(point.y) * SIDE + column_of(point.x)
}

fn column_of(quarters: u16) -> usize {
    usize::from(quarters >> SHIFT)
}
