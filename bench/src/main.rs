//! Measures a release server under load and under stress, with many native clients.
//!
//! Without a command it measures the load: it starts Starling and, in turn with it, what others build
//! rooms with (`bench/peers`): a plain broadcaster of `ws` from npm, and a gateway of NestJS with
//! Socket.IO. It lets many clients point and talk in their rooms, and prints what arrived, how late, and
//! what it cost the server, as Markdown. Without flags it runs the scenarios of the design; with a load of
//! your own, that one. Each is repeated in rounds in which all take turns, so that what else the machine
//! does meets each of them; printed is the median, with the least and the most. Figures of one machine
//! mean little by themselves: compare those of one run. Starling's people are native clients, which fold
//! what they receive; those of its peers are bare sockets that only look for the time, so that the load
//! generator, which shares the machine, can only flatter the peers. It fails if an aim of the design was
//! missed.
//!
//! The commands are the checks that take long or are about time: each is a module of the same name,
//! starts servers of its own, prints what it saw, and fails if a promise was broken.
#![allow(clippy::print_stdout, reason = "a command that prints its results")]

mod aim;
mod board;
mod clock;
mod crowd;
mod door;
mod figures;
mod growth;
mod histogram;
mod load;
mod participant;
mod peer;
mod process;
mod restart;
mod run;
mod scenario;
mod silent;
mod soak;
mod stalled;
mod starling;
mod table;
mod tally;
mod usage;

use std::path::PathBuf;

use anyhow::bail;
use clap::{Parser, Subcommand};

use crate::board::Board;
use crate::crowd::Crowd;
use crate::growth::Growth;
use crate::load::Load;
use crate::restart::Restart;
use crate::silent::{Pointer, Silent};
use crate::soak::Soak;
use crate::stalled::Stalled;

/// Files that a process has open besides its connections, amply.
const OTHER_FILES: u64 = 100;

/// Measures a Starling server under load, beside what others build rooms with; with a command, checks
/// what it does under stress.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    check: Option<Check>,

    /// The server to start.
    #[arg(long, env = "STARLING_BIN", default_value = "target/release/starling", global = true)]
    server: PathBuf,

    #[command(flatten)]
    load: Load,
}

/// What can be checked beside the load.
#[derive(Subcommand)]
enum Check {
    /// A thousand people point in one room, each looking at a part of its board.
    Crowd(Crowd),
    /// How the cost of such a room grows with its people.
    Growth(Growth),
    /// A board with 10,000 things on it is opened.
    Board(Board),
    /// One reader of a room of 200 stops reading, beside a run in which it reads.
    Stalled(Stalled),
    /// A server with thousands of people is stopped, or killed, and started again.
    Restart(Restart),
    /// People come and go for a long time; then the server has forgotten them.
    Soak(Soak),
    /// Two people fall silent without a word: when do the others see it?
    Silent(Silent),
    /// Somebody in a process of their own, which `silent` stops.
    #[command(hide = true)]
    Pointer(Pointer),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Cli { check, load, server } = Cli::parse();
    match check {
        None => load.run(&server).await,
        Some(Check::Crowd(crowd)) => crowd.run(&server).await,
        Some(Check::Growth(growth)) => growth.run(&server).await,
        Some(Check::Board(board)) => board.run(&server).await,
        Some(Check::Stalled(stalled)) => stalled.run(&server).await,
        Some(Check::Restart(restart)) => restart.run(&server).await,
        Some(Check::Soak(soak)) => soak.run(&server).await,
        Some(Check::Silent(silent)) => silent.run(&server).await,
        Some(Check::Pointer(pointer)) => pointer.run().await,
    }
}

/// Many systems allow a process 1,024 open files unless it asks for more. What is started from here
/// is allowed as many.
fn allow_connections(connections: usize) -> anyhow::Result<()> {
    let allowed = rlimit::increase_nofile_limit(u64::MAX)?;
    if allowed < connections as u64 + OTHER_FILES {
        bail!(
            "{connections} connections need as many open files, and the system allows {allowed} \
             (`ulimit -Hn`); raise that, or take fewer people"
        );
    }
    Ok(())
}
