//! A session's place in a room.

use std::sync::Arc;

use starling_protocol::{Channel, Rights, Seq, Slot};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::feed::{Feed, Reader};
use crate::room_task::{RoomCommand, RoomHandle};
use crate::store::RoomId;

/// Frees its slot when dropped, however the session ends.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) room: RoomId,
    pub(super) channel: Channel,
    pub(super) feed: Arc<Feed>,
    pub(super) reader: Reader,
    pub(super) slot: Slot,
    /// What its person may do, as last looked up and told.
    pub(super) rights: Rights,
    pub(super) told_rights: bool,
    /// When that ends by itself.
    pub(super) rights_until: Option<Instant>,
    commands: mpsc::Sender<RoomCommand>,
    on_purpose: bool,
}

impl Seat {
    /// A place that has read nothing yet.
    pub(super) fn new(room: RoomId, handle: &RoomHandle, slot: Slot, rights: Rights) -> Self {
        Self {
            room,
            channel: handle.channel,
            feed: Arc::clone(&handle.feed),
            reader: Reader::new(Seq(0), Seq(0)),
            slot,
            rights,
            told_rights: false,
            rights_until: None,
            commands: handle.commands.clone(),
            on_purpose: false,
        }
    }

    /// Tells the room something. While its mailbox is full, the session waits: it is the only one
    /// that does.
    pub(super) async fn tell(&self, command: RoomCommand) {
        // A room that has ended needs to know nothing.
        let _ = self.commands.send(command).await;
    }

    /// Leaves the room on purpose.
    pub(super) fn leave(mut self) {
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
