//! What lies on the board, and what its person does with it: which tool is in hand, what is selected, and
//! what a pointer is about to do. Told what happened and what time it is; says what follows. Knows no
//! browser.
//!
//! `pointer.rs` is what hands do, `placing.rs` makes new objects, `deeds.rs` is done with what is selected,
//! and `writing.rs` with texts.

mod deeds;
mod keeping;
mod placing;
mod pointer;
#[cfg(test)]
mod tests;
mod writing;

use std::collections::BTreeSet;
use std::mem;

use rand::SeedableRng;
use rand::rngs::SmallRng;
use starling_client::{BoardClient, BoardOutput, Millis};
use starling_protocol::board::{Change, Object, Preview, SlotSignal, Tint};
use starling_protocol::{ObjectId, Slot, Slug, UserId};

use crate::Area;
use crate::company::Person;
use crate::scene::geometry::{around, bounds, frame, is_hit};
use crate::scene::index::Index;
use crate::scene::snap::Guide;
use crate::tool::Tool;

pub(crate) use deeds::Copied;
pub(crate) use placing::Picture;
use pointer::Deed;
pub(crate) use pointer::Touch;
pub(crate) use writing::Written;

/// A note's first colour.
const FIRST_TINT: Tint = Tint(2);

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Follow {
    /// Send this frame.
    Send { text: String },
    /// Keep what is not stored yet.
    Save,
    /// Others pointed something out.
    Signals { signals: Vec<SlotSignal> },
    /// The board was opened, or is not open any more.
    Opened,
    /// Say why something was not done.
    Problem { words: String },
    /// Tell those who do not see the board.
    Say { words: String },
    /// Let the person write in this object.
    Write { object: ObjectId },
}

/// Which objects are to be painted otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    /// All of them.
    All,
    /// These.
    Some(BTreeSet<ObjectId>),
}

impl Default for Stale {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

/// The board's objects in one person's hands.
pub(crate) struct Desk {
    pub(crate) client: BoardClient,
    me: UserId,
    rng: SmallRng,
    index: Index,
    /// Whether the person may change the board.
    may_draw: bool,
    tool: Tool,
    /// The colour of what is made next: of notes, and of everything else.
    note_tint: Tint,
    line_tint: Tint,
    selection: BTreeSet<ObjectId>,
    deed: Option<Deed>,
    guides: Vec<Guide>,
    /// In which object the person writes.
    writing: Option<ObjectId>,
    /// How far keys have moved what is selected, before that is stored.
    nudged: Option<(f64, f64)>,
    /// What was copied or pasted last, and the mark that it has in the clipboard.
    copied: Option<(String, Vec<Object>)>,
    stale: Stale,
    edition: u32,
    follows: Vec<Follow>,
}

impl Desk {
    /// That room's board for that person. `seed` is a number that nobody can foresee.
    pub(crate) fn new(room: Slug, me: UserId, seed: u64) -> Self {
        Self {
            client: BoardClient::new(room, seed),
            me,
            rng: SmallRng::seed_from_u64(!seed),
            index: Index::default(),
            may_draw: false,
            tool: Tool::Select,
            note_tint: FIRST_TINT,
            line_tint: Tint::PLAIN,
            selection: BTreeSet::new(),
            deed: None,
            guides: Vec::new(),
            writing: None,
            nudged: None,
            copied: None,
            stale: Stale::All,
            edition: 0,
            follows: Vec::new(),
        }
    }

    /// Whose it is.
    pub(crate) fn me(&self) -> UserId {
        self.me
    }

    /// Where what is.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// What is in hand.
    pub(crate) fn tool(&self) -> Tool {
        self.tool
    }

    /// Whether the person may change the board.
    pub(crate) fn may_draw(&self) -> bool {
        self.may_draw
    }

    /// What is selected.
    pub(crate) fn selection(&self) -> &BTreeSet<ObjectId> {
        &self.selection
    }

    /// In which object the person writes.
    pub(crate) fn writing(&self) -> Option<ObjectId> {
        self.writing
    }

    /// What lies in line with what is moved.
    pub(crate) fn guides(&self) -> &[Guide] {
        &self.guides
    }

    /// The colour of what is made next, or of what is selected if that has one colour.
    pub(crate) fn tint(&self) -> Tint {
        let mut tints = self.selected().map(|object| object.tint);
        match tints.next() {
            Some(first) if tints.all(|tint| tint == first) => first,
            _ if self.tool == Tool::Note => self.note_tint,
            _ => self.line_tint,
        }
    }

    /// The objects that are selected, without what anybody has in hand.
    pub(crate) fn selected(&self) -> impl Iterator<Item = &Object> {
        self.selection.iter().filter_map(|id| self.client.object(*id))
    }

    /// The area around what is selected, as it is shown.
    pub(crate) fn selected_area(&self) -> Option<Area> {
        let shown = self.selection.iter().filter_map(|id| self.client.shown(*id));
        around(shown.map(|object| frame(&object)))
    }

    /// The area that the pointer draws around things.
    pub(crate) fn marquee(&self) -> Option<Area> {
        self.deed.as_ref().and_then(Deed::marquee)
    }

    /// The area that an object is drawn on.
    pub(crate) fn bounds(&self, id: ObjectId) -> Option<Area> {
        self.client.shown(id).map(|object| bounds(&object))
    }

    /// Whether a pointer is doing something.
    pub(crate) fn is_busy(&self) -> bool {
        self.deed.is_some()
    }

