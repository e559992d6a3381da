//! A server and its clients as values, in a world of bad luck: connections are cut, frames are
//! late or lost, commits are lost on their way to the room, the server restarts. Whatever happens, when it
//! is over every client shows the same messages in the same order, and everything said stands
//! there once.
//!
//! Everything follows from a seed. The room, the feed with its readers, the decision to resume and
//! the clients are the real ones; store, sessions and network are the simplest that could be.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_client::{Client, Frame, Output};
use starling_protocol::{
    Channel, ClientEvent, DisplayName, Epoch, Hue, Limits, Logged, Message, MessageBody, MessageId,
    Position, Ref, Role, Seq, ServerEvent, Slot, Slug, Status, User, UserId, codec,
};
use uuid::Uuid;

use crate::feed::{Feed, Item, Progress, Reader, Viewer};
use crate::resume::recovers;
use crate::room::{Room, RoomSettings, StreamEvent};

const CLIENTS: usize = 4;
const STEPS: usize = 1_500;
/// Small, so that both ways back, replay and starting over, are taken often.
const PAGE: usize = 5;
const REPLAY: u64 = 7;
const RING: usize = 3;
const SETTINGS: RoomSettings = RoomSettings {
    participants: 20,
    leave_after: 15_000,
    typing_for: 2_000,
    typing_names: 10,
    cursors_to_all: 100,
    cursors_in_view: 60,
};

/// Frames on their way in one direction of one connection, in order.
#[derive(Default)]
struct Wire {
    frames: VecDeque<(u64, Frame)>,
}

impl Wire {
    fn send(&mut self, arrives: u64, frame: Frame) {
        let after = self.frames.back().map_or(0, |(at, _)| *at);
        self.frames.push_back((arrives.max(after), frame));
    }

    fn arrived(&mut self, now: u64) -> Option<Frame> {
        if self.frames.front().is_none_or(|(at, _)| *at > now) {
            return None;
        }
        self.frames.pop_front().map(|(_, frame)| frame)
    }
}

struct Connection {
    number: u64,
    up: Wire,
    down: Wire,
    seat: Option<(Slot, Reader, Viewer)>,
    /// The newest message that the client was handed.
    handed: Seq,
    /// The network lost what was said to the client, and went on.
    has_hole: bool,
}

struct Person {
    user: User,
    client: Client,
    connection: Option<Connection>,
    said: Vec<MessageId>,
}

/// A post that the store has not committed yet.
struct Waiting {
    author: usize,
    connection: u64,
    reference: Ref,
    id: MessageId,
    body: MessageBody,
}

