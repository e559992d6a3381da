//! What one viewer sees of a room's cursors: their view, whom they follow, and whom they are shown.
//! In a large room it chooses from the tick's cells, and puts the frame together from records that
//! were encoded for everyone. Knows no clock and no sockets.

use bytes::Bytes;
use starling_protocol::{CursorFrameWriter, CursorRecord, CursorState, Point, Slot, View};

use crate::room::{Cells, Followed, Millis, Placed, Span};

/// So long those stay whom a viewer is shown out of many, unless the view changes.
const CHOSEN_FOR: Millis = 500;

/// Whoever is shown counts as a quarter nearer than they are, so that two who are equally far do not
/// take turns.
const NEARER: u64 = 4;

/// One viewer in one room. It is small as long as the room is.
#[derive(Debug)]
pub(crate) struct Viewer {
    /// The viewer's own slot, which they are not shown.
    own: Slot,
    /// The whole board until they say what they see.
    view: View,
    /// The view is another one than when they were last told, or whom they follow.
    looked: bool,
    follows: Option<Followed>,
    /// The number of what they were told last of what that one sees.
    pub(super) viewing: Option<u64>,
    /// The last tick that they have; before the first they need all cursors.
    tick: Option<u64>,
    /// Whom they are shown of many; `None` while everyone is shown all.
    shown: Option<Box<Shown>>,
}

#[derive(Debug, Default)]
struct Shown {
    /// Ascending.
    slots: Vec<Slot>,
    others: u16,
    /// When these were chosen from more than can be shown, by the room's clock.
    chosen: Option<Millis>,
}

/// How a viewer comes to the newest tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// They have it.
    None,
    /// They have it, and look elsewhere.
    Look,
    /// They have the one before.
    Next,
    /// They need everything.
    Whole,
}

impl Viewer {
    /// Somebody who has seen nothing yet.
    pub(crate) fn new(own: Slot) -> Self {
        Self {
            own,
            view: View::ALL,
            looked: false,
            follows: None,
            viewing: None,
            tick: None,
            shown: None,
        }
    }

    /// They see this part of the board now.
    pub(crate) fn look(&mut self, view: View) {
        self.looked |= self.view != view;
        self.view = view;
    }

    /// They follow somebody from now on, or nobody.
    pub(crate) fn follow(&mut self, whom: Option<Followed>) {
        self.follows = whom;
        self.viewing = None;
        self.looked = true;
    }

    pub(crate) fn follows(&self) -> Option<Followed> {
        self.follows
    }

    /// The tick is there; says how far it is from what they have.
    pub(super) fn step_to(&mut self, tick: u64) -> Step {
        match self.tick.replace(tick) {
            Some(last) if last == tick && self.looked => Step::Look,
            Some(last) if last == tick => Step::None,
            Some(last) if last + 1 == tick => Step::Next,
            _ => Step::Whole,
        }
    }

    /// They get the cursors as everyone does, in a room that is not large; false if they were shown
    /// some of many before.
    pub(super) fn is_shown_all(&mut self) -> bool {
        self.looked = false;
        self.shown.take().is_none()
    }

    /// The frame that brings them to a tick of a large room, which was `age` milliseconds ago; `None` if
    /// nothing is different for them.
    pub(super) fn frame(&mut self, cells: &Cells, step: Step, age: u64) -> Option<Bytes> {
        let complete = step == Step::Whole || self.shown.is_none();
        let before = self.shown.take().unwrap_or_default();
        let after = self.choose(cells, &before);
        self.looked = false;

        let known = if complete { &[] } else { before.slots.as_slice() };
        let left = known.iter().filter(|slot| after.slots.binary_search(slot).is_err());
        let news = after.slots.iter().filter_map(|slot| cells.of(*slot)).filter(|placed| {
            (placed.moved && step == Step::Next) || known.binary_search(&placed.slot).is_err()
        });
        let most = known.len() + after.slots.len();
        let is_news = complete || before.others != after.others;
        let frame = (is_news || left.clone().next().is_some() || news.clone().next().is_some())
            .then(|| {
                let (channel, revision) = (cells.channel, cells.revision);
                let others = Some(after.others);
                let mut frame = CursorFrameWriter::new(channel, revision, complete, others, most);
                for slot in left {
                    let gone = CursorRecord { slot: *slot, state: CursorState::Hidden };
                    frame.push(gone.encode(), 0);
                }
                for placed in news {
                    frame.push(placed.record, age);
                }
                Bytes::from(frame.finish())
            });
        self.shown = Some(Box::new(after));
        frame
    }