    /// The foremost object under a pointer.
    pub(crate) fn at(&self, point: (f64, f64), tolerance: f64) -> Option<ObjectId> {
        let spot = Area { left: point.0, top: point.1, right: point.0, bottom: point.1 };
        let near = self.index.within(spot.grown(tolerance));
        near.into_iter().rev().find(|id| {
            self.client.shown(*id).is_some_and(|object| is_hit(&object, point, tolerance))
        })
    }

    /// What others have in hand, by who has it. Strokes under way are seen as they grow, without this.
    pub(crate) fn held_by_others(&self) -> impl Iterator<Item = (Slot, Vec<ObjectId>)> {
        self.client.previewed().filter_map(|(slot, preview)| match preview {
            Preview::Hold { changes } => {
                let held = changes.iter().map(Change::object);
                Some((slot, held.filter(|id| self.client.holder(*id) == Some(slot)).collect()))
            }
            Preview::Stroke { .. } => None,
        })
    }

    /// Whether something is to be seen beside the objects themselves.
    pub(crate) fn has_marks(&self) -> bool {
        !self.selection.is_empty()
            || self.deed.is_some()
            || self.client.previewed().next().is_some()
    }

    /// Whether the person may change the board from now on. What they are drawing when they no longer may
    /// waits with what was refused.
    pub(crate) fn set_may_draw(&mut self, now: Millis, may: bool) {
        if mem::replace(&mut self.may_draw, may) && !may {
            self.stop(now);
            if !self.tool.only_looks() {
                self.tool = Tool::Select;
            }
        }
    }

    /// Takes a tool in hand.
    pub(crate) fn choose(&mut self, now: Millis, tool: Tool) {
        if !self.may_draw && !tool.only_looks() {
            return;
        }
        self.cancel(now);
        self.tool = tool;
        if tool != Tool::Select {
            self.select([]);
        }
    }

    /// These and no others are selected, as far as they are there.
    pub(crate) fn select(&mut self, ids: impl IntoIterator<Item = ObjectId>) {
        self.selection = ids.into_iter().filter(|id| self.client.object(*id).is_some()).collect();
    }

    /// Everything is selected.
    pub(crate) fn select_all(&mut self) {
        let all: Vec<ObjectId> = self.client.objects().map(|object| object.id).collect();
        self.select(all);
    }

    /// These are all who are here.
    pub(crate) fn set_people(&mut self, people: &[Person]) {
        let slots = people.iter().filter_map(|person| Some((person, person.id.parse().ok()?)));
        let slots: Vec<(Slot, UserId)> = slots
            .flat_map(|(person, id)| person.slots.iter().map(move |slot| (Slot(*slot), id)))
            .collect();
        self.client.set_people(slots);
    }

    /// What is to be done outside, after something was done here.
    pub(crate) fn take_follows(&mut self) -> Vec<Follow> {
        while let Some(output) = self.client.poll() {
            match output {
                BoardOutput::Send { text } => self.follows.push(Follow::Send { text }),
                BoardOutput::Reset => self.start_over(),
                BoardOutput::Objects { ids } => self.refresh(ids),
                BoardOutput::Signals { signals } => self.follows.push(Follow::Signals { signals }),
                BoardOutput::Problem { message, .. } => self.problem(message),
                BoardOutput::Pending => self.follows.push(Follow::Save),
                BoardOutput::State => self.follows.push(Follow::Opened),
            }
        }
        mem::take(&mut self.follows)
    }

    /// Counts how often something became different.
    pub(crate) fn edition(&self) -> u32 {
        self.edition
    }

    /// What is to be painted otherwise, once.
    pub(crate) fn take_stale(&mut self) -> Stale {
        mem::take(&mut self.stale)
    }

    fn start_over(&mut self) {
        self.edition = self.edition.wrapping_add(1);
        self.index.clear();
        for id in self.client.shown_ids() {
            self.note_place(id);
        }
        self.forget_gone();
        self.stale = Stale::All;
    }

    fn refresh(&mut self, ids: Vec<ObjectId>) {
        self.edition = self.edition.wrapping_add(1);
        for id in ids {
            self.note_place(id);
            if let Stale::Some(stale) = &mut self.stale {
                stale.insert(id);
            }
        }
        self.forget_gone();
    }

    fn note_place(&mut self, id: ObjectId) {
        match self.client.shown(id) {
            Some(object) => self.index.set(id, bounds(&object), object.layer),
            None => self.index.remove(id),
        }
    }

    /// What somebody deleted is not selected any more.
    fn forget_gone(&mut self) {
        self.selection.retain(|id| self.client.object(*id).is_some());
    }

    /// Changes the board; what is not taken is said. True if it was.
    fn operate(&mut self, now: Millis, changes: Vec<Change>) -> bool {
        if changes.is_empty() {
            return false;
        }
        let only = match &changes[..] {
            [only] => Some(only.clone()),
            _ => None,
        };
        match self.client.operate(now, changes) {
            Ok(()) => true,
            Err(error) => {
                if !only.is_some_and(|only| self.keep(now, only)) {
                    self.follows.push(Follow::Problem { words: error.to_string() });
                }
                false
            }
        }
    }

    fn hold(&mut self, now: Millis, changes: Vec<Change>) {
        self.client.hold(now, (!changes.is_empty()).then_some(Preview::Hold { changes }));
    }

    fn say(&mut self, words: impl Into<String>) {
        self.follows.push(Follow::Say { words: words.into() });
    }
}
