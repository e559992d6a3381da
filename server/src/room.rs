//! A room: who is in it, where they point, who is typing, and the end of its chat.
//!
//! A plain value, driven from outside: no `async`, no I/O, no clock (every method that needs the
//! time is told, in milliseconds of one monotonic clock). It gathers what happens and, at a tick,
//! says what to publish: encoded once for everyone. It knows nothing of sessions, sockets or the
//! database.

mod cells;
mod cursors;
mod customs;
mod following;
mod presence;
mod publication;
mod slots;
mod typing;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use starling_protocol::{
    Channel, Logged, Person, Point, Role, Seq, Slot, Slug, Status, User, UserId, View,
    tick_interval_ms,
};

pub(crate) use cells::{Cells, Placed, Span};
pub(crate) use following::CannotFollow;
pub(crate) use publication::{
    CursorsPublication, PresencePublication, Publication, StreamEvent, StreamPublication, Text,
    Viewings,
};

use cursors::Cursors;
use customs::Customs;
use following::Following;
use presence::Presence;
use slots::Slots;
use typing::TypingPeople;

/// Milliseconds of the caller's monotonic clock.
pub(crate) type Millis = u64;

/// What a room is told at its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoomSettings {
    pub(crate) participants: u16,
    pub(crate) leave_after: Millis,
    pub(crate) typing_for: Millis,
    pub(crate) typing_names: usize,
    /// Up to how many participants everyone is sent every cursor.
    pub(crate) cursors_to_all: usize,
    /// How many cursors one viewer is shown where there are more.
    pub(crate) cursors_in_view: usize,
}

/// The room takes no more participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoomFull;

/// See the module.
#[derive(Debug)]
pub(crate) struct Room {
    slug: Slug,
    channel: Channel,
    slots: Slots,
    participants: BTreeMap<Slot, UserId>,
    presence: Presence,
    typing: TypingPeople,
    cursors: Cursors,
    following: Following,
    stream: Stream,
    customs: Customs,
    ticked: Option<Millis>,
}

/// The end of the chat, as far as it was announced.
#[derive(Debug, Default)]
struct Stream {
    head: Option<Seq>,
    unpublished: VecDeque<Arc<Logged>>,
    /// Something was missed: what is published next replaces the feed's ring.
    behind: bool,
    replaces: bool,
}

impl Room {
    pub(crate) fn new(slug: Slug, channel: Channel, settings: RoomSettings) -> Self {
        Self {
            slug,
            channel,
            slots: Slots::new(settings.participants),
            participants: BTreeMap::new(),
            presence: Presence::new(settings.leave_after),
            typing: TypingPeople::new(settings.typing_for, settings.typing_names),
            cursors: Cursors::new(settings),
            following: Following::default(),
            stream: Stream::default(),
            customs: Customs::default(),
            ticked: None,
        }
    }

    /// A connection enters.
    pub(crate) fn join(
        &mut self,
        now: Millis,
        user: User,
        role: Role,
        status: Status,
    ) -> Result<Slot, RoomFull> {
        let slot = self.slots.take(now).ok_or(RoomFull)?;
        self.participants.insert(slot, user.id);
        self.cursors.count(self.participants.len());
        self.presence.join(user, role, slot, status);
        Ok(slot)
    }

    /// A connection goes: on purpose, or because it broke.
    pub(crate) fn leave(&mut self, now: Millis, slot: Slot, on_purpose: bool) {
        let Some(user) = self.participants.remove(&slot) else { return };
        self.slots.give_back(now, slot);
        self.cursors.forget(slot);
        self.cursors.count(self.participants.len());
        self.following.forget(slot, user);
        self.presence.leave(now, user, slot, on_purpose);
        if !self.presence.is_connected(user) {
            self.typing.stop(user);
        }
    }

    pub(crate) fn set_status(&mut self, slot: Slot, status: Status) {
        if let Some(user) = self.participants.get(&slot) {
            self.presence.set_status(*user, slot, status);
        }
    }

    /// A person appears otherwise.
    pub(crate) fn appear(&mut self, user: User) {
        self.presence.appear(user);
    }

    /// A person is something else in the room.
    pub(crate) fn set_role(&mut self, user: UserId, role: Role) {
        self.presence.set_role(user, role);
    }

    pub(crate) fn set_typing(&mut self, now: Millis, slot: Slot, active: bool) {
        match self.participants.get(&slot) {
            Some(user) if active => self.typing.start(now, *user),
            Some(user) => self.typing.stop(*user),
            None => {}
        }
    }

    /// A participant points somewhere, or (`None`) nowhere any more.
    pub(crate) fn point(&mut self, now: Millis, slot: Slot, point: Option<Point>) {
        if self.participants.contains_key(&slot) {
            self.cursors.point(now, slot, point);
        }
    }

    /// A participant sees this part of the board.
    pub(crate) fn look(&mut self, slot: Slot, view: View) {
        if let Some(user) = self.participants.get(&slot) {
            self.following.look(slot, *user, view);
        }
    }

