//! What the client is owed, taken from feeds and store, and told as Socket.IO events.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use starling_protocol::{CursorFrame, Logged, Message, Person, ServerEvent, Slug, UserId, codec};

use super::rooms::{InRoom, Known};
use super::{End, Namespace, Session};
use crate::feed::{Item, Progress};
use crate::gateway::outlet::Outlet;
use crate::seat::Seat;
use crate::store::StoreError;
use crate::timestamp::timestamp;

/// How many bytes of stream events one pull takes from a room, give or take an event.
const SHARE: usize = 32 * 1024;
/// How many messages are read from the store at once.
const STORE_SHARE: usize = 100;

/// The colours of people, by hue, as the page shows them on a light ground.
const COLORS: [&str; 12] = [
    "#983f4a", "#96461d", "#875400", "#6b6300", "#406f20", "#00754f", "#007475", "#006d93",
    "#2b61a3", "#5b54a1", "#7a498f", "#8e4170",
];

impl Session {
    /// Takes a share from every room; true if there is more.
    pub(super) async fn pull(&mut self) -> Result<bool, End> {
        let wants_cursors = self.namespace == Namespace::Chat;
        let mut more = false;
        let mut behind: Vec<Slug> = Vec::new();
        let Self { rooms, outlet, namespace, user, .. } = self;
        for (slug, room) in rooms {
            let mut items = Vec::new();
            let Seat { feed, reader, viewer, .. } = &mut room.seat;
            let viewer = wants_cursors.then_some(viewer);
            match feed.read(reader, SHARE, viewer, &mut items) {
                Progress::Current => {}
                Progress::More => more = true,
                Progress::InStore { .. } => behind.push(slug.clone()),
            }
            let mut teller = Teller { outlet, namespace: *namespace, me: user.id, room };
            for item in items {
                teller.tell(&item);
            }
        }
        for slug in behind {
            self.pull_from_store(&slug).await?;
            more = true;
        }
        Ok(more)
    }

    /// Takes what the feed's ring has forgotten.
    async fn pull_from_store(&mut self, slug: &Slug) -> Result<(), End> {
        let _turn = self.app.turns.next().await;
        let Some(room) = self.rooms.get_mut(slug) else { return Ok(()) };
        let seat = &mut room.seat;
        let events = match self.app.store.after(seat.room, seat.reader.seq, STORE_SHARE).await {
            // What nobody can read any more must not keep its readers from the rest.
            Err(StoreError::Damaged) => Vec::new(),
            read => read.map_err(|_| End::Cut)?,
        };
        let mut took = false;
        for event in events {
            if event.seq() != room.seat.reader.seq.next() {
                break;
            }
            room.seat.reader.seq = event.seq();
            took = true;
            if let Logged::Message(message) = event {
                let (outlet, namespace, me) = (&mut self.outlet, self.namespace, self.user.id);
                Teller { outlet, namespace, me, room }.message(&message);
            }
        }
        if !took {
            // The rest begins where it can be read again.
            let head = self.app.store.position(room.seat.room).await.map_err(|_| End::Cut)?;
            room.seat.reader.seq = head.seq;
        }
        Ok(())
    }
}

/// Says what happens in one room to one client.
struct Teller<'a> {
    outlet: &'a mut Outlet,
    namespace: Namespace,
    me: UserId,
    room: &'a mut InRoom,
}