struct World {
    now: u64,
    rng: SmallRng,
    slug: Slug,
    epoch: Epoch,
    log: Vec<Message>,
    waiting: VecDeque<Waiting>,
    room: Room,
    feed: Feed,
    people: Vec<Person>,
    connections: u64,
    rooms: u32,
    bad_luck: bool,
    /// How often a client closed a connection with a hole.
    mended: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let slug = Slug::new("den");
        let people = (0..CLIENTS).map(|number| person(number, seed, &slug)).collect();
        Self {
            now: 0,
            rng: SmallRng::seed_from_u64(seed),
            epoch: Epoch::new(Uuid::from_u128(7)),
            log: Vec::new(),
            waiting: VecDeque::new(),
            room: Room::new(slug.clone(), Channel(0), SETTINGS),
            feed: Feed::new(RING),
            slug,
            people,
            connections: 0,
            rooms: 0,
            bad_luck: false,
            mended: 0,
        }
    }

    fn head(&self) -> Seq {
        self.log.last().map_or(Seq(0), |message| message.seq)
    }

    /// Something happens, maybe something bad.
    fn step(&mut self, bad_luck: bool) {
        self.bad_luck = bad_luck;
        self.now += self.rng.random_range(0..60);
        let someone = self.rng.random_range(0..CLIENTS);
        match self.rng.random_range(0..40) {
            0..4 if bad_luck => self.say(someone),
            4 if bad_luck => self.cut(someone),
            5 if bad_luck && self.rng.random_bool(0.2) => self.restart(),
            6..12 => self.commit(bad_luck),
            _ => {}
        }
        for number in 0..CLIENTS {
            self.run_client(number);
            self.run_session(number);
        }
        self.run_room();
    }

    fn say(&mut self, number: usize) {
        let now = self.now;
        let id = MessageId::new(Uuid::from_u128(self.rng.random()));
        let body = MessageBody::parse(&format!("{id}"), &Limits::default()).unwrap();
        let person = &mut self.people[number];
        person.said.push(id);
        person.client.post(now, &self.slug, id, body);
    }

    /// The network forgets what is on its way, either side notices.
    fn cut(&mut self, number: usize) {
        let person = &mut self.people[number];
        if let Some(connection) = person.connection.take() {
            if let Some((slot, ..)) = connection.seat {
                self.room.leave(self.now, slot, false);
            }
            person.client.closed(self.now, Some(1006));
        }
    }

    /// What was not committed is gone with the process, and so is all it knew.
    fn restart(&mut self) {
        for number in 0..CLIENTS {
            self.cut(number);
        }
        self.waiting.clear();
        self.rooms += 1;
        self.room = Room::new(self.slug.clone(), Channel(self.rooms), SETTINGS);
        self.feed = Feed::new(RING);
    }

    /// The store commits some of what waits, tells the room, then the authors.
    fn commit(&mut self, bad_luck: bool) {
        let count = self.rng.random_range(1..4).min(self.waiting.len());
        let batch: Vec<Waiting> = self.waiting.drain(..count).collect();
        for post in batch {
            let author = self.people[post.author].user.clone();
            let repeated = self
                .log
                .iter()
                .find(|message| message.author.id == author.id && message.id == post.id)
                .map(|message| message.seq);
            let seq = repeated.unwrap_or_else(|| {
                let seq = self.head().next();
                let message = Message::said(seq, post.id, author, post.body, 0);
                self.log.push(message.clone());
                match self.rng.random_range(0..10) {
                    // The room's mailbox was full.
                    0 if bad_luck => self.room.fall_behind(),
                    _ => self.room.committed(Arc::new(Logged::Message(message))),
                }
                seq
            });
            let ack = ServerEvent::Ack { reference: post.reference, seq: Some(seq) };
            // Now and then the ack is lost with its connection.
            if bad_luck && self.rng.random_bool(0.05) {
                self.cut(post.author);
            }
            self.tell(post.author, post.connection, &ack);
        }
    }

    fn tell(&mut self, number: usize, connection: u64, event: &ServerEvent) {
        let arrives = self.now + self.rng.random_range(0..80);
        if let Some(there) = &mut self.people[number].connection
            && there.number == connection
        {
            there.down.send(arrives, Frame::Text(codec::encode_server(event)));
        }
    }

    /// The client's transport: what arrived goes in, what it wants goes out.
    fn run_client(&mut self, number: usize) {
        let now = self.now;
        let person = &mut self.people[number];
        if person.client.next_timer(now).is_some_and(|due| due <= now) {
            person.client.timer(now);
        }
        while let Some(frame) =
            person.connection.as_mut().and_then(|connection| connection.down.arrived(now))
        {
            match frame {
                Frame::Text(text) => {
                    if let Ok(ServerEvent::Message { message, .. }) = codec::decode_server(&text)
                        && let Some(connection) = &mut person.connection
                    {
                        connection.handed = message.seq;
                    }
                    person.client.received_text(now, &text);
                }
                Frame::Binary(bytes) => person.client.received_binary(now, &bytes),
            }
        }
        let mut changed = false;
        while let Some(output) = self.people[number].client.poll() {
            match output {
                // Events and posts are as good as any other connection.
                Output::Connect { .. } => self.connect(number),
                Output::Ask => {
                    let answers = self.rng.random();
                    self.people[number].client.answered(now, answers);
                }
                Output::Close => {
                    let connection = self.people[number].connection.as_ref();
                    self.mended += usize::from(connection.is_some_and(|it| it.has_hole));
                    self.cut(number);
                }
                Output::Send(frame) => {
                    let arrives = now + self.rng.random_range(0..80);
                    if let Some(connection) = &mut self.people[number].connection {
                        connection.up.send(arrives, frame);
                    }
                }
                Output::Changed(_) => changed = true,
            }
        }
        let person = &self.people[number];
        let Some(room) = person.client.room(&self.slug).filter(|_| changed) else { return };
        room.check_invariants();
        if let Some(connection) = &person.connection {
            let known = room.position().map_or(Seq(0), |position| position.seq);
            assert!(connection.handed <= known, "a client stays where it noticed a gap");
        }
    }

    fn connect(&mut self, number: usize) {
        self.connections += 1;
        let user = self.people[number].user.clone();
        self.people[number].connection = Some(Connection {
            number: self.connections,
            up: Wire::default(),
            down: Wire::default(),
            seat: None,
            handed: Seq(0),
            has_hole: false,
        });
        let hello = ServerEvent::Hello {
            build: "one".to_owned(),
            user,
            limits: Limits::default(),
            ping_after_ms: 25_000,
            pong_within_ms: 8_000,
            expires_in_ms: None,
        };
        self.tell(number, self.connections, &hello);
    }

    /// The session: handles what arrived, then pulls from the feed.
    fn run_session(&mut self, number: usize) {
        while let Some(connection) = &mut self.people[number].connection {
            let at = connection.number;
            let Some(frame) = connection.up.arrived(self.now) else { break };
            let Frame::Text(text) = frame else { continue };
            match codec::decode_client(&text).unwrap() {
                ClientEvent::Join { reference, resume, .. } => {
                    self.join(number, reference, resume);
                }
                ClientEvent::Post { reference, id, body, .. } => {
                    let body = MessageBody::parse(&body, &Limits::default()).unwrap();
                    let author = number;
                    let post = Waiting { author, connection: at, reference, id, body };
                    self.waiting.push_back(post);
                }
                ClientEvent::Ping {} => self.tell(number, at, &ServerEvent::Pong {}),
                _ => {}
            }
        }
        self.pull(number);
    }

    fn join(&mut self, number: usize, reference: Ref, resume: Option<Position>) {
        let user = self.people[number].user.clone();
        let Ok(slot) = self.room.join(self.now, user, Role::Visitor, Status::Active) else {
            return;
        };
        let head = Position { epoch: self.epoch, seq: self.head() };
        let going_on = recovers(resume, head, REPLAY);
        let first = self.log.len().saturating_sub(PAGE);
        let joined = ServerEvent::Joined {
            reference: Some(reference),
            room: self.slug.clone(),
            channel: Channel(self.rooms),
            slot,
            position: going_on.unwrap_or(head),
            recovered: going_on.is_some(),
            messages: if going_on.is_some() { Vec::new() } else { self.log[first..].to_vec() },
            more: first > 0,
        };
        let Some(connection) = &mut self.people[number].connection else { return };
        let position = going_on.unwrap_or(head);
        let reader = Reader::new(position.seq, head.seq);
        connection.seat = Some((slot, reader, Viewer::new(slot)));
        let at = connection.number;
        self.tell(number, at, &joined);
    }

    fn pull(&mut self, number: usize) {
        let slow = self.rng.random_bool(0.3);
        let Some(connection) = &mut self.people[number].connection else { return };
        let at = connection.number;
        let Some(seat) = connection.seat.as_mut().filter(|_| !slow) else { return };
        let (_, reader, viewer) = seat;
        let mut items = Vec::new();
        if let Progress::InStore { .. } = self.feed.read(reader, 200, Some(viewer), &mut items) {
            let from = usize::try_from(reader.seq.0).unwrap();
            for message in self.log[from..].iter().take(2) {
                reader.seq = message.seq;
                items.push(Item::Text(
                    StreamEvent::new(&self.slug, &Logged::Message(message.clone())).text,
                ));
            }
        }
        for item in items {
            let frame = match item {
                Item::Text(text) => Frame::Text(String::from_utf8(text.bytes().to_vec()).unwrap()),
                Item::Binary(bytes) => Frame::Binary(bytes.to_vec()),
            };
            let arrives = self.now + self.rng.random_range(0..80);
            let is_lost = self.bad_luck && self.rng.random_bool(0.01);
            if let Some(connection) = &mut self.people[number].connection
                && connection.number == at
            {
                if is_lost {
                    connection.has_hole = true;
                } else {
                    connection.down.send(arrives, frame);
                }
            }
        }
    }

    fn run_room(&mut self) {
        if self.room.take_behind() {
            let first = self.log.len().saturating_sub(RING);
            let tail = self.log[first..].iter().cloned().map(Logged::Message).collect();
            self.room.caught_up(self.head(), tail);
        }
        if self.room.wake_at().is_some_and(|at| at <= self.now) {
            self.feed.publish(self.room.tick(self.now));
        }
    }

    fn is_settled(&self) -> bool {
        self.people.iter().all(|person| {
            person.client.room(&self.slug).is_some_and(|room| {
                room.is_joined()
                    && room.pending().count() == 0
                    && room.position().is_some_and(|position| position.seq == self.head())
                    && room.people().len() == CLIENTS
            })
        })
    }
}