    /// Whom to show.
    fn choose(&self, cells: &Cells, before: &Shown) -> Shown {
        let span = Span::of(self.view);
        let is_there = |placed: &&Placed| span.contains(placed.point);
        let is_other = |placed: &&Placed| placed.slot != self.own;
        let own = cells.of(self.own).filter(is_there);
        let there = cells.count(&span) - usize::from(own.is_some());

        let followed = self.follows.into_iter().flat_map(|whom| cells.of_followed(whom));
        let followed: Vec<&Placed> = followed.filter(is_other).take(cells.most).collect();
        let is_free = |placed: &&Placed| {
            is_other(placed) && !followed.iter().any(|it| it.slot == placed.slot)
        };
        let places = cells.most - followed.len();
        let free = there - followed.iter().copied().filter(is_there).count();
        let mut slots: Vec<Slot> = followed.iter().map(|placed| placed.slot).collect();
        let mut chosen = None;
        if free <= places {
            slots.extend(cells.all(&span).filter(is_free).map(|placed| placed.slot));
        } else {
            let stay = before.slots.iter().filter_map(|slot| cells.of(*slot));
            let stay = stay.filter(is_there).filter(is_free).take(places).map(|it| it.slot);
            let stay: Vec<Slot> = stay.collect();
            chosen = before.chosen.filter(|at| cells.at < at + CHOSEN_FOR && !self.looked);
            if chosen.is_some() && 4 * stay.len() >= 3 * places {
                slots.extend(stay);
            } else {
                chosen = Some(cells.at);
                let nearest = self.nearest(cells.all(&span).filter(is_free), places, &stay);
                slots.extend(nearest.into_iter().map(|(_, slot)| slot));
            }
        }
        slots.sort_unstable();
        let others = free + followed.len() - slots.len();
        Shown { slots, others: u16::try_from(others).unwrap_or(u16::MAX), chosen }
    }

    /// So many of those there, each after what they were ordered by: who moved lately before who rests,
    /// and near before far. Who is shown already has an advantage.
    fn nearest<'a>(
        &self,
        all: impl Iterator<Item = &'a Placed>,
        count: usize,
        shown: &[Slot],
    ) -> Vec<(u64, Slot)> {
        let distance = distance_in(self.view);
        let mut keys: Vec<(u64, Slot)> = all
            .map(|placed| {
                let mut far = distance(placed.point);
                if shown.binary_search(&placed.slot).is_ok() {
                    far -= far / NEARER;
                }
                (u64::from(placed.rests) << u32::BITS | far, placed.slot)
            })
            .collect();
        if let Some(last) = count.checked_sub(1).filter(|last| *last < keys.len()) {
            keys.select_nth_unstable(last);
        }
        keys.truncate(count);
        keys
    }
}

/// How far a point is from the middle of a view, so that all on the view's edge are equally far.
fn distance_in(view: View) -> impl Fn(Point) -> u64 {
    let [left, top, right, bottom] = view.edges();
    let (width, height) = (u64::from(right - left).max(1), u64::from(bottom - top).max(1));
    let middle = Point { x: left.midpoint(right), y: top.midpoint(bottom) };
    move |point| {
        let across = u64::from(point.x.abs_diff(middle.x)) * height;
        across.max(u64::from(point.y.abs_diff(middle.y)) * width)
    }
}
