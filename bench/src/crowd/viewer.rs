//! Somebody in the crowd: looks at a part of the board, points there, and takes what is shown. A bare
//! socket that speaks Starling's protocol and knows no more of the room than its cursors: thousands of
//! native clients, each with the list of everybody, would cost the machine more than the server does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use starling_protocol::{
    Channel, ClientEvent, CursorFrame, CursorInput, MessageId, ServerEvent, View, codec,
};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::Request;

use crate::peer::{Socket, connect};
use crate::tally::{Due, Received, Tally};

use super::sight::Sight;
use super::stage::Stage;
use super::walk::Walk;

/// How often they say where they look.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a cursor may be in view before it has to be shown, in seconds.
const SHOWN_WITHIN: f64 = 0.5;
/// How many cursors are shown at most: the default of `--cursors-in-view`.
const MOST_SHOWN: usize = 60;
/// As many look whether they are shown what they should be: to look takes time.
const WATCHERS: usize = 100;

/// What came to somebody while it was measured.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) moves: Received,
    pub(super) messages: Received,
    /// All that the socket brought, the frames' heads included.
    pub(super) bytes: u64,
    /// Of those, the frames with cursors.
    pub(super) cursor_bytes: u64,
    /// How many cursors should have been shown, and were.
    pub(super) in_view: usize,
    pub(super) seen: usize,
}

pub(super) struct Viewer {
    stage: Arc<Stage>,
    person: u16,
    socket: Socket,
    channel: Channel,
    walk: Walk,
    /// The newest of their own moves.
    moved: u16,
    looks: Interval,
    watches: bool,
    view: Option<View>,
    sight: Sight,
    moves: Tally,
    messages: Tally,
    shown: Shown,
}

impl Viewer {
    /// Enters the room.
    pub(super) async fn enter(
        stage: Arc<Stage>,
        person: u16,
        request: Request,
    ) -> anyhow::Result<Self> {
        let mut socket = connect(request).await?;
        let join = ClientEvent::Join { reference: 1, room: stage.room.clone(), resume: None };
        socket.send(Message::text(codec::encode_client(&join))).await?;
        let (channel, slot) = loop {
            let frame = socket.next().await.context("the server closed")??;
            let Message::Text(text) = frame else { continue };
            match codec::decode_server(&text)? {
                ServerEvent::Joined { channel, slot, .. } => break (channel, slot),
                ServerEvent::Error { message, .. } => bail!("the room is closed to us: {message}"),
                _ => {}
            }
        };
        stage.took_slot(person, slot);
        stage.clock.joined();
        let every = (stage.pointing.people / WATCHERS).max(1);
        let offset = LOOK_EVERY.mul_f64((f64::from(person) * 0.618_033_988_75).fract());
        let mut looks = interval_at(Instant::now() + offset, LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            moves: stage.tally_of_moves(person),
            messages: stage.tally_of_messages(person),
            walk: Walk::of(person),
            watches: usize::from(person).is_multiple_of(every),
            stage,
            person,
            socket,
            channel,
            moved: 0,
            looks,
            view: None,
            sight: Sight::of(person),
            shown: Shown::default(),
        })
    }

    /// Takes part until the load is over.
    pub(super) async fn take_part(mut self) -> anyhow::Result<Shown> {
        let clock = Arc::clone(&self.stage.clock);
        loop {
            tokio::select! {
                frame = self.socket.next() => self.take(&frame.context("the server closed")??),
                due = self.moves.due() => self.send(due).await?,
                due = self.messages.due() => self.send(due).await?,
                _ = self.looks.tick() => self.look().await?,
                () = clock.over() => break,
            }
        }
        let Self { moves, messages, shown, .. } = self;
        Ok(Shown { moves: moves.into_received(), messages: messages.into_received(), ..shown })
    }

    fn take(&mut self, frame: &Message) {
        let measured = self.stage.clock.is_measured(self.stage.clock.micros());
        match frame {
            Message::Binary(bytes) => {
                if measured {
                    self.shown.cursor_bytes += on_the_wire(bytes.len());
                    self.shown.bytes += on_the_wire(bytes.len());
                }
                if let Ok(frame) = CursorFrame::decode(bytes) {
                    self.sight.take(&frame, &self.stage, &mut self.moves);
                }
            }
            Message::Text(text) => {
                self.stage.told();
                if measured {
                    self.shown.bytes += on_the_wire(text.len());
                }
                // To take every event apart would cost most where everyone is told who came.
                if text.starts_with(r#"{"type":"message","#)
                    && let Ok(ServerEvent::Message { message, .. }) = codec::decode_server(text)
                {
                    self.messages.message_arrived(message.text());
                }
            }
            _ => {}
        }
    }

    async fn send(&mut self, due: Due) -> anyhow::Result<()> {
        let message = match due {
            Due::Move { person, number } => {
                self.stage.moved(person, number);
                self.moved = number;
                let point = self.stage.point(person, number);
                Message::binary(CursorInput::Move { channel: self.channel, point }.encode())
            }
            Due::Message { text } => {
                let room = self.stage.room.clone();
                let id = MessageId::new(uuid::Uuid::now_v7());
                let post = ClientEvent::Post { reference: 2, room, id, body: text, file: None };
                Message::text(codec::encode_client(&post))
            }
        };
        Ok(self.socket.send(message).await?)
    }

    /// Looks whether they are shown what is in the view they have told, and then tells the next one.
    async fn look(&mut self) -> anyhow::Result<()> {
        if self.watches && self.stage.clock.is_measured(self.stage.clock.micros()) {
            self.watch();
        }
        let view = self.walk.view(self.moved, self.stage.pointing.moves);
        if self.view != Some(view) {
            self.view = Some(view);
            let look = CursorInput::Look { channel: self.channel, view };
            self.socket.send(Message::binary(look.encode())).await?;
        }
        Ok(())
    }

    fn watch(&mut self) {
        let Some(view) = self.view else { return };
        let (in_view, seen) = if self.walk.is_above_all() {
            (self.stage.pointing.people - 1, self.sight.len())
        } else {
            let moves = (SHOWN_WITHIN * self.stage.pointing.moves).ceil() as u32;
            let others = self.stage.within(view, moves).filter(|it| *it != self.person);
            others.fold((0, 0), |(in_view, seen), person| {
                (in_view + 1, seen + usize::from(self.sight.shows(person)))
            })
        };
        self.shown.in_view += in_view.min(MOST_SHOWN);
        self.shown.seen += seen.min(MOST_SHOWN);
    }
}

/// A frame's size with its head, as a server sends it.
fn on_the_wire(payload: usize) -> u64 {
    let head = match payload {
        0..=125 => 2,
        126..=0xFFFF => 4,
        _ => 10,
    };
    (payload + head) as u64
}
