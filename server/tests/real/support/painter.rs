//! Somebody at a board, with a client for it beside the one that has the connection.

use std::collections::BTreeMap;

use starling_client::{BoardClient, BoardOutput, Change};
use starling_protocol::board::{self, Content, Object, Size, Tint};
use starling_protocol::{ObjectId, Point, Slot};
use tokio::time::{Duration, sleep};
use uuid::Uuid;

use super::{PATIENCE, Person, Server};

/// Somebody with the board of their room.
pub(crate) struct Painter {
    pub(crate) person: Person,
    pub(crate) board: BoardClient,
    /// As which participant the board was opened.
    slot: Option<Slot>,
    /// How often they came to the room.
    pub(crate) joins: usize,
}

pub(crate) fn id(number: u128) -> ObjectId {
    ObjectId::new(Uuid::from_u128(number))
}

impl Server {
    /// Somebody new in a room, with its board open.
    pub(crate) async fn painter(&self, name: &str, seed: u64) -> Painter {
        let person = self.person(name, "Den").await;
        let board = BoardClient::new(person.room.clone(), seed);
        let mut painter = Painter { person, board, slot: None, joins: 0 };
        painter.until(BoardClient::is_open).await;
        painter
    }
}

impl Painter {
    /// A note of theirs.
    pub(crate) fn note(&self, number: u128, text: &str) -> board::Change {
        let object = Object {
            id: id(number),
            at: Point { x: 100, y: 100 },
            size: Size { width: 800, height: 600 },
            layer: 0,
            tint: Tint(1),
            by: self.person.core().user().expect("the server said who it is").id,
            content: Content::Note { text: text.to_owned() },
        };
        board::Change::Put { object }
    }

    pub(crate) fn operate(&mut self, changes: Vec<board::Change>) {
        let now = self.person.client.now();
        self.board.operate(now, changes).expect("it fits on the board");
    }

    /// What lies on the board for them.
    pub(crate) fn objects(&self) -> BTreeMap<ObjectId, Object> {
        self.board.objects().map(|object| (object.id, object.clone())).collect()
    }

    /// The connection breaks, and does not come back before the next [`Self::until`].
    pub(crate) fn cut(&mut self) {
        self.person.client.cut();
        self.tell_where();
    }

    /// Moves on until the board is so, without waiting to come back.
    pub(crate) async fn until(&mut self, so: impl Fn(&BoardClient) -> bool) {
        let name = self.person.name.clone();
        let waiting = async {
            loop {
                self.person.hurry();
                self.tell_where();
                self.pump();
                if so(&self.board) {
                    return;
                }
                self.step().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{name} waited in vain: {:?}", self.board);
    }

    async fn step(&mut self) {
        let now = self.person.client.now();
        let due = self.board.next_timer().unwrap_or(u64::MAX).saturating_sub(now);
        tokio::select! {
            change = self.person.client.changed() => {
                if let Change::HandedOn { text } = change {
                    let now = self.person.client.now();
                    self.board.received(now, &text);
                }
            }
            () = sleep(Duration::from_millis(due.min(60_000))) => {}
        }
        self.board.timer(self.person.client.now());
    }

    /// Tells the board whether and as whom its person is in the room, and who else is.
    fn tell_where(&mut self) {
        let now = self.person.client.now();
        let slot = self.person.state().slot();
        if slot != self.slot {
            self.slot = slot;
            match slot {
                Some(slot) => {
                    self.joins += 1;
                    self.board.joined(now, slot);
                }
                None => self.board.disconnected(),
            }
        }
        let people = self.person.state().people();
        let slots = people.flat_map(|person| person.slots.iter().map(|slot| (*slot, person.id)));
        let slots: Vec<_> = slots.collect();
        self.board.set_people(slots);
    }

    fn pump(&mut self) {
        while let Some(output) = self.board.poll() {
            match output {
                BoardOutput::Send { text } => {
                    self.person.client.act(|core, _| core.send_text(text));
                }
                BoardOutput::Problem { message, .. } => panic!("it was refused: {message}"),
                _ => {}
            }
        }
    }
}
