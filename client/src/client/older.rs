//! How much of the past is kept, and asking for more of it.

use starling_protocol::{ClientEvent, Slug};

use super::{Change, Client, Request};
use crate::Millis;

impl Client {
    /// Keeps only so many of the newest messages; the older ones can be asked for again.
    pub fn forget_older(&mut self, room: &Slug, keep: usize) {
        if self.rooms.get_mut(room).is_some_and(|state| state.forget_older(keep)) {
            self.changed(Change::Messages { room: room.clone() });
        }
    }

    /// Asks for messages older than those here, if there are any.
    /// After a refusal nothing is asked for a few seconds.
    pub fn load_older(&mut self, now: Millis, room: &Slug) {
        let Some(state) = self.rooms.get_mut(room) else { return };
        let Some(before) = state.messages().next().map(|message| message.seq) else { return };
        let may_ask =
            state.is_joined() && !state.is_loading_older() && now >= state.history_held_until;
        if may_ask && state.has_older() {
            state.loading_before = Some(before);
            let reference = self.request(Request::History { room: room.clone() });
            self.send(&ClientEvent::History { reference, room: room.clone(), before });
            self.changed(Change::Messages { room: room.clone() });
        }
    }
}
