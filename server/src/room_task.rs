//! The task of a room: brings commands and time to its [`Room`], and what the room publishes to
//! its [`Feed`]. It never waits for the database, nor for a session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use starling_protocol::board::{Operated, Signal};
use starling_protocol::{Logged, Person, Point, Role, Seq, Slot, Status, User, UserId, View};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use crate::feed::Feed;
use crate::room::{CannotFollow, Followed, Held, Millis, Room, RoomFull, Text};
use crate::store::{RoomId, Store};

/// How many commands are handled before the room looks at the clock.
const BATCH: usize = 256;
/// A room that everyone has left is kept for so long, for those who are on their way.
const LINGERS: Duration = Duration::from_secs(30);
/// After a failed reading of the log.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// Where it is said whether somebody can be followed.
type FollowReply = oneshot::Sender<Result<Option<Followed>, CannotFollow>>;

/// Everything that a room can be told.
#[derive(Debug)]
pub(crate) enum RoomCommand {
    /// A connection enters.
    Join { user: User, role: Role, status: Status, reply: oneshot::Sender<Result<Slot, RoomFull>> },
    /// A connection goes: on purpose, or because it broke.
    Leave { slot: Slot, on_purpose: bool },
    /// A participant is here in another way.
    SetStatus { slot: Slot, status: Status },
    /// A person is writing, or stopped.
    SetTyping { slot: Slot, active: bool },
    /// A participant points somewhere, or nowhere any more.
    Point { slot: Slot, point: Option<Point> },
    /// A participant has something in hand at the board, or nothing any more.
    Hold { slot: Slot, held: Option<Held> },
    /// A participant points something out on the board.
    Signal { slot: Slot, signal: Signal },
    /// A participant sees this part of the board.
    Look { slot: Slot, view: View },
    /// A participant follows somebody, or nobody any more.
    Follow { slot: Slot, user: Option<UserId>, reply: FollowReply },
    /// A person appears otherwise.
    Appear { user: User },
    /// A person is something else in the room.
    SetRole { user: UserId, role: Role },
    /// A moderator tells everyone something, or their program does.
    Custom { event: Text },
    /// Somebody asks who is here.
    Who { reply: oneshot::Sender<Vec<Person>> },
    /// The store committed an event of this room.
    Committed { event: Arc<Logged> },
    /// The end of the log, which the room had asked for.
    CaughtUp { head: Seq, tail: Vec<Logged> },
    /// The log could not be read.
    NotCaughtUp,
    /// Something was done on the board of this room, and of what was done before, up to that, something is told
    /// no more.
    Operated { operated: Arc<Operated>, rewrites: Option<Seq> },
    /// The end of the board's log, which the room had asked for.
    BoardCaughtUp { head: Seq, tail: Vec<Operated> },
    /// The board's log could not be read.
    BoardNotCaughtUp,
}

/// How others reach a room's task.
#[derive(Clone, Debug)]
pub(crate) struct RoomHandle {
    /// The mailbox. When it is full, sessions wait; for events, which come from the store's
    /// writer, the room is marked behind, its chat and its board; a new name is not told.
    pub(crate) commands: mpsc::Sender<RoomCommand>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) channel: starling_protocol::Channel,
    /// Tells the task that an announcement did not fit into the mailbox.
    pub(crate) behind: Arc<Notify>,
    pub(crate) people: Arc<AtomicUsize>,
}

/// What the task owns.
pub(crate) struct RoomTask {
    pub(crate) id: RoomId,
    pub(crate) room: Room,
    pub(crate) handle: RoomHandle,
    pub(crate) mailbox: mpsc::Receiver<RoomCommand>,
    pub(crate) store: Store,
    pub(crate) ring: usize,
}

