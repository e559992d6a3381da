//! Two people fall silent with everything left open: a process that is stopped (SIGSTOP), and a
//! client behind a proxy that from some moment on swallows all that either side sends. How long until
//! a third one sees their cursors gone and then themselves, and until the client behind the proxy
//! notices, with the server's default times.

mod black_hole;
mod pointer;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;
use starling_client::RoomState;
use starling_client::native::NativeClient;
use starling_protocol::Slug;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use crate::process::{Process, Signal};
use crate::starling::Starling;
use black_hole::BlackHole;
pub(crate) use pointer::Pointer;

/// The heartbeat's 25 + 8 seconds, and the 15 that somebody whose connection broke is waited for.
const GONE_WITHIN: Duration = Duration::from_secs(33);
const LEAVES_WITHIN: Duration = Duration::from_secs(15);
/// For what is between a timer and the one who looks: the server's next tick, and this machine.
const GRACE: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(120);

const STOPPED: &str = "Stopped";
const SWALLOWED: &str = "Swallowed";

#[derive(Args)]
pub(crate) struct Silent {}

/// What the third one saw of somebody.
struct Seen {
    name: &'static str,
    cursor_gone: Option<Duration>,
    left: Option<Duration>,
}

impl Silent {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        let starling = Starling::start(server).await?;
        let door = &starling.door;
        let cookie = door.sign_in("Watcher").await?;
        let room = door.make_room(&cookie, "silent").await?;
        let mut watcher = door.client(&cookie, 0)?;
        watcher.act(|core, now| core.join(now, &room));

        let cookie = door.sign_in(STOPPED).await?;
        let stopped =
            Pointer { socket: door.socket(), origin: door.origin(), cookie, room: room.clone() };
        let mut itself = Command::new(std::env::current_exe()?);
        let process = Process::start_client(stopped.as_command(&mut itself)).await?;
        let hole = BlackHole::before(door.address().to_owned()).await?;
        let swallowed = Pointer {
            socket: format!("ws://{}/ws", hole.address),
            // The server sees the proxy's name in the request.
            origin: format!("http://{}", hole.address),
            cookie: door.sign_in(SWALLOWED).await?,
            room: room.clone(),
        };
        let (notice, noticed) = oneshot::channel();
        let pointing = tokio::spawn(async move {
            swallowed.until_lost().await.map(|()| notice.send(Instant::now()))
        });
        let mut seen =
            [STOPPED, SWALLOWED].map(|name| Seen { name, cursor_gone: None, left: None });
        let there = watcher.until(|core| {
            core.room(&room).is_some_and(|it| seen.iter().all(|seen| has_cursor(it, seen.name)))
        });
        timeout(LONGEST, there).await.context("not everyone came")?;

        hole.swallow();
        process.signal(Signal::Stop).await?;
        let since = Instant::now();
        timeout(LONGEST, watch(&mut watcher, &room, since, &mut seen))
            .await
            .context("somebody who fell silent stays")?;
        let noticed = timeout(LONGEST, noticed).await.context("the client noticed nothing")??;
        pointing.abort();
        process.stop().await?;
        starling.process.stop().await?;

        println!("| fell silent | cursor gone after s | left after s | noticed it after s |");
        println!("|---|---:|---:|---:|");
        let noticed = noticed - since;
        for Seen { name, cursor_gone, left } in &seen {
            let seconds = |time: &Option<Duration>| time.unwrap_or_default().as_secs_f64();
            let own = match *name {
                SWALLOWED => format!("{:.1}", noticed.as_secs_f64()),
                _ => "–".to_owned(),
            };
            println!("| {name} | {:.1} | {:.1} | {own} |", seconds(cursor_gone), seconds(left));
        }
        let in_time = |seen: &Seen| {
            let (Some(gone), Some(left)) = (seen.cursor_gone, seen.left) else { return false };
            gone <= GONE_WITHIN + GRACE && left <= gone + LEAVES_WITHIN + GRACE
        };
        ensure!(seen.iter().all(in_time), "somebody stayed longer than 33 and 15 seconds");
        ensure!(noticed <= GONE_WITHIN + GRACE, "the client took longer than 33 seconds");
        Ok(())
    }
}

fn has_cursor(room: &RoomState, name: &str) -> bool {
    room.cursors().any(|(_, _, person)| person.name.as_str() == name)
}

/// Looks until all of them have left.
async fn watch(watcher: &mut NativeClient, room: &Slug, since: Instant, seen: &mut [Seen]) {
    while seen.iter().any(|seen| seen.left.is_none()) {
        watcher.changed().await;
        let Some(room) = watcher.core().room(room).filter(|room| room.is_joined()) else {
            continue;
        };
        for seen in &mut *seen {
            let now = since.elapsed();
            if !has_cursor(room, seen.name) {
                seen.cursor_gone.get_or_insert(now);
            }
            if !room.people().any(|person| person.name.as_str() == seen.name) {
                seen.left.get_or_insert(now);
            }
        }
    }
}
