//! How the cost of a room grows with its people: the crowd of `crowd.rs`, in several sizes.

use std::path::Path;

use clap::Args;

use crate::allow_connections;
use crate::crowd::{gather, markdown};

#[derive(Args)]
pub(crate) struct Growth {
    /// How many people are in the room, in turn.
    #[arg(long, value_delimiter = ',', default_value = "10,50,200,1000,5000",
        value_parser = clap::value_parser!(u16).range(2..))]
    people: Vec<u16>,

    /// How often each is measured.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How long is measured, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
}

impl Growth {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        let sizes: Vec<usize> = self.people.into_iter().map(usize::from).collect();
        allow_connections(sizes.iter().copied().max().unwrap_or(0))?;
        let mut measured: Vec<_> = sizes.iter().map(|people| (*people, Vec::new())).collect();
        for round in 1..=self.rounds {
            for (people, rounds) in &mut measured {
                let crowded = gather(server, *people, self.seconds).await?;
                eprintln!("{people} people, round {round}: {crowded:?}");
                rounds.push(crowded);
            }
        }
        println!("{}", markdown(&measured));
        Ok(())
    }
}
