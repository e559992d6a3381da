//! What the tests have in common: a server, people who join, raw sockets.

pub(crate) mod board;
pub(crate) mod browser;
pub(crate) mod damaged;
pub(crate) mod database;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod network;
pub(crate) mod painter;
#[cfg(target_os = "linux")]
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod raw;
pub(crate) mod seed;
mod socket;
pub(crate) mod tokens;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use clap::Parser;
use reqwest::header::{COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client as Http, Response, redirect};
use starling_client::native::NativeClient;
use starling_client::{Client, Connection};
use starling_protocol::{Limits, MessageBody, MessageId, Slug};
use starling_server::Ready;
use starling_server::config::Config;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub(crate) use socket::{RawSocket, open};

/// How long anything may take before a test gives up; nothing waits for it to pass.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

/// A running server. Its data outlive it until the test ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    folder: TempDir,
    flags: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    /// Told when it is ready.
    setup_code: oneshot::Receiver<Option<String>>,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Server {
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        Self::start_at("127.0.0.1:0".parse().unwrap(), TempDir::new().unwrap(), flags).await
    }

    /// A server with the data that lie in that folder.
    pub(crate) async fn start_with(folder: TempDir) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), folder, Vec::new()).await
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn start_at(address: SocketAddr, folder: TempDir, flags: Vec<String>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let data = folder.path().to_str().unwrap().to_owned();
        let config = config(&data, &flags);
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move { drop(stopped.await) };
        let (told, setup_code) = oneshot::channel();
        let ready = |ready: Ready| drop(told.send(ready.setup_code));
        let serving = tokio::spawn(starling_server::run(listener, config, ready, stopped));
        Self { address, folder, flags, stop: Some(stop), setup_code, serving }
    }

    /// One that runs as a process of its own, for what is asked of any.
    #[cfg(target_os = "linux")]
    pub(crate) fn elsewhere(address: SocketAddr) -> Self {
        let (_, setup_code) = oneshot::channel();
        let (folder, serving) = (TempDir::new().unwrap(), tokio::spawn(async { Ok(()) }));
        Self { address, folder, flags: Vec::new(), stop: None, setup_code, serving }
    }

    /// The code that it told its operator at the start, if there was no administrator.
    pub(crate) async fn setup_code(&mut self) -> Option<String> {
        (&mut self.setup_code).await.unwrap()
    }

    /// Tells it to stop, as SIGTERM does.
    pub(crate) fn begin_stopping(&mut self) {
        drop(self.stop.take());
    }

    /// Stops it as SIGTERM does, and waits until it has.
    pub(crate) async fn stop(mut self) -> (SocketAddr, TempDir, Vec<String>) {
        self.begin_stopping();
        let stopped = tokio::time::timeout(PATIENCE, self.serving).await;
        stopped.expect("the server does not stop").unwrap().unwrap();
        until_unlocked(self.folder.path()).await;
        (self.address, self.folder, self.flags)
    }

    /// Stops it and starts it again at the same address with the same data.
    pub(crate) async fn restart(self) -> Self {
        let (address, folder, flags) = self.stop().await;
        Self::start_at(address, folder, flags).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        http().get(self.url(path)).send().await.unwrap()
    }

    /// The page as somebody with that cookie gets it.
    pub(crate) async fn get_as(&self, guest: &Guest, path: &str) -> Response {
        self.get_with(&guest.cookie, path).await
    }

    /// The page as whoever has that cookie gets it.
    pub(crate) async fn get_with(&self, cookie: &str, path: &str) -> Response {
        http().get(self.url(path)).header(COOKIE, cookie).send().await.unwrap()
    }

    pub(crate) async fn post_join(
        &self,
        origin: &str,
        cookie: &str,
        form: &[(&str, &str)],
    ) -> Response {
        post_join(&http(), self.address, origin, cookie, form).await
    }

    /// Says something in a guest's room as a browser without JavaScript does.
    pub(crate) async fn post_message(
        &self,
        origin: &str,
        guest: &Guest,
        form: &[(&str, &str)],
    ) -> Response {
        let url = self.url(&format!("{}/messages", guest.room.path()));
        post_form(&http(), &url, origin, &guest.cookie, form).await
    }

    /// Sends a form of one of the server's own pages, as whoever has that cookie.
    pub(crate) async fn submit(&self, cookie: &str, path: &str, form: &[(&str, &str)]) -> Response {
        post_form(&http(), &self.url(path), &self.url(""), cookie, form).await
    }

    /// Somebody new joins a room, which is made if need be.
    pub(crate) async fn guest(&self, name: &str, room: &str) -> Guest {
        guest(self.address, name, room).await
    }

    /// Somebody with a client that is in the room already.
    pub(crate) async fn person(&self, name: &str, room: &str) -> Person {
        let guest = self.guest(name, room).await;
        let mut person = self.connect(&guest);
        person.until(|room| room.is_joined() && room.people().len() > 0).await;
        person
    }

    /// A client of a guest, on its way.
    pub(crate) fn connect(&self, guest: &Guest) -> Person {
        guest.connect(self.address, &self.url(""))
    }

    /// A socket of a guest without a client, after its hello.
    pub(crate) async fn socket(&self, guest: &Guest) -> RawSocket {
        let mut socket = self.open(&self.url(""), &guest.cookie).await.unwrap();
        assert_eq!(socket.event().await["type"], "hello");
        socket
    }

    pub(crate) async fn open(
        &self,
        origin: &str,
        cookie: &str,
    ) -> Result<RawSocket, tokio_tungstenite::tungstenite::Error> {
        open(self.address, origin, cookie).await
    }
}

