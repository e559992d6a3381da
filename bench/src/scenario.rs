//! One load: who does what how often, run from start to figures.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::figures::Figures;
use crate::participant::{Clock, Participant, Phase, Received};
use crate::server::Server;

const WARM_UP: Duration = Duration::from_secs(2);
/// After the load has ended, what is under way may still arrive.
const SETTLE: Duration = Duration::from_secs(1);

/// What everyone does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) rooms: usize,
    /// In each room.
    pub(crate) participants: usize,
    /// Of each participant, per second.
    pub(crate) moves: f64,
    /// In each room.
    pub(crate) writers: usize,
    /// Of each writer, per second.
    pub(crate) messages: f64,
}

impl Scenario {
    /// The scenarios that the design is measured by.
    pub(crate) fn of_the_design() -> Vec<Self> {
        let scenario = |participants, moves, writers, messages| Self {
            rooms: 1,
            participants,
            moves,
            writers,
            messages,
        };
        vec![scenario(50, 20.0, 0, 0.0), scenario(500, 0.0, 10, 10.0), scenario(200, 20.0, 0, 0.0)]
    }
}

/// Starts a server, brings the load on it and counts.
pub(crate) async fn run(
    binary: &Path,
    scenario: Scenario,
    seconds: u64,
) -> anyhow::Result<Figures> {
    let server = Server::start(binary).await.context("the server does not start")?;
    let clock = Arc::new(Clock::new());
    let mut participants = JoinSet::new();
    let identities = server.identities(scenario.participants).await?;
    for room in 0..scenario.rooms {
        let slug = server.make_room(&identities[0], room).await?;
        for (number, identity) in identities.iter().enumerate() {
            let participant = Participant::new(&server, identity, slug.clone(), number, scenario)?;
            participants.spawn(participant.run(Arc::clone(&clock)));
        }
    }
    clock.until_joined(scenario.rooms * scenario.participants).await?;

    clock.enter(Phase::WarmUp);
    sleep(WARM_UP).await;
    let (started, cpu) = (Instant::now(), server.cpu_seconds()?);
    clock.enter(Phase::Measuring);
    sleep(Duration::from_secs(seconds)).await;
    let (elapsed, cpu) = (started.elapsed(), server.cpu_seconds()? - cpu);
    clock.enter(Phase::Settling);
    sleep(SETTLE).await;
    clock.enter(Phase::Over);

    let mut received = Received::default();
    while let Some(participant) = participants.join_next().await {
        received.add(participant.context("a participant failed")?);
    }
    let memory = server.resident_kib()?;
    server.stop().await?;
    Ok(Figures { received, elapsed, cpu_seconds: cpu, resident_kib: memory })
}
