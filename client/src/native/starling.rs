//! A client that runs by itself: a task moves the connection on, and programs hold handles to it. Owns
//! what a program waits for and listens to; what is right in a room is the core's.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{Stream, stream};
use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot};

use super::{BadAddress, NativeClient};
use crate::protocol::{
    CloseReason, ErrorCode, MessageBody, MessageId, Seq, ServerEvent, Slug, TextError, User,
};
use crate::{Act, Change, Client, Connection, Delivery, Millis, RoomState};

/// How many wishes of a program may wait; then it waits, too.
const WISHES: usize = 64;
/// How many events wait for a program; then the oldest go, and it is told.
const EVENTS: usize = 1_024;
/// With more messages than this a room drops the oldest, down to half of them.
const MESSAGES: usize = 1_000;
/// How long the end may take once everything is stored.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Who a client speaks for.
#[derive(Clone)]
pub enum Identity {
    /// A personal token, or one that another site made.
    Token(String),
    /// What `POST /join` or signing in answered with: `starling=…` or `__Host-starling=…`.
    Cookie(String),
}

/// There is no connection, and trying again would not help.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The address, the token or the cookie cannot be sent.
    #[error(transparent)]
    BadAddress(#[from] BadAddress),
    /// The server does not want this client.
    #[error("{}", .reason.meaning())]
    NotWanted {
        /// Why.
        reason: CloseReason,
    },
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The server refused it.
    #[error("{message}")]
    ByServer {
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: String,
    },
    /// The text is none that can be said.
    #[error(transparent)]
    BadText(#[from] TextError),
    /// The client was never told to join that room, or has left it.
    #[error("the client is not in that room")]
    NotJoined,
    /// The connection has ended for good.
    #[error("the connection has ended")]
    Ended,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The server said this. Each event of a room's stream comes once and in order, over all connections.
    Server(Box<ServerEvent>),
    /// The connection is so now.
    Connection(Connection),
    /// Something that was wished by [`Starling::with`] was refused.
    Refused {
        /// In which room.
        room: Slug,
        /// What.
        act: Act,
        /// Why, for people.
        message: String,
    },
    /// The program did not take its events in time, and the oldest are gone. What they led to is in
    /// [`RoomState`].
    Missed {
        /// How many.
        count: u64,
    },
}

type Wish = Box<dyn FnOnce(&mut Client, Millis) + Send>;
type Answer<T> = oneshot::Sender<Result<T, Refused>>;

enum Command {
    Wish(Wish),
    Join { room: Slug, answer: Answer<()> },
    Post { room: Slug, text: String, answer: Answer<Seq> },
    End { ended: oneshot::Sender<()> },
}

/// A handle to a client that connects, comes back and resumes by itself. Clones are handles to the same
/// one; without any it ends, as by [`Self::end`].
#[derive(Clone)]
pub struct Starling {
    commands: mpsc::Sender<Command>,
    events: broadcast::WeakSender<Event>,
    user: User,
}

impl Starling {
    /// Connects to the server at an address such as `http://127.0.0.1:3000`, within a Tokio runtime.
    /// While the server cannot be reached this goes on trying. `https` takes a TLS feature of
    /// tokio-tungstenite, such as `rustls-tls-native-roots`, in the program's own dependencies.
    ///
    /// # Errors
    /// [`ConnectError`] if trying on would not help.
    pub async fn connect(site: &str, identity: Identity) -> Result<Self, ConnectError> {
        let site = site.trim_end_matches('/');
        let socket = format!("{}/ws", site.replacen("http", "ws", 1));
        let seed = u64::from_ne_bytes(random());
        let mut client = match identity {
            Identity::Token(token) => NativeClient::with_token(&socket, &token, seed)?,
            Identity::Cookie(cookie) => NativeClient::new(&socket, site, &cookie, seed)?,
        };
        let user = loop {
            if let Some(reason) = client.hopeless.take() {
                return Err(BadAddress { url: socket, reason }.into());
            }
            match (client.core().connection(), client.core().user()) {
                (Connection::Online, Some(user)) => break user.clone(),
                (Connection::Ended { reason }, _) => {
                    return Err(ConnectError::NotWanted { reason });
                }
                _ => drop(client.changed().await),
            }
        };
        client.heard = Some(VecDeque::new());
        let (commands, received) = mpsc::channel(WISHES);
        let events = broadcast::Sender::new(EVENTS);
        let handle = Self { commands, events: events.downgrade(), user };
        let connection = client.core().connection();
        let (joins, posts, end) = (Vec::new(), BTreeMap::new(), None);
        let running = Running { client, commands: received, events, connection, joins, posts, end };
        tokio::spawn(running.run());
        Ok(handle)
    }

    /// Who it speaks for, as the server said at the first greeting.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// What happens from now on. It ends when the connection has ended for good.
    pub fn events(&self) -> impl Stream<Item = Event> + Send + Unpin + use<> {
        let receiver = self.events.upgrade().map(|events| events.subscribe());
        Box::pin(stream::unfold(receiver, |receiver| async {
            let mut receiver = receiver?;
            match receiver.recv().await {
                Ok(event) => Some((event, Some(receiver))),
                Err(broadcast::error::RecvError::Lagged(count)) => {
                    Some((Event::Missed { count }, Some(receiver)))
                }
                Err(broadcast::error::RecvError::Closed) => None,
            }
        }))
    }

    /// Enters a room that exists, now and after every reconnect.
    ///
    /// # Errors
    /// [`Refused`], unless it can pass: then the room is asked for again.
    pub async fn join(&self, room: &Slug) -> Result<(), Refused> {
        let room = room.clone();
        self.ask(|answer| Command::Join { room, answer }).await
    }

    /// Says something in a room, once: however often the connection breaks meanwhile. Returns its number
    /// when it is stored. Dropping the future does not take it back.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn post(&self, room: &Slug, text: &str) -> Result<Seq, Refused> {
        let (room, text) = (room.clone(), text.to_owned());
        self.ask(|answer| Command::Post { room, text, answer }).await
    }

    /// Does with the core whatever else it can: look at a room, edit, react, point.
    ///
    /// # Errors
    /// [`Refused::Ended`].
    pub async fn with<R: Send + 'static>(
        &self,
        wish: impl FnOnce(&mut Client, Millis) -> R + Send + 'static,
    ) -> Result<R, Refused> {
        self.ask(|answer| {
            Command::Wish(Box::new(move |core, now| drop(answer.send(Ok(wish(core, now))))))
        })
        .await
    }

    /// Waits until what was said is stored, leaves all rooms and ends the connection.
    pub async fn end(self) {
        let (ended, end) = oneshot::channel();
        if self.commands.send(Command::End { ended }).await.is_ok() {
            // One that has ended already does not answer.
            let _ = end.await;
        }
    }

    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, Refused> {
        let (answer, answered) = oneshot::channel();
        let sent = self.commands.send(command(answer)).await;
        sent.map_err(|_| Refused::Ended)?;
        answered.await.unwrap_or(Err(Refused::Ended))
    }
}

