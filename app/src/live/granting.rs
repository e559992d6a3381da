//! Grants what a person wishes: by what the client does.

use std::rc::Rc;

use leptos::prelude::*;

use crate::browser::new_message_id;
use crate::model::Wish;

use super::Live;

impl Live {
    pub(super) fn grant(self: &Rc<Self>, wish: Wish) {
        let (room, slug) = (self.room, &self.slug);
        // The board may ask the client for something in turn.
        match wish {
            Wish::Follow { user } => return self.follow(user),
            Wish::LoadBoard => return self.load_board(),
            _ => {}
        }
        self.client().act(|core, now| match wish {
            Wish::Post { body } => {
                core.post(now, slug, new_message_id(), body);
                self.reading.borrow_mut().spoke();
                // At once, not at the next frame: the page may be loaded again in between.
                room.has_pending.set(true);
                if let Some(state) = core.room(slug) {
                    self.outbox.save(state);
                }
            }
            Wish::Retry { id } => core.retry(now, slug, id),
            Wish::Discard { id } => core.discard(slug, id),
            Wish::Typing { active } => core.typing(now, slug, active),
            Wish::Rename { name } => core.rename(name.into()),
            Wish::LoadOlder => core.load_older(now, slug),
            Wish::Reconnect => core.start(now),
            Wish::ComeBack => core.join(now, slug),
            Wish::Edit { message, body } => core.edit(slug, message, &body),
            Wish::React { message, emoji, active } => core.react(slug, message, &emoji, active),
            Wish::Direct { user } => core.open_direct(user),
            Wish::Delete { message } => core.delete_message(slug, message),
            Wish::Moderate { user, measure, reason, seconds } => {
                core.moderate(slug, user, measure, reason, seconds);
            }
            Wish::Lock { locked } => core.lock(slug, locked),
            Wish::Follow { .. } | Wish::LoadBoard => {}
        });
    }
}
