//! A server with thousands of people in its rooms is stopped, or killed, and started again at the
//! same address: how it lets them go, how they come back, how newcomers fare meanwhile, and that
//! nothing which was acked is missing.

mod history;
mod journal;
mod newcomers;
mod person;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use starling_protocol::Slug;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::allow_connections;
use crate::histogram::by_half_seconds;
use crate::process::Signal;
use crate::starling::Starling;
use crate::usage::listener_trouble;
use journal::{Happened, Journal};
use newcomers::Newcomers;
use person::Person;

/// Before anything happens, for comparison.
const QUIET: Duration = Duration::from_secs(5);
const ENDS_WITHIN: Duration = Duration::from_secs(60);
const ALL_BACK_WITHIN: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Args)]
pub(crate) struct Restart {
    /// Kill the server (SIGKILL) instead of stopping it (SIGTERM).
    #[arg(long)]
    kill: bool,

    /// How many rooms.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..))]
    rooms: u16,

    /// How many people in each room. The first of each says something every second.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
    people: u16,
}

impl Restart {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        let everyone = usize::from(self.rooms) * usize::from(self.people);
        allow_connections(everyone)?;
        let mut starling = Starling::start(server).await?;
        let door = starling.door.clone();
        let journal = Arc::new(Journal::default());
        let over = CancellationToken::new();
        let mut people = JoinSet::new();
        let rooms = self.bring_people(&starling, &journal, &over, &mut people).await?;
        println!("{everyone} people are in {} rooms, and one of each room talks", self.rooms);
        let quiet = Newcomers::start(&door, &rooms[0]);
        sleep(QUIET).await;
        println!("\nNewcomers in {} quiet seconds\n{}", QUIET.as_secs(), quiet.stop().await);

        let trouble = listener_trouble()?;
        let newcomers = Newcomers::start(&door, &rooms[0]);
        let stopped = Instant::now();
        let signal = if self.kill { Signal::Kill } else { Signal::Terminate };
        starling.process.signal(signal).await?;
        let status = timeout(ENDS_WITHIN, starling.process.ended())
            .await
            .context("the server does not end")??;
        let took = stopped.elapsed();
        let meanwhile = newcomers.stop().await;
        starling.start_again().await?;
        let listens = Instant::now();
        let newcomers = Newcomers::start(&door, &rooms[0]);
        let all_back = timeout(ALL_BACK_WITHIN, journal.until_present(everyone)).await.is_ok();
        let back_after = listens.elapsed();
        let newcomers = newcomers.stop().await;

        if self.kill {
            println!("Killed; it listens again {} ms later", (listens - stopped).as_millis());
        } else {
            println!("SIGTERM: the process ended after {:.2} s, {status}", took.as_secs_f64());
            println!(
                "\nClosed, since SIGTERM\n{}",
                journal.histogram(stopped, Happened::is_closed)
            );
            println!("Newcomers until it ended\n{meanwhile}");
        }
        println!("{}", journal.farewells());
        let since = if self.kill { stopped } else { listens };
        let origin = if self.kill { "it was killed" } else { "it listens again" };
        println!("\nGreeted, since {origin}\n{}", journal.histogram(since, Happened::is_greeted));
        println!(
            "In their rooms, since {origin}\n{}",
            journal.histogram(since, Happened::is_entered)
        );
        println!(
            "{} of {everyone} are back {:.1} s after it listens",
            journal.present(),
            back_after.as_secs_f64()
        );
        println!("\nNewcomers until then\n{newcomers}");
        println!(
            "Of all connections on this machine meanwhile: {}",
            listener_trouble()?.since(trouble)
        );

        journal.stop_posting();
        let settled = timeout(ALL_BACK_WITHIN, journal.until_all_acked()).await.is_ok();
        over.cancel();
        while let Some(person) = people.join_next().await {
            person.context("a participant failed")?;
        }
        let reader = door.sign_in("Reader").await?;
        let stored = history::read(&door, &reader, &rooms).await?;
        let (verdict, whole) = journal.compare(&stored, stopped, stopped + took);
        println!("\n{verdict}");
        starling.process.stop().await?;

        if !all_back || !settled || !whole || newcomers.failed() > 0 {
            bail!("not everything came back");
        }
        if !self.kill && !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }

    async fn bring_people(
        &self,
        starling: &Starling,
        journal: &Arc<Journal>,
        over: &CancellationToken,
        people: &mut JoinSet<()>,
    ) -> anyhow::Result<Vec<Slug>> {
        let door = &starling.door;
        let in_each = usize::from(self.people);
        let cookies = door.cookies(usize::from(self.rooms) * in_each).await?;
        let mut rooms = Vec::new();
        for (number, cookies) in cookies.chunks(in_each).enumerate() {
            let room = door.make_room(&cookies[0], &format!("bench-{number}")).await?;
            for (person, cookie) in cookies.iter().enumerate() {
                let client = door.client(cookie, (number * in_each + person) as u64)?;
                let person =
                    Person::new(client, room.clone(), person == 0, number, Arc::clone(journal));
                people.spawn(person.run(over.clone()));
            }
            rooms.push(room);
            // One room after the other, as in the load.
            journal.until_present(rooms.len() * in_each).await;
        }
        Ok(rooms)
    }
}

impl Journal {
    async fn until_present(&self, people: usize) {
        while self.present() < people {
            sleep(LOOK_EVERY).await;
        }
    }

    async fn until_all_acked(&self) {
        while self.waiting() > 0 {
            sleep(LOOK_EVERY).await;
        }
    }

    fn histogram(&self, since: Instant, which: fn(&Happened) -> bool) -> String {
        by_half_seconds(since, &self.times(since, which))
    }
}
