//! The load of the design, or one of your own, on Starling and in turn with it on the peer.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::run::{self, Servers, Target};
use crate::scenario::Scenario;
use crate::{allow_connections, table};

#[derive(Args)]
pub(crate) struct Load {
    /// The broadcaster to start with node; its packages are installed beside it with `npm ci`.
    #[arg(long, env = "STARLING_PEER", default_value = "bench/peers/ws/server.js")]
    peer: PathBuf,

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
        let servers = Servers { starling: server.to_owned(), ws: self.peer };
        let targets: &[Target] =
            if self.alone { &[Target::Starling] } else { &[Target::Starling, Target::Ws] };
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
        Ok(())
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
                joined: true,
            }];
        }
        let mut scenarios = Scenario::of_the_design();
        scenarios.retain(|it| self.only.as_ref().is_none_or(|only| it.name.contains(only)));
        scenarios
    }
}
