//! One run: a server is started, a load brought on it, and what came of it counted.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use crate::clock::Clock;
use crate::figures::Figures;
use crate::participant::Participant;
use crate::peer;
use crate::process::Process;
use crate::scenario::Scenario;
use crate::starling::Starling;
use crate::tally::{Moves, Received, Tally};

const WARM_UP: Duration = Duration::from_secs(2);
/// After the load has ended, what is under way may still arrive.
const SETTLE: Duration = Duration::from_secs(1);

/// Which server is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Starling,
    Ws,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Starling => "Starling",
            Self::Ws => "ws",
        })
    }
}

/// What is started.
pub(crate) struct Servers {
    pub(crate) starling: PathBuf,
    pub(crate) ws: PathBuf,
}

/// Starts the server, brings the load on it and counts.
pub(crate) async fn run(
    servers: &Servers,
    target: Target,
    scenario: Scenario,
    seconds: u64,
) -> anyhow::Result<Figures> {
    let mut load =
        Load { clock: Arc::new(Clock::new()), people: JoinSet::new(), scenario, seconds };
    match target {
        Target::Starling => {
            let starling = Starling::start(&servers.starling).await?;
            let before = starling.process.resident_kib()?;
            load.bring_to_starling(&starling).await?;
            load.measure(starling.process, before).await
        }
        Target::Ws => {
            let process = Process::start(Command::new("node").arg(&servers.ws)).await?;
            let before = process.resident_kib()?;
            load.bring_to_ws(&process.address).await?;
            load.measure(process, before).await
        }
    }
}

struct Load {
    clock: Arc<Clock>,
    people: JoinSet<anyhow::Result<Received>>,
    scenario: Scenario,
    seconds: u64,
}

impl Load {
    async fn bring_to_starling(&mut self, starling: &Starling) -> anyhow::Result<()> {
        let Scenario { rooms, people, joined, .. } = self.scenario;
        let cookies = starling.cookies(self.scenario.connections()).await?;
        for room in 0..rooms {
            let slug = starling.make_room(&cookies[0], room).await?;
            let moves = Arc::new(Moves::new(self.scenario, self.seconds));
            for person in 0..people {
                let number = room * people + person;
                let client = starling.client(&cookies[number], number)?;
                let room = joined.then(|| slug.clone());
                let participant = Participant::new(client, room, self.tally(&moves, person));
                self.people.spawn(async { Ok(participant.run().await) });
            }
            // One room after the other: five thousand at once do not fit the listener's backlog.
            self.clock.until_joined((room + 1) * people).await?;
        }
        Ok(())
    }

    async fn bring_to_ws(&mut self, address: &str) -> anyhow::Result<()> {
        let Scenario { rooms, people, .. } = self.scenario;
        for room in 0..rooms {
            let moves = Arc::new(Moves::new(self.scenario, self.seconds));
            for person in 0..people {
                let url = format!("ws://{address}/{room}");
                self.people.spawn(peer::run(url, self.tally(&moves, person)));
            }
            self.clock.until_joined((room + 1) * people).await?;
        }
        Ok(())
    }

    fn tally(&self, moves: &Arc<Moves>, person: usize) -> Tally {
        Tally::new(Arc::clone(&self.clock), Arc::clone(moves), person, self.scenario)
    }

    async fn measure(mut self, process: Process, before_kib: u64) -> anyhow::Result<Figures> {
        let clock = &self.clock;
        clock.set_loaded(true);
        sleep(WARM_UP).await;
        let cpu = process.cpu_seconds()?;
        sleep_until(clock.measure(self.seconds)).await;
        let cpu = process.cpu_seconds()? - cpu;
        clock.set_loaded(false);
        sleep(SETTLE).await;
        let resident_kib = process.resident_kib()?;
        clock.end();

        let mut received = Received::default();
        while let Some(person) = self.people.join_next().await {
            received.add(&person.context("a participant failed")??);
        }
        process.stop().await?;
        let grown_kib = resident_kib.saturating_sub(before_kib);
        Ok(Figures::new(self.scenario, self.seconds, received, cpu, resident_kib, grown_kib))
    }
}
