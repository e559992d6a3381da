//! A page that is older than the server loads itself again.

use leptos::prelude::window;

use crate::saved::tab_storage;

/// Remembers for which builds this tab has loaded its page again: servers that disagree about their
/// build must not make it do so for ever.
const RELOADED_FOR: &str = "starling-reloaded-for";

/// Loads the page again, unless this tab has done so for that build before.
pub(super) fn reload_for(build: &str) {
    let Some(tab) = tab_storage() else { return };
    let tried = tab.get_item(RELOADED_FOR).ok().flatten().unwrap_or_default();
    let is_new = tried.split(' ').all(|tried| tried != build);
    if is_new && tab.set_item(RELOADED_FOR, &format!("{tried} {build}")).is_ok() {
        // Only a page inside a sandbox may not load itself again.
        let _ = window().location().reload();
    }
}
