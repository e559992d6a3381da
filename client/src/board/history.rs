//! Undo and redo of one's own acts. An act is undone by another act, which restores what the first one
//! changed and nobody changed since.

use std::collections::{BTreeMap, VecDeque};

use starling_protocol::board::{BoardLimits, Change, Fields, Object, Operation};
use starling_protocol::{ObjectId, OperationId};

/// How many acts can be undone.
pub const HISTORY: usize = 200;
/// How many changes all of them may have together; the last act can be undone in any case.
pub(super) const STEPS: usize = 20_000;

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

/// An act.
#[derive(Debug)]
struct Act {
    /// What it did, in that order.
    steps: Vec<Step>,
    /// As which it goes to the server, if it was not taken back before.
    operations: Vec<OperationId>,
}

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
    pub(super) fn note(&mut self, operations: &[Operation], board: &Board<'_>) {
        let act = Act::new(operations, board);
        if !act.steps.is_empty() {
            self.undone.clear();
            push(&mut self.done, act);
        }
    }

    /// Forgets that this was made and deleted again, if these were the last two acts and all they did.
    pub(super) fn forget_made(&mut self, id: ObjectId) {
        let made =
            |steps: &[Step]| matches!(steps, [Step::Put { before: None, after }] if after.id == id);
        let deleted =
            |steps: &[Step]| matches!(steps, [Step::Deleted { before }] if before.id == id);
        let mut last = self.done.iter().rev().map(|act| &act.steps[..]);
        if last.next().is_some_and(deleted) && last.next().is_some_and(made) {
            self.done.truncate(self.done.len() - 2);
        }
    }

    /// What to do to get one act further, and the operations that this undoes. What it becomes is to be
    /// told to [`Self::stepped`]. Acts of which nothing is left to undo or redo are passed over.
    pub(super) fn step(
        &mut self,
        way: Way,
        board: &Board<'_>,
        limits: &BoardLimits,
    ) -> Option<(Vec<Change>, Vec<OperationId>)> {
        let from = match way {
            Way::Back => &mut self.done,
            Way::Forth => &mut self.undone,
        };
        while let Some(last) = from.pop_back() {
            let changes = inverse(&last.steps, board, limits);
            if !changes.is_empty() {
                return Some((changes, last.operations));
            }
        }
        None
    }

    /// Notes how to get back after a step that is about to be done.
    pub(super) fn stepped(&mut self, way: Way, operations: &[Operation], board: &Board<'_>) {
        let to = match way {
            Way::Back => &mut self.undone,
            Way::Forth => &mut self.done,
        };
        push(to, Act::new(operations, board));
    }
}

/// The oldest acts go.
fn push(acts: &mut VecDeque<Act>, act: Act) {
    acts.push_back(act);
    let mut steps: usize = acts.iter().map(|act| act.steps.len()).sum();
    while acts.len() > HISTORY || steps > STEPS && acts.len() > 1 {
        steps -= acts.pop_front().map_or(0, |act| act.steps.len());
    }
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

impl Act {
    /// What operations do to a board. What does nothing leaves no step.
    fn new(operations: &[Operation], board: &Board<'_>) -> Self {
        let mut draft = Draft::new(board);
        let mut steps = Vec::new();
        for change in operations.iter().flat_map(|operation| &operation.changes) {
            let before = draft.get(change.object()).cloned();
            draft.apply(change);
            let step = match (change, before) {
                (Change::Put { object }, before) if !is_same(before.as_ref(), object) => {
                    Some(Step::Put { before, after: object.clone() })
                }
                (Change::Set { object, fields }, Some(before)) => {
                    let after = draft.get(*object).map(|after| after.get(fields));
                    let (before, after) = (before.get(fields), after.unwrap_or_default());
                    (before != after).then_some(Step::Set { object: *object, before, after })
                }
                (Change::Delete { .. }, Some(before)) => Some(Step::Deleted { before }),
                _ => None,
            };
            steps.extend(step);
        }
        Self { steps, operations: operations.iter().map(|operation| operation.id).collect() }
    }
}

/// What undoes an act on this board, as far as nobody else has gone on with it.
fn inverse(steps: &[Step], board: &Board<'_>, limits: &BoardLimits) -> Vec<Change> {
    let mut draft = Draft::new(board);
    let mut changes = Vec::new();
    for step in steps.iter().rev() {
        let change = match step {
            Step::Put { before, after } => {
                is_same(draft.get(after.id), after).then(|| match before {
                    Some(before) => Change::Put { object: before.clone() },
                    None => Change::Delete { object: after.id },
                })
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
