//! Measures a release server under load, and beside it a plain broadcaster made with `ws` from npm
//! (`bench/peers/ws`): it starts each in turn, lets many clients point and talk in its rooms, and
//! prints what arrived, how late, and what it cost the server, as Markdown.
//!
//! Without flags it runs the scenarios of the design; with a load of your own, that one. Each is
//! repeated in rounds in which the two take turns, so that what else the machine does meets both;
//! printed is the median, with the least and the most. Figures of one machine mean little by
//! themselves: compare those of one run. Starling's people are native clients, which fold what they
//! receive; those of `ws` are bare sockets that only look for the time, so that the load generator,
//! which shares the machine, can only flatter `ws`.
#![allow(clippy::print_stdout, reason = "a command that prints its results")]

mod clock;
mod figures;
mod participant;
mod peer;
mod process;
mod run;
mod scenario;
mod starling;
mod table;
mod tally;

use std::path::PathBuf;

use anyhow::bail;
use clap::Parser;

use crate::run::{Servers, Target};
use crate::scenario::Scenario;

/// Files that a process has open besides its connections, amply.
const OTHER_FILES: u64 = 100;

#[derive(Parser)]
#[command(version, about = "Measures a Starling server under load, beside a plain ws broadcaster")]
struct Cli {
    /// The server to start.
    #[arg(long, env = "STARLING_BIN", default_value = "target/release/starling")]
    server: PathBuf,

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

impl Cli {
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

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let scenarios = cli.scenarios();
    allow_connections(scenarios.iter().map(Scenario::connections).max().unwrap_or(0))?;
    let servers = Servers { starling: cli.server, ws: cli.peer };
    let targets: &[Target] =
        if cli.alone { &[Target::Starling] } else { &[Target::Starling, Target::Ws] };
    let mut measured = Vec::new();
    for scenario in scenarios {
        let mut rounds = vec![Vec::new(); targets.len()];
        for round in 1..=cli.rounds {
            for (target, rounds) in targets.iter().zip(&mut rounds) {
                let figures = run::run(&servers, *target, scenario, cli.seconds).await?;
                eprintln!("{}, {target}, round {round}: {figures:?}", scenario.name);
                rounds.push(figures);
            }
        }
        measured.push((scenario, targets.iter().copied().zip(rounds).collect::<Vec<_>>()));
    }
    println!("{}", table::markdown(&measured));
    Ok(())
}

/// Many systems allow a process 1,024 open files unless it asks for more. What is started from here
/// is allowed as many.
fn allow_connections(connections: usize) -> anyhow::Result<()> {
    let allowed = rlimit::increase_nofile_limit(u64::MAX)?;
    if allowed < connections as u64 + OTHER_FILES {
        bail!(
            "{connections} connections need as many open files, and the system allows {allowed} \
             (`ulimit -Hn`); raise that, or choose others with --only"
        );
    }
    Ok(())
}
