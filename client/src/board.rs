//! The board's part of a client: what lies on one room's board, what its person changes there, and what
//! the people there have in hand. No I/O, no clock.
//!
//! It stands beside the [`Client`](crate::Client), which has the connection, and may be in another
//! module: it takes the text frames that the client does not know, and gives texts to send. Its owner
//! tells it when the room is joined and when that has ended.
//!
//! What is shown is what the server has confirmed, with this client's own changes that are still on
//! their way on top. `fold.rs` takes in what the server says, `doing.rs` what the person does.

mod doing;
mod fold;
mod held;
mod history;
mod hold;
mod ink;
mod objects;
mod outbox;
mod previews;
mod signals;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand::SeedableRng;
use rand::rngs::SmallRng;
use starling_protocol::board::{
    BOARD_REF, BoardLimits, BoardRequest, Object, Operation, Preview, SlotSignal,
};
use starling_protocol::{ErrorCode, ObjectId, Position, Ref, Slot, Slug, UserId, codec};

use crate::Millis;

use history::History;
use hold::Hold;
use objects::Objects;
use outbox::Outbox;
use previews::Previews;
use signals::Signals;

pub use history::HISTORY;
pub use ink::ink_object;

/// The part of a client that knows a room's board. A connection has one of it at most: the numbers of
/// its requests are its own.
#[derive(Debug)]
pub struct BoardClient {
    room: Slug,
    rng: SmallRng,
    limits: BoardLimits,
    stage: Stage,
    /// How far `objects` is confirmed.
    position: Option<Position>,
    objects: Objects,
    outbox: Outbox,
    history: History,
    hold: Hold,
    previews: Previews,
    signals: Signals,
    last_ref: Ref,
    /// When the board was last asked for because something was missing.
    mended: Option<Millis>,
    sends: VecDeque<String>,
    news: News,
}

/// How far the board got on the present connection.
#[derive(Debug)]
enum Stage {
    /// The room is not joined.
    Away,
    /// The room is joined; the board is asked for at that time.
    Waiting { at: Millis },
    /// It was asked for.
    Opening { reference: Ref },
    /// Its objects are arriving.
    Loading { reference: Option<Ref>, position: Position, objects: BTreeMap<ObjectId, Object> },
    /// Events flow.
    Open,
    /// It was refused for good.
    Refused,
}

/// What is different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardOutput {
    /// Send this on the open connection.
    Send {
        /// A text frame.
        text: String,
    },
    /// Everything may be different: the board was opened, or started over.
    Reset,
    /// What is shown of these objects, or who holds them.
    Objects {
        /// Which ones. Some may not be there any more.
        ids: Vec<ObjectId>,
    },
    /// Others pointed something out.
    Signals {
        /// What, in the order in which it came.
        signals: Vec<SlotSignal>,
    },
    /// Something was refused.
    Problem {
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
    },
    /// [`BoardClient::is_open`].
    State,
    /// [`BoardClient::pending`] or [`BoardClient::refused`], and with them [`BoardClient::unsaved`].
    Pending,
}

/// An operation that the server refused, and not only for a moment; or that is about something which such
/// a one would have put down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused<'a> {
    /// What was to be done.
    pub operation: &'a Operation,
    /// Why not, for programs.
    pub code: ErrorCode,
    /// Why not, for people.
    pub message: &'a str,
}

/// What was not told yet.
#[derive(Debug, Default)]
struct News {
    reset: bool,
    ids: BTreeSet<ObjectId>,
    signals: Vec<SlotSignal>,
    problems: VecDeque<(ErrorCode, String)>,
    state: bool,
    pending: bool,
}

impl BoardClient {
    /// A board that is not open. From `seed` it makes the ids of its operations: a number that
    /// nobody's client of the same person ever had.
    #[must_use]
    pub fn new(room: Slug, seed: u64) -> Self {
        Self {
            room,
            rng: SmallRng::seed_from_u64(seed),
            limits: BoardLimits::default(),
            stage: Stage::Away,
            position: None,
            objects: Objects::default(),
            outbox: Outbox::default(),
            history: History::default(),
            hold: Hold::default(),
            previews: Previews::default(),
            signals: Signals::default(),
            last_ref: BOARD_REF,
            mended: None,
            sends: VecDeque::new(),
            news: News::default(),
        }
    }

