//! What a client knows of a room: the fold of the server's events. No I/O, no clock. `own.rs` is what
//! this client's person does there.

mod cursors;
mod fold;
mod own;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use starling_protocol::{
    Channel, ErrorCode, Message, Person, Position, Revision, Rights, Seq, Slot, Slug, UserId,
};

use crate::outbox::Outbox;
use crate::{Glide, Millis, Pending};

use own::{OwnCursor, OwnView};

/// Who is writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typing {
    /// Who; empty in very large rooms.
    pub people: Vec<UserId>,
    /// How many.
    pub count: u32,
}

/// The part of a room that an event changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoomChange {
    Messages,
    People,
    Typing,
    Rights,
    Removed,
}

/// An event was missing before this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap;

/// The client's place in a room, on the present connection.
#[derive(Clone, Copy, Debug)]
struct Seat {
    channel: Channel,
    slot: Slot,
}

/// A room, as far as this client knows it.
#[derive(Debug)]
pub struct RoomState {
    slug: Slug,
    seat: Option<Seat>,
    position: Option<Position>,
    messages: VecDeque<Message>,
    more: bool,
    /// Messages before this one were asked for and have not come yet.
    pub(crate) loading_before: Option<Seq>,
    /// Until then no older messages are asked for, after a refusal.
    pub(crate) history_held_until: Millis,
    people: BTreeMap<UserId, Person>,
    revision: Option<Revision>,
    cursor_hz: u32,
    typing: Typing,
    rights: Option<Rights>,
    cursors: BTreeMap<Slot, Glide>,
    others: usize,
    following: Option<UserId>,
    pub(crate) outbox: Outbox,
    pub(crate) problem: Option<(ErrorCode, String)>,
    /// Sent out: it is not joined again until the person wants to.
    pub(crate) removed: bool,
    /// When to ask again to join, after a refusal that need not last.
    pub(crate) rejoin_at: Option<Millis>,
    own_cursor: OwnCursor,
    own_view: OwnView,
    typing_told: Option<Millis>,
    /// Whether the person has typed since that was told.
    typing_untold: bool,
}

impl RoomState {
    /// A room of which nothing is known yet.
    #[must_use]
    pub(crate) fn new(slug: Slug) -> Self {
        Self {
            slug,
            seat: None,
            position: None,
            messages: VecDeque::new(),
            more: false,
            loading_before: None,
            history_held_until: 0,
            people: BTreeMap::new(),
            revision: None,
            cursor_hz: 1,
            typing: Typing::default(),
            rights: None,
            cursors: BTreeMap::new(),
            others: 0,
            following: None,
            outbox: Outbox::default(),
            problem: None,
            removed: false,
            rejoin_at: None,
            own_cursor: OwnCursor::default(),
            own_view: OwnView::default(),
            typing_told: None,
            typing_untold: false,
        }
    }

    /// Which room.
    #[must_use]
    pub fn slug(&self) -> &Slug {
        &self.slug
    }

    /// Whether the present connection is in the room.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.seat.is_some()
    }

    /// Which participant the present connection is there.
    #[must_use]
    pub fn slot(&self) -> Option<Slot> {
        self.seat.map(|seat| seat.slot)
    }

    /// How far the chat is known; `None` before the first join.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The messages, oldest first, without a gap.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.messages.iter()
    }

    /// Whether there are older messages than the first one here.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.more
    }

    /// Whether older messages were asked for and have not come yet.
    #[must_use]
    pub fn is_loading_older(&self) -> bool {
        self.loading_before.is_some()
    }

    /// The client's own messages that are not among [`Self::messages`] yet, oldest first.
    pub fn pending(&self) -> impl DoubleEndedIterator<Item = &Pending> {
        self.outbox.entries()
    }

    /// Who is here, by id.
    pub fn people(&self) -> impl ExactSizeIterator<Item = &Person> {
        self.people.values()
    }

    /// One of those who are here.
    #[must_use]
    pub fn person(&self, id: UserId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// Who is writing.
    #[must_use]
    pub fn typing(&self) -> &Typing {
        &self.typing
    }

    /// What the person may do here, as last told.
    #[must_use]
    pub fn rights(&self) -> Option<&Rights> {
        self.rights.as_ref()
    }

    /// Why the room could not be joined, or is not joined any more.
    #[must_use]
    pub fn problem(&self) -> Option<(ErrorCode, &str)> {
        self.problem.as_ref().map(|(code, message)| (*code, message.as_str()))
    }

    /// Starts from a state that came with the page.
    pub(crate) fn seed(&mut self, position: Position, messages: Vec<Message>, more: bool) {
        for message in &messages {
            self.outbox.discard(message.id);
        }
        self.position = Some(position);
        self.messages = messages.into();
        self.more = more;
    }

    /// Drops all but the newest messages; true if there were more.
    pub(crate) fn forget_older(&mut self, keep: usize) -> bool {
        let surplus = self.messages.len().saturating_sub(keep);
        // What was asked for would not fit any more.
        if surplus == 0 || self.is_loading_older() {
            return false;
        }
        self.messages.drain(..surplus);
        self.more = true;
        true
    }

    /// The connection broke: what belongs to it alone is void.
    pub(crate) fn disconnected(&mut self) {
        self.seat = None;
        self.rejoin_at = None;
        self.loading_before = None;
        self.revision = None;
        self.typing = Typing::default();
        self.forget_typing();
        self.cursors.clear();
        self.others = 0;
        self.own_cursor = OwnCursor::default();
        self.own_view.disconnected();
        self.outbox.disconnected();
    }

    pub(crate) fn channel(&self) -> Option<Channel> {
        self.seat.map(|seat| seat.channel)
    }

    /// Panics unless the state is one that the protocol allows; for tests of any kind.
    pub fn check_invariants(&self) {
        let seqs: Vec<u64> = self.messages.iter().map(|message| message.seq.0).collect();
        for pair in seqs.windows(2) {
            assert!(pair[0] < pair[1], "messages stand twice or in another order: {seqs:?}");
        }
        if let (Some(last), Some(position)) = (seqs.last(), self.position) {
            assert!(*last <= position.seq.0, "the last message is behind the position");
        }
        let ids: BTreeSet<_> =
            self.messages.iter().map(|message| (message.author.id, message.id)).collect();
        assert_eq!(ids.len(), self.messages.len(), "a message stands twice");
        for (slot, _, person) in self.cursors() {
            assert!(person.slots.contains(&slot), "a cursor without its person");
        }
    }
}
