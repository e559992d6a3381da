//! The client: what it wants sent, and what it knows. `receive.rs` is what it does with what arrives.

mod acts;
mod handed;
mod hands;
mod known;
mod older;
mod output;
mod receive;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use rand::SeedableRng;
use rand::rngs::SmallRng;
use starling_protocol::{
    Attachment, ClientEvent, Direct, Limits, Message, MessageBody, MessageId, Position, Ref, Slug,
    Status, User, UserId, codec,
};

pub use output::{Act, Change, Frame, Output};

use crate::link::{Link, LinkAction, Obstacle};
use crate::{Connection, Delivery, Millis, Pending, RoomState};

enum Request {
    Join { room: Slug },
    Leave,
    Post { room: Slug, id: MessageId },
    Rename { name: String },
    History { room: Slug },
    Act { room: Slug, act: Act },
    Direct,
    Follow { room: Slug, user: Option<UserId> },
    Authenticate,
}

/// A client without I/O.
pub struct Client {
    link: Link,
    rooms: BTreeMap<Slug, RoomState>,
    requests: BTreeMap<Ref, Request>,
    last_ref: Ref,
    user: Option<User>,
    directs: Vec<Direct>,
    build: Option<String>,
    limits: Limits,
    status: Status,
    congested: bool,
    outputs: VecDeque<Output>,
}

