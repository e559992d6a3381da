//! Conversations of two people: opened, and told of to who is not in them.

use futures_util::FutureExt;
use starling_protocol::{Action, CloseReason, Ref, ServerEvent, UserId};

use super::{End, Session};
use crate::online::PersonalNews;
use crate::refusal::Refusal;
use crate::store::MOST_DIRECTS;

impl Session {
    pub(super) async fn take_personal(&mut self, news: PersonalNews) -> Result<(), End> {
        if news.doubted {
            self.look_again().await?;
        }
        if news.stirred {
            self.tell_directs(true).await?;
        }
        Ok(())
    }

    /// Tells of all conversations; of none only if they were told of some.
    pub(super) async fn tell_directs(&mut self, also_none: bool) -> Result<(), End> {
        if !self.actor.may(Action::Read) {
            return Ok(());
        }
        let turn = self.app.turns.next().await;
        let directs = self.app.store.directs(self.user, MOST_DIRECTS).await;
        drop(turn);
        let directs = directs.map_err(|_| End::Closed(CloseReason::Failed))?;
        if also_none || !directs.is_empty() {
            self.queue(&ServerEvent::Directs { directs });
        }
        Ok(())
    }

    pub(super) fn open_direct(&mut self, reference: Ref, user: UserId) {
        // It may make a room, and counts as entering one.
        if let Err(refusal) = self.app.rates.join(self.user) {
            return self.refuse(Some(reference), refusal);
        }
        let opened = self.app.store.open_direct(self.actor, user);
        let answer = opened.map(move |opened| match opened {
            Ok(opened) => {
                ServerEvent::Direct { reference, room: opened.room.slug, with: opened.with }
            }
            Err(error) => Refusal::from(error).event(Some(reference)),
        });
        self.answers.push_back(answer.boxed());
    }
}
