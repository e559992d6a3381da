//! Conversations of two, as a room's page shows them: where they lead, and who said something in one.

use leptos::prelude::*;
use starling_protocol::Direct;

use super::Live;

impl Live {
    /// Shows the conversations, and tells of the latest one in which somebody else has said
    /// something meanwhile, but of the one that is open.
    pub(super) fn show_directs(&self, directs: &[Direct]) {
        let room = self.room;
        room.directs.with_untracked(|before| {
            let is_new = |direct: &&Direct| {
                let known = before.iter().find(|known| known.room == direct.room);
                direct.room != self.slug
                    && direct.by == Some(direct.with.id)
                    && known.is_none_or(|known| known.seq < direct.seq)
            };
            if let Some(direct) = directs.iter().find(is_new) {
                room.addressed.set(Some(direct.clone()));
            }
        });
        room.directs.set(directs.to_vec());
    }
}

/// Opens another page.
pub(super) fn go_to(path: &str) {
    // Only a page inside a sandbox may not go elsewhere.
    let _ = window().location().assign(path);
}