fn person(number: usize, seed: u64, slug: &Slug) -> Person {
    let id = UserId::new(Uuid::from_u128(number as u128 + 1));
    let name = DisplayName::parse(&format!("P{number}"), &Limits::default()).unwrap();
    let mut client = Client::new(seed ^ number as u64);
    client.join(0, slug);
    client.start(0);
    Person {
        user: User { id, name, hue: Hue::of(id), avatar: None },
        client,
        connection: None,
        said: Vec::new(),
    }
}

/// Returns how often a client mended a hole.
fn run(seed: u64) -> usize {
    let mut world = World::new(seed);
    for _ in 0..STEPS {
        world.step(true);
    }
    // The last thing said, and nobody has heard it when the server restarts: only the store knows.
    while !world.waiting.is_empty() {
        world.commit(false);
    }
    world.restart();
    let mut rounds = 0;
    while !world.is_settled() {
        world.step(false);
        rounds += 1;
        assert!(rounds < 50_000, "the clients never came to rest");
    }
    let mut log: BTreeMap<MessageId, usize> = BTreeMap::new();
    for message in &world.log {
        *log.entry(message.id).or_default() += 1;
    }
    let said: usize = world.people.iter().map(|person| person.said.len()).sum();
    assert_eq!(world.log.len(), said, "something was lost or stands twice");
    for person in &world.people {
        for id in &person.said {
            assert_eq!(log.get(id), Some(&1), "{id} was lost or stands twice");
        }
        let of_person = world.log.iter().filter(|m| m.author.id == person.user.id).map(|m| m.id);
        assert_eq!(of_person.collect::<Vec<_>>(), person.said, "in another order than said");
        let room = person.client.room(&world.slug).unwrap();
        let shown: Vec<&Message> = room.messages().collect();
        assert!(shown.len() >= PAGE.min(world.log.len()), "too little is shown");
        let tail: Vec<&Message> = world.log[world.log.len() - shown.len()..].iter().collect();
        assert_eq!(shown, tail, "a client shows something else than was said");
    }
    world.mended
}

#[test]
fn after_any_bad_luck_everyone_shows_the_same() {
    let mut mended = 0;
    for seed in 0..300 {
        // Shown only if the test fails: the seed that does it.
        eprintln!("seed {seed}");
        mended += run(seed);
    }
    assert!(mended > 300, "only {mended} holes were noticed");
}
