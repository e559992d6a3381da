//! What the session's person may do in its rooms: looked up again when it may have changed, and told.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use starling_protocol::{CloseReason, ErrorCode, ServerEvent, Slug, Standing, Until};
use tokio::time::Instant;

use super::{End, Session};
use crate::permission;
use crate::refusal::Refusal;
use crate::room_task::RoomCommand;
use crate::store::StoreError;

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
            self.look_at_rights_in(&slug).await?;
        }
        Ok(())
    }

    async fn look_at_rights_in(&mut self, slug: &Slug) -> Result<(), End> {
        let turn = self.app.turns.next().await;
        let admitted = match permission::admit(&self.app, self.actor, slug).await {
            Ok((room, standing)) => {
                let rights = permission::rights(&self.app, self.actor, &room, &standing).await;
                Ok((room, standing, rights))
            }
            Err(refusal) => Err(refusal),
        };
        drop(turn);
        let Some(seat) = self.seats.get_mut(slug) else { return Ok(()) };
        match admitted {
            Ok((room, standing, rights)) if room.id == seat.room => {
                seat.rights_until = ends_at(&standing);
                if seat.rights.role != rights.role {
                    seat.tell(RoomCommand::SetRole { user: self.user, role: rights.role }).await;
                }
                if seat.rights != rights || !seat.told_rights {
                    seat.rights = rights.clone();
                    seat.told_rights = true;
                    self.queue(&ServerEvent::Rights(rights));
                }
                Ok(())
            }
            // Another room has taken the address.
            Ok(_) => {
                self.send_out(slug, deleted());
                Ok(())
            }
            Err(refusal) if refusal.code == ErrorCode::Unavailable => {
                Err(End::Closed(CloseReason::Failed))
            }
            Err(refusal) if refusal.code == ErrorCode::NoSuchRoom => {
                let private = self.app.store.room(slug).await;
                let is_private = !matches!(private, Err(StoreError::NotFound));
                self.send_out(slug, if is_private { private_now() } else { deleted() });
                Ok(())
            }
            Err(refusal) => {
                self.send_out(slug, refusal);
                Ok(())
            }
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

fn deleted() -> Refusal {
    Refusal::new(ErrorCode::RoomDeleted, "This room was deleted.")
}

fn private_now() -> Refusal {
    Refusal::new(ErrorCode::Forbidden, "This room is for its members alone now.")
}

/// When the first measure against them ends.
fn ends_at(standing: &Standing) -> Option<Instant> {
    let Some(Until(Some(until))) = standing.muted else { return None };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = u64::try_from(until).ok().map(Duration::from_millis)?.saturating_sub(now);
    // Of something that ends in years, a day is soon enough.
    Some(Instant::now() + left.min(Duration::from_secs(86_400)) + Duration::from_millis(1))
}
