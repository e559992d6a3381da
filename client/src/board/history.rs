//! Undo and redo of one's own acts. An act is undone by another act, which restores what the first one
//! changed and nobody changed since.

use std::collections::{BTreeMap, VecDeque};

use starling_protocol::ObjectId;
use starling_protocol::board::{BoardLimits, Change, Fields, Object};

/// How many acts can be undone.
pub const HISTORY: usize = 200;

/// What one change did.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Something lies there that did not, or was something else.
    Put { before: Option<Object>, after: Object },
    /// Some of its fields are others.
    Set { object: ObjectId, before: Fields, after: Fields },
    /// It lies there no more.
    Deleted { before: Object },
}

/// An act, in the order in which it was done.
type Act = Vec<Step>;

/// What can be undone and redone.
#[derive(Debug, Default)]
pub(super) struct History {
    done: VecDeque<Act>,
    undone: VecDeque<Act>,
}

/// Which way to go in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    Forth,
}

impl History {
    pub(super) fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Notes what is about to be done. What was undone cannot be redone after it.
    pub(super) fn note(&mut self, changes: &[Change], board: &Board<'_>) {
        let act = act(changes, board);
        if !act.is_empty() {
            self.undone.clear();
            push(&mut self.done, act);
        }
    }

    /// Forgets that this was made and deleted again, if these were the last two acts and all they did.
    pub(super) fn forget_made(&mut self, id: ObjectId) {
        let made =
            |act: &Act| matches!(&act[..], [Step::Put { before: None, after }] if after.id == id);
        let deleted = |act: &Act| matches!(&act[..], [Step::Deleted { before }] if before.id == id);
        let mut last = self.done.iter().rev();
        if last.next().is_some_and(deleted) && last.next().is_some_and(made) {
            self.done.truncate(self.done.len() - 2);
        }
    }

    /// What to do to get one act further, and notes how to get back. Acts of which nothing is left to
    /// undo or redo are passed over.
    pub(super) fn step(
        &mut self,
        way: Way,
        board: &Board<'_>,
        limits: &BoardLimits,
    ) -> Option<Vec<Change>> {
        let (from, to) = match way {
            Way::Back => (&mut self.done, &mut self.undone),
            Way::Forth => (&mut self.undone, &mut self.done),
        };
        while let Some(last) = from.pop_back() {
            let changes = inverse(&last, board, limits);
            if !changes.is_empty() {
                push(to, act(&changes, board));
                return Some(changes);
            }
        }
        None
    }
}

fn push(acts: &mut VecDeque<Act>, act: Act) {
    if acts.len() == HISTORY {
        acts.pop_front();
    }
    acts.push_back(act);
}

/// Reads the board as it is before an act.
pub(super) type Board<'a> = dyn Fn(ObjectId) -> Option<Object> + 'a;

/// A board to try things on.
struct Draft<'a> {
    board: &'a Board<'a>,
    touched: BTreeMap<ObjectId, Option<Object>>,
}

impl<'a> Draft<'a> {
    fn new(board: &'a Board<'a>) -> Self {
        Self { board, touched: BTreeMap::new() }
    }

    fn get(&mut self, id: ObjectId) -> Option<&Object> {
        self.touched.entry(id).or_insert_with(|| (self.board)(id)).as_ref()
    }

    fn apply(&mut self, change: &Change) {
        let before = self.get(change.object()).cloned();
        self.touched.insert(change.object(), change.applied(before));
    }
}

/// What changes do to a board. What does nothing leaves no step.
fn act(changes: &[Change], board: &Board<'_>) -> Act {
    let mut draft = Draft::new(board);
    let mut act = Act::new();
    for change in changes {
        let before = draft.get(change.object()).cloned();
        draft.apply(change);
        let step = match (change, before) {
            (Change::Put { object }, before) if !is_same(before.as_ref(), object) => {
                Some(Step::Put { before, after: object.clone() })
            }
            (Change::Set { object, fields }, Some(before)) => {
                let after = draft.get(*object).map(|after| after.get(fields)).unwrap_or_default();
                let before = before.get(fields);
                (before != after).then_some(Step::Set { object: *object, before, after })
            }
            (Change::Delete { .. }, Some(before)) => Some(Step::Deleted { before }),
            _ => None,
        };
        act.extend(step);
    }
    act
}

/// What undoes an act on this board, as far as nobody else has gone on with it.
fn inverse(act: &Act, board: &Board<'_>, limits: &BoardLimits) -> Vec<Change> {
    let mut draft = Draft::new(board);
    let mut changes = Vec::new();
    for step in act.iter().rev() {
        let change = match step {
            Step::Put { before: None, after } => {
                draft.get(after.id).map(|now| Change::Delete { object: now.id })
            }
            Step::Put { before: Some(before), after } => {
                is_same(draft.get(after.id), after).then(|| Change::Put { object: before.clone() })
            }
            Step::Set { object, before, after } => draft.get(*object).and_then(|now| {
                let fields = unchanged(before, after, &now.get(after));
                (!fields.is_empty()).then_some(Change::Set { object: *object, fields })
            }),
            Step::Deleted { before } => {
                draft.get(before.id).is_none().then(|| Change::Put { object: before.clone() })
            }
        };
        let Some(change) = change else { continue };
        let after = change.applied(draft.get(change.object()).cloned());
        // Somebody else may have made it so large that it does not fit where it was.
        if after.is_none_or(|after| limits.check_object(&after).is_ok()) {
            draft.apply(&change);
            changes.push(change);
        }
    }
    changes
}

/// Whether they are the same but for who the server says has put them there.
fn is_same(now: Option<&Object>, object: &Object) -> bool {
    now.is_some_and(|now| Object { by: object.by, ..now.clone() } == *object)
}

/// The fields as they were before, of those that are still as they were set.
fn unchanged(before: &Fields, after: &Fields, now: &Fields) -> Fields {
    fn field<T: Clone + PartialEq>(
        before: &Option<T>,
        after: &Option<T>,
        now: &Option<T>,
    ) -> Option<T> {
        before.clone().filter(|_| after == now && before != now)
    }
    Fields {
        at: field(&before.at, &after.at, &now.at),
        size: field(&before.size, &after.size, &now.size),
        layer: field(&before.layer, &after.layer, &now.layer),
        tint: field(&before.tint, &after.tint, &now.tint),
        text: field(&before.text, &after.text, &now.text),
        line: field(&before.line, &after.line, &now.line),
        start: field(&before.start, &after.start, &now.start),
    }
}
