//! Operations on their way: sent one at a time, in order, no faster than the server takes them, until it
//! has acked them; kept until they come back in the board's stream. What it refused stays at its place
//! until the person decides.

use std::collections::{BTreeSet, VecDeque};

use starling_protocol::board::{Change, Operation};
use starling_protocol::{ErrorCode, ObjectId, OperationId, Ref, Seq};

use super::Refused;
use crate::Millis;

/// With so many refused ones nothing more is sent until the person decides: nothing is forgotten.
pub(super) const REFUSED: usize = 1_000;
/// What the server could not store is sent again after so long at first, then after twice as long each
/// time.
const AGAIN_AFTER: Millis = 1_000;
/// It is sent again after so long at the latest.
const AGAIN_AT_LAST: Millis = 60_000;
/// Who has sent nothing for so long after they might have may send many at once again.
const RESTED: Millis = 2_000;
/// An answer that took longer was held up: the next one need not take as long.
const TRIP: Millis = 100;

#[derive(Debug)]
struct Entry {
    operation: Operation,
    progress: Progress,
    /// Nobody but this client has seen it.
    fresh: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Progress {
    Waiting,
    Sent {
        reference: Ref,
    },
    /// Acked; it comes in the stream under this number, or has been in a snapshot.
    Stored {
        seq: Seq,
    },
    Refused {
        code: ErrorCode,
        message: String,
    },
}

/// One board's operations on their way. Of those that were not refused, what is stored comes first, and
/// then the one that was sent.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    entries: VecDeque<Entry>,
    hold_until: Millis,
    /// How far apart they are sent since the server said it was too much.
    spacing: Millis,
    /// When the last one was sent.
    last: Millis,
    /// How long it was waited last for a server that could not store anything.
    waited: Millis,
}

impl Outbox {
    pub(super) fn push(&mut self, operation: Operation) {
        self.entries.push_back(Entry { operation, progress: Progress::Waiting, fresh: true });
    }

    /// Something that cannot be done without what was refused so.
    pub(super) fn push_refused(&mut self, operation: Operation, code: ErrorCode, message: String) {
        let progress = Progress::Refused { code, message };
        self.entries.push_back(Entry { operation, progress, fresh: false });
    }

    /// Puts something before everything else that was not sent, as it was done before. Whether it was
    /// sent is not known.
    pub(super) fn push_first(&mut self, operations: Vec<Operation>) {
        if operations.is_empty() {
            return;
        }
        for operation in operations.into_iter().rev() {
            let progress = Progress::Waiting;
            self.entries.push_front(Entry { operation, progress, fresh: false });
        }
        self.put_in_order();
    }

    pub(super) fn contains(&self, id: OperationId) -> bool {
        self.entries.iter().any(|entry| entry.operation.id == id)
    }