    /// What to send or tell next; `None` when all is done.
    pub fn poll(&mut self) -> Option<BoardOutput> {
        if let Some(text) = self.sends.pop_front() {
            return Some(BoardOutput::Send { text });
        }
        let news = &mut self.news;
        if std::mem::take(&mut news.reset) {
            news.ids.clear();
            return Some(BoardOutput::Reset);
        }
        if !news.ids.is_empty() {
            let ids = std::mem::take(&mut news.ids).into_iter().collect();
            return Some(BoardOutput::Objects { ids });
        }
        if !news.signals.is_empty() {
            return Some(BoardOutput::Signals { signals: std::mem::take(&mut news.signals) });
        }
        if let Some((code, message)) = news.problems.pop_front() {
            return Some(BoardOutput::Problem { code, message });
        }
        if std::mem::take(&mut news.state) {
            return Some(BoardOutput::State);
        }
        std::mem::take(&mut news.pending).then_some(BoardOutput::Pending)
    }

    /// When to call [`Self::timer`], if nothing happens before.
    #[must_use]
    pub fn next_timer(&self) -> Option<Millis> {
        let joined = !matches!(self.stage, Stage::Away);
        let opening = match self.stage {
            Stage::Waiting { at } => Some(at),
            _ => None,
        };
        let open = matches!(self.stage, Stage::Open);
        let timers = [
            opening,
            self.outbox.next_timer().filter(|_| joined),
            self.hold.next_timer(&self.outbox).filter(|_| open),
            self.signals.next_timer().filter(|_| open),
            self.previews.next_timer(),
        ];
        timers.into_iter().flatten().min()
    }

    /// Which room's board it is.
    #[must_use]
    pub fn room(&self) -> &Slug {
        &self.room
    }

    /// Whether events flow. Without it everything can be done all the same, and goes out later.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Whether the objects were ever there.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.position.is_some()
    }

    /// How far the board's stream is known.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// What the board takes.
    #[must_use]
    pub fn limits(&self) -> &BoardLimits {
        &self.limits
    }

    /// An object as it is once everything that this client did is stored, without what anybody has
    /// in hand.
    #[must_use]
    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id)
    }

    /// All of them, in the order of their ids.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.objects.len()
    }

    /// An object as it is to be drawn: with what people have in hand, a stroke under way among it.
    #[must_use]
    pub fn shown(&self, id: ObjectId) -> Option<Cow<'_, Object>> {
        let object = self.objects.get(id).map(Cow::Borrowed);
        let object = self.previews.shown(id, object);
        self.hold.shown(id, object)
    }

    /// Everything that [`Self::shown`] has something for.
    #[must_use]
    pub fn shown_ids(&self) -> BTreeSet<ObjectId> {
        let mut ids: BTreeSet<ObjectId> = self.objects.iter().map(|object| object.id).collect();
        ids.extend(self.previews.ids().chain(self.hold.ids()));
        ids.retain(|id| self.shown(*id).is_some());
        ids
    }

    /// Who else has it in hand; of several, who took it last.
    #[must_use]
    pub fn holder(&self, id: ObjectId) -> Option<Slot> {
        self.previews.holder(id)
    }

    /// What others have in hand.
    pub fn previewed(&self) -> impl Iterator<Item = (Slot, &Preview)> {
        self.previews.iter()
    }

    /// The operations that are on their way and not known to be stored, in order.
    pub fn pending(&self) -> impl Iterator<Item = &Operation> {
        self.outbox.unstored()
    }

    /// What was refused and waits for [`Self::retry`], [`Self::give_up`] or [`Self::give_up_on`], in the order in which it was
    /// done. It is not shown. After 1,000 of these nothing more is sent until then.
    pub fn refused(&self) -> impl Iterator<Item = Refused<'_>> {
        self.outbox.refused()
    }

    /// What the server does not have, on its way or refused, in the order in which it was done. A page
    /// saves it, and the next one [takes it over](Self::take_over).
    pub fn unsaved(&self) -> impl Iterator<Item = &Operation> {
        self.outbox.not_stored()
    }

    /// Whether [`Self::undo`] might do something.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether [`Self::redo`] might do something.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    fn request(&mut self) -> Ref {
        self.last_ref = self.last_ref.wrapping_add(1) | BOARD_REF;
        self.last_ref
    }

    fn send(&mut self, request: &BoardRequest) {
        self.sends.push_back(codec::encode_board_request(request));
    }

    fn tell_problem(&mut self, code: ErrorCode, message: String) {
        self.news.problems.push_back((code, message));
    }

    /// Who people are, for which of them changed something: by slot.
    pub fn set_people(&mut self, people: impl IntoIterator<Item = (Slot, UserId)>) {
        let ids = self.previews.set_people(people);
        self.news.ids.extend(ids);
    }
}
