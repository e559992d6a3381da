//! What somebody in the crowd is shown, by the frames they get.

use std::collections::HashSet;

use starling_protocol::{CursorFrame, CursorState};

use crate::tally::Tally;

use super::stage::Stage;
use super::walk;

pub(super) struct Sight {
    /// Who looks: they are not shown their own cursor.
    person: u16,
    shown: HashSet<u16>,
}

impl Sight {
    pub(super) fn of(person: u16) -> Self {
        Self { person, shown: HashSet::new() }
    }

    /// What is new of a cursor that is shown arrived. A cursor that appears has only come into view: how
    /// old its sample is says nothing.
    pub(super) fn take(&mut self, frame: &CursorFrame, stage: &Stage, tally: &mut Tally) {
        let before = if frame.complete { std::mem::take(&mut self.shown) } else { HashSet::new() };
        for record in &frame.records {
            let person = stage.person(record.slot).filter(|person| *person != self.person);
            let Some(person) = person else { continue };
            match record.state {
                CursorState::Hidden => {
                    self.shown.remove(&person);
                }
                CursorState::At { point, .. } => {
                    let number = walk::number(point);
                    if !self.shown.insert(person) || before.contains(&person) {
                        tally.move_arrived(person, number);
                    } else {
                        tally.came_into_view(person, number);
                    }
                }
            }
        }
    }

    pub(super) fn shows(&self, person: u16) -> bool {
        self.shown.contains(&person)
    }

    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }
}
