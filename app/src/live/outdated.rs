//! A page that is older than the server loads itself again.

use leptos::prelude::*;

use crate::saved::tab_storage;

use super::Live;
use super::sending::is_sending;

/// Remembers for which builds this tab has loaded its page again: servers that disagree about their
/// build must not make it do so for ever.
const RELOADED_FOR: &str = "starling-reloaded-for";

/// Loads the page again, unless this tab has done so for that build before.
fn reload_for(build: &str) {
    let Some(tab) = tab_storage() else { return };
    let tried = tab.get_item(RELOADED_FOR).ok().flatten().unwrap_or_default();
    let is_new = tried.split(' ').all(|tried| tried != build);
    if is_new && tab.set_item(RELOADED_FOR, &format!("{tried} {build}")).is_ok() {
        // Only a page inside a sandbox may not load itself again.
        let _ = window().location().reload();
    }
}

impl Live {
    /// A page older than the server loads itself again, once nothing and no place is lost by it.
    pub(super) fn reload_when_nothing_is_lost(&self) {
        let (room, outdated) = (self.room, self.outdated);
        Effect::new(move |_| {
            let Some(build) = outdated.get() else { return };
            let reads = !room.at_end.get()
                || room.renaming.get()
                || room.editing.get().is_some()
                || is_sending();
            if room.draft.with(|draft| draft.trim().is_empty()) && !room.has_pending.get() && !reads
            {
                reload_for(&build);
            }
        });
    }
}
