//! What this client's person has in hand, told while they have it.

use std::borrow::Cow;

use starling_protocol::board::{Object, Preview};
use starling_protocol::{ObjectId, OperationId};

use super::held::Held;
use super::outbox::Outbox;
use crate::Millis;

/// At most 20 a second.
const EVERY: Millis = 50;
/// Of a stroke only the latest points are told: some that were told before, in case that was missed.
const POINTS: usize = 64;
/// Of more objects in one hand the others see only the first ones move, until they are let go.
const CHANGES: usize = 100;

/// The hand of this client's person.
#[derive(Debug, Default)]
pub(super) struct Hold {
    held: Option<Held>,
    /// Whether the server has to be told.
    due: bool,
    told: Option<Millis>,
    /// Whether the others see something in this hand.
    seen: bool,
    /// The hand is only told to be empty once this is stored: otherwise what was held would jump
    /// back in between.
    until_stored: Option<OperationId>,
}

impl Hold {
    /// Takes this in hand, or (`None`) lets go.
    pub(super) fn hold(&mut self, preview: Option<Preview>, outbox: &Outbox) {
        self.until_stored = outbox.last_unstored().filter(|_| preview.is_none());
        self.due = preview.is_some() || self.seen;
        self.held = preview.map(Held::new);
    }

    pub(super) fn preview(&self) -> Option<&Preview> {
        self.held.as_ref().map(Held::preview)
    }

    /// What is told on this connection starts anew.
    pub(super) fn restart(&mut self) {
        self.seen = false;
        self.due = self.held.is_some();
    }

    pub(super) fn next_timer(&self, outbox: &Outbox) -> Option<Millis> {
        let is_waiting = self.until_stored.is_some_and(|id| outbox.is_unstored(id));
        (self.due && !is_waiting).then(|| self.told.map_or(0, |told| told + EVERY))
    }

    /// What to tell now, if something.
    pub(super) fn take(&mut self, now: Millis, outbox: &Outbox) -> Option<Option<Preview>> {
        if self.next_timer(outbox).is_none_or(|due| now < due) {
            return None;
        }
        self.due = false;
        self.told = Some(now);
        self.seen = self.held.is_some();
        Some(self.preview().map(shortened))
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.held.iter().flat_map(Held::ids)
    }

    pub(super) fn shown<'a>(
        &'a self,
        id: ObjectId,
        object: Option<Cow<'a, Object>>,
    ) -> Option<Cow<'a, Object>> {
        match &self.held {
            Some(held) => held.laid_over(id, None, object),
            None => object,
        }
    }
}

/// As much of it as is told.
fn shortened(preview: &Preview) -> Preview {
    match preview {
        Preview::Hold { changes } => {
            Preview::Hold { changes: changes.iter().take(CHANGES).cloned().collect() }
        }
        Preview::Stroke { object, tint, width, from, points } => {
            let before = points.len().saturating_sub(POINTS);
            Preview::Stroke {
                object: *object,
                tint: *tint,
                width: *width,
                from: from + u32::try_from(before).unwrap_or(u32::MAX),
                points: points[before..].to_vec(),
            }
        }
    }
}
