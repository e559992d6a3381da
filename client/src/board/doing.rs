//! What the person does at the board, and what goes out of it.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngCore;
use starling_protocol::board::{
    BOARD_REF, BoardError, BoardRequest, Change, Operation, Preview, Signal,
};
use starling_protocol::{ErrorCode, ObjectId, OperationId, Ref, Slot, codec};
use uuid::{Builder, Uuid};

use super::history::Way;
use super::{BoardClient, Refused, Stage};
use crate::Millis;

/// An operation is sent in parts if it is larger: a frame has 64 KiB.
const OPERATION_BYTES: usize = 48 * 1024;
/// A preview that is larger than this is not told.
const PREVIEW_BYTES: usize = 32 * 1024;
/// So many refused operations are kept for another try.
const REFUSED: usize = 100;

impl BoardClient {
    /// The connection is in the room, and has that slot there: the board is opened.
    pub fn joined(&mut self, now: Millis, me: Slot) {
        self.left();
        self.stage = Stage::Waiting { at: now };
        self.previews.set_me(me);
        self.pump(now);
    }

    /// The connection ended, or left the room. Everything can be done as before, and goes out later.
    pub fn disconnected(&mut self) {
        self.left();
    }

    fn left(&mut self) {
        self.news.state |= self.is_open();
        self.stage = Stage::Away;
        self.sends.clear();
        self.outbox.disconnected();
        self.news.ids.extend(self.previews.clear());
        self.signals.clear();
    }

    /// Time passed.
    pub fn timer(&mut self, now: Millis) {
        let ids = self.previews.timer(now);
        self.news.ids.extend(ids);
        self.pump(now);
    }

    /// Changes the board, at once here, and for everybody as soon as the server has it. One act for
    /// [`Self::undo`], however many changes it has.
    ///
    /// # Errors
    /// [`BoardError`]; then nothing changed.
    pub fn operate(&mut self, now: Millis, changes: Vec<Change>) -> Result<(), BoardError> {
        self.check(&changes)?;
        let objects = &self.objects;
        self.history.note(&changes, &|id| objects.get(id).cloned());
        self.enqueue(now, changes);
        Ok(())
    }

    /// Undoes the last act that this client did and has not undone, as far as nobody has gone on with
    /// it. False if there is none.
    pub fn undo(&mut self, now: Millis) -> bool {
        self.step(now, Way::Back)
    }

    /// Does again what was undone last. False if there is nothing, or something was done since.
    pub fn redo(&mut self, now: Millis) -> bool {
        self.step(now, Way::Forth)
    }

    /// There is nothing to undo in it that this object was made and deleted again, if nothing was done
    /// since, and nothing in between.
    pub fn forget_made(&mut self, object: ObjectId) {
        self.history.forget_made(object);
    }

    fn step(&mut self, now: Millis, way: Way) -> bool {
        let objects = &self.objects;
        let board = |id: ObjectId| objects.get(id).cloned();
        let Some(changes) = self.history.step(way, &board, &self.limits) else { return false };
        self.enqueue(now, changes);
        true
    }

    /// Takes something in hand, which the others see, or (`None`) lets go. What came of it goes to
    /// [`Self::operate`] before. Of a stroke all points are given each time.
    pub fn hold(&mut self, now: Millis, preview: Option<Preview>) {
        self.news.ids.extend(self.hold.ids());
        self.hold.hold(preview, &self.outbox);
        self.news.ids.extend(self.hold.ids());
        self.pump(now);
    }

    /// What the person has in hand.
    #[must_use]
    pub fn held(&self) -> Option<&Preview> {
        self.hold.preview()
    }

    /// Points something out. Lost without a connection.
    ///
    /// # Errors
    /// [`BoardError::SayTooLong`].
    pub fn signal(&mut self, now: Millis, signal: Signal) -> Result<(), BoardError> {
        self.limits.check_signal(&signal)?;
        if self.is_open() {
            self.signals.push(signal);
            self.pump(now);
        }
        Ok(())
    }

    /// Takes over what an earlier page of the same person did and does not know to be stored. It
    /// comes before everything that was done here.
    pub fn take_over(&mut self, now: Millis, operations: Vec<Operation>) {
        let operations: Vec<Operation> =
            operations.into_iter().filter(|it| !self.outbox.contains(it.id)).collect();
        let ids = operations.iter().flat_map(|it| &it.changes).map(Change::object).collect();
        self.outbox.push_first(operations);
        self.refresh(ids);
        self.news.pending = true;
        self.pump(now);
    }

    /// Does again what was refused.
    pub fn retry(&mut self, now: Millis) {
        for Refused { operation, .. } in std::mem::take(&mut self.refused) {
            self.enqueue(now, operation.changes);
        }
    }

