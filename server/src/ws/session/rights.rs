//! What the session's person may do in its rooms: looked up again when it may have changed, and told.

use starling_protocol::{CloseReason, ServerEvent, Slug};
use tokio::time::Instant;

use super::{End, Session};
use crate::refusal::Refusal;
use crate::seat::Look;

impl Session {
    /// When rights end by themselves next.
    pub(super) fn rights_until(&self) -> Option<Instant> {
        self.seats.values().filter_map(|seat| seat.rights_until).min()
    }

    /// Looks up where it may have changed what they may do, and tells them or sends them out.
    pub(super) async fn look_at_rights(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let mut doubtful = Vec::new();
        for (slug, seat) in &mut self.seats {
            let ended = seat.rights_until.is_some_and(|until| until <= now);
            if seat.feed.takes_rights(&mut seat.reader, self.user) || ended {
                doubtful.push(slug.clone());
            }
        }
        for slug in doubtful {
            Box::pin(self.look_at_rights_in(&slug)).await?;
        }
        Ok(())
    }

    async fn look_at_rights_in(&mut self, slug: &Slug) -> Result<(), End> {
        let (app, actor, user) = (self.app.clone(), self.actor, self.user);
        let Some(seat) = self.seats.get_mut(slug) else { return Ok(()) };
        match seat.look_again(&app, actor, user, slug).await {
            Look::Stays { to_tell } => {
                if to_tell {
                    let rights = seat.rights.clone();
                    self.queue(&ServerEvent::Rights(rights));
                }
                Ok(())
            }
            Look::Out(refusal) => {
                self.send_out(slug, refusal);
                Ok(())
            }
            Look::Failed => Err(End::Closed(CloseReason::Failed)),
        }
    }

    fn send_out(&mut self, slug: &Slug, refusal: Refusal) {
        self.news.remove(slug);
        if let Some(seat) = self.seats.remove(slug) {
            seat.leave();
        }
        let Refusal { code, sentence, .. } = refusal;
        self.queue(&ServerEvent::Removed { room: slug.clone(), code, message: sentence });
    }
}
