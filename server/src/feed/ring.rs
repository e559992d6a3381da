//! The latest events of a stream, encoded, for whoever is not too far behind: of the chat, or of the board.

use std::collections::VecDeque;

use starling_protocol::Seq;

use super::{Item, Progress};
use crate::room::{StreamEvent, StreamPublication};

/// How many bytes of events are kept at most, but the latest event always.
const MOST_BYTES: usize = 4 * 1_024 * 1_024;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Ring {
    head: Seq,
    events: VecDeque<StreamEvent>,
    bytes: usize,
}

impl Ring {
    /// Takes what is new, and forgets what is more than so many events, or was rewritten.
    pub(super) fn publish(&mut self, stream: StreamPublication, most: usize) {
        if stream.replaces {
            self.events.clear();
            self.bytes = 0;
        }
        self.head = stream.head;
        let known = self.events.len();
        self.bytes += stream.events.iter().map(size).sum::<usize>();
        self.events.extend(stream.events);
        let outdated = self.outdated(known);
        let mut gone = self.events.len().saturating_sub(most).max(outdated);
        let freed: usize = self.events.range(..gone).map(size).sum();
        self.bytes -= freed;
        while self.bytes > MOST_BYTES && gone + 1 < self.events.len() {
            self.bytes -= size(&self.events[gone]);
            gone += 1;
        }
        self.events.drain(..gone);
    }

    /// Hands out the events after `seq`, until they pass `budget` bytes. The stream goes at least up to
    /// `owed`, even if nothing of that was ever published here.
    pub(super) fn read(
        &self,
        seq: &mut Seq,
        owed: Seq,
        budget: usize,
        items: &mut Vec<Item>,
    ) -> Progress {
        let head = self.head.max(owed);
        if *seq >= head {
            return Progress::Current;
        }
        let wanted = seq.next();
        let skip = match (self.events.front(), self.events.back()) {
            (Some(oldest), Some(newest)) if (oldest.seq..=newest.seq).contains(&wanted) => {
                usize::try_from(wanted.0 - oldest.seq.0).unwrap_or(usize::MAX)
            }
            _ => return Progress::InStore { head },
        };
        let mut taken = 0;
        for event in self.events.iter().skip(skip) {
            if taken > budget {
                break;
            }
            let text = event.text.clone();
            taken += text.bytes().len();
            *seq = event.seq;
            items.push(Item::Text(text));
        }
        if *seq < head { Progress::More } else { Progress::Current }
    }

    /// How many of the oldest events have to go, so that none is left that tells what a message said
    /// before one of the events from that place on has changed or deleted it. The store has what it says
    /// now, for whoever still needs those events.
    fn outdated(&self, new: usize) -> usize {
        let rewritten = (new..self.events.len())
            .filter_map(|place| self.events[place].rewrites.map(|message| (place, message)));
        let told = rewritten.filter_map(|(place, message)| {
            self.events
                .range(..place)
                .rposition(|event| event.seq == message || event.rewrites == Some(message))
        });
        told.max().map_or(0, |place| place + 1)
    }
}

fn size(event: &StreamEvent) -> usize {
    event.text.bytes().len()
}
