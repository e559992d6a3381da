//! What a room published of its board, and the place of those who have opened it.

use std::collections::VecDeque;

use starling_protocol::Seq;

use super::ring::Ring;
use super::{Feed, Item, Numbered, Progress, Reader};
use crate::room::{BoardPublication, LazyText, PreviewsPublication, Text};

/// How many of the latest ticks' signals are kept for readers that skipped a tick.
const SIGNALS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Board {
    ring: Ring,
    previews: Numbered<Option<PreviewsPublication>>,
    /// The latest; the number counts them all.
    signals: Numbered<VecDeque<Text>>,
    /// What is pointed out until further notice.
    lasting: Option<LazyText>,
}

/// What a newcomer is owed, which is encoded when the first one needs it.
#[derive(Debug, Default)]
struct Owed {
    previews: Option<LazyText>,
    signals: Option<LazyText>,
}

/// The place in a board of one session that has opened it.
#[derive(Debug)]
pub(crate) struct BoardPlace {
    /// The last operation that was taken.
    pub(crate) seq: Seq,
    /// An operation that is known to exist, though this feed may never have seen it.
    owed: Seq,
    /// Whether it has had everything once since the board was opened.
    pub(crate) caught_up: bool,
    /// The last tick with previews that it has; before the first, it needs all of them.
    previews: Option<u64>,
    /// How many ticks with signals are behind it; before the first reading, and after one for a hidden tab,
    /// it needs what lasts.
    signals: Option<u64>,
}

impl BoardPlace {
    /// A place of somebody who has the board as it was at `seq`, and is owed at least what was done up to
    /// `owed`.
    pub(crate) fn new(seq: Seq, owed: Seq) -> Self {
        Self { seq, owed, caught_up: false, previews: None, signals: None }
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
        if let Some(lasting) = publication.lasting {
            self.lasting = lasting;
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
    ) -> (Progress, Owed) {
        let progress = self.ring.read(&mut place.seq, place.owed, budget, items);
        place.caught_up |= progress == Progress::Current;
        let mut owed = Owed::default();
        if !live {
            // What was pointed out meanwhile is over.
            place.signals = None;
            return (progress, owed);
        }
        if let Some(previews) = &self.previews.value
            && place.previews != Some(self.previews.number)
        {
            let next = place.previews.is_some_and(|last| last + 1 == self.previews.number);
            place.previews = Some(self.previews.number);
            if next {
                items.push(Item::Text(previews.changes.clone()));
            } else {
                owed.previews = Some(previews.all.clone());
            }
        }
        let signals = &self.signals;
        match place.signals.replace(signals.number) {
            Some(last) => {
                let missing = (signals.number - last) as usize;
                let skipped = signals.value.len().saturating_sub(missing);
                items.extend(signals.value.iter().skip(skipped).cloned().map(Item::Text));
            }
            None => owed.signals = self.lasting.clone(),
        }
        (progress, owed)
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
        let (progress, owed) = state.board.read(place, budget, live, items);
        // To encode it may take a while, in which others may read.
        drop(state);
        let owed = [owed.previews, owed.signals].into_iter().flatten();
        items.extend(owed.map(|it| Item::Text(it.text())));
        progress
    }
}
