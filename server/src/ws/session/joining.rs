//! How a session enters a room.

use starling_protocol::{ErrorCode, Position, Ref, ServerEvent, Slug};
use tokio::time::Instant;
use tokio_stream::wrappers::WatchStream;

use super::Session;
use crate::feed::Reader;
use crate::permission;
use crate::refusal::Refusal;
use crate::resume::recovers;
use crate::room_task::RoomCommand;
use crate::seat::Seat;

impl Session {
    pub(super) async fn join(&mut self, reference: Ref, slug: Slug, resume: Option<Position>) {
        if let Err(refusal) = self.try_join(reference, slug, resume).await {
            self.refuse(Some(reference), refusal);
        }
    }

    async fn try_join(
        &mut self,
        reference: Ref,
        slug: Slug,
        resume: Option<Position>,
    ) -> Result<(), Refusal> {
        if self.seats.contains_key(&slug) {
            return Err(Refusal::new(ErrorCode::AlreadyJoined, "You are in this room already."));
        }
        let most = self.app.limits.rooms_per_connection;
        if self.seats.len() >= most {
            let sentence = format!("One connection can be in {most} rooms at once.");
            return Err(Refusal::new(ErrorCode::TooManyRooms, sentence));
        }
        self.app.rates.join(self.user)?;
        let turn = self.app.turns.next().await;
        let (record, standing) = permission::admit(&self.app, self.actor, &slug).await?;
        let user = self.app.store.user(self.user).await?;
        let rights = permission::rights(&self.app, self.actor, &record, &standing).await;
        drop(turn);
        // From here on the room's feed has all that is committed, so whatever the store does not
        // say now, the feed will.
        let mut seat = Seat::take(&self.app, &record, &user, self.status, rights).await?;
        let news = WatchStream::new(seat.feed.watch());
        let turn = self.app.turns.next().await;
        let head = self.app.store.position(record.id).await?;
        // What changed while they entered was announced before they were there.
        let user = self.app.store.user(self.user).await?;
        let going_on = recovers(resume, head, self.app.config.replay_limit);
        let (position, messages, more) = match going_on {
            Some(position) => (position, Vec::new(), false),
            None => {
                let tail = self.app.store.tail(record.id, self.app.limits.history_page).await?;
                (tail.position, tail.messages, tail.more)
            }
        };
        drop(turn);
        seat.tell(RoomCommand::Appear { user }).await;
        // None of the rights is known to be those of now: they are looked up again before anything else.
        seat.reader = Reader::new(position.seq, head.seq);
        seat.rights_until = Some(Instant::now());
        self.queue(&ServerEvent::Joined {
            reference: Some(reference),
            room: slug.clone(),
            channel: seat.channel,
            slot: seat.slot,
            position,
            recovered: going_on.is_some(),
            messages,
            more,
        });
        self.news.insert(slug.clone(), news);
        self.seats.insert(slug, Box::new(seat));
        Ok(())
    }
}
