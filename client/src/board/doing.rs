//! What the person does at the board, and what goes out of it.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngCore;
use starling_protocol::board::{
    BOARD_REF, BoardError, BoardRequest, Change, Operation, Preview, Signal,
};
use starling_protocol::{ErrorCode, ObjectId, OperationId, Ref, Slot, codec};
use uuid::{Builder, Uuid};

use super::history::Way;
use super::{BoardClient, Stage};
use crate::Millis;

/// An operation is sent in parts if it is larger: a frame has 64 KiB.
const OPERATION_BYTES: usize = 48 * 1024;
/// Of a hand whose preview is larger than this the others see nothing.
pub(super) const PREVIEW_BYTES: usize = 32 * 1024;

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
        self.outbox.disconnected(self.position.is_some());
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
        self.perform(now, changes);
        Ok(())
    }

    /// Like [`Self::operate`], but also if the board is full as far as can be seen from here. The server
    /// decides that, and what it refuses is kept.
    ///
    /// # Errors
    /// Any other [`BoardError`]; then nothing changed.
    pub fn insist(&mut self, now: Millis, changes: Vec<Change>) -> Result<(), BoardError> {
        match self.check(&changes) {
            Ok(()) | Err(BoardError::BoardFull { .. }) => self.perform(now, changes),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn perform(&mut self, now: Millis, changes: Vec<Change>) {
        let operations = self.operations(changes);
        let objects = &self.objects;
        self.history.note(&operations, &|id| objects.get(id).cloned());
        self.enqueue(now, operations);
    }

    /// Undoes the last act that this client did and has not undone, as far as nobody has gone on with
    /// it. One that was not sent yet is not sent at all, unless another page of the same person has taken
    /// it over, which is asked for each of its operations: that page may send it. Of any other, what it
    /// changed gets back what this client knew there; what it deleted comes back as it was here, without
    /// what others have done to it and this client has not heard. False if there is none.
    pub fn undo(&mut self, now: Millis, is_taken_over: &dyn Fn(OperationId) -> bool) -> bool {
        self.step(now, Way::Back, is_taken_over)
    }

    /// Does again what was undone last, as [`Self::undo`] does. False if there is nothing, or something was
    /// done since.
    pub fn redo(&mut self, now: Millis, is_taken_over: &dyn Fn(OperationId) -> bool) -> bool {
        self.step(now, Way::Forth, is_taken_over)
    }

    /// There is nothing to undo in it that this object was made and deleted again, if nothing was done
    /// since, and nothing in between.
    pub fn forget_made(&mut self, object: ObjectId) {
        self.history.forget_made(object);
    }

    fn step(&mut self, now: Millis, way: Way, is_taken_over: &dyn Fn(OperationId) -> bool) -> bool {
        let objects = &self.objects;
        let Some((changes, undoes)) =
            self.history.step(way, &|id| objects.get(id).cloned(), &self.limits)
        else {
            return false;
        };
        let operations = self.operations(changes);
        let objects = &self.objects;
        self.history.stepped(way, &operations, &|id| objects.get(id).cloned());
        match self.outbox.take_back(&undoes, is_taken_over) {
            Some(ids) => {
                self.refresh(ids);
                self.news.pending = true;
                self.pump(now);
            }
            None => self.enqueue(now, operations),
        }
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

    /// Does again what was refused, in the order in which it was done.
    pub fn retry(&mut self, now: Millis) {
        let ids = self.outbox.retry();
        self.refresh(ids);
        self.news.pending = true;
        self.pump(now);
    }

    /// Forgets what was refused.
    pub fn give_up(&mut self) {
        self.outbox.give_up();
        self.news.pending = true;
    }

    /// Forgets what was refused and is about that object alone.
    pub fn give_up_on(&mut self, object: ObjectId) {
        self.outbox.give_up_on(object);
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

    fn enqueue(&mut self, now: Millis, operations: Vec<Operation>) {
        for operation in operations {
            self.news.pending = true;
            if let Some((code, message)) = self.refusal_of(&operation) {
                self.tell_problem(code, message.clone());
                self.outbox.push_refused(operation, code, message);
                continue;
            }
            for change in &operation.changes {
                self.objects.change(change);
                self.news.ids.insert(change.object());
            }
            self.outbox.push(operation);
        }
        self.pump(now);
    }

    /// Why it cannot be done: it is about something that is not there because it was refused.
    fn refusal_of(&self, operation: &Operation) -> Option<(ErrorCode, String)> {
        let ids = operation.changes.iter().map(Change::object);
        let mut missing = ids.filter(|id| self.objects.get(*id).is_none());
        let (code, message) = missing.find_map(|id| self.outbox.refused_put(id))?;
        Some((code, message.to_owned()))
    }

    /// The changes as operations that the server takes.
    fn operations(&mut self, changes: Vec<Change>) -> Vec<Operation> {
        let mut operations: Vec<Operation> = Vec::new();
        let mut bytes = 0;
        for change in changes {
            let alone = Operation { id: self.operation_id(), changes: vec![change] };
            let length = codec::encode_operation(&alone).len();
            let is_full = |operation: &Operation| {
                operation.changes.len() >= self.limits.changes || bytes + length > OPERATION_BYTES
            };
            match operations.last_mut().filter(|operation| !is_full(operation)) {
                Some(operation) => operation.changes.extend(alone.changes),
                None => {
                    bytes = 0;
                    operations.push(alone);
                }
            }
            bytes += length;
        }
        operations
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
        match code {
            ErrorCode::SlowDown
            | ErrorCode::Busy
            | ErrorCode::Unavailable
            | ErrorCode::StorageFull => {
                // Of what passes in a moment nobody needs to hear.
                if self.outbox.delayed(now, reference, code, retry_after) && !code.is_temporary() {
                    self.tell_problem(code, message);
                }
            }
            ErrorCode::OperationConflict => {
                let id = self.operation_id();
                self.outbox.rename(reference, id);
            }
            _ => {
                let ids = self.outbox.refuse(reference, code, &message);
                if ids.is_empty() {
                    return;
                }
                self.refresh(ids);
                self.tell_problem(code, message);
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
            let room = self.room.clone();
            let mut text =
                codec::encode_board_request(&BoardRequest::Preview { room: room.clone(), preview });
            if text.len() > PREVIEW_BYTES {
                // What they saw last would stay.
                let preview = None;
                text = codec::encode_board_request(&BoardRequest::Preview { room, preview });
            }
            self.sends.push_back(text);
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
