//! What a session stands on: looked at again when it may have ended, replaced before it ends.

use starling_protocol::{CloseReason, ErrorCode, Ref, ServerEvent};
use tokio::time::Instant;

use super::{End, Session};
use crate::deadline;
use crate::http::identity::{self, Identity};
use crate::refusal::Refusal;

impl Session {
    /// Looks again at what it stands on, and ends if that has ended.
    pub(super) async fn look_again(&mut self) -> Result<Identity, End> {
        let turn = self.app.turns.next().await;
        let found = identity::look_up(&self.app, self.credential).await;
        drop(turn);
        match found {
            Ok(Some(identity)) if identity.has_ended() => {
                Err(End::Closed(CloseReason::TokenExpired))
            }
            Ok(Some(identity)) => {
                self.stand_on(&identity);
                Ok(identity)
            }
            Ok(None) => Err(End::Closed(CloseReason::SignedOut)),
            Err(_) => Err(End::Closed(CloseReason::Failed)),
        }
    }

    /// Takes a new token of the same person in place of what it stands on.
    pub(super) async fn authenticate(&mut self, reference: Ref, token: &str) {
        // A token is looked up or its signature checked, which costs as much as a message.
        if let Err(refusal) = self.app.rates.message(self.user) {
            return self.refuse(Some(reference), refusal);
        }
        let turn = self.app.turns.next().await;
        let found = identity::of_token(&self.app, token).await;
        drop(turn);
        match found {
            Ok(identity) if identity.user.id == self.user => {
                self.stand_on(&identity);
                // It may allow something else.
                let now = Instant::now();
                self.seats.values_mut().for_each(|seat| seat.rights_until = Some(now));
                self.queue(&ServerEvent::Ack { reference, seq: None });
            }
            Ok(_) => {
                let sentence = "This token is another person's. Connect anew to be that person.";
                self.refuse(Some(reference), Refusal::new(ErrorCode::BadToken, sentence));
            }
            Err(refusal) => self.refuse(Some(reference), refusal),
        }
    }

    fn stand_on(&mut self, identity: &Identity) {
        self.credential = identity.credential;
        self.actor = identity.actor();
        self.look_again_at = identity.ends_at.map(deadline::until);
    }
}
