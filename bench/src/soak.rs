//! The soak: an hour, or as long as one likes, of people who come, point, talk, are cut off, leave
//! and come back, in rooms that come and go. Then everyone leaves, and the server must have forgotten
//! them: no room, no connection and no open file may be left.
//!
//! How many rooms there are is what the server's own log says (`starling_server::hub=debug`).

mod samples;
mod visitor;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use parking_lot::Mutex;
use starling_protocol::Slug;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStderr;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::allow_connections;
use crate::door::Door;
use crate::starling::Starling;
use crate::usage::Usage;
use samples::{Sample, Samples};
use visitor::{Counts, Visitor};

/// Where people can be is another room every so often.
const NEW_ROOM_EVERY: Duration = Duration::from_secs(6);
/// Rooms linger for 30 seconds, after those who were cut off have been waited for for 15.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Reads that come at once make the server open all the connections to its database that it ever
/// will, so that its files can be counted.
const AT_ONCE: usize = 50;
const WAVES: usize = 10;

#[derive(Args)]
pub(crate) struct Soak {
    /// For how long people come and go.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    minutes: u64,

    /// How many people come and go.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    people: u64,

    /// How many rooms they can be in at a time. One in six seconds is given up for a new one.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    rooms: u16,

    /// What chance follows.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Where people go, at this time.
pub(crate) struct Rooms(Mutex<Vec<Slug>>);

impl Soak {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        allow_connections(self.people as usize)?;
        let levels = "warn,starling_server::hub=debug";
        let mut starling = Starling::start_logging(server, levels).await?;
        let log = starling.process.take_log().context("the server has no log")?;
        let running = Arc::new(AtomicUsize::new(0));
        tokio::spawn(follow(log, Arc::clone(&running)));
        let (door, usage) = (starling.door.clone(), starling.process.usage);

        let caretaker = door.sign_in("Caretaker").await?;
        let mut first = Vec::new();
        for number in 0..self.rooms {
            first.push(door.make_room(&caretaker, &format!("soak-{number}")).await?);
        }
        warm_up(&door).await?;
        let before = until_closed(usage, 0).await?;
        println!(
            "{} people in {} rooms for {} minutes, seed {}; before: {} KiB allocated, {} files open, \
             {} of them sockets",
            self.people,
            self.rooms,
            self.minutes,
            self.seed,
            usage.allocated_kib()?,
            before.all,
            before.sockets
        );

        let rooms = Arc::new(Rooms(Mutex::new(first)));
        let counts = Arc::new(Counts::default());
        let over = CancellationToken::new();
        let mut people = JoinSet::new();
        for number in 0..self.people {
            let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(number);
            let visitor = Visitor::new(door.clone(), seed, Arc::clone(&rooms), Arc::clone(&counts));
            people.spawn(visitor.run(over.clone()));
        }
        let moving = renew(door.clone(), caretaker, Arc::clone(&rooms));
        let sampling = self.sample(usage, &running, &counts);
        let samples = tokio::select! {
            samples = sampling => samples?,
            failed = moving => return failed,
        };

        over.cancel();
        while let Some(person) = people.join_next().await {
            person.context("a visitor failed")?;
        }
        println!("{counts}");
        let emptied = timeout(FORGOTTEN_WITHIN, async {
            while running.load(Ordering::Relaxed) > 0 {
                sleep(LOOK_EVERY).await;
            }
        });
        let emptied = emptied.await.is_ok();
        let after = until_closed(usage, before.sockets).await?;
        println!(
            "after everyone left: {} rooms, {} files open ({} before), {} of them sockets ({} \
             before), {} KiB allocated",
            running.load(Ordering::Relaxed),
            after.all,
            before.all,
            after.sockets,
            before.sockets,
            usage.allocated_kib()?
        );
        println!("allocated memory, second half: {:+.1} KiB a minute", samples.slope());
        starling.process.stop().await?;
        if !emptied || after.all > before.all || after.sockets > before.sockets {
            bail!("the server has not forgotten everyone");
        }
        Ok(())
    }

    /// Sixty samples, but not more than one in five seconds nor fewer than one a minute.
    async fn sample(
        &self,
        usage: Usage,
        running: &AtomicUsize,
        counts: &Counts,
    ) -> anyhow::Result<Samples> {
        let every = Duration::from_secs(self.minutes.clamp(5, 60));
        let started = Instant::now();
        let end = started + Duration::from_secs(60 * self.minutes);
        let mut samples = Samples::default();
        println!(
            "| minute | resident KiB | allocated KiB | open files | sockets | rooms | people there |"
        );
        println!("|---:|---:|---:|---:|---:|---:|---:|");
        let mut next = started + every;
        while next <= end {
            sleep_until(next).await;
            next += every;
            let sample = Sample {
                minutes: started.elapsed().as_secs_f64() / 60.0,
                allocated_kib: usage.allocated_kib()?,
            };
            let files = usage.open_files()?;
            println!(
                "| {:.1} | {} | {} | {} | {} | {} | {} |",
                sample.minutes,
                usage.resident_kib()?,
                sample.allocated_kib,
                files.all,
                files.sockets,
                running.load(Ordering::Relaxed),
                counts.present()
            );
            samples.push(sample);
        }
        Ok(samples)
    }
}

async fn warm_up(door: &Door) -> anyhow::Result<()> {
    for _ in 0..WAVES {
        let mut reads = JoinSet::new();
        for _ in 0..AT_ONCE {
            let door = door.clone();
            reads.spawn(async move { door.page("/").await });
        }
        for read in reads.join_all().await {
            read?.is_success().then_some(()).context("the lobby is not served")?;
        }
    }
    Ok(())
}

impl Rooms {
    fn any(&self, chance: usize) -> Slug {
        let rooms = self.0.lock();
        rooms[chance % rooms.len()].clone()
    }
}

/// Gives up the oldest room for a new one, again and again.
async fn renew(door: Door, cookie: String, rooms: Arc<Rooms>) -> anyhow::Result<()> {
    for number in 0.. {
        sleep(NEW_ROOM_EVERY).await;
        let room = door.make_room(&cookie, &format!("later-{number}")).await?;
        let mut rooms = rooms.0.lock();
        rooms.remove(0);
        rooms.push(room);
    }
    Ok(())
}

/// Notes how many rooms the server says it has, and passes on whatever else it says.
async fn follow(log: ChildStderr, running: Arc<AtomicUsize>) {
    let mut lines = BufReader::new(log).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let rooms = line.split_once(" rooms=").map(|(_, rooms)| rooms.trim());
        match rooms.and_then(|rooms| rooms.parse().ok()) {
            Some(rooms) => running.store(rooms, Ordering::Relaxed),
            None => eprintln!("{line}"),
        }
    }
}

/// Waits a while for connections to be closed on both sides, until no more than so many sockets, or
/// as few as there will be, are open.
async fn until_closed(usage: Usage, sockets: usize) -> anyhow::Result<crate::usage::OpenFiles> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let files = usage.open_files()?;
        if files.sockets <= sockets || Instant::now() > until {
            return Ok(files);
        }
        sleep(LOOK_EVERY).await;
    }
}
