//! What lies on the board, and what its person does with it. Told what happened and what time it is; says
//! what to send. Knows no browser.

use std::mem;

use starling_client::{BoardClient, BoardOutput};
use starling_protocol::{Slot, Slug, UserId};

use crate::company::Person;

/// The board's objects in one person's hands.
pub(crate) struct Desk {
    pub(crate) client: BoardClient,
    me: UserId,
    /// Whether something is to be painted otherwise.
    stale: bool,
    edition: u32,
}

impl Desk {
    /// That room's board for that person. `seed` is a number that nobody can foresee.
    pub(crate) fn new(room: Slug, me: UserId, seed: u64) -> Self {
        Self { client: BoardClient::new(room, seed), me, stale: true, edition: 0 }
    }

    /// Whose it is.
    pub(crate) fn me(&self) -> UserId {
        self.me
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
    pub(crate) fn take_outputs(&mut self) -> Vec<BoardOutput> {
        let mut outputs = Vec::new();
        while let Some(output) = self.client.poll() {
            match output {
                BoardOutput::Reset | BoardOutput::Objects { .. } => {
                    self.stale = true;
                    self.edition = self.edition.wrapping_add(1);
                }
                output => outputs.push(output),
            }
        }
        outputs
    }

    /// Counts how often something became different.
    pub(crate) fn edition(&self) -> u32 {
        self.edition
    }

    /// Whether something is to be painted otherwise, once.
    pub(crate) fn take_stale(&mut self) -> bool {
        mem::take(&mut self.stale)
    }
}
