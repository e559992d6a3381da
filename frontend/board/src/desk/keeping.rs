//! What the board does not take, kept so that nothing is lost: what was refused, and what finds no room.

use starling_client::Millis;
use starling_protocol::ObjectId;
use starling_protocol::board::{Change, Content, Object};

use super::{Desk, Follow};

impl Desk {
    /// How many changes were refused and are kept, and why the last of them was.
    pub(crate) fn refused(&self) -> (usize, Option<&str>) {
        let last = self.client.refused().last();
        (self.client.refused().count(), last.map(|it| it.message))
    }

    /// Whether putting that there was refused.
    pub(super) fn is_refused(&self, id: ObjectId) -> bool {
        let puts = |it: &Change| matches!(it, Change::Put { object } if object.id == id);
        self.client.refused().any(|it| it.operation.changes.iter().any(puts))
    }

    /// Does again what was refused.
    pub(crate) fn try_again(&mut self, now: Millis) {
        if self.may_draw {
            self.client.retry(now);
        }
    }

    /// Forgets what was refused.
    pub(crate) fn discard(&mut self) {
        self.client.give_up();
        self.say("Discarded");
    }

    /// The server said that something is wrong.
    pub(super) fn problem(&mut self, words: String) {
        // Of what was refused this is said as long as it is kept.
        if self.client.refused().all(|it| it.message != words) {
            self.follows.push(Follow::Problem { words });
        }
    }

    /// Sends what finds no room here all the same, so that it is kept with what the server refuses. False if
    /// it is nothing that would be lost otherwise, or not taken for another reason.
    pub(super) fn keep(&mut self, now: Millis, change: Change) -> bool {
        matches!(&change, Change::Put { object } if !is_blank(object))
            && self.client.insist(now, vec![change]).is_ok()
    }

    /// Keeps nothing of what was refused and is blank.
    pub(super) fn forget_blank(&mut self, object: &Object) {
        if is_blank(object) && self.is_refused(object.id) {
            self.client.give_up_on(object.id);
        }
    }
}

/// Whether it is made again as easily.
fn is_blank(object: &Object) -> bool {
    match &object.content {
        Content::Note { text } | Content::Text { text, .. } => text.is_empty(),
        _ => false,
    }
}
