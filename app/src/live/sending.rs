//! Says files in the room that the page's script has sent (`send_files.js`, `attach.rs`).

use std::rc::Rc;

use leptos::prelude::*;
use starling_protocol::{MessageBody, codec};
use wasm_bindgen::JsCast;
use web_sys::CustomEvent;

use crate::browser::new_message_id;

use super::Live;

/// What the script tells of a file that is all there.
const SENT: &str = "starling-file";

impl Live {
    pub(super) fn say_files(self: &Rc<Self>) {
        let live = self.clone();
        window_event_listener_untyped(SENT, move |event| {
            let told = event.dyn_into::<CustomEvent>().ok().and_then(|it| it.detail().as_string());
            let Some(Ok(file)) = told.as_deref().map(codec::decode_file) else { return };
            live.room.spoke_here.set_value(true);
            live.client().act(|core, now| {
                let (id, body) = (new_message_id(), MessageBody::nothing());
                core.post_with_file(now, &live.slug, id, body, Some(Box::new(file)));
                live.room.has_pending.set(true);
                if let Some(state) = core.room(&live.slug) {
                    live.outbox.save(state);
                }
            });
        });
    }
}

/// Whether a file is on its way, or was refused and not put away.
pub(super) fn is_sending() -> bool {
    document().query_selector(".sending li").is_ok_and(|entry| entry.is_some())
}