    /// Forgets what was refused.
    pub fn give_up(&mut self) {
        self.refused.clear();
        self.news.pending = true;
    }

    /// Whether the board takes these changes, as far as can be seen from here.
    fn check(&self, changes: &[Change]) -> Result<(), BoardError> {
        let mut touched = BTreeMap::new();
        let mut count = self.objects.len();
        for change in changes {
            let alone =
                Operation { id: OperationId::new(Uuid::nil()), changes: vec![change.clone()] };
            self.limits.check(&alone)?;
            let id = change.object();
            let before = touched.remove(&id).unwrap_or_else(|| self.objects.get(id).cloned());
            let was_there = before.is_some();
            let after = change.applied(before);
            if let Some(after) = &after {
                self.limits.check_object(after)?;
            }
            count = count + usize::from(after.is_some()) - usize::from(was_there);
            touched.insert(id, after);
        }
        let max = self.limits.objects;
        if count > max && count > self.objects.len() {
            return Err(BoardError::BoardFull { max });
        }
        Ok(())
    }

    fn enqueue(&mut self, now: Millis, changes: Vec<Change>) {
        for changes in self.parts(changes) {
            for change in &changes {
                self.objects.change(change);
                self.news.ids.insert(change.object());
            }
            let id = self.operation_id();
            self.outbox.push(Operation { id, changes });
            self.news.pending = true;
        }
        self.pump(now);
    }

    /// The changes in parts that the server takes.
    fn parts(&mut self, changes: Vec<Change>) -> Vec<Vec<Change>> {
        let mut parts: Vec<Vec<Change>> = Vec::new();
        let mut bytes = 0;
        for change in changes {
            let alone = Operation { id: OperationId::new(Uuid::nil()), changes: vec![change] };
            let length = codec::encode_operation(&alone).len();
            let is_full = |part: &Vec<Change>| {
                part.len() >= self.limits.changes || bytes + length > OPERATION_BYTES
            };
            match parts.last_mut().filter(|part| !is_full(part)) {
                Some(part) => part.extend(alone.changes),
                None => {
                    bytes = 0;
                    parts.push(alone.changes);
                }
            }
            bytes += length;
        }
        parts
    }

    fn operation_id(&mut self) -> OperationId {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        OperationId::new(Builder::from_random_bytes(bytes).into_uuid())
    }

    /// Shows these objects as they are now.
    pub(super) fn refresh(&mut self, ids: BTreeSet<ObjectId>) {
        self.objects.refresh(&ids, self.outbox.changes());
        self.news.ids.extend(ids);
    }

    /// The server refused an operation.
    pub(super) fn operation_refused(
        &mut self,
        now: Millis,
        reference: Ref,
        code: ErrorCode,
        message: String,
        retry_after: Option<Millis>,
    ) {
        match retry_after {
            Some(wait) if code.is_temporary() => {
                self.outbox.delayed(reference, now.saturating_add(wait));
            }
            _ if code == ErrorCode::OperationConflict => {
                let id = self.operation_id();
                self.outbox.rename(reference, id);
            }
            _ => {
                let Some(operation) = self.outbox.take(reference) else { return };
                self.refresh(operation.changes.iter().map(Change::object).collect());
                self.tell_problem(code, message.clone());
                if self.refused.len() == REFUSED {
                    self.refused.pop_front();
                }
                self.refused.push_back(Refused { operation, code, message });
            }
        }
        self.news.pending = true;
    }

    /// Sends what may be sent.
    pub(super) fn pump(&mut self, now: Millis) {
        match self.stage {
            Stage::Away => return,
            Stage::Waiting { at } if at <= now => self.open(),
            _ => {}
        }
        let next = self.last_ref.wrapping_add(1) | BOARD_REF;
        if let Some(operation) = self.outbox.start_next(now, next) {
            let reference = self.request();
            let room = self.room.clone();
            self.send(&BoardRequest::Operate { reference, room, operation });
        }
        if !self.is_open() {
            return;
        }
        if let Some(preview) = self.hold.take(now, &self.outbox) {
            let request = BoardRequest::Preview { room: self.room.clone(), preview };
            let text = codec::encode_board_request(&request);
            if text.len() <= PREVIEW_BYTES {
                self.sends.push_back(text);
            }
        }
        if let Some(signal) = self.signals.take(now) {
            self.send(&BoardRequest::Signal { room: self.room.clone(), signal });
        }
    }

    fn open(&mut self) {
        let reference = self.request();
        let (room, resume) = (self.room.clone(), self.position);
        self.send(&BoardRequest::OpenBoard { reference, room, resume });
        self.stage = Stage::Opening { reference };
    }
}
