//! The rooms that a client is in: entering, making and leaving them, and who is there as far as it knows.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::{
    CursorState, ErrorCode, Hue, Person, Point, RoomName, Slot, Slug, Status, TextError, UserId,
    Visibility,
};
use tokio::time::Instant;
use tokio_stream::wrappers::WatchStream;

use super::Session;
use crate::feed::Reader;
use crate::gateway::failure::Failure;
use crate::permission;
use crate::refusal::Refusal;
use crate::room_task::RoomCommand;
use crate::seat::Seat;
use crate::slug;
use crate::store::{NewRoom, Visitor};

/// A room that the client is in.
pub(in crate::gateway) struct InRoom {
    pub(in crate::gateway) seat: Seat,
    /// As the client calls it.
    pub(in crate::gateway) room_id: String,
    /// Who is there; `None` until it was told.
    pub(super) people: Option<BTreeMap<UserId, Known>>,
    pub(super) typing: BTreeSet<UserId>,
    pub(super) cursors: BTreeMap<Slot, Point>,
    /// Whether it was told of any cursor last.
    pub(super) has_cursors: bool,
}

/// Somebody in a room, as far as clients are told.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) hue: Hue,
    pub(super) slots: Vec<Slot>,
}

impl From<Person> for Known {
    fn from(person: Person) -> Self {
        Self { name: person.name.to_string(), hue: person.hue, slots: person.slots }
    }
}

impl InRoom {
    pub(super) fn name_of(&self, user: UserId) -> Option<&str> {
        Some(&self.people.as_ref()?.get(&user)?.name)
    }

    pub(super) fn point(&mut self, slot: Slot, state: CursorState) {
        match state {
            CursorState::At { point, .. } => self.cursors.insert(slot, point),
            CursorState::Hidden => self.cursors.remove(&slot),
        };
    }
}

impl Session {
    /// The room that the client means, if it is in it.
    pub(in crate::gateway) fn room(&self, room_id: &str) -> Result<(&Slug, &InRoom), Failure> {
        let text = slug::derive(&self.name_of(room_id)?);
        let slug = self.called.get(&text).unwrap_or(&text);
        let room = self.rooms.get_key_value(slug);
        room.map(|(slug, room)| (slug, &**room)).ok_or_else(Failure::not_joined)
    }

    /// The name that a text is. What is spaces for the most part is too long, too, as events carry it.
    fn name_of(&self, room_id: &str) -> Result<RoomName, TextError> {
        let max = self.app.limits.room_name_chars;
        match room_id.chars().count() {
            chars if chars > 2 * max => Err(TextError::RoomNameTooLong { max, chars }),
            _ => RoomName::parse(room_id, &self.app.limits),
        }
    }

    /// Enters the room of that text, which is made if there is none. To be in it already is as good.
    pub(in crate::gateway) async fn join_room(&mut self, room_id: &str) -> Result<Slug, Failure> {
        let name = self.name_of(room_id)?;
        let text = slug::derive(&name);
        let wanted = self.called.get(&text).unwrap_or(&text).clone();
        if let Some(room) = self.rooms.get_mut(&wanted) {
            room_id.clone_into(&mut room.room_id);
            return Ok(wanted);
        }
        let most = self.app.limits.rooms_per_connection;
        if self.rooms.len() >= most {
            let sentence = format!("One connection can be in {most} rooms at once.");
            return Err(Refusal::new(ErrorCode::TooManyRooms, sentence).into());
        }
        self.app.rates.join(self.user.id)?;
        let slug = self.find_or_make(name, wanted).await?;
        let turn = self.app.turns.next().await;
        let (record, standing) = permission::admit(&self.app, self.actor, &slug).await?;
        let rights = permission::rights(&self.app, self.actor, &record, &standing).await;
        drop(turn);
        let mut seat = Seat::take(&self.app, &record, &self.user, Status::Active, rights).await?;
        let news = WatchStream::new(seat.feed.watch());
        let turn = self.app.turns.next().await;
        let head = self.app.store.position(record.id).await?;
        // What changed while they entered was announced before they were there.
        let user = self.app.store.user(self.user.id).await?;
        drop(turn);
        seat.tell(RoomCommand::Appear { user }).await;
        // What is said from now on is theirs; what they may do is looked up again before that.
        seat.reader = Reader::new(head.seq, head.seq);
        seat.rights_until = Some(Instant::now());
        let room = InRoom {
            seat,
            room_id: room_id.to_owned(),
            people: None,
            typing: BTreeSet::new(),
            cursors: BTreeMap::new(),
            has_cursors: false,
        };
        self.news.insert(slug.clone(), news);
        self.rooms.insert(slug.clone(), Box::new(room));
        if slug != text {
            self.called.insert(text, slug.clone());
        }
        Ok(slug)
    }

    /// The address of a room that is there, or is made now, unlisted, as by the form; that they have been there
    /// is noted.
    async fn find_or_make(&mut self, name: RoomName, wanted: Slug) -> Result<Slug, Failure> {
        let address = self.line.caller.household();
        let cap = self.app.config.rooms_per_address;
        let new = NewRoom { name, visibility: Visibility::Unlisted, address, cap };
        let visitor = Visitor::Known { actor: self.actor, name: None };
        let entered = self.app.store.enter(visitor, wanted, Some(new)).await?;
        if entered.made {
            tracing::info!(
                room = entered.room.id.0,
                visibility = entered.room.visibility.name(),
                "a room was made"
            );
        }
        Ok(entered.room.slug)
    }

    /// Takes a room out; its seat is still to be given up.
    pub(in crate::gateway) fn leave_room(&mut self, slug: &Slug) -> Option<InRoom> {
        self.news.remove(slug);
        self.called.retain(|_, called| called != slug);
        self.rooms.remove(slug).map(|room| *room)
    }
}