    /// What all that was not refused changes, in order.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Change> {
        let on_its_way = self.entries.iter().filter(|entry| !entry.is_refused());
        on_its_way.flat_map(|entry| &entry.operation.changes)
    }

    /// What is neither stored nor refused.
    pub(super) fn unstored(&self) -> impl Iterator<Item = &Operation> {
        self.kept().filter(|entry| !entry.is_refused()).map(|entry| &entry.operation)
    }

    /// What is not stored, refused or not.
    pub(super) fn not_stored(&self) -> impl Iterator<Item = &Operation> {
        self.kept().map(|entry| &entry.operation)
    }

    fn kept(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !matches!(entry.progress, Progress::Stored { .. }))
    }

    pub(super) fn refused(&self) -> impl Iterator<Item = Refused<'_>> {
        self.entries.iter().filter_map(|Entry { operation, progress, .. }| match progress {
            Progress::Refused { code, message } => {
                Some(Refused { operation, code: *code, message })
            }
            _ => None,
        })
    }

    /// The last operation that is neither stored nor refused, if there is one.
    pub(super) fn last_unstored(&self) -> Option<OperationId> {
        self.unstored().last().map(|operation| operation.id)
    }

    pub(super) fn is_unstored(&self, id: OperationId) -> bool {
        self.unstored().any(|operation| operation.id == id)
    }

    /// Takes the next operation to send under that number, if it is time for one.
    pub(super) fn start_next(&mut self, now: Millis, reference: Ref) -> Option<Operation> {
        let (at, due) = self.next_due().filter(|(_, due)| *due <= now)?;
        if now >= due.saturating_add(RESTED) {
            self.spacing = 0;
        }
        self.last = now;
        let entry = &mut self.entries[at];
        entry.progress = Progress::Sent { reference };
        entry.fresh = false;
        Some(entry.operation.clone())
    }

    /// When what waits may be sent.
    pub(super) fn next_timer(&self) -> Option<Millis> {
        self.next_due().map(|(_, due)| due)
    }

    /// Where the next one to send is, and when it may be; none while one is under way.
    fn next_due(&self) -> Option<(usize, Millis)> {
        let (mut next, mut refused) = (None, 0);
        for (at, entry) in self.entries.iter().enumerate() {
            match entry.progress {
                Progress::Sent { .. } => return None,
                Progress::Waiting => next = next.or(Some(at)),
                Progress::Refused { .. } => refused += 1,
                Progress::Stored { .. } => {}
            }
        }
        let next = next.filter(|_| refused < REFUSED)?;
        Some((next, self.hold_until.max(self.last.saturating_add(self.spacing))))
    }

    /// It is stored under that number. What the confirmed objects have already is handed back.
    pub(super) fn acked(
        &mut self,
        reference: Ref,
        seq: Option<Seq>,
        confirmed: Option<Seq>,
    ) -> Option<Operation> {
        let at = self.sent(reference)?;
        self.waited = 0;
        match seq {
            Some(seq) if confirmed.is_none_or(|confirmed| seq > confirmed) => {
                self.entries[at].progress = Progress::Stored { seq };
                None
            }
            _ => self.entries.remove(at).map(|entry| entry.operation),
        }
    }

    /// The server cannot take it right now; nothing overtakes it. True if it was on its way.
    pub(super) fn delayed(
        &mut self,
        now: Millis,
        reference: Ref,
        code: ErrorCode,
        retry_after: Option<Millis>,
    ) -> bool {
        let Some(at) = self.sent(reference) else { return false };
        self.entries[at].progress = Progress::Waiting;
        let wait = retry_after.unwrap_or_else(|| {
            self.waited = (self.waited * 2).clamp(AGAIN_AFTER, AGAIN_AT_LAST);
            self.waited
        });
        if code == ErrorCode::SlowDown {
            // So much was lacking. Whoever goes on as fast is refused again and again, and then cut off.
            let trip = now.saturating_sub(self.last).min(TRIP);
            self.spacing = self.spacing.max(trip).saturating_add(wait);
        }
        self.hold_until = now.saturating_add(wait);
        true
    }

    /// It goes again under another id.
    pub(super) fn rename(&mut self, reference: Ref, id: OperationId) {
        if let Some(at) = self.sent(reference) {
            self.entries[at].progress = Progress::Waiting;
            self.entries[at].operation.id = id;
        }
    }

    /// It is refused, and with it what waits and is about something that it would have put down: that
    /// would be done without it, and lost. Says what all that is about.
    pub(super) fn refuse(
        &mut self,
        reference: Ref,
        code: ErrorCode,
        message: &str,
    ) -> BTreeSet<ObjectId> {
        let (mut ids, mut missing) = (BTreeSet::new(), BTreeSet::new());
        for entry in &mut self.entries {
            let is_concerned = match entry.progress {
                Progress::Sent { reference: sent } => sent == reference,
                Progress::Waiting => entry.objects().any(|id| missing.contains(&id)),
                _ => false,
            };
            if is_concerned {
                entry.progress = Progress::Refused { code, message: message.to_owned() };
                missing.extend(entry.puts());
                ids.extend(entry.objects());
            }
        }
        ids
    }

    /// Why that object was not put down, if so.
    pub(super) fn refused_put(&self, id: ObjectId) -> Option<(ErrorCode, &str)> {
        self.entries.iter().find_map(|entry| match &entry.progress {
            Progress::Refused { code, message } if entry.puts().any(|put| put == id) => {
                Some((*code, message.as_str()))
            }
            _ => None,
        })
    }

    /// What was refused is sent again, in the order in which it was done, and before what was done
    /// later. Says what it is about.
    pub(super) fn retry(&mut self) -> BTreeSet<ObjectId> {
        let mut ids = BTreeSet::new();
        for entry in self.entries.iter_mut().filter(|entry| entry.is_refused()) {
            entry.progress = Progress::Waiting;
            ids.extend(entry.objects());
        }
        self.put_in_order();
        ids
    }

    /// Forgets what was refused.
    pub(super) fn give_up(&mut self) {
        self.entries.retain(|entry| !entry.is_refused());
    }

    /// Forgets what was refused and is about that object alone.
    pub(super) fn give_up_on(&mut self, id: ObjectId) {
        self.entries.retain(|entry| !entry.is_refused() || entry.objects().any(|it| it != id));
    }

    /// Forgets the last operations again, if they are those and nobody has seen them, neither the server
    /// nor, as it is said, another page. Says what they were about.
    pub(super) fn take_back(
        &mut self,
        ids: &[OperationId],
        is_taken_over: &dyn Fn(OperationId) -> bool,
    ) -> Option<BTreeSet<ObjectId>> {
        let start = self.entries.len().checked_sub(ids.len())?;
        let is_fresh = |entry: &Entry| {
            entry.fresh && entry.progress == Progress::Waiting && !is_taken_over(entry.operation.id)
        };
        let mut last = self.entries.range(start..).zip(ids);
        if ids.is_empty() || !last.all(|(it, id)| it.operation.id == *id && is_fresh(it)) {
            return None;
        }
        let objects = self.entries.range(start..).flat_map(Entry::objects).collect();
        self.entries.truncate(start);
        Some(objects)
    }

    /// It came in the stream.
    pub(super) fn came(&mut self, id: OperationId) {
        self.entries.retain(|entry| entry.operation.id != id);
    }

    /// What was under way on a broken connection is sent again; and what was acked, if it is not known of
    /// which history that was.
    pub(super) fn disconnected(&mut self, is_known: bool) {
        self.hold_until = 0;
        for entry in &mut self.entries {
            match entry.progress {
                Progress::Stored { .. } if is_known => {}
                Progress::Sent { .. } | Progress::Stored { .. } => {
                    entry.progress = Progress::Waiting;
                }
                Progress::Waiting | Progress::Refused { .. } => {}
            }
        }
    }

    /// A snapshot that reaches up to `seq` takes the place of what was known. What it has needs no
    /// place here. The acks of another history mean nothing in this one, so what they were for is
    /// sent again.
    pub(super) fn start_over(&mut self, up_to: Seq, other_history: bool) {
        self.entries.retain_mut(|entry| match entry.progress {
            Progress::Stored { .. } if other_history => {
                entry.progress = Progress::Waiting;
                true
            }
            Progress::Stored { seq } => seq > up_to,
            _ => true,
        });
    }

    /// What the server has or is about to have comes first there, so it does here.
    fn put_in_order(&mut self) {
        let is_ahead = |entry: &Entry| {
            matches!(entry.progress, Progress::Sent { .. } | Progress::Stored { .. })
        };
        let entries = std::mem::take(&mut self.entries).into_iter();
        let (ahead, behind): (VecDeque<Entry>, VecDeque<Entry>) = entries.partition(is_ahead);
        self.entries = ahead;
        self.entries.extend(behind);
    }

    #[cfg(test)]
    pub(super) fn stored(&self) -> impl Iterator<Item = Seq> {
        self.entries.iter().filter_map(|entry| match entry.progress {
            Progress::Stored { seq } => Some(seq),
            _ => None,
        })
    }

    fn sent(&self, reference: Ref) -> Option<usize> {
        self.entries.iter().position(|entry| entry.progress == Progress::Sent { reference })
    }
}

impl Entry {
    fn is_refused(&self) -> bool {
        matches!(self.progress, Progress::Refused { .. })
    }

    /// What it is about.
    fn objects(&self) -> impl Iterator<Item = ObjectId> {
        self.operation.changes.iter().map(Change::object)
    }

    /// What it puts down.
    fn puts(&self) -> impl Iterator<Item = ObjectId> {
        self.operation.changes.iter().filter_map(|change| match change {
            Change::Put { object } => Some(object.id),
            _ => None,
        })
    }
}
