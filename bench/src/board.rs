//! A board with 10,000 things on it is opened, again and again: how long until all of it is there, at a
//! bare socket and in the client that pages have. Half of the things are notes, half are strokes, as many
//! bytes as people make of such.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Args;
use futures_util::{SinkExt, StreamExt};
use starling_client::{BoardClient, BoardOutput};
use starling_protocol::board::{
    BOARD_REF, BoardEvent, BoardRequest, Change, Content, InkPoint, Object, Operation, Size, Tint,
};
use starling_protocol::{
    ClientEvent, ErrorCode, ObjectId, OperationId, Point, Slot, Slug, UserId, codec,
};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{COOKIE, ORIGIN};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

use crate::door::Door;
use crate::starling::Starling;

/// How many things are put down at once.
const AT_ONCE: usize = 100;
const OPENS_WITHIN: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Args)]
pub(crate) struct Board {
    /// How many things lie on the board.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    objects: u32,

    /// How often it is opened.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

impl Board {
    pub(crate) async fn run(self, server: &Path) -> anyhow::Result<()> {
        let starling = Starling::start(server).await?;
        let door = &starling.door;
        let cookie = door.sign_in("Ada").await?;
        let room = door.make_room(&cookie, "board").await?;
        let count = self.objects as usize;
        let mut ada = Person::enter(door, &cookie, &room).await?;
        let objects: Vec<Change> =
            (0..count).map(|it| Change::Put { object: object(it) }).collect();
        for changes in objects.chunks(AT_ONCE) {
            ada.operate(changes.to_vec()).await?;
        }
        let (mut bare, mut clients) = (Vec::new(), Vec::new());
        let mut sizes = (0, 0);
        for _ in 0..self.rounds {
            let mut newcomer = Person::enter(door, &cookie, &room).await?;
            let start = Instant::now();
            let (there, bytes, pages) = timeout(LONGEST, newcomer.open()).await??;
            bare.push(start.elapsed());
            ensure!(there == count, "{there} of {count} things came");
            sizes = (bytes, pages);
            let mut newcomer = Person::enter(door, &cookie, &room).await?;
            let start = Instant::now();
            let there = timeout(LONGEST, newcomer.open_client()).await??;
            clients.push(start.elapsed());
            ensure!(there == count, "the client has {there} of {count} things");
        }
        let (bytes, pages) = sizes;
        println!("{count} things, {} KiB in {pages} pages:", bytes / 1_024);
        let [bare, client] = [bare, clients].map(Times::of);
        println!("open after {bare} at a bare socket, {client} in the client");
        ensure!(client.middle < OPENS_WITHIN, "a board shall open within {OPENS_WITHIN:?}");
        Ok(())
    }
}

/// How long something took, several times.
struct Times {
    least: Duration,
    middle: Duration,
    most: Duration,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let [least, middle, most] = [0, times.len() / 2, times.len() - 1].map(|it| times[it]);
        Self { least, middle, most }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, middle, most } = self;
        write!(f, "{middle:.0?} ({least:.0?} to {most:.0?})")
    }
}

fn object(number: usize) -> Object {
    let content = if number.is_multiple_of(2) {
        Content::Note { text: format!("{number}: what somebody wrote on a note, in a line or two") }
    } else {
        let point = |at: u16| InkPoint { x: at * 7, y: at * at % 311, pressure: 128 };
        Content::Ink { points: (0..40).map(point).collect(), width: 12 }
    };
    let place = |factor: usize| u16::try_from(number * factor % 60_000).unwrap_or_default();
    Object {
        id: ObjectId::new(Uuid::now_v7()),
        at: Point { x: place(7_919), y: place(104_729) },
        size: Size { width: 400, height: 320 },
        layer: 0,
        tint: Tint(3),
        by: UserId::new(Uuid::nil()),
        content,
    }
}

/// A bare socket in a room.
struct Person {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    room: Slug,
}

impl Person {
    async fn enter(door: &Door, cookie: &str, room: &Slug) -> anyhow::Result<Self> {
        let mut request = door.socket().into_client_request()?;
        request.headers_mut().insert(ORIGIN, door.origin().parse()?);
        request.headers_mut().insert(COOKIE, cookie.parse()?);
        let (socket, _) = connect_async(request).await?;
        let mut person = Self { socket, room: room.clone() };
        let join = ClientEvent::Join { reference: 1, room: room.clone(), resume: None };
        person.socket.send(Message::text(codec::encode_client(&join))).await?;
        while !person.text().await?.contains(r#""type":"joined""#) {}
        Ok(person)
    }

    async fn text(&mut self) -> anyhow::Result<String> {
        loop {
            let frame = self.socket.next().await.context("the connection ended")??;
            if let Message::Text(text) = frame {
                return Ok(text.to_string());
            }
        }
    }

    async fn say(&mut self, request: &BoardRequest) -> anyhow::Result<()> {
        Ok(self.socket.send(Message::text(codec::encode_board_request(request))).await?)
    }

    /// Does it, at the pace that the server allows.
    async fn operate(&mut self, changes: Vec<Change>) -> anyhow::Result<()> {
        let operation = Operation { id: OperationId::new(Uuid::now_v7()), changes };
        let (reference, room) = (BOARD_REF, self.room.clone());
        let request = BoardRequest::Operate { reference, room, operation };
        self.say(&request).await?;
        loop {
            match codec::decode_board_event(&self.text().await?)? {
                BoardEvent::Ack { reference: BOARD_REF, .. } => return Ok(()),
                BoardEvent::Error { code: ErrorCode::SlowDown, retry_after_ms, .. } => {
                    sleep(Duration::from_millis(retry_after_ms.unwrap_or_default())).await;
                    self.say(&request).await?;
                }
                BoardEvent::Error { message, .. } => bail!("refused: {message}"),
                _ => {}
            }
        }
    }

    /// Opens the board: how many things came, in how many bytes and pages.
    async fn open(&mut self) -> anyhow::Result<(usize, usize, usize)> {
        let (reference, room) = (BOARD_REF, self.room.clone());
        self.say(&BoardRequest::OpenBoard { reference, room, resume: None }).await?;
        let (mut count, mut bytes, mut pages) = (0, 0, 0);
        loop {
            let text = self.text().await?;
            match codec::decode_board_event(&text)? {
                BoardEvent::Board { objects, whole, .. } => {
                    count += objects.len();
                    bytes += text.len();
                    pages += 1;
                    if whole {
                        return Ok((count, bytes, pages));
                    }
                }
                BoardEvent::Error { message, .. } => bail!("refused: {message}"),
                _ => {}
            }
        }
    }

    /// Opens the board in a client: how many things it has then.
    async fn open_client(&mut self) -> anyhow::Result<usize> {
        // No time passes for it: nothing that it waits for comes in between.
        let mut client = BoardClient::new(self.room.clone(), 1);
        client.joined(0, Slot(0));
        loop {
            while let Some(output) = client.poll() {
                match output {
                    BoardOutput::Send { text } => self.socket.send(Message::text(text)).await?,
                    BoardOutput::Problem { message, .. } => bail!("refused: {message}"),
                    _ => {}
                }
            }
            if client.is_open() {
                return Ok(client.count());
            }
            let text = self.text().await?;
            client.received(0, &text);
        }
    }
}