fn config(data: &str, flags: &[String]) -> Config {
    let words = ["starling", "--data-dir", data].into_iter();
    Cli::parse_from(words.chain(flags.iter().map(String::as_str))).config
}

/// Waits until nothing has the lock of a folder that this process has used. A program that another test
/// starts has this process's files for a moment, its lock too.
pub(crate) async fn until_unlocked(folder: &Path) {
    let lock = std::fs::File::open(folder.join("lock")).unwrap();
    while lock.try_lock().is_err() {
        tokio::task::yield_now().await;
    }
}

/// Why a server does not start with the data in that folder, in the words an operator reads.
pub(crate) async fn why_refused(data: &Path) -> String {
    why_refused_with(data, &[]).await
}

/// The same, told more.
pub(crate) async fn why_refused_with(data: &Path, flags: &[String]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = config(data.to_str().unwrap(), flags);
    let ready = |_: Ready| panic!("it started");
    let error = starling_server::run(listener, config, ready, std::future::pending()).await;
    format!("{:#}", error.unwrap_err())
}

/// Somebody new joins a room of whoever listens there.
pub(crate) async fn guest(address: SocketAddr, name: &str, room: &str) -> Guest {
    let form = [("name", name), ("room", room), ("listed", "on")];
    let answer = post_join(&http(), address, &format!("http://{address}"), "", &form).await;
    assert_eq!(answer.status(), 303, "{name} cannot join {room}");
    Guest::new(name, &answer)
}

/// Somebody who joined by the form.
pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) cookie: String,
    pub(crate) room: Slug,
}

impl Guest {
    /// Whoever got that answer to the form.
    pub(crate) fn new(name: &str, answer: &Response) -> Self {
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let place = answer.headers()[LOCATION].to_str().unwrap();
        let room = Slug::new(place.trim_start_matches("/r/"));
        Self { name: name.to_owned(), cookie, room }
    }

    /// A client of theirs, on its way to whoever listens there.
    pub(crate) fn connect(&self, address: SocketAddr, origin: &str) -> Person {
        let url = format!("ws://{address}/ws");
        let mut client = NativeClient::new(&url, origin, &self.cookie, 1).unwrap();
        client.act(|core, now| core.join(now, &self.room));
        Person { client, room: self.room.clone(), name: self.name.clone() }
    }
}

