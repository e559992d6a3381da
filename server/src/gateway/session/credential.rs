//! What a session stands on, and what its person may do in its rooms: looked up again when it may have
//! changed.

use serde_json::json;
use starling_protocol::{ErrorCode, Slug};
use tokio::time::Instant;

use super::{End, Namespace, Session};
use crate::app::App;
use crate::deadline;
use crate::gateway::failure::Failure;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;
use crate::seat::Look;
use crate::store::StoreError;

impl Session {
    /// Looks again at what it stands on, and ends if that has ended.
    pub(super) async fn look_again(&mut self) -> Result<(), End> {
        let turn = self.app.turns.next().await;
        let found = identity::look_up(&self.app, self.credential).await;
        drop(turn);
        let identity = match found {
            Ok(Some(identity)) if !identity.has_ended() => identity,
            _ => return Err(End::Cut),
        };
        if self.namespace == Namespace::Admin {
            let operates = operates(&self.app, &identity).await;
            if !operates.unwrap_or_default() {
                return Err(End::Cut);
            }
        }
        if self.namespace == Namespace::Notifications {
            let account = self.app.store.account_of(identity.user.id).await;
            self.handle = account.ok().flatten().map(|account| account.handle);
        }
        self.actor = identity.actor();
        self.look_again_at = identity.ends_at.map(deadline::until);
        self.user = identity.user;
        Ok(())
    }

    /// When rights end by themselves next.
    pub(super) fn rights_until(&self) -> Option<Instant> {
        self.rooms.values().filter_map(|room| room.seat.rights_until).min()
    }

    /// Looks up where it may have changed what they may do, and sends them out where they may not stay.
    pub(super) async fn look_at_rights(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let user = self.user.id;
        let mut doubtful: Vec<Slug> = Vec::new();
        for (slug, room) in &mut self.rooms {
            let seat = &mut room.seat;
            let ended = seat.rights_until.is_some_and(|until| until <= now);
            if seat.feed.takes_rights(&mut seat.reader, user) || ended {
                doubtful.push(slug.clone());
            }
        }
        for slug in doubtful {
            let Some(room) = self.rooms.get_mut(&slug) else { continue };
            match room.seat.look_again(&self.app, self.actor, user, &slug).await {
                Look::Stays { .. } => {}
                Look::Out(refusal) => self.send_out(&slug, refusal),
                Look::Failed => return Err(End::Cut),
            }
        }
        Ok(())
    }

    fn send_out(&mut self, slug: &Slug, refusal: Refusal) {
        let Some(room) = self.leave_room(slug) else { return };
        let refusal_code = refusal.code;
        let failure = Failure::from(refusal);
        let told = json!({
            "message": failure.sentence,
            "code": failure.code,
            "roomId": room.room_id,
        });
        if refusal_code == ErrorCode::RoomDeleted {
            self.tell_gone(room.seat.room, room.room_id.as_str(), room.seat.rights.name.as_str());
        } else {
            self.outlet.event("error", told);
        }
        room.seat.leave();
    }
}

/// Whether somebody operates the server, and has shown enough to do so.
pub(super) async fn operates(app: &App, identity: &Identity) -> Result<bool, StoreError> {
    let account = app.store.account_of(identity.user.id).await?;
    let operates = account.is_some_and(|account| account.operator);
    Ok(operates && identity.actor().may_personally().is_ok())
}
