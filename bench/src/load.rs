//! The load of the design, or one of your own, on Starling and in turn with it on its peers.

use std::path::{Path, PathBuf};

use clap::Args;
use starling_protocol::tick_interval_ms;

use crate::aim::{self, Aim, Bound};
use crate::allow_connections;
use crate::figures::{Figures, Spread};
use crate::peer::Peer;
use crate::run::{self, Servers, Target};
use crate::scenario::Scenario;
use crate::table::{self, Measured};

/// What a move may take besides waiting for the tick, in milliseconds.
const BEYOND_TICK_MS: f64 = 10.0;

#[derive(Args)]
pub(crate) struct Load {
    /// The folder with what is measured beside it; their packages are installed there with `npm ci`,
    /// and NestJS's gateway built with `npm run build`.
    #[arg(long, env = "STARLING_PEERS", default_value = "bench/peers")]
    peers: PathBuf,

    /// Measures Starling alone.
    #[arg(long)]
    alone: bool,

    /// How often each is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How long is measured, in seconds, after a warm-up of two.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,

    /// Only the scenarios whose name has this in it: cursors-50, cursors-200, chat-500, idle-open,
    /// idle-joined.
    #[arg(long)]
    only: Option<String>,

    /// A load of your own: how many rooms.
    #[arg(long)]
    rooms: Option<usize>,

    /// How many people in each room; everyone receives.
    #[arg(long)]
    people: Option<usize>,

    /// How many times a second each of them moves their cursor.
    #[arg(long)]
    moves: Option<f64>,

    /// How many people of each room write.
    #[arg(long)]
    writers: Option<usize>,

    /// How many messages a second each of them sends.
    #[arg(long)]
    messages: Option<f64>,
}

impl Load {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        let scenarios = self.scenarios();
        allow_connections(scenarios.iter().map(Scenario::connections).max().unwrap_or(0))?;
        let servers = Servers { starling: server.to_owned(), peers: self.peers };
        let mut targets = vec![Target::Starling];
        if !self.alone {
            targets.extend(Peer::ALL.map(Target::Beside));
        }
        let mut measured = Vec::new();
        for scenario in scenarios {
            let mut rounds = vec![Vec::new(); targets.len()];
            for round in 1..=self.rounds {
                for (target, rounds) in targets.iter().zip(&mut rounds) {
                    let figures = run::run(&servers, *target, scenario, self.seconds).await?;
                    eprintln!("{}, {target}, round {round}: {figures:?}", scenario.name);
                    rounds.push(figures);
                }
            }
            measured.push((scenario, targets.iter().copied().zip(rounds).collect::<Vec<_>>()));
        }
        println!("{}", table::markdown(&measured));
        aim::judge(&aims(&measured))
    }

    fn scenarios(&self) -> Vec<Scenario> {
        let own = [self.rooms, self.people, self.writers].iter().any(Option::is_some)
            || self.moves.is_some()
            || self.messages.is_some();
        if own {
            return vec![Scenario {
                name: "own",
                rooms: self.rooms.unwrap_or(1),
                people: self.people.unwrap_or(50),
                moves: self.moves.unwrap_or(0.0),
                writers: self.writers.unwrap_or(0),
                messages: self.messages.unwrap_or(1.0),
                ..Scenario::default()
            }];
        }
        let mut scenarios = Scenario::of_the_design();
        scenarios.retain(|it| self.only.as_ref().is_none_or(|only| it.name.contains(only)));
        scenarios
    }
}

/// What the scenarios with cursors are wanted to come to, by the medians.
fn aims(measured: &[Measured]) -> Vec<Aim> {
    let mut aims = Vec::new();
    for (scenario, targets) in measured {
        let Some(share) = scenario.cpu_beside_socket_io else { continue };
        let median = |target: Target, figure: fn(&Figures) -> f64| {
            let (_, rounds) = targets.iter().find(|(it, _)| *it == target)?;
            Some(Spread::of(rounds, figure).median)
        };
        let mut push = |what: &str, of: Option<f64>, bound| {
            aims.extend(of.map(|of| Aim::new(format!("{scenario}: {what}"), bound, of)));
        };
        let nestjs = Target::Beside(Peer::NestJs);
        let cpu = |target| median(target, |it| it.cpu_per_million);
        let beside = cpu(Target::Starling).zip(cpu(nestjs)).map(|(ours, theirs)| ours / theirs);
        push(
            "CPU per update, Starling : NestJS",
            beside,
            Bound::AtMost { most: share, decimals: 3 },
        );
        let delivered = median(Target::Starling, |it| it.delivered);
        push("delivered %", delivered, Bound::AtLeast { least: 99.9, decimals: 1 });
        let tick = tick_interval_ms(scenario.people) as f64;
        let most = tick + BEYOND_TICK_MS;
        push("p99 ms", median(Target::Starling, |it| it.p99), Bound::AtMost { most, decimals: 1 });
    }
    aims
}
