//! What is done with what is selected.

use std::collections::BTreeMap;

use starling_client::Millis;
use starling_protocol::board::{Change, Fields, Object, Operation, Tint};
use starling_protocol::{ObjectId, OperationId, codec};
use uuid::Uuid;

use crate::scene::geometry::{around, frame, kept_on_board, placed};
use crate::tool::Tool;

use super::{Desk, Follow};

/// How far an arrow key moves what is selected, in pixels; with Shift ten times that.
const STEP_PX: f64 = 2.0;
/// A copy lies so far beside what it is a copy of.
const ASIDE_PX: f64 = 20.0;

/// What was copied, for others to paste.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Copied {
    /// What it says.
    pub(crate) text: String,
    /// The room, and an operation that puts all of it on a board: for [`Desk::paste`] on any page.
    pub(crate) mark: String,
}

impl Desk {
    /// Moves what is selected so many steps right and down. It is stored when that has ended.
    pub(crate) fn nudge(&mut self, now: Millis, steps: (f64, f64), units_per_px: f64) {
        let area = around(self.selected().map(frame)).filter(|_| self.may_draw);
        let Some(area) = area else { return };
        // As far as a pixel is, but never less than what the board can tell apart.
        let step = (STEP_PX * units_per_px).max(0.25);
        let (right, down) = self.nudged.unwrap_or_default();
        let by = kept_on_board(area, (right + steps.0 * step, down + steps.1 * step));
        self.nudged = Some(by);
        let changes = self.moved(by);
        self.hold(now, changes);
    }

    /// What keys have moved is where it is.
    pub(crate) fn settle(&mut self, now: Millis) {
        let Some(by) = self.nudged.take() else { return };
        let changes = self.moved(by);
        self.operate(now, changes);
        self.client.hold(now, None);
    }

    fn moved(&self, by: (f64, f64)) -> Vec<Change> {
        let set = |object: &Object| {
            let (at, _) = placed(frame(object).moved(by));
            let fields = Fields { at: Some(at), ..Fields::default() };
            Change::Set { object: object.id, fields }
        };
        self.selected().map(set).collect()
    }

    /// Deletes what is selected.
    pub(crate) fn delete(&mut self, now: Millis) {
        let changes: Vec<Change> =
            self.selection.iter().map(|id| Change::Delete { object: *id }).collect();
        let count = changes.len();
        if self.change(now, changes) {
            self.select([]);
            self.say(counted(count, "deleted"));
        }
    }

    /// Puts copies of what is selected beside it.
    pub(crate) fn duplicate(&mut self, now: Millis, units_per_px: f64) {
        let objects = self.selected().cloned().collect();
        self.put_copies(now, objects, None, units_per_px);
    }

    /// Copies what is selected.
    pub(crate) fn copy(&mut self) -> Option<Copied> {
        if self.selection.is_empty() {
            return None;
        }
        let objects: Vec<Object> = self.selected().cloned().collect();
        self.say(counted(objects.len(), "copied"));
        let texts = objects.iter().filter_map(Object::text).filter(|text| !text.is_empty());
        let text = texts.collect::<Vec<_>>().join("\n\n");
        let puts = objects.iter().cloned().map(|object| Change::Put { object });
        let all = Operation { id: OperationId::new(Uuid::nil()), changes: puts.collect() };
        let mark = format!("{} {}", self.client.room(), codec::encode_operation(&all));
        self.copied = Some((mark.clone(), objects));
        Some(Copied { text, mark })
    }

    /// Puts what was copied beside where it was, or where it was put last; if another page copied it, around
    /// that place. False if the mark is none of copies.
    pub(crate) fn paste(
        &mut self,
        now: Millis,
        mark: &str,
        at: (f64, f64),
        units_per_px: f64,
    ) -> bool {
        let (objects, to) = match &self.copied {
            Some((known, objects)) if known == mark => (objects.clone(), None),
            _ => {
                let Some(objects) = self.marked(mark) else { return false };
                (objects, Some(at))
            }
        };
        // The next ones lie beside these.
        if let Some(copies) = self.put_copies(now, objects, to, units_per_px) {
            self.copied = Some((mark.to_owned(), copies));
        }
        true
    }

    /// What another page copied, as far as it can lie here.
    fn marked(&mut self, mark: &str) -> Option<Vec<Object>> {
        let (room, all) = mark.split_once(' ')?;
        let changes = codec::decode_operation(all).ok()?.changes;
        let objects = changes.into_iter().filter_map(|change| change.applied(None));
        let mut objects: Vec<Object> = objects.collect();
        let count = objects.len();
        if room != self.client.room().as_str() {
            objects.retain(|object| object.file().is_none());
        }
        if objects.len() < count {
            let words = "Pictures stay in the room that they were sent to.".to_owned();
            self.follows.push(Follow::Problem { words });
        }
        Some(objects)
    }

