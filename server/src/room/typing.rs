//! Who is writing right now.

use std::collections::BTreeMap;

use starling_protocol::{ServerEvent, Slug, UserId};

use super::Millis;
use super::publication::Text;

/// People who typed a moment ago.
#[derive(Debug)]
pub(super) struct TypingPeople {
    lasts: Millis,
    names_up_to: usize,
    until: BTreeMap<UserId, Millis>,
    changed: bool,
}

impl TypingPeople {
    pub(super) fn new(lasts: Millis, names_up_to: usize) -> Self {
        Self { lasts, names_up_to, until: BTreeMap::new(), changed: false }
    }

    pub(super) fn start(&mut self, now: Millis, user: UserId) {
        self.changed |= self.until.insert(user, now + self.lasts).is_none();
    }

    pub(super) fn stop(&mut self, user: UserId) {
        self.changed |= self.until.remove(&user).is_some();
    }

    pub(super) fn expire(&mut self, now: Millis) {
        let before = self.until.len();
        self.until.retain(|_, until| *until > now);
        self.changed |= self.until.len() != before;
    }

    pub(super) fn next_expiry(&self) -> Option<Millis> {
        self.until.values().copied().min()
    }

    pub(super) fn has_changes(&self) -> bool {
        self.changed
    }

    pub(super) fn publish(&mut self, room: &Slug) -> Option<Text> {
        std::mem::take(&mut self.changed).then(|| {
            let named = self.until.len() <= self.names_up_to;
            Text::new(&ServerEvent::Typing {
                room: room.clone(),
                people: if named { self.until.keys().copied().collect() } else { Vec::new() },
                count: u32::try_from(self.until.len()).unwrap_or(u32::MAX),
            })
        })
    }

    #[cfg(test)]
    pub(super) fn users(&self) -> impl Iterator<Item = UserId> {
        self.until.keys().copied()
    }
}
