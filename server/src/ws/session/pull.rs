//! What the client is owed, taken from feeds and store into the outgoing frames.

use starling_protocol::{CloseReason, Seq, ServerEvent, Slug, Status};

use super::{End, SHARE, STORE_SHARE, Session};
use crate::feed::{Item, Progress};
use crate::room::StreamEvent;
use crate::seat::Seat;
use crate::store::StoreError;

impl Session {
    /// Takes a share from every room; true if there is more.
    pub(super) async fn pull(&mut self) -> Result<bool, End> {
        let wants_cursors = self.status != Status::Away;
        let mut items = Vec::new();
        let mut more = false;
        let mut behind: Vec<(Slug, Seq)> = Vec::new();
        let mut boards_behind: Vec<(Slug, Seq)> = Vec::new();
        for (slug, seat) in &mut self.seats {
            let Seat { feed, reader, viewer, .. } = &mut **seat;
            let viewer = wants_cursors.then_some(viewer);
            match feed.read(reader, SHARE, viewer, &mut items) {
                Progress::Current => {}
                Progress::More => more = true,
                Progress::InStore { head } => behind.push((slug.clone(), head)),
            }
            match seat.feed.read_board(&mut seat.reader, SHARE, wants_cursors, &mut items) {
                Progress::Current => {}
                Progress::More => more = true,
                Progress::InStore { head } => boards_behind.push((slug.clone(), head)),
            }
        }
        for item in items {
            match item {
                Item::Text(text) => self.socket.queue_text(text.bytes()),
                Item::Binary(bytes) => self.socket.queue_binary(bytes),
            }
        }
        for (slug, head) in behind {
            Box::pin(self.pull_from_store(&slug, head)).await?;
            more = true;
        }
        for (slug, head) in boards_behind {
            Box::pin(self.pull_board_from_store(&slug, head)).await?;
            more = true;
        }
        Ok(more)
    }

    /// Takes what the feed's ring has forgotten, or starts the client over if that is too much or
    /// damaged.
    async fn pull_from_store(&mut self, slug: &Slug, head: Seq) -> Result<(), End> {
        let failed = |_| End::Closed(CloseReason::Failed);
        let _turn = self.app.turns.next().await;
        let Some(seat) = self.seats.get_mut(slug) else { return Ok(()) };
        if head.0 - seat.reader.seq.0 <= self.app.config.replay_limit {
            let events = match self.app.store.after(seat.room, seat.reader.seq, STORE_SHARE).await {
                // What nobody can read any more must not keep its readers from the rest.
                Err(StoreError::Damaged) => Vec::new(),
                read => read.map_err(failed)?,
            };
            let mut taken = 0;
            for event in events {
                if taken > SHARE || event.seq() != seat.reader.seq.next() {
                    break;
                }
                let text = StreamEvent::new(slug, &event).text;
                taken += text.bytes().len();
                seat.reader.seq = event.seq();
                self.socket.queue_text(text.bytes());
            }
            if taken > 0 {
                return Ok(());
            }
        }
        let tail =
            self.app.store.tail(seat.room, self.app.limits.history_page).await.map_err(failed)?;
        seat.reader.seq = tail.position.seq;
        let joined = ServerEvent::Joined {
            reference: None,
            room: slug.clone(),
            channel: seat.channel,
            slot: seat.slot,
            position: tail.position,
            recovered: false,
            messages: tail.messages,
            more: tail.more,
        };
        self.queue(&joined);
        Ok(())
    }
}