/// What the task owns.
struct Running {
    client: NativeClient,
    commands: mpsc::Receiver<Command>,
    events: broadcast::Sender<Event>,
    /// As it was last told.
    connection: Connection,
    joins: Vec<(Slug, Answer<()>)>,
    posts: BTreeMap<MessageId, (Slug, Answer<Seq>)>,
    /// Who waits for the end, once it is wanted.
    end: Option<Option<oneshot::Sender<()>>>,
}

impl Running {
    async fn run(mut self) {
        loop {
            tokio::select! {
                command = self.commands.recv(), if self.end.is_none() => match command {
                    Some(Command::End { ended }) => self.end = Some(Some(ended)),
                    None => self.end = Some(None),
                    Some(command) => self.obey(command),
                },
                change = self.client.changed() => self.tell(change),
            }
            self.settle();
            let is_over = matches!(self.connection, Connection::Ended { .. });
            if is_over || (self.end.is_some() && self.posts.is_empty()) {
                break;
            }
        }
        let rooms: Vec<Slug> = self.client.core().rooms().cloned().collect();
        self.client.act(|core, _| rooms.iter().for_each(|room| core.leave(room)));
        // A network that takes nothing any more must not keep the program.
        let _ = tokio::time::timeout(CLOSE_WITHIN, self.client.close()).await;
        if let Some(Some(ended)) = self.end {
            let _ = ended.send(());
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Wish(wish) => self.client.act(wish),
            Command::Join { room, answer } => {
                self.client.act(|core, now| {
                    // So that an older refusal is not taken for the answer.
                    if core.room(&room).is_some_and(|state| state.problem().is_some()) {
                        core.leave(&room);
                    }
                    core.join(now, &room);
                });
                self.joins.push((room, answer));
            }
            Command::Post { room, text, answer } => match self.post(&room, &text) {
                Ok(id) => drop(self.posts.insert(id, (room, answer))),
                Err(refused) => drop(answer.send(Err(refused))),
            },
            Command::End { .. } => {}
        }
    }

