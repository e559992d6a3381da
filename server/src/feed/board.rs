//! What a room published of its board, and the place of those who have opened it.

use std::collections::VecDeque;

use starling_protocol::Seq;

use super::ring::Ring;
use super::{Feed, Item, Numbered, Progress, Reader};
use crate::room::{BoardPublication, PreviewsPublication, Text};

/// How many of the latest ticks' signals are kept for readers that skipped a tick.
const SIGNALS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Board {
    ring: Ring,
    previews: Numbered<Option<PreviewsPublication>>,
    /// The latest; the number counts them all.
    signals: Numbered<VecDeque<Text>>,
}

/// The place in a board of one session that has opened it.
#[derive(Debug)]
pub(crate) struct BoardPlace {
    /// The last operation that was taken.
    pub(crate) seq: Seq,
    /// An operation that is known to exist, though this feed may never have seen it.
    owed: Seq,
    /// The last tick with previews that it has; before the first, it needs all of them.
    previews: Option<u64>,
    /// How many ticks with signals are behind it; before the first reading, all.
    signals: Option<u64>,
}

impl BoardPlace {
    /// A place of somebody who has the board as it was at `seq`, and is owed at least what was done up to
    /// `owed`.
    pub(crate) fn new(seq: Seq, owed: Seq) -> Self {
        Self { seq, owed, previews: None, signals: None }
    }
}

impl Board {
    pub(super) fn publish(&mut self, publication: BoardPublication, most: usize) {
        if let Some(stream) = publication.stream {
            self.ring.publish(stream, most);
        }
        if let Some(previews) = publication.previews {
            self.previews.number += 1;
            self.previews.value = Some(previews);
        }
        if let Some(signals) = publication.signals {
            self.signals.number += 1;
            self.signals.value.push_back(signals);
            let surplus = self.signals.value.len().saturating_sub(SIGNALS);
            self.signals.value.drain(..surplus);
        }
    }

    fn read(
        &self,
        place: &mut BoardPlace,
        budget: usize,
        live: bool,
        items: &mut Vec<Item>,
    ) -> Progress {
        let progress = self.ring.read(&mut place.seq, place.owed, budget, items);
        if !live {
            // What was pointed out meanwhile is over.
            place.signals = Some(self.signals.number);
            return progress;
        }
        if let Some(previews) = &self.previews.value
            && place.previews != Some(self.previews.number)
        {
            let next = place.previews.is_some_and(|last| last + 1 == self.previews.number);
            place.previews = Some(self.previews.number);
            let text = if next { &previews.changes } else { &previews.all };
            items.push(Item::Text(text.clone()));
        }
        let signals = &self.signals;
        let missing = (signals.number - place.signals.unwrap_or(signals.number)) as usize;
        let skipped = signals.value.len().saturating_sub(missing);
        items.extend(signals.value.iter().skip(skipped).cloned().map(Item::Text));
        place.signals = Some(signals.number);
        progress
    }
}

impl Feed {
    /// Hands a reader that has opened the board what is newer than its place there: operations until they
    /// pass `budget` bytes, then, if wanted, what people have in hand and point out.
    pub(crate) fn read_board(
        &self,
        reader: &mut Reader,
        budget: usize,
        live: bool,
        items: &mut Vec<Item>,
    ) -> Progress {
        let Some(place) = &mut reader.board else { return Progress::Current };
        let state = self.state.lock();
        // As with the chat: whether they may still see it is looked at first.
        if reader.rights != state.rights.number {
            return Progress::More;
        }
        state.board.read(place, budget, live, items)
    }
}