impl RoomTask {
    /// Runs until everyone has been gone for a while.
    pub(crate) async fn run(mut self, forget: impl FnOnce()) {
        let epoch = Instant::now();
        let now = || epoch.elapsed().as_millis() as Millis;
        let mut commands = Vec::with_capacity(BATCH);
        let (mut reading, mut reading_board) = (false, false);
        let mut empty_since = Instant::now();
        loop {
            let wake = self.room.wake_at();
            let sleep = match wake {
                Some(at) => epoch + Duration::from_millis(at),
                None => empty_since + LINGERS,
            };
            tokio::select! {
                _ = self.mailbox.recv_many(&mut commands, BATCH) => {
                    for command in commands.drain(..) {
                        match command {
                            RoomCommand::CaughtUp { .. } | RoomCommand::NotCaughtUp => {
                                reading = false;
                            }
                            RoomCommand::BoardCaughtUp { .. } | RoomCommand::BoardNotCaughtUp => {
                                reading_board = false;
                            }
                            _ => {}
                        }
                        self.handle(now(), command);
                    }
                }
                () = self.handle.behind.notified() => self.room.fall_behind(),
                () = sleep_until(sleep), if wake.is_some() || self.room.is_empty() => {}
            }
            if !reading && self.room.take_behind() {
                reading = true;
                self.read_log();
            }
            if !reading_board && self.room.take_board_behind() {
                reading_board = true;
                self.read_board_log();
            }
            if self.room.wake_at().is_some_and(|at| at <= now()) {
                self.handle.feed.publish(self.room.tick(now()));
                self.handle.people.store(self.room.people(), Ordering::Relaxed);
            }
            if !self.room.is_empty() {
                empty_since = Instant::now();
            } else if empty_since.elapsed() >= LINGERS {
                break;
            }
        }
        forget();
        // Who took the handle before it was forgotten finds the mailbox closed, and asks anew.
        self.mailbox.close();
    }

    fn handle(&mut self, now: Millis, command: RoomCommand) {
        match command {
            RoomCommand::Join { user, role, status, reply } => {
                let joined = self.room.join(now, user, role, status);
                if let Err(Ok(slot)) = reply.send(joined) {
                    self.room.leave(now, slot, false);
                }
            }
            RoomCommand::Leave { slot, on_purpose } => self.room.leave(now, slot, on_purpose),
            RoomCommand::SetStatus { slot, status } => self.room.set_status(slot, status),
            RoomCommand::SetTyping { slot, active } => self.room.set_typing(now, slot, active),
            RoomCommand::Point { slot, point } => self.room.point(now, slot, point),
            RoomCommand::Hold { slot, held } => self.room.hold(slot, held),
            RoomCommand::Signal { slot, signal } => self.room.signal(slot, signal),
            RoomCommand::Look { slot, view } => self.room.look(slot, view),
            // Whoever has gone away meanwhile does not want to know.
            RoomCommand::Follow { slot, user, reply } => {
                let _ = reply.send(self.room.follow(slot, user));
            }
            RoomCommand::Custom { event } => self.room.custom(event),
            RoomCommand::Who { reply } => drop(reply.send(self.room.who())),
            RoomCommand::Appear { user } => self.room.appear(user),
            RoomCommand::SetRole { user, role } => self.room.set_role(user, role),
            RoomCommand::Committed { event } => self.room.committed(event),
            RoomCommand::CaughtUp { head, tail } => self.room.caught_up(head, tail),
            RoomCommand::NotCaughtUp => self.room.chat_falls_behind(),
            RoomCommand::Operated { operated, rewrites } => self.room.operated(operated, rewrites),
            RoomCommand::BoardCaughtUp { head, tail } => self.room.board_caught_up(head, tail),
            RoomCommand::BoardNotCaughtUp => self.room.board_falls_behind(),
        }
    }

    /// Reads the end of the log beside the task and brings it back through the mailbox.
    fn read_log(&self) {
        let (id, store, ring) = (self.id, self.store.clone(), self.ring);
        self.bring(async move {
            match store.latest(id, ring).await {
                Ok((position, tail)) => Ok(RoomCommand::CaughtUp { head: position.seq, tail }),
                Err(_) => Err(RoomCommand::NotCaughtUp),
            }
        });
    }

    /// The same of the board.
    fn read_board_log(&self) {
        let (id, store, ring) = (self.id, self.store.clone(), self.ring);
        self.bring(async move {
            match store.board_latest(id, ring).await {
                Ok((position, tail)) => Ok(RoomCommand::BoardCaughtUp { head: position.seq, tail }),
                Err(_) => Err(RoomCommand::BoardNotCaughtUp),
            }
        });
    }

    /// Brings what was read, or after a while that it was not.
    fn bring(
        &self,
        reading: impl Future<Output = Result<RoomCommand, RoomCommand>> + Send + 'static,
    ) {
        let commands = self.handle.commands.clone();
        tokio::spawn(async move {
            let command = match reading.await {
                Ok(command) => command,
                Err(failed) => {
                    tokio::time::sleep(READ_AGAIN).await;
                    failed
                }
            };
            // A task that has ended needs no log.
            let _ = commands.send(command).await;
        });
    }
}
