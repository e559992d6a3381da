//! Measures a release server under load: it starts one, lets many native clients point and talk in
//! its rooms, and prints what arrived, how late, and what it cost.
//!
//! Without flags it runs the scenarios of the design; with any of them, that one. Figures of one
//! machine mean little by themselves: compare runs that took turns on it.
#![allow(clippy::print_stdout, reason = "a command that prints its results")]

mod figures;
mod participant;
mod scenario;
mod server;

use std::path::PathBuf;

use clap::Parser;

use crate::scenario::Scenario;

#[derive(Parser)]
#[command(version, about = "Measures a Starling server under load")]
struct Cli {
    /// The server to start.
    #[arg(long, env = "STARLING_BIN", default_value = "target/release/starling")]
    server: PathBuf,

    /// How long is measured, in seconds, after a warm-up of two.
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// How many rooms.
    #[arg(long)]
    rooms: Option<usize>,

    /// How many participants in each room; everyone receives.
    #[arg(long)]
    participants: Option<usize>,

    /// How many times a second each participant moves their cursor.
    #[arg(long)]
    moves: Option<f64>,

    /// How many participants of each room write.
    #[arg(long)]
    writers: Option<usize>,

    /// How many messages a second each of them sends.
    #[arg(long)]
    messages: Option<f64>,
}

impl Cli {
    fn scenarios(&self) -> Vec<Scenario> {
        let own = [self.rooms, self.participants, self.writers].iter().any(Option::is_some)
            || self.moves.is_some()
            || self.messages.is_some();
        if !own {
            return Scenario::of_the_design();
        }
        vec![Scenario {
            rooms: self.rooms.unwrap_or(1),
            participants: self.participants.unwrap_or(50),
            moves: self.moves.unwrap_or(0.0),
            writers: self.writers.unwrap_or(0),
            messages: self.messages.unwrap_or(1.0),
        }]
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    println!("{}", figures::HEADER);
    for scenario in cli.scenarios() {
        let figures = scenario::run(&cli.server, scenario, cli.seconds).await?;
        println!("{}", figures.row(scenario));
    }
    Ok(())
}
