//! What other tabs of the same person do with their messages.

use std::rc::Rc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use super::Live;

/// A message that another tab has kept for so long may have lost its tab, and is taken over. If it has
/// not, both send it, and the server takes it once.
const ORPHANED_AFTER: Duration = Duration::from_secs(5);

impl Live {
    /// What another tab has brought to its end is over here too; what it leaves behind is sent from here.
    pub(super) fn heed_other_tabs(self: &Rc<Self>) {
        let live = self.clone();
        window_event_listener(ev::storage, move |event| {
            let Some(id) = event.key().and_then(|key| live.outbox.id_of(&key)) else { return };
            if event.new_value().is_none() {
                live.client().act(|core, _| core.discard(&live.slug, id));
            } else {
                let live = live.clone();
                set_timeout(move || live.take_over_orphans(), ORPHANED_AFTER);
            }
        });
    }

    fn take_over_orphans(&self) {
        self.client().act(|core, now| {
            for pending in self.outbox.load() {
                core.take_over(now, &self.slug, pending);
            }
        });
    }
}
