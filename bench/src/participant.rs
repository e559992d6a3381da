//! Somebody in Starling's rooms: a native client that points, talks, and notes what it receives.

use starling_client::native::NativeClient;
use starling_client::{Change, Connection, RoomState};
use starling_protocol::{Limits, MessageBody, MessageId, Point, Seq, Slug};

use crate::tally::{Due, Received, Tally};

pub(crate) struct Participant {
    client: NativeClient,
    room: Option<Slug>,
    seen_message: Seq,
    tally: Tally,
}

impl Participant {
    /// Without a room they stay outside.
    pub(crate) fn new(client: NativeClient, room: Option<Slug>, tally: Tally) -> Self {
        Self { client, room, seen_message: Seq(0), tally }
    }

    /// Takes part until the load is over.
    pub(crate) async fn run(mut self) -> Received {
        let clock = std::sync::Arc::clone(&self.tally.clock);
        match self.room.clone() {
            Some(room) => {
                self.client.act(|core, now| core.join(now, &room));
                self.client.until(|core| core.room(&room).is_some_and(RoomState::is_joined)).await;
            }
            None => self.client.until(|core| core.connection() == Connection::Online).await,
        }
        clock.joined();
        loop {
            tokio::select! {
                change = self.client.changed() => self.note(&change),
                due = self.tally.due() => self.send(due),
                () = clock.over() => return self.tally.into_received(),
            }
        }
    }

    fn send(&mut self, due: Due) {
        let Some(room) = &self.room else { return };
        match due {
            Due::Move { person, number } => {
                let point = Some(Point { x: person, y: number });
                self.client.act(|core, now| core.point(now, room, point));
            }
            Due::Message { text } => {
                let Ok(body) = MessageBody::parse(&text, &Limits::default()) else { return };
                let id = MessageId::new(uuid::Uuid::now_v7());
                self.client.act(|core, now| core.post(now, room, id, body));
            }
        }
    }

    fn note(&mut self, change: &Change) {
        let core = self.client.core();
        let Some(room) = self.room.as_ref().and_then(|room| core.room(room)) else { return };
        match change {
            Change::CursorsMoved { .. } => {
                for (_, glide, _) in room.cursors() {
                    let Point { x: person, y: number } = glide.newest();
                    self.tally.move_arrived(person, number);
                }
            }
            Change::Messages { .. } => {
                let seen = self.seen_message;
                let myself = core.user().map(|user| user.id);
                for message in room.messages().rev().take_while(|message| message.seq > seen) {
                    if Some(message.author.id) != myself {
                        self.tally.message_arrived(message.text());
                    }
                }
                self.seen_message = room.messages().last().map_or(seen, |message| message.seq);
            }
            _ => {}
        }
    }
}
