//! When the form in which a message is edited is of no more use.

use leptos::prelude::*;
use starling_client::RoomState;
use starling_protocol::Seq;

use super::Live;

const GONE: &str = "This message was deleted while you were changing it.";

impl Live {
    /// That message was edited.
    pub(super) fn edited(&self, message: Seq) {
        if self.room.editing.get_untracked() == Some(message) {
            self.room.editing.set(None);
            // The field goes, and with it the focus.
            self.room.wants_focus.notify();
        }
    }

    /// What was deleted cannot be edited; whoever does is told.
    pub(super) fn stop_editing_what_is_gone(&self, state: &RoomState) {
        let Some(message) = self.room.editing.get_untracked() else { return };
        if state.messages().any(|it| it.seq == message && it.body.is_none()) {
            self.edited(message);
            self.room.refused.set(Some(GONE.to_owned()));
        }
    }
}