impl Teller<'_> {
    fn tell(&mut self, item: &Item) {
        match item {
            Item::Text(text) => {
                let bytes = text.bytes();
                // It was encoded here, so that it can be read.
                let event = std::str::from_utf8(&bytes).ok().map(codec::decode_server);
                if let Some(Ok(event)) = event {
                    self.event(event);
                }
            }
            Item::Binary(bytes) => {
                if let Ok(frame) = CursorFrame::decode(bytes) {
                    self.cursors(frame);
                }
            }
        }
    }

    fn event(&mut self, event: ServerEvent) {
        match event {
            ServerEvent::Message { message, .. } => self.message(&message),
            ServerEvent::People { people, .. } => self.everybody(people),
            ServerEvent::PeopleChanged { changed, left, .. } => {
                changed.into_iter().for_each(|person| self.here(person));
                left.into_iter().for_each(|user| self.left(user));
            }
            ServerEvent::Typing { people, .. } => self.typing(&people.into_iter().collect()),
            // What a moderator's program says to the room goes by the name that it has given it.
            ServerEvent::Custom { event, data, .. } => {
                let data = serde_json::from_str(data.as_str()).unwrap_or_default();
                self.outlet.broadcast(event, data);
            }
            _ => {}
        }
    }

    fn message(&mut self, message: &Message) {
        // Of a message that was deleted meanwhile there is nothing to tell.
        let Some(body) = &message.body else { return };
        let timestamp = timestamp(message.at);
        match self.namespace {
            Namespace::Lesson => {
                let told = json!({
                    "text": body.as_str(),
                    "sender": message.author.name.as_str(),
                    "timestamp": timestamp,
                });
                self.outlet.event("newMessage", told);
                self.outlet.event("message", Value::from(body.as_str()));
            }
            _ => {
                let mut told = json!({
                    "id": message.id,
                    "roomId": self.room.room_id,
                    "userId": message.author.id,
                    "username": message.author.name.as_str(),
                    "content": body.as_str(),
                    "timestamp": timestamp,
                });
                add_file(&mut told, message);
                self.outlet.event("message:received", told);
            }
        }
    }

    /// Everybody, at first, or as the changes are not known any more.
    fn everybody(&mut self, people: Vec<Person>) {
        let Some(known) = &self.room.people else {
            let people = people.into_iter().map(|person| (person.id, Known::from(person)));
            self.room.people = Some(people.collect());
            return;
        };
        let now: BTreeSet<UserId> = people.iter().map(|person| person.id).collect();
        let gone: Vec<UserId> = known.keys().filter(|user| !now.contains(user)).copied().collect();
        gone.into_iter().for_each(|user| self.left(user));
        people.into_iter().for_each(|person| self.here(person));
    }

    fn here(&mut self, person: Person) {
        let user = person.id;
        let people = self.room.people.get_or_insert_with(BTreeMap::new);
        let came = people.insert(user, person.into()).is_none();
        if came && user != self.me {
            self.presence(user, "user:joined");
        }
    }

    fn left(&mut self, user: UserId) {
        if user != self.me {
            self.presence(user, "user:left");
        }
        if let Some(people) = &mut self.room.people {
            people.remove(&user);
        }
    }

    fn presence(&mut self, user: UserId, event: &'static str) {
        let Some(name) = self.room.name_of(user) else { return };
        match self.namespace {
            Namespace::Lesson if event == "user:joined" => {
                let told = user_joined(name, &self.room.room_id);
                self.outlet.event("userJoined", told);
            }
            Namespace::Lesson => {}
            _ => {
                let told = json!({
                    "roomId": self.room.room_id, "userId": user, "username": name,
                });
                self.outlet.event(event, told);
            }
        }
    }

    fn typing(&mut self, now: &BTreeSet<UserId>) {
        let before = std::mem::replace(&mut self.room.typing, now.clone());
        if self.namespace != Namespace::Chat {
            return;
        }
        let changes = before
            .difference(now)
            .map(|user| (*user, "typing:stop"))
            .chain(now.difference(&before).map(|user| (*user, "typing:start")));
        for (user, event) in changes.filter(|(user, _)| *user != self.me) {
            // Who left is not typing any more, under whatever name.
            let name = self.room.name_of(user).unwrap_or_default();
            let told = json!({ "roomId": self.room.room_id, "userId": user, "username": name });
            self.outlet.event(event, told);
        }
    }

    /// Everybody who points now, but the client itself.
    fn cursors(&mut self, frame: CursorFrame) {
        let room = &mut *self.room;
        if frame.complete {
            room.cursors.clear();
        }
        for record in frame.records {
            room.point(record.slot, record.state);
        }
        let mine = room.seat.slot;
        let people = room.people.iter().flatten();
        let cursors: Vec<Value> = people
            .flat_map(|(user, known)| known.slots.iter().map(move |slot| (user, known, *slot)))
            .filter(|(_, _, slot)| *slot != mine)
            .filter_map(|(user, known, slot)| {
                let (x, y) = room.cursors.get(&slot)?.to_units();
                let color = COLORS[usize::from(known.hue.0) % COLORS.len()];
                Some(json!({
                    "userId": user, "username": known.name, "x": x, "y": y, "color": color,
                }))
            })
            .collect();
        let had = std::mem::replace(&mut room.has_cursors, !cursors.is_empty());
        if had || !cursors.is_empty() {
            let told = json!({ "roomId": room.room_id, "cursors": cursors });
            self.outlet.event("cursors", told);
        }
    }
}

/// Adds to what is told of a message the file that it has.
pub(super) fn add_file(told: &mut Value, message: &Message) {
    if let Some(file) = &message.file {
        told["file"] = json!({
            "id": file.id,
            "name": file.name.as_str(),
            "type": file.media_type,
            "size": file.size,
            "url": file.path(),
        });
    }
}

/// What first lessons tell a room of somebody new.
pub(in crate::gateway) fn user_joined(name: &str, room_id: &str) -> Value {
    json!({ "message": format!("{name} joined {room_id}") })
}

#[cfg(test)]
mod tests {
    use starling_protocol::HUES;

    use super::*;

    #[test]
    fn every_hue_has_a_colour() {
        assert_eq!(COLORS.len(), usize::from(HUES));
    }
}