    /// Puts copies of these around that place, or else beside them. What was put, if it was.
    fn put_copies(
        &mut self,
        now: Millis,
        mut objects: Vec<Object>,
        to: Option<(f64, f64)>,
        units_per_px: f64,
    ) -> Option<Vec<Object>> {
        let area = around(objects.iter().map(frame))?;
        let (aside, middle) = (ASIDE_PX * units_per_px, area.middle());
        let by = to.map_or((aside, aside), |to| (to.0 - middle.0, to.1 - middle.1));
        let by = kept_on_board(area, by);
        objects.sort_by_key(|object| (object.layer, object.id));
        let front = self.front();
        let copies: Vec<Object> = (front..)
            .zip(objects)
            .map(|(layer, object)| {
                let (at, _) = placed(frame(&object).moved(by));
                Object { id: self.new_id(), at, layer, by: self.me, ..object }
            })
            .collect();
        let changes = copies.iter().cloned().map(|object| Change::Put { object }).collect();
        if !self.change(now, changes) {
            return None;
        }
        self.tool = Tool::Select;
        self.select(copies.iter().map(|object| object.id));
        Some(copies)
    }

    /// Brings what is selected to the front, or sends it to the back.
    pub(crate) fn restack(&mut self, now: Millis, to_front: bool) {
        let Some((back, front)) = self.index.layers() else { return };
        let mut selected: Vec<(i32, ObjectId)> =
            self.selected().map(|object| (object.layer, object.id)).collect();
        selected.sort_unstable();
        let count = i32::try_from(selected.len()).unwrap_or(i32::MAX);
        let first = if to_front { front.saturating_add(1) } else { back.saturating_sub(count) };
        let set = |(layer, (_, object)): (i32, (i32, ObjectId))| {
            let fields = Fields { layer: Some(layer), ..Fields::default() };
            Change::Set { object, fields }
        };
        let changes = (first..).zip(selected).map(set).collect();
        self.change(now, changes);
    }

    /// Gives what is selected that colour, and what is made next.
    pub(crate) fn colour(&mut self, now: Millis, tint: Tint) {
        if self.selection.is_empty() {
            match self.tool {
                Tool::Note => self.note_tint = tint,
                Tool::Select => (self.note_tint, self.line_tint) = (tint, tint),
                _ => self.line_tint = tint,
            }
            return;
        }
        let fields = Fields { tint: Some(tint), ..Fields::default() };
        let set = |id: &ObjectId| Change::Set { object: *id, fields: fields.clone() };
        let changes = self.selection.iter().map(set).collect();
        self.change(now, changes);
    }

    /// Undoes the last own act.
    pub(crate) fn undo(&mut self, now: Millis, is_taken_over: &dyn Fn(OperationId) -> bool) {
        self.settle(now);
        if self.may_draw && self.client.undo(now, is_taken_over) {
            self.say("Undone");
        }
    }

    /// Does again what was undone last.
    pub(crate) fn redo(&mut self, now: Millis, is_taken_over: &dyn Fn(OperationId) -> bool) {
        self.settle(now);
        if self.may_draw && self.client.redo(now, is_taken_over) {
            self.say("Done again");
        }
    }

    /// Ends what can be ended: what the pointer does, the selection, the tool. False if there is nothing.
    pub(crate) fn escape(&mut self, now: Millis) -> bool {
        if self.is_busy() {
            self.cancel(now);
        } else if !self.selection.is_empty() {
            self.select([]);
        } else if self.tool != Tool::Select {
            self.tool = Tool::Select;
        } else {
            return false;
        }
        true
    }

    fn change(&mut self, now: Millis, changes: Vec<Change>) -> bool {
        if !self.may_draw {
            return false;
        }
        self.settle(now);
        // Of several changes of one object, the last one counts.
        let mut last: BTreeMap<ObjectId, Change> = BTreeMap::new();
        last.extend(changes.into_iter().map(|change| (change.object(), change)));
        self.operate(now, last.into_values().collect())
    }

    /// Lets the person write in what is selected, if that is one thing that says something.
    pub(crate) fn write_selected(&mut self) -> bool {
        let Some(id) = self.writable().filter(|_| self.may_draw) else { return false };
        self.follows.push(Follow::Write { object: id });
        true
    }

    /// Lets the person write in what is there. False if that says nothing, or nothing is there.
    pub(crate) fn write_at(&mut self, at: (f64, f64), units_per_px: f64) -> bool {
        if self.tool != Tool::Select || !self.select_at(at, units_per_px) {
            return false;
        }
        self.write_selected();
        true
    }

    /// What is selected, if that is one thing that says something.
    pub(crate) fn writable(&self) -> Option<ObjectId> {
        let mut selected = self.selected();
        let (object, more) = (selected.next()?, selected.next());
        (more.is_none() && object.text().is_some()).then_some(object.id)
    }
}

fn counted(count: usize, done: &str) -> String {
    match count {
        1 => format!("1 thing {done}"),
        _ => format!("{count} things {done}"),
    }
}
