//! A connection's place in a room, whichever protocol it speaks: how it is taken, what its person may do
//! there, and that it is free again when the connection has gone. Knows nothing of sockets.

use std::sync::Arc;

use starling_protocol::{
    Action, Channel, ErrorCode, ObjectId, Position, Ref, Rights, Role, Seq, Slot, Slug, Standing,
    Status, Until, User, UserId,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::app::App;
use crate::deadline;
use crate::feed::{Feed, Reader, Viewer};
use crate::permission;
use crate::refusal::Refusal;
use crate::room::RoomFull;
use crate::room_task::{RoomCommand, RoomHandle};
use crate::store::{Actor, RoomId, RoomRecord, StoreError};

/// A room's task that ends while somebody enters is started again; not for ever.
const TRIES: usize = 3;

/// Frees its slot when dropped, however the connection ends.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) room: RoomId,
    pub(crate) channel: Channel,
    pub(crate) feed: Arc<Feed>,
    pub(crate) reader: Reader,
    pub(crate) viewer: Viewer,
    pub(crate) slot: Slot,
    /// What its person may do, as last looked up and told.
    pub(crate) rights: Rights,
    pub(crate) told_rights: bool,
    /// When that ends by itself.
    pub(crate) rights_until: Option<Instant>,
    /// The board, while it is being sent.
    pub(crate) opening: Option<Box<Opening>>,
    /// Whether others see something in this connection's hand.
    pub(crate) holds: bool,
    commands: mpsc::Sender<RoomCommand>,
    on_purpose: bool,
}

/// How far a board has been sent.
#[derive(Debug)]
pub(crate) struct Opening {
    /// Of the request; `None` if the server starts the client over by itself.
    pub(crate) reference: Option<Ref>,
    /// Where its stream ended before any of it was read.
    pub(crate) position: Position,
    /// The last object that was sent.
    pub(crate) after: Option<ObjectId>,
}

/// What came of looking again at what somebody may do in a room.
#[derive(Debug)]
pub(crate) enum Look {
    /// They stay; whether they have to be told of their rights.
    Stays { to_tell: bool },
    /// They may not be there any more.
    Out(Refusal),
    /// The store could not be asked.
    Failed,
}

impl Seat {
    /// Takes a place that has read nothing yet. From here on the room's feed has all that is committed.
    ///
    /// # Errors
    /// A [`Refusal`] when the room is full.
    pub(crate) async fn take(
        app: &App,
        record: &RoomRecord,
        user: &User,
        status: Status,
        rights: Rights,
    ) -> Result<Self, Refusal> {
        let (handle, slot) = take_slot(app, record, rights.role, user, status).await?;
        Ok(Self {
            room: record.id,
            channel: handle.channel,
            feed: Arc::clone(&handle.feed),
            reader: Reader::new(Seq(0), Seq(0)),
            viewer: Viewer::new(slot),
            slot,
            rights,
            told_rights: false,
            rights_until: None,
            opening: None,
            holds: false,
            commands: handle.commands.clone(),
            on_purpose: false,
        })
    }

    /// Tells the room something. While its mailbox is full, the session waits: it is the only one
    /// that does.
    pub(crate) async fn tell(&self, command: RoomCommand) {
        // A room that has ended needs to know nothing.
        let _ = self.commands.send(command).await;
    }

    /// Shows others an empty hand, if they see something in it.
    pub(crate) async fn let_go(&mut self) {
        if std::mem::take(&mut self.holds) {
            self.tell(RoomCommand::Hold { slot: self.slot, held: None }).await;
        }
    }

    /// Looks up what its person may do, and remembers it.
    pub(crate) async fn look_again(
        &mut self,
        app: &App,
        actor: Actor,
        user: UserId,
        slug: &Slug,
    ) -> Look {
        let turn = app.turns.next().await;
        let admitted = match permission::admit(app, actor, slug).await {
            Ok((room, standing)) => {
                let rights = permission::rights(app, actor, &room, &standing).await;
                Ok((room, standing, rights))
            }
            Err(refusal) => Err(refusal),
        };
        drop(turn);
        match admitted {
            Ok((room, standing, rights)) if room.id == self.room => {
                self.rights_until = ends_at(&standing);
                if self.rights.role != rights.role {
                    self.tell(RoomCommand::SetRole { user, role: rights.role }).await;
                }
                let to_tell = self.rights != rights || !self.told_rights;
                self.rights = rights;
                self.told_rights = true;
                if !self.rights.include(Action::Draw) {
                    self.let_go().await;
                }
                Look::Stays { to_tell }
            }
            // Another room has taken the address.
            Ok(_) => Look::Out(deleted()),
            Err(refusal) if refusal.code == ErrorCode::Unavailable => Look::Failed,
            Err(refusal) if refusal.code == ErrorCode::NoSuchRoom => {
                let private = app.store.room(slug).await;
                let is_private = !matches!(private, Err(StoreError::NotFound));
                Look::Out(if is_private { private_now() } else { deleted() })
            }
            Err(refusal) => Look::Out(refusal),
        }
    }

    /// Forgets how far the client has the board, which is sent anew: as it is from that position on.
    pub(crate) fn start_board_over(&mut self, reference: Option<Ref>, position: Position) {
        self.reader.board = None;
        self.opening = Some(Box::new(Opening { reference, position, after: None }));
    }

    /// Leaves the room on purpose.
    pub(crate) fn leave(mut self) {
        self.on_purpose = true;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let leave = RoomCommand::Leave { slot: self.slot, on_purpose: self.on_purpose };
        if let Err(mpsc::error::TrySendError::Full(leave)) = self.commands.try_send(leave) {
            let commands = self.commands.clone();
            tokio::spawn(async move { commands.send(leave).await });
        }
    }
}

async fn take_slot(
    app: &App,
    record: &RoomRecord,
    role: Role,
    user: &User,
    status: Status,
) -> Result<(RoomHandle, Slot), Refusal> {
    for _ in 0..TRIES {
        let handle = app.hub.room(record);
        let (reply, joined) = oneshot::channel();
        let join = RoomCommand::Join { user: user.clone(), role, status, reply };
        if handle.commands.send(join).await.is_err() {
            continue;
        }
        match joined.await {
            Ok(Ok(slot)) => return Ok((handle, slot)),
            Ok(Err(RoomFull)) => {
                return Err(Refusal::new(
                    ErrorCode::RoomFull,
                    "This room is full. There is room again when somebody leaves.",
                ));
            }
            Err(_) => {}
        }
    }
    Err(StoreError::Unavailable.into())
}

fn deleted() -> Refusal {
    Refusal::new(ErrorCode::RoomDeleted, "This room was deleted.")
}

fn private_now() -> Refusal {
    Refusal::new(ErrorCode::Forbidden, "This room is for its members alone now.")
}

/// When the first measure against them ends.
fn ends_at(standing: &Standing) -> Option<Instant> {
    match standing.muted {
        Some(Until(Some(until))) => Some(deadline::until(until)),
        _ => None,
    }
}