    fn post(&mut self, room: &Slug, text: &str) -> Result<MessageId, Refused> {
        let core = self.client.core();
        core.room(room).ok_or(Refused::NotJoined)?;
        let body = MessageBody::parse(text, &core.limits())?;
        let id = new_id();
        self.client.act(|core, now| core.post(now, room, id, body));
        Ok(id)
    }

    fn tell(&mut self, change: Change) {
        // Nobody need listen.
        if let Change::Refused { room, act, message } = change {
            let _ = self.events.send(Event::Refused { room, act, message });
        }
    }

    /// Tells what is new, and answers what is decided.
    fn settle(&mut self) {
        for event in self.client.heard.iter_mut().flat_map(|heard| heard.drain(..)) {
            let _ = self.events.send(Event::Server(Box::new(event)));
        }
        let core = self.client.core();
        if self.connection != core.connection() {
            self.connection = core.connection();
            let _ = self.events.send(Event::Connection(self.connection));
        }
        self.joins = std::mem::take(&mut self.joins)
            .into_iter()
            .filter_map(|(room, answer)| match joined(core.room(&room)) {
                Some(result) => {
                    let _ = answer.send(result);
                    None
                }
                None => Some((room, answer)),
            })
            .collect();
        let decided = self
            .posts
            .iter()
            .filter_map(|(id, (room, _))| Some((*id, stored(core.room(room), *id)?)))
            .collect::<Vec<_>>();
        for (id, result) in decided {
            let Some((room, answer)) = self.posts.remove(&id) else { continue };
            if result.is_err() {
                self.client.act(|core, _| core.discard(&room, id));
            }
            let _ = answer.send(result);
        }
        let full = |core: &Client, room: &Slug| {
            core.room(room).is_some_and(|state| state.messages().len() > MESSAGES)
        };
        let core = self.client.core();
        let rooms: Vec<Slug> = core.rooms().filter(|room| full(core, room)).cloned().collect();
        for room in rooms {
            self.client.act(|core, _| core.forget_older(&room, MESSAGES / 2));
        }
    }
}

/// How joining went; `None` as long as that can change by itself.
fn joined(state: Option<&RoomState>) -> Option<Result<(), Refused>> {
    let Some(state) = state else { return Some(Err(Refused::NotJoined)) };
    if state.is_joined() {
        return Some(Ok(()));
    }
    let (code, message) = state.problem().filter(|_| state.rejoin_at.is_none())?;
    Some(Err(Refused::ByServer { code, message: message.to_owned() }))
}

/// What became of a message; `None` as long as it is on its way.
fn stored(state: Option<&RoomState>, id: MessageId) -> Option<Result<Seq, Refused>> {
    let Some(state) = state else { return Some(Err(Refused::NotJoined)) };
    match state.pending().find(|pending| pending.id == id).map(|pending| &pending.delivery) {
        Some(Delivery::Stored { seq }) => Some(Ok(*seq)),
        Some(Delivery::Failed { code, message }) => {
            Some(Err(Refused::ByServer { code: *code, message: message.clone() }))
        }
        Some(Delivery::Sending) => None,
        // Nothing comes of it in a room that is refused or left for good.
        Some(Delivery::Waiting) => joined(Some(state)).and_then(Result::err).map(Err),
        // It was faster than its ack.
        None => {
            let message = state.messages().rev().find(|message| message.id == id);
            message.map(|message| Ok(message.seq))
        }
    }
}

fn new_id() -> MessageId {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = since.as_millis() as u64;
    MessageId::new(uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid())
}

/// Panics where the system has no random numbers, as the standard library's maps do.
fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}