impl Client {
    /// A client that is not connected. `seed` feeds the spread of its reconnects.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            link: Link::new(SmallRng::seed_from_u64(seed)),
            rooms: BTreeMap::new(),
            requests: BTreeMap::new(),
            last_ref: 0,
            user: None,
            directs: Vec::new(),
            build: None,
            limits: Limits::default(),
            status: Status::Active,
            congested: false,
            outputs: VecDeque::new(),
        }
    }

    /// What to do next; `None` when all is done.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Self::timer`], if nothing happens before.
    #[must_use]
    pub fn next_timer(&self, now: Millis) -> Option<Millis> {
        let link = self.link.next_timer();
        let rooms = self.rooms.values().flat_map(|room| {
            let hands = [room.cursor_due(), room.view_due()].into_iter().flatten().min();
            let cursor = hands.filter(|_| !self.congested);
            let outbox = room.outbox.next_timer(now).filter(|_| room.is_joined());
            [cursor, outbox, room.rejoin_at, room.typing_due()]
        });
        rooms.chain([link]).flatten().min()
    }

    /// How the connection is.
    #[must_use]
    pub fn connection(&self) -> Connection {
        self.link.connection()
    }

    /// What keeps it from the server, while it has no connection and knows.
    #[must_use]
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.link.obstacle()
    }

    /// Who this client speaks for, once the server has said so.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// A room that was asked for.
    #[must_use]
    pub fn room(&self, slug: &Slug) -> Option<&RoomState> {
        self.rooms.get(slug)
    }

    // What the person wants.

    /// Connects at once, also if the next try was to come later.
    pub fn start(&mut self, now: Millis) {
        let action = self.link.start(now);
        self.link_action(now, action);
    }

    /// Ends the connection, and makes none before [`Self::start`]. What the rooms hold stays.
    pub fn stop(&mut self) {
        self.link.stop();
        self.outputs.push_back(Output::Close);
        self.disconnected();
    }

    /// Enters a room, now and after every reconnect.
    pub fn join(&mut self, now: Millis, room: &Slug) {
        self.rooms.entry(room.clone()).or_insert_with(|| RoomState::new(room.clone()));
        if let Some(state) = self.rooms.get_mut(room) {
            state.removed = false;
        }
        if self.link.is_open() {
            self.send_join(room);
        }
        self.pump(now);
    }

    /// Enters a room of which the page brought the latest messages.
    pub fn join_from(
        &mut self,
        now: Millis,
        room: &Slug,
        position: Position,
        messages: Vec<Message>,
        more: bool,
    ) {
        let state = self.rooms.entry(room.clone()).or_insert_with(|| RoomState::new(room.clone()));
        state.seed(position, messages, more);
        self.join(now, room);
    }

    /// Leaves a room, and forgets it.
    pub fn leave(&mut self, room: &Slug) {
        let Some(state) = self.rooms.remove(room) else { return };
        let joining = self
            .requests
            .values()
            .any(|request| matches!(request, Request::Join { room: joining } if joining == room));
        if state.is_joined() || joining {
            let reference = self.request(Request::Leave);
            self.send(&ClientEvent::Leave { reference, room: room.clone() });
        }
    }

    /// Says something, once: now, or as soon as there is a connection.
    pub fn post(&mut self, now: Millis, room: &Slug, id: MessageId, body: MessageBody) {
        self.post_with_file(now, room, id, body, None);
    }

    /// The same, with a file if there is one, which the server has already. Then it may say nothing.
    pub fn post_with_file(
        &mut self,
        now: Millis,
        room: &Slug,
        id: MessageId,
        body: MessageBody,
        file: Option<Box<Attachment>>,
    ) {
        let Some(state) = self.rooms.get_mut(room) else { return };
        state.outbox.push(Pending { id, body, file, delivery: Delivery::Waiting });
        state.forget_typing();
        self.changed(Change::Messages { room: room.clone() });
        self.pump(now);
    }

    /// Takes over a message that an earlier page of the same person left behind: it is sent, or, if
    /// it was refused, waits for the person. Nothing happens if the room has it already.
    pub fn take_over(&mut self, now: Millis, room: &Slug, pending: Pending) {
        let Some(state) = self.rooms.get_mut(room) else { return };
        let is_known = state.messages().any(|message| message.id == pending.id)
            || state.pending().any(|known| known.id == pending.id);
        if !is_known {
            let delivery = match pending.delivery {
                refused @ Delivery::Failed { .. } => refused,
                _ => Delivery::Waiting,
            };
            state.outbox.push(Pending { delivery, ..pending });
            self.changed(Change::Messages { room: room.clone() });
            self.pump(now);
        }
    }

    /// Sends a refused message again.
    pub fn retry(&mut self, now: Millis, room: &Slug, id: MessageId) {
        self.with_outbox(room, |outbox| outbox.retry(id));
        // The room may be there again.
        if self.link.is_open() && self.rooms.get(room).is_some_and(|state| !state.is_joined()) {
            self.send_join(room);
        }
        self.pump(now);
    }

    /// Gives a refused message up.
    pub fn discard(&mut self, room: &Slug, id: MessageId) {
        self.with_outbox(room, |outbox| outbox.discard(id));
    }

    /// How the person is here.
    pub fn set_status(&mut self, status: Status) {
        if self.status != status {
            self.status = status;
            if self.link.is_open() {
                self.send(&ClientEvent::Status { status });
            }
        }
    }

    /// Changes the person's name. Without a connection nothing happens.
    pub fn rename(&mut self, name: String) {
        if self.link.is_open() {
            let reference = self.request(Request::Rename { name: name.clone() });
            self.send(&ClientEvent::Rename { reference, name });
        }
    }

    // What the transport reports.

    /// The connection ended or could not be made.
    pub fn closed(&mut self, now: Millis, code: Option<u16>) {
        self.link.closed(now, code);
        self.disconnected();
    }

    /// The server was asked whether it is there, as [`Output::Ask`] wants, and answered or not.
    pub fn answered(&mut self, now: Millis, answers: bool) {
        let action = self.link.answered(now, answers);
        self.link_action(now, action);
        self.changed(Change::Connection);
    }

    /// The machine's network came or went.
    pub fn network(&mut self, now: Millis, online: bool) {
        let action = self.link.network(now, online);
        self.link_action(now, action);
        self.changed(Change::Connection);
    }

    /// What was hidden, frozen or asleep is looked at again: within a second it is known whether the
    /// connection lives, and if not, the next try begins at once, or a second after the last one.
    pub fn woken(&mut self, now: Millis) {
        let action = self.link.woken(now);
        self.link_action(now, action);
        self.changed(Change::Connection);
    }

    /// The time of [`Self::next_timer`] has come. Too early or too often does no harm.
    pub fn timer(&mut self, now: Millis) {
        let action = self.link.timer(now);
        self.link_action(now, action);
        self.send_cursors(now);
        self.tell_typing(now);
        self.rejoin(now);
        self.pump(now);
    }

    /// Sends what waits in the outboxes.
    fn pump(&mut self, now: Millis) {
        for room in self.rooms.keys().cloned().collect::<Vec<_>>() {
            let Some(state) = self.rooms.get_mut(&room) else { continue };
            if !state.is_joined() {
                continue;
            }
            if let Some((id, body, file)) = state.outbox.start_next(now) {
                let reference = self.request(Request::Post { room: room.clone(), id });
                self.send(&ClientEvent::Post { reference, room, id, body: body.into(), file });
            }
        }
    }

    /// Asks again where joining was refused for a reason that may have passed.
    fn rejoin(&mut self, now: Millis) {
        let due = |state: &RoomState| state.rejoin_at.is_some_and(|at| at <= now);
        let rooms: Vec<Slug> = self
            .rooms
            .values_mut()
            .filter(|state| due(state))
            .map(|state| {
                state.rejoin_at = None;
                state.slug().clone()
            })
            .collect();
        for room in rooms {
            self.send_join(&room);
        }
    }

    fn send_join(&mut self, room: &Slug) {
        let resume = self.rooms.get(room).and_then(RoomState::position);
        let reference = self.request(Request::Join { room: room.clone() });
        self.send(&ClientEvent::Join { reference, room: room.clone(), resume });
    }

    /// The rooms to be in: all but those that the client was sent out of.
    fn wanted_rooms(&self) -> Vec<Slug> {
        let wanted = self.rooms.values().filter(|state| !state.removed);
        wanted.map(|state| state.slug().clone()).collect()
    }

    fn link_action(&mut self, now: Millis, action: Option<LinkAction>) {
        match action {
            Some(LinkAction::Connect(carrier)) => {
                self.outputs.push_back(Output::Connect { carrier });
                self.changed(Change::Connection);
            }
            Some(LinkAction::Ping) => self.send(&ClientEvent::Ping {}),
            Some(LinkAction::GiveUp) => {
                self.link.closed(now, None);
                self.outputs.push_back(Output::Close);
                self.disconnected();
            }
            None => {}
        }
    }

    /// Starts over with a fresh connection; resume mends the rest.
    fn reset(&mut self, now: Millis) {
        self.link_action(now, Some(LinkAction::GiveUp));
    }

    fn disconnected(&mut self) {
        if self.link.take_asks() {
            self.outputs.push_back(Output::Ask);
        }
        self.requests.clear();
        self.congested = false;
        for state in self.rooms.values_mut() {
            state.disconnected();
        }
        self.changed(Change::Connection);
        for room in self.rooms.keys().cloned().collect::<Vec<_>>() {
            self.changed(Change::Messages { room: room.clone() });
            self.changed(Change::Typing { room: room.clone() });
            self.changed(Change::Cursors { room });
        }
    }

    fn with_outbox(&mut self, room: &Slug, act: impl FnOnce(&mut crate::outbox::Outbox)) {
        if let Some(state) = self.rooms.get_mut(room) {
            act(&mut state.outbox);
            self.changed(Change::Messages { room: room.clone() });
        }
    }

    fn request(&mut self, request: Request) -> Ref {
        self.last_ref = handed::next_ref(self.last_ref);
        self.requests.insert(self.last_ref, request);
        self.last_ref
    }

    fn send(&mut self, event: &ClientEvent) {
        self.outputs.push_back(Output::Send(Frame::Text(codec::encode_client(event))));
    }

    fn changed(&mut self, change: Change) {
        if !self.outputs.contains(&Output::Changed(change.clone())) {
            self.outputs.push_back(Output::Changed(change));
        }
    }
}
