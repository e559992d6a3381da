//! A server is started, a crowd gathers in one of its rooms, and what comes of it is counted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN};

use crate::door::Door;
use crate::run::{SETTLE, WARM_UP};
use crate::starling::Starling;
use crate::usage::Usage;

use super::figures::Crowded;
use super::stage::Stage;
use super::viewer::{Shown, Viewer};

/// How many enter at a time: more do not fit the listener's backlog.
const AT_A_TIME: usize = 250;
/// So long nobody is told anything: then everyone knows who is there.
const QUIET_FOR: Duration = Duration::from_millis(500);
const QUIET_WITHIN: Duration = Duration::from_secs(300);

/// Lets so many people gather in a room of a server of their own, and measures that for so long.
pub(crate) async fn gather(server: &Path, people: usize, seconds: u64) -> anyhow::Result<Crowded> {
    let starling = Starling::start(server).await?;
    let cookies = starling.door.cookies(people).await?;
    let room = starling.door.make_room(&cookies[0], "crowd").await?;
    let stage = Arc::new(Stage::new(room, people, seconds));
    let mut crowd = enter(&starling.door, &cookies, &stage).await?;
    until_quiet(&stage).await?;

    let (server, generator) = (starling.process.usage, Usage::of(std::process::id()));
    stage.clock.set_loaded(true);
    sleep(WARM_UP).await;
    let before = (server.cpu_seconds()?, generator.cpu_seconds()?);
    sleep_until(stage.clock.measure(seconds)).await;
    let cpu = (server.cpu_seconds()? - before.0, generator.cpu_seconds()? - before.1);
    stage.clock.set_loaded(false);
    sleep(SETTLE).await;
    let resident_kib = server.resident_kib()?;
    stage.clock.end();

    let mut shown = Vec::with_capacity(people);
    while let Some(person) = crowd.join_next().await {
        shown.push(person.context("a viewer failed")??);
    }
    starling.process.stop().await?;
    Ok(Crowded::new(seconds, shown, cpu, resident_kib))
}

async fn enter(
    door: &Door,
    cookies: &[String],
    stage: &Arc<Stage>,
) -> anyhow::Result<JoinSet<anyhow::Result<Shown>>> {
    let mut crowd = JoinSet::new();
    for (person, cookie) in (0_u16..).zip(cookies) {
        let mut request = door.socket().into_client_request()?;
        request.headers_mut().insert(ORIGIN, door.origin().parse()?);
        request.headers_mut().insert(COOKIE, cookie.parse()?);
        let viewer = Viewer::enter(Arc::clone(stage), person, request);
        crowd.spawn(async { viewer.await?.take_part().await });
        let there = usize::from(person) + 1;
        if there.is_multiple_of(AT_A_TIME) || there == cookies.len() {
            stage.clock.until_joined(there).await?;
        }
    }
    Ok(crowd)
}

async fn until_quiet(stage: &Stage) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut told = stage.texts();
    loop {
        sleep(QUIET_FOR).await;
        let now = stage.texts();
        if now == told {
            return Ok(());
        }
        told = now;
        ensure!(started.elapsed() < QUIET_WITHIN, "the room does not come to rest");
    }
}
