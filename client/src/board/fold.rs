//! What becomes of that which the server says of the board.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::board::{BoardEvent, BoardLimits, Change, Object, Operated};
use starling_protocol::{ErrorCode, ObjectId, Position, Ref, codec};

use super::{BoardClient, Stage};
use crate::Millis;

/// The board is asked for anew, after something was missing or a refusal that need not last, no more
/// often than this.
const ASK_AGAIN_AFTER: Millis = 5_000;
/// Of more signals that nobody has taken only the newest count.
pub(super) const SIGNALS: usize = 1_000;

/// A `board` event.
struct Page {
    reference: Option<Ref>,
    position: Position,
    recovered: bool,
    objects: Vec<Object>,
    whole: bool,
    limits: BoardLimits,
}

impl BoardClient {
    /// A text frame arrived that the page's client handed on. Frames of other rooms, and those that
    /// are none of the board's, are passed over.
    pub fn received(&mut self, now: Millis, text: &str) {
        // A server with a mistake sends what cannot be read, or a newer one. After an operation the next
        // one has a gap before it; what was in a page is missing until the board is opened anew.
        let Ok(event) = codec::decode_board_event(text) else { return };
        match event {
            BoardEvent::Board { reference, room, position, recovered, objects, whole, limits }
                if room == self.room =>
            {
                let page = Page { reference, position, recovered, objects, whole, limits };
                self.page(now, page);
            }
            BoardEvent::Operated { room, operated } if room == self.room => {
                self.operated(now, &operated);
            }
            BoardEvent::Previews { room, complete, previews }
                if room == self.room && self.is_open() =>
            {
                let ids = self.previews.received(complete, previews, self.limits.points);
                self.news.ids.extend(ids);
            }
            BoardEvent::Signals { room, signals } if room == self.room && self.is_open() => {
                let others = signals.into_iter().filter(|it| !self.previews.is_me(it.slot));
                self.news.signals.extend(others);
                let surplus = self.news.signals.len().saturating_sub(SIGNALS);
                self.news.signals.drain(..surplus);
            }
            BoardEvent::Ack { reference, seq } => {
                // Before the board is open, the numbers here may be of another history.
                let confirmed = self.position.filter(|_| self.is_open()).map(|it| it.seq);
                if let Some(operation) = self.outbox.acked(reference, seq, confirmed) {
                    self.refresh(operation.changes.iter().map(Change::object).collect());
                }
                self.news.pending = true;
            }
            BoardEvent::Error { reference: Some(reference), code, message, retry_after_ms } => {
                match self.stage {
                    Stage::Opening { reference: opening }
                    | Stage::Loading { reference: Some(opening), .. }
                        if opening == reference =>
                    {
                        self.open_refused(now, code, message, retry_after_ms);
                    }
                    _ => self.operation_refused(now, reference, code, message, retry_after_ms),
                }
            }
            _ => {}
        }
        self.pump(now);
    }

    fn open_refused(
        &mut self,
        now: Millis,
        code: ErrorCode,
        message: String,
        retry_after: Option<Millis>,
    ) {
        self.stage = if code.is_temporary() || code == ErrorCode::Unavailable {
            let wait = retry_after.unwrap_or_default().max(ASK_AGAIN_AFTER);
            Stage::Waiting { at: now.saturating_add(wait) }
        } else {
            self.tell_problem(code, message);
            Stage::Refused
        };
    }

    /// Takes a `board` event in, if it is one that is waited for.
    fn page(&mut self, now: Millis, page: Page) {
        let Page { reference, position, recovered, objects, whole, limits } = page;
        let mut loaded = match &mut self.stage {
            Stage::Loading { position: loading, objects: loaded, .. } if *loading == position => {
                std::mem::take(loaded)
            }
            Stage::Opening { reference: opening } if reference == Some(*opening) => BTreeMap::new(),
            Stage::Loading { .. } | Stage::Open if reference.is_none() => BTreeMap::new(),
            _ => return,
        };
        self.limits = limits;
        if recovered {
            if self.position == Some(position) {
                // What was acked meanwhile may be of before, and come no more.
                let ids = self.outbox.changes().map(Change::object).collect();
                self.outbox.start_over(position.seq, false);
                self.refresh(ids);
                self.opened(position);
            } else {
                self.position = None;
                self.mend(now);
            }
            return;
        }
        loaded.extend(objects.into_iter().map(|object| (object.id, object)));
        if whole {
            let other_history = self.position.is_some_and(|known| known.epoch != position.epoch);
            self.objects.replace(loaded);
            self.outbox.start_over(position.seq, other_history);
            for change in self.outbox.changes() {
                self.objects.change(change);
            }
            self.news.reset = true;
            self.opened(position);
        } else {
            self.news.state |= self.is_open();
            self.stage = Stage::Loading { reference, position, objects: loaded };
        }
    }

    fn opened(&mut self, position: Position) {
        self.position = Some(position);
        self.stage = Stage::Open;
        self.hold.restart();
        self.news.state = true;
    }

    fn operated(&mut self, now: Millis, operated: &Operated) {
        let position = match (&self.stage, &mut self.position) {
            (Stage::Open, Some(position)) => position,
            (Stage::Loading { .. }, _) => return self.mend(now),
            // Late news of what is asked for anew.
            _ => return,
        };
        if operated.seq <= position.seq {
            return;
        }
        if operated.seq != position.seq.next() {
            return self.mend(now);
        }
        position.seq = operated.seq;
        let changes = &operated.operation.changes;
        let ids: BTreeSet<ObjectId> = changes.iter().map(Change::object).collect();
        for change in changes {
            self.objects.confirm(change);
        }
        if self.outbox.contains(operated.operation.id) {
            self.outbox.came(operated.operation.id);
            self.news.pending = true;
        }
        let previewed = self.previews.operated(now, operated.by, &ids);
        self.news.ids.extend(previewed);
        self.refresh(ids);
    }

    /// Something is missing: the board is asked for again, from where it is known.
    fn mend(&mut self, now: Millis) {
        self.news.state |= self.is_open();
        let at = self.mended.map_or(now, |mended| now.max(mended + ASK_AGAIN_AFTER));
        self.mended = Some(at);
        self.stage = Stage::Waiting { at };
    }
}