    /// A participant follows somebody, or (`None`) nobody any more.
    pub(crate) fn follow(&mut self, slot: Slot, whom: Option<UserId>) -> Result<(), CannotFollow> {
        let Some(follower) = self.participants.get(&slot) else { return Ok(()) };
        if whom.is_some_and(|whom| !self.presence.is_connected(whom)) {
            return Err(CannotFollow::NotHere);
        }
        self.following.follow(slot, *follower, whom)?;
        self.cursors.followed_changed();
        Ok(())
    }

    /// The store committed an event of the chat. Repeats are ignored; after a gap the room is behind.
    pub(crate) fn committed(&mut self, event: Arc<Logged>) {
        match self.stream.head {
            Some(head) if event.seq() <= head => return,
            Some(head) if event.seq() != head.next() => {
                self.fall_behind();
                return;
            }
            _ => {}
        }
        self.ends_typing(&event);
        self.stream.head = Some(event.seq());
        self.stream.unpublished.push_back(event);
    }

    /// An announcement could not be delivered.
    pub(crate) fn fall_behind(&mut self) {
        self.stream.behind = true;
    }

    /// Whether the end of the chat has to be read from the log, for [`Self::caught_up`]. Asking
    /// takes the mark away, so that what is missed during that reading asks for another one.
    pub(crate) fn take_behind(&mut self) -> bool {
        std::mem::take(&mut self.stream.behind)
    }

    /// The end of the log, oldest first, read after the room fell behind; `head` is its end.
    pub(crate) fn caught_up(&mut self, head: Seq, tail: Vec<Logged>) {
        if self.stream.head.is_some_and(|known| known >= head) {
            return;
        }
        for event in &tail {
            self.ends_typing(event);
        }
        self.stream.head = Some(head);
        self.stream.unpublished = tail.into_iter().map(Arc::new).collect();
        self.stream.replaces = true;
    }

    fn ends_typing(&mut self, event: &Logged) {
        if let Logged::Message(message) = event {
            self.typing.stop(message.author.id);
        }
    }

    /// A moderator tells everyone something, or their program does.
    pub(crate) fn custom(&mut self, event: Text) {
        self.customs.add(event);
    }

    /// Who is here.
    pub(crate) fn who(&self) -> Vec<Person> {
        self.presence.people()
    }

    /// How many people are here.
    pub(crate) fn people(&self) -> usize {
        self.presence.len()
    }

    /// Whether nobody is here, nor expected back.
    pub(crate) fn is_empty(&self) -> bool {
        self.participants.is_empty() && self.presence.len() == 0
    }

    /// When [`Self::tick`] has something to do, if nothing else happens; the past means now.
    pub(crate) fn wake_at(&self) -> Option<Millis> {
        let unpublished = self.presence.has_changes()
            || self.typing.has_changes()
            || self.cursors.has_changes()
            || self.customs.has_changes()
            || self.following.has_changes()
            || !self.stream.unpublished.is_empty()
            || self.stream.replaces;
        let tick = unpublished.then(|| {
            let interval = tick_interval_ms(self.participants.len());
            self.ticked.map_or(0, |ticked| ticked + interval)
        });
        [tick, self.typing.next_expiry(), self.presence.next_expiry()].into_iter().flatten().min()
    }

    /// Lets pass what time ends, and gathers all that happened since the last tick.
    pub(crate) fn tick(&mut self, now: Millis) -> Publication {
        for user in self.presence.expire(now) {
            self.typing.stop(user);
        }
        self.typing.expire(now);
        self.ticked = Some(now);
        // Presence first: cursor frames name the revision that their slots belong to.
        let presence = self.presence.publish(&self.slug, self.participants.len());
        Publication {
            stream: self.stream.publish(&self.slug),
            presence,
            typing: self.typing.publish(&self.slug),
            customs: self.customs.publish(),
            cursors: self.cursors.publish(now, self.channel, self.presence.revision(), || {
                let slots = |user| (user, self.presence.slots_of(user).collect());
                self.following.followed().map(slots).collect()
            }),
            viewings: self.following.publish(&self.slug),
        }
    }

    /// Panics unless the parts agree; for tests of any kind.
    #[cfg(test)]
    fn check_invariants(&self) {
        let mut from_presence = self.presence.slots();
        from_presence.sort_unstable();
        let slots: Vec<(Slot, UserId)> =
            self.participants.iter().map(|(slot, user)| (*slot, *user)).collect();
        assert_eq!(from_presence, slots, "presence and participants disagree");
        for slot in self.cursors.slots() {
            assert!(self.participants.contains_key(&slot), "a cursor of nobody: {slot:?}");
        }
        self.following.check_invariants();
        for user in self.typing.users() {
            assert!(self.presence.is_connected(user), "somebody gone is typing");
        }
        let mut expected = self.stream.unpublished.front().map(|event| event.seq());
        for event in &self.stream.unpublished {
            assert_eq!(Some(event.seq()), expected, "a gap among the unpublished");
            expected = Some(event.seq().next());
        }
    }
}

impl Stream {
    fn publish(&mut self, slug: &Slug) -> Option<StreamPublication> {
        if self.unpublished.is_empty() && !self.replaces {
            return None;
        }
        Some(StreamPublication {
            head: self.head.unwrap_or_default(),
            replaces: std::mem::take(&mut self.replaces),
            events: self
                .unpublished
                .drain(..)
                .map(|event| StreamEvent::new(slug, &event))
                .collect(),
        })
    }
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod scripts;
