//! What the board does not take, kept so that nothing is lost: what was refused, and what finds no room.

use starling_client::Millis;
use starling_protocol::board::{BoardError, Change, Content, Operation};
use starling_protocol::{ObjectId, OperationId};

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
    /// it is nothing that would be lost otherwise.
    pub(super) fn keep(&mut self, now: Millis, error: BoardError, change: Option<Change>) -> bool {
        let (BoardError::BoardFull { .. }, Some(change)) = (error, change) else { return false };
        let Change::Put { object } = &change else { return false };
        // What is empty is made again as easily.
        if let Content::Note { text } | Content::Text { text, .. } = &object.content
            && text.is_empty()
        {
            return false;
        }
        let id = OperationId::new(self.new_id().uuid());
        self.client.take_over(now, vec![Operation { id, changes: vec![change] }]);
        true
    }
}
