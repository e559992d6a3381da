//! A room of 200 at full rate, with and without one reader that stops reading: what the others
//! notice of it, what it costs the server, and when the server lets it go. Both take turns, and in
//! both the reader is there; in one of them it reads.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Args;
use futures_util::{SinkExt, StreamExt};
use starling_protocol::{ClientEvent, ServerEvent, Slug, codec};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN};
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::task::AbortOnDropHandle;

use crate::allow_connections;
use crate::door::Door;
use crate::figures::{Figures, Spread};
use crate::run::{Run, WARM_UP};
use crate::scenario::Scenario;
use crate::starling::Starling;
use crate::table::cell;
use crate::usage::Usage;

/// With the reader they are 200.
const LOAD: Scenario = Scenario {
    name: "stalled",
    rooms: 1,
    people: 199,
    moves: 20.0,
    writers: 10,
    messages: 1.0,
    joined: true,
    cpu_beside_socket_io: None,
};
/// Small, so that it is full soon.
const RECEIVE_BUFFER: u32 = 4 * 1024;
const LOOK_EVERY: Duration = Duration::from_millis(250);
const ENDS_WITHIN: Duration = Duration::from_secs(10);

#[derive(Args)]
pub(crate) struct Stalled {
    /// How often each is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// How long is measured, in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(15..=600))]
    seconds: u64,
}

/// One run.
struct Outcome {
    /// Of the others.
    figures: Figures,
    most_mib: f64,
    /// If the server closed the reader's connection: how long after it was there, and what the
    /// reader found when it read on.
    closed: Option<(Duration, String)>,
}

/// What the server's process showed while it was looked at.
struct Watched {
    most_kib: u64,
    closed_after: Option<Duration>,
}

type Reader = WebSocketStream<TcpStream>;

impl Stalled {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        allow_connections(LOAD.connections() + 1)?;
        let (mut reading, mut stalled) = (Vec::new(), Vec::new());
        for round in 1..=self.rounds {
            reading.push(self.round(server, false).await?);
            let outcome = self.round(server, true).await?;
            match &outcome.closed {
                Some((after, found)) => println!(
                    "round {round}: closed {:.1} s after the reader stopped, which then found {found}",
                    after.as_secs_f64()
                ),
                None => println!("round {round}: the server did not close"),
            }
            stalled.push(outcome);
        }
        println!(
            "\n| {LOAD}, and one who | delivered % | p50 ms | p99 ms | max ms | resident MiB | most MiB |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|");
        for (name, outcomes) in [("reads", &reading), ("stops reading", &stalled)] {
            let of = |figure: fn(&Outcome) -> f64| {
                cell(Spread::of_values(outcomes.iter().map(figure).collect()), 1)
            };
            println!(
                "| {name} | {} | {} | {} | {} | {} | {} |",
                of(|it| it.figures.delivered),
                of(|it| it.figures.p50),
                of(|it| it.figures.p99),
                of(|it| it.figures.max),
                of(|it| it.figures.resident_mib),
                of(|it| it.most_mib)
            );
        }
        ensure!(reading.iter().all(|it| it.closed.is_none()), "one that reads was closed");
        ensure!(stalled.iter().all(|it| it.closed.is_some()), "one that stopped was not closed");
        Ok(())
    }

    async fn round(&self, server: &Path, stops: bool) -> anyhow::Result<Outcome> {
        let starling = Starling::start(server).await?;
        let usage = starling.process.usage;
        let before = usage.resident_kib()?;
        let mut run = Run::new(LOAD, self.seconds);
        let rooms = run.bring_to_starling(&starling.door).await?;
        let reader = enter(&starling.door, &rooms[0]).await?;
        let (mut stopped, mut reading) = (None, None);
        match stops {
            true => stopped = Some(reader),
            false => reading = Some(AbortOnDropHandle::new(tokio::spawn(read_on(reader)))),
        }
        let watching = watch(usage, WARM_UP + Duration::from_secs(self.seconds));
        let (figures, watched) = tokio::join!(run.measure(usage, before), watching);
        let Watched { most_kib, closed_after } = watched?;
        let mut closed = None;
        if let Some(after) = closed_after {
            let found = match stopped {
                Some(reader) => timeout(ENDS_WITHIN, read_on(reader)).await?,
                None => "it had read everything".to_owned(),
            };
            closed = Some((after, found));
        }
        drop(reading);
        starling.process.stop().await?;
        Ok(Outcome { figures: figures?, most_mib: most_kib as f64 / 1_024.0, closed })
    }
}

/// Somebody who enters the room, and takes little at a time.
async fn enter(door: &Door, room: &Slug) -> anyhow::Result<Reader> {
    let cookie = door.sign_in("Reader").await?;
    let mut request = door.socket().into_client_request()?;
    request.headers_mut().insert(ORIGIN, door.origin().parse()?);
    request.headers_mut().insert(COOKIE, cookie.parse()?);
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    let stream = socket.connect(door.address().parse()?).await?;
    let (mut reader, _) = client_async(request, stream).await?;
    let join = ClientEvent::Join { reference: 1, room: room.clone(), resume: None };
    reader.send(Message::text(codec::encode_client(&join))).await?;
    loop {
        let frame = reader.next().await.context("the server closed")??;
        if let Message::Text(text) = frame {
            match codec::decode_server(&text)? {
                ServerEvent::Joined { .. } => return Ok(reader),
                ServerEvent::Error { message, .. } => bail!("the reader cannot join: {message}"),
                _ => {}
            }
        }
    }
}

/// Reads until there is nothing more, and tells how it ended.
async fn read_on(mut reader: Reader) -> String {
    let mut bytes = 0;
    let end = loop {
        match reader.next().await {
            Some(Ok(Message::Close(Some(frame)))) => break format!("close code {}", frame.code),
            Some(Ok(frame)) => bytes += frame.len(),
            Some(Err(error)) => break error.to_string(),
            None => break "the end".to_owned(),
        }
    };
    format!("{} KiB and then: {end}", bytes / 1_024)
}

/// For so long, how much memory the process takes, and when it has a connection less.
async fn watch(usage: Usage, how_long: Duration) -> anyhow::Result<Watched> {
    let started = Instant::now();
    let sockets = usage.open_files()?.sockets;
    let mut watched = Watched { most_kib: 0, closed_after: None };
    while started.elapsed() < how_long {
        watched.most_kib = watched.most_kib.max(usage.resident_kib()?);
        if watched.closed_after.is_none() && usage.open_files()?.sockets < sockets {
            watched.closed_after = Some(started.elapsed());
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(watched)
}
