//! Somebody who stays in a room whatever happens to the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use starling_client::native::NativeClient;
use starling_client::{Connection, Delivery, RoomState};
use starling_protocol::{Limits, MessageBody, MessageId, ServerEvent, Slug, codec};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::journal::{Happened, Journal};

const TALKS_EVERY: Duration = Duration::from_secs(1);
const NO_CODE: u16 = 0;

pub(crate) struct Person {
    client: NativeClient,
    room: Slug,
    journal: Arc<Journal>,
    talks: Option<Interval>,
    /// Said and not acked.
    waiting: Vec<MessageId>,
    close_code: Arc<AtomicU16>,
    was_online: bool,
    was_joined: bool,
}

impl Person {
    /// The number spreads what they say over the second.
    pub(crate) fn new(
        mut client: NativeClient,
        room: Slug,
        talks: bool,
        number: usize,
        journal: Arc<Journal>,
    ) -> Self {
        let close_code = Arc::new(AtomicU16::new(NO_CODE));
        client.look_on(note_farewell(Arc::clone(&journal), Arc::clone(&close_code)));
        let offset = TALKS_EVERY.mul_f64((number as f64 * 0.618_033_988_75).fract());
        let talks = talks.then(|| {
            let mut talks = interval_at(Instant::now() + offset, TALKS_EVERY);
            talks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            talks
        });
        let waiting = Vec::new();
        Self {
            client,
            room,
            journal,
            talks,
            waiting,
            close_code,
            was_online: false,
            was_joined: false,
        }
    }

    pub(crate) async fn run(mut self, over: CancellationToken) {
        self.client.act(|core, now| core.join(now, &self.room));
        loop {
            let talks = async {
                match &mut self.talks {
                    Some(talks) => talks.tick().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.client.changed() => self.look(),
                _ = talks => self.talk(),
                () = over.cancelled() => return,
            }
        }
    }

    fn look(&mut self) {
        let core = self.client.core();
        let online = core.connection() == Connection::Online;
        let room = core.room(&self.room);
        let joined = room.is_some_and(RoomState::is_joined);
        if online && !self.was_online {
            self.journal.note(Happened::Greeted);
        }
        if joined && !self.was_joined {
            self.journal.came();
        }
        if !joined && self.was_joined {
            self.journal.went();
        }
        if !online && self.was_online {
            let code = self.close_code.swap(NO_CODE, Ordering::Relaxed);
            self.journal.note(Happened::Closed { code: (code != NO_CODE).then_some(code) });
        }
        (self.was_online, self.was_joined) = (online, joined);

        let Some(room) = room else { return };
        self.waiting.retain(|id| {
            let acked = match room.pending().find(|pending| pending.id == *id) {
                Some(pending) => match pending.delivery {
                    Delivery::Stored { seq } => Some(seq),
                    _ => None,
                },
                // Acked, and in the room's log already.
                None => room.messages().rev().find(|it| it.id == *id).map(|message| message.seq),
            };
            if let Some(seq) = acked {
                self.journal.acked(*id, seq);
            }
            acked.is_none()
        });
    }

    fn talk(&mut self) {
        if self.journal.is_silent() {
            return;
        }
        let Ok(body) = MessageBody::parse("Still here.", &Limits::default()) else { return };
        let id = MessageId::new(uuid::Uuid::now_v7());
        self.journal.posted(&self.room, id);
        self.waiting.push(id);
        self.client.act(|core, now| core.post(now, &self.room, id, body));
    }
}

fn note_farewell(journal: Arc<Journal>, code: Arc<AtomicU16>) -> impl FnMut(&Message) + Send {
    move |frame| match frame {
        // Most frames are not worth decoding twice.
        Message::Text(text) if text.contains("goodbye") => {
            if let Ok(ServerEvent::Goodbye { reconnect_after_ms }) = codec::decode_server(text) {
                journal.note(Happened::Goodbye { reconnect_after_ms });
            }
        }
        Message::Close(Some(frame)) => code.store(frame.code.into(), Ordering::Relaxed),
        _ => {}
    }
}
