//! What moderators' programs tell everyone, until the next tick. It is not kept.

use std::collections::VecDeque;

use super::publication::Text;

/// How many of one tick are told; of more, the latest.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Customs {
    waiting: VecDeque<Text>,
}

impl Customs {
    pub(super) fn add(&mut self, event: Text) {
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
        }
        self.waiting.push_back(event);
    }

    pub(super) fn has_changes(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn publish(&mut self) -> Vec<Text> {
        self.waiting.drain(..).collect()
    }
}
