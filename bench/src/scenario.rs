//! What a load is: who does what how often.

use std::fmt;

/// What everyone does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) rooms: usize,
    /// In each room.
    pub(crate) people: usize,
    /// Of each person, per second.
    pub(crate) moves: f64,
    /// In each room.
    pub(crate) writers: usize,
    /// Of each writer, per second.
    pub(crate) messages: f64,
    /// Whether they enter the rooms, or stop at the greeting.
    pub(crate) joined: bool,
    /// The most CPU per update that is wanted, as a share of what Socket.IO's peer takes.
    pub(crate) cpu_beside_socket_io: Option<f64>,
}

impl Default for Scenario {
    /// A room that everyone enters, and where nobody does anything.
    fn default() -> Self {
        Self {
            name: "",
            rooms: 1,
            people: 50,
            moves: 0.0,
            writers: 0,
            messages: 0.0,
            joined: true,
            cpu_beside_socket_io: None,
        }
    }
}

impl Scenario {
    /// The scenarios that the design is measured by. Idle connections are spread over rooms, as on
    /// a server that has so many.
    pub(crate) fn of_the_design() -> Vec<Self> {
        let cursors = Self { moves: 20.0, ..Self::default() };
        let idle = Self { rooms: 100, ..Self::default() };
        vec![
            Self { name: "cursors-50", cpu_beside_socket_io: Some(1.0 / 8.0), ..cursors },
            Self {
                name: "cursors-200",
                people: 200,
                cpu_beside_socket_io: Some(1.0 / 30.0),
                ..cursors
            },
            Self { name: "chat-500", people: 500, writers: 10, messages: 10.0, ..Self::default() },
            Self { name: "idle-open", joined: false, ..idle },
            Self { name: "idle-joined", ..idle },
        ]
    }

    pub(crate) fn connections(&self) -> usize {
        self.rooms * self.people
    }

    /// Whether nobody says or moves anything.
    pub(crate) fn is_idle(&self) -> bool {
        self.moves == 0.0 && (self.writers == 0 || self.messages == 0.0)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rooms > 1 {
            write!(f, "{} rooms of ", self.rooms)?;
        }
        write!(f, "{} people", self.people)?;
        if self.moves > 0.0 {
            write!(f, ", each {} moves/s", self.moves)?;
        }
        if self.writers > 0 && self.messages > 0.0 {
            write!(f, ", {} of them {} messages/s", self.writers, self.messages)?;
        }
        if self.is_idle() {
            f.write_str(if self.joined { ", joined and idle" } else { ", only connected" })?;
        }
        Ok(())
    }
}
