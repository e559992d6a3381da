//! A room: who is in it, where they point, who is typing, and the end of its chat.
//!
//! A plain value, driven from outside: no `async`, no I/O, no clock (every method that needs the
//! time is told, in milliseconds of one monotonic clock). It gathers what happens and, at a tick,
//! says what to publish: encoded once for everyone. It knows nothing of sessions, sockets or the
//! database.

mod board;
mod cells;
mod cursors;
mod customs;
mod following;
mod presence;
mod previews;
mod publication;
mod signals;
mod slots;
mod stream;
mod typing;

use std::collections::BTreeMap;
use std::sync::Arc;

use starling_protocol::board::{Operated, Signal};
use starling_protocol::{
    Channel, Logged, Person, Point, Role, Seq, Slot, Slug, Status, User, UserId, View,
    tick_interval_ms,
};

pub(crate) use cells::{Cells, Placed, Span};
pub(crate) use following::{CannotFollow, Followed};
pub(crate) use previews::Held;
pub(crate) use publication::{
    BoardPublication, CursorsPublication, LazyText, PresencePublication, PreviewsPublication,
    Publication, StreamEvent, StreamPublication, Text, Viewings,
};

use board::Board;
use cursors::Cursors;
use customs::Customs;
use following::Following;
use presence::Presence;
use slots::Slots;
use stream::{LoggedOperation, Stream};
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
    stream: Stream<Logged>,
    board: Board,
    customs: Customs,
    ticked: Option<Millis>,
    /// The last tick that had something of the chat.
    told_chat: Option<Millis>,
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
            board: Board::default(),
            customs: Customs::default(),
            ticked: None,
            told_chat: None,
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
        self.board.forget(slot);
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

    /// A participant has something in hand at the board, or (`None`) nothing any more.
    pub(crate) fn hold(&mut self, slot: Slot, held: Option<Held>) {
        if self.participants.contains_key(&slot) {
            self.board.previews.hold(slot, held);
        }
    }

    /// A participant sees this part of the board.
    pub(crate) fn look(&mut self, slot: Slot, view: View) {
        if let Some(user) = self.participants.get(&slot) {
            self.following.look(slot, *user, view);
        }
    }

    /// A participant follows somebody, or (`None`) nobody any more.
    pub(crate) fn follow(
        &mut self,
        slot: Slot,
        whom: Option<UserId>,
    ) -> Result<Option<Followed>, CannotFollow> {
        let Some(follower) = self.participants.get(&slot) else { return Ok(None) };
        if whom.is_some_and(|whom| !self.presence.is_connected(whom)) {
            return Err(CannotFollow::NotHere);
        }
        let followed = self.following.follow(slot, *follower, whom)?;
        self.cursors.followed_changed();
        Ok(followed)
    }

    /// A participant points something out on the board.
    pub(crate) fn signal(&mut self, slot: Slot, signal: Signal) {
        if self.participants.contains_key(&slot) {
            self.board.signals.add(slot, signal);
        }
    }

    /// The store committed an event of the chat. Repeats are ignored; after a gap the room is behind.
    pub(crate) fn committed(&mut self, event: Arc<Logged>) {
        let author = author(&event);
        if self.stream.committed(event)
            && let Some(author) = author
        {
            self.typing.stop(author);
        }
    }

    /// The store committed an operation of the board, likewise; of those before it, up to `rewrites`, something
    /// is told no more.
    pub(crate) fn operated(&mut self, operated: Arc<Operated>, rewrites: Option<Seq>) {
        self.board.stream.committed(Arc::new(LoggedOperation { operated, rewrites }));
    }

    /// Announcements could not be delivered.
    pub(crate) fn fall_behind(&mut self) {
        self.chat_falls_behind();
        self.board_falls_behind();
    }

    /// An announcement of the chat could not be delivered.
    pub(crate) fn chat_falls_behind(&mut self) {
        self.stream.fall_behind();
    }

    /// An announcement of the board could not be delivered.
    pub(crate) fn board_falls_behind(&mut self) {
        self.board.stream.fall_behind();
    }

    /// Whether the end of the chat has to be read from the log, for [`Self::caught_up`]. Asking
    /// takes the mark away, so that what is missed during that reading asks for another one.
    pub(crate) fn take_behind(&mut self) -> bool {
        self.stream.take_behind()
    }

    /// The same of the board, for [`Self::board_caught_up`].
    pub(crate) fn take_board_behind(&mut self) -> bool {
        self.board.stream.take_behind()
    }

    /// The end of the log, oldest first, read after the room fell behind; `head` is its end.
    pub(crate) fn caught_up(&mut self, head: Seq, tail: Vec<Logged>) {
        let authors: Vec<UserId> = tail.iter().filter_map(author).collect();
        if self.stream.caught_up(head, tail) {
            authors.into_iter().for_each(|author| self.typing.stop(author));
        }
    }

    /// The end of the board's log, likewise.
    pub(crate) fn board_caught_up(&mut self, head: Seq, tail: Vec<Operated>) {
        let logged = |operated| LoggedOperation { operated: Arc::new(operated), rewrites: None };
        self.board.stream.caught_up(head, tail.into_iter().map(logged).collect());
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
            || self.stream.has_changes()
            || self.board.has_changes();
        let tick = unpublished.then(|| {
            let interval = tick_interval_ms(self.participants.len());
            // What is said waits for no cursors, but for what was said just before it.
            let last = if self.stream.has_changes() { self.told_chat } else { self.ticked };
            last.map_or(0, |last| last + interval)
        });
        [tick, self.typing.next_expiry(), self.presence.next_expiry()].into_iter().flatten().min()
    }

    /// Lets pass what time ends, and gathers all that happened since the last tick.
    pub(crate) fn tick(&mut self, now: Millis) -> Publication {
        for user in self.presence.expire(now) {
            self.typing.stop(user);
        }
        // Only now: who has left and is back before anybody was told of it is followed as before.
        if self.following.lose(|user| !self.presence.is_here(user)) {
            self.cursors.followed_changed();
        }
        self.typing.expire(now);
        self.ticked = Some(now);
        if self.stream.has_changes() {
            self.told_chat = Some(now);
        }
        // Presence first: cursor frames name the revision that their slots belong to.
        let presence = self.presence.publish(&self.slug, self.participants.len());
        Publication {
            stream: self.stream.publish(&self.slug),
            presence,
            typing: self.typing.publish(&self.slug),
            customs: self.customs.publish(),
            board: self.board.publish(&self.slug),
            cursors: self.cursors.publish(now, self.channel, self.presence.revision(), || {
                let slots = |it: Followed| (it, self.presence.slots_of(it.user()).collect());
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
        for followed in self.following.followed() {
            let is_told = !self.presence.has_changes();
            assert!(
                !is_told || self.presence.is_here(followed.user()),
                "somebody gone is followed"
            );
        }
        for user in self.typing.users() {
            assert!(self.presence.is_connected(user), "somebody gone is typing");
        }
        for slot in self.board.slots() {
            assert!(self.participants.contains_key(&slot), "in nobody's hand: {slot:?}");
        }
        let without_gap = |seqs: Vec<Seq>| {
            let gap = seqs.windows(2).find(|pair| pair[0].next() != pair[1]);
            assert_eq!(gap, None, "a gap among the unpublished");
        };
        without_gap(self.stream.unpublished().map(Logged::seq).collect());
        without_gap(self.board.stream.unpublished().map(|drawn| drawn.operated.seq).collect());
    }
}

/// Who said something by it.
fn author(event: &Logged) -> Option<UserId> {
    match event {
        Logged::Message(message) => Some(message.author.id),
        Logged::Deleted(_) | Logged::Edited(_) | Logged::Reacted(_) => None,
    }
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod scripts;
