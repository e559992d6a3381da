//! One room in which a thousand people point, each looking at a part of the board: whether one core
//! keeps up, how late cursors and messages come, and what goes to a viewer.

mod figures;
mod gathering;
mod sight;
mod stage;
mod viewer;
mod walk;

use std::path::Path;

use clap::Args;

use crate::aim::{self, Aim, Bound};
use crate::allow_connections;

pub(crate) use figures::{Crowded, markdown};
pub(crate) use gathering::gather;

#[derive(Args)]
pub(crate) struct Crowd {
    /// How many people are in the room.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(2..))]
    people: u16,

    /// How often it is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How long is measured, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
}

impl Crowd {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        let people = usize::from(self.people);
        allow_connections(people)?;
        let mut rounds = Vec::new();
        for round in 1..=self.rounds {
            let crowded = gather(server, people, self.seconds).await?;
            eprintln!("round {round}: {crowded:?}");
            rounds.push(crowded);
        }
        println!("{}", markdown(&[(people, rounds.clone())]));
        aim::judge(&aims(&rounds))
    }
}

/// By the medians.
fn aims(rounds: &[Crowded]) -> Vec<Aim> {
    let aim = |what: &str, figure: fn(&Crowded) -> f64, bound| {
        Aim::new(what.to_owned(), bound, figures::spread(rounds, figure).median)
    };
    let most = |most, decimals| Bound::AtMost { most, decimals };
    let least = |least| Bound::AtLeast { least, decimals: 1 };
    vec![
        aim("the server's cores", |it| it.cores, most(1.0, 2)),
        aim("cursors, p99 ms", |it| it.cursors.p99, most(200.0, 0)),
        aim("messages, p99 ms", |it| it.messages.p99, most(100.0, 0)),
        aim("messages delivered %", |it| it.messages_delivered, least(100.0)),
        aim("KB/s to the viewer who gets most", |it| it.most_kb, most(12.0, 1)),
        aim("of those in view, shown %", |it| it.seen, least(99.0)),
    ]
}