/// Somebody with a client in one room.
pub(crate) struct Person {
    pub(crate) client: NativeClient,
    pub(crate) room: Slug,
    pub(crate) name: String,
}

impl Person {
    pub(crate) fn core(&self) -> &Client {
        self.client.core()
    }

    pub(crate) fn state(&self) -> &starling_client::RoomState {
        self.core().room(&self.room).unwrap()
    }

    /// Moves the connection on until the room is so.
    pub(crate) async fn until(&mut self, mut so: impl FnMut(&starling_client::RoomState) -> bool) {
        let room = self.room.clone();
        let waiting = self.client.until(|core| core.room(&room).is_some_and(&mut so));
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{} waited in vain: {:#?}", self.name, self.state());
        self.state().check_invariants();
    }

    /// If the client waits before it comes back, it comes back now, as when the person wants to try at
    /// once. False if it did not wait.
    pub(crate) fn hurry(&mut self) -> bool {
        self.client.act(|core, now| {
            let waits = matches!(core.connection(), Connection::Reconnecting { at } if at > now);
            if waits {
                core.start(now);
            }
            waits
        })
    }

    /// As [`Self::until`], without the waits before it comes back.
    pub(crate) async fn hurry_until(&mut self, so: impl Fn(&starling_client::RoomState) -> bool) {
        let hurrying = async {
            self.hurry();
            while !so(self.state()) {
                self.client.changed().await;
                self.hurry();
            }
        };
        let waited = tokio::time::timeout(PATIENCE, hurrying).await;
        assert!(waited.is_ok(), "{} waited in vain: {:#?}", self.name, self.state());
        self.state().check_invariants();
    }

    /// Loads a page of older messages. A cut on the way takes the request with it, so it is asked again.
    pub(crate) async fn older(&mut self) {
        let before = self.state().messages().len();
        let loading = async {
            while self.state().messages().len() == before {
                self.hurry();
                let room = self.room.clone();
                self.client.act(|core, now| core.load_older(now, &room));
                self.client.changed().await;
            }
        };
        let loaded = tokio::time::timeout(PATIENCE, loading).await;
        assert!(loaded.is_ok(), "{} gets no older messages: {:#?}", self.name, self.state());
        self.state().check_invariants();
    }

    /// Says something; it goes out when the client next moves.
    pub(crate) fn say(&mut self, body: &str) -> MessageId {
        let id = MessageId::new(Uuid::now_v7());
        let body = MessageBody::parse(body, &Limits::default()).unwrap();
        let room = self.room.clone();
        self.client.act(|core, now| core.post(now, &room, id, body));
        id
    }

    /// Waits until the room's messages end so.
    pub(crate) async fn until_heard(&mut self, bodies: &[&str]) {
        self.until(|room| {
            let heard: Vec<&str> = room.messages().map(|message| message.text()).collect();
            heard.ends_with(bodies)
        })
        .await;
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.state().messages().map(|message| message.text().to_owned()).collect()
    }
}

pub(crate) fn http() -> Http {
    Http::builder().redirect(redirect::Policy::none()).build().unwrap()
}

/// Posts the form that joins to whoever listens there.
pub(crate) async fn post_join(
    http: &Http,
    address: SocketAddr,
    origin: &str,
    cookie: &str,
    form: &[(&str, &str)],
) -> Response {
    post_form(http, &format!("http://{address}/join"), origin, cookie, form).await
}

async fn post_form(
    http: &Http,
    url: &str,
    origin: &str,
    cookie: &str,
    form: &[(&str, &str)],
) -> Response {
    let body = form
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect::<Vec<_>>()
        .join("&");
    http.post(url)
        .header(ORIGIN, origin)
        .header(COOKIE, cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
