//! One run: a server is started, a load brought on it, and what came of it counted.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use starling_protocol::Slug;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use crate::clock::Clock;
use crate::door::Door;
use crate::figures::Figures;
use crate::participant::Participant;
use crate::peer::Peer;
use crate::process::Process;
use crate::scenario::Scenario;
use crate::starling::Starling;
use crate::tally::{Moves, Received, Tally};
use crate::usage::Usage;

/// Not measured.
pub(crate) const WARM_UP: Duration = Duration::from_secs(2);
/// After the load has ended, what is under way may still arrive.
pub(crate) const SETTLE: Duration = Duration::from_secs(1);

/// Which server is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Starling,
    Beside(Peer),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starling => f.pad("Starling"),
            Self::Beside(peer) => peer.fmt(f),
        }
    }
}

/// What is started.
pub(crate) struct Servers {
    pub(crate) starling: PathBuf,
    /// The folder of all peers.
    pub(crate) peers: PathBuf,
}

/// Starts the server, brings the load on it and counts.
pub(crate) async fn run(
    servers: &Servers,
    target: Target,
    scenario: Scenario,
    seconds: u64,
) -> anyhow::Result<Figures> {
    let mut load = Run::new(scenario, seconds);
    match target {
        Target::Starling => {
            let starling = Starling::start_for_all(&servers.starling, scenario.people).await?;
            let before = starling.process.usage.resident_kib()?;
            load.bring_to_starling(&starling.door).await?;
            let figures = load.measure(starling.process.usage, before).await?;
            starling.process.stop().await?;
            Ok(figures)
        }
        Target::Beside(peer) => {
            let process = Process::start(&mut peer.command(&servers.peers)).await?;
            let before = process.usage.resident_kib()?;
            load.bring_to(peer, &process.address).await?;
            let figures = load.measure(process.usage, before).await?;
            process.stop().await?;
            Ok(figures)
        }
    }
}

/// A load that is brought on one server.
pub(crate) struct Run {
    clock: Arc<Clock>,
    people: JoinSet<anyhow::Result<Received>>,
    scenario: Scenario,
    seconds: u64,
}

impl Run {
    pub(crate) fn new(scenario: Scenario, seconds: u64) -> Self {
        Self { clock: Arc::new(Clock::new()), people: JoinSet::new(), scenario, seconds }
    }

    /// Returns the rooms, when everyone is there.
    pub(crate) async fn bring_to_starling(&mut self, door: &Door) -> anyhow::Result<Vec<Slug>> {
        let Scenario { rooms, people, joined, .. } = self.scenario;
        let cookies = door.cookies(self.scenario.connections()).await?;
        let mut slugs = Vec::new();
        for room in 0..rooms {
            let slug = door.make_room(&cookies[0], &format!("bench-{room}")).await?;
            let moves = Arc::new(Moves::new(self.scenario, self.seconds));
            for person in 0..people {
                let number = room * people + person;
                let client = door.client(&cookies[number], number as u64)?;
                let room = joined.then(|| slug.clone());
                let participant = Participant::new(client, room, self.tally(&moves, person));
                self.people.spawn(async { Ok(participant.run().await) });
            }
            // One room after the other: five thousand at once do not fit the listener's backlog.
            self.clock.until_joined((room + 1) * people).await?;
            slugs.push(slug);
        }
        Ok(slugs)
    }

    async fn bring_to(&mut self, peer: Peer, address: &str) -> anyhow::Result<()> {
        let Scenario { rooms, people, .. } = self.scenario;
        for room in 0..rooms {
            let moves = Arc::new(Moves::new(self.scenario, self.seconds));
            for person in 0..people {
                let tally = self.tally(&moves, person);
                self.people.spawn(peer.take_part(address.to_owned(), room, tally));
            }
            self.clock.until_joined((room + 1) * people).await?;
        }
        Ok(())
    }

    fn tally(&self, moves: &Arc<Moves>, person: usize) -> Tally {
        Tally::new(Arc::clone(&self.clock), Arc::clone(moves), person, self.scenario)
    }

    /// Lets everyone do their part, and then go.
    pub(crate) async fn measure(
        mut self,
        server: Usage,
        before_kib: u64,
    ) -> anyhow::Result<Figures> {
        let clock = &self.clock;
        clock.set_loaded(true);
        sleep(WARM_UP).await;
        let cpu = server.cpu_seconds()?;
        sleep_until(clock.measure(self.seconds)).await;
        let cpu = server.cpu_seconds()? - cpu;
        clock.set_loaded(false);
        sleep(SETTLE).await;
        let resident_kib = server.resident_kib()?;
        clock.end();

        let mut received = Received::default();
        while let Some(person) = self.people.join_next().await {
            received.add(&person.context("a participant failed")??);
        }
        let grown_kib = resident_kib.saturating_sub(before_kib);
        Ok(Figures::new(self.scenario, self.seconds, received, cpu, resident_kib, grown_kib))
    }
}
