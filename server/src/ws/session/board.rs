//! What a client says of boards, and how a board is sent to it: a page at a time, so that it can speak and
//! hear the chat meanwhile, and then what is done there.

use futures_util::FutureExt;
use starling_protocol::board::{
    BoardEvent, BoardRequest, Change, Operated, Operation, Preview, Signal,
};
use starling_protocol::{
    Action, CloseReason, ErrorCode, Position, Ref, Seq, ServerEvent, Slug, UserId, codec,
};

use super::{End, SHARE, STORE_SHARE, Session};
use crate::drawing;
use crate::feed::BoardPlace;
use crate::refusal::Refusal;
use crate::resume::recovers;
use crate::room::{Held, StreamEvent};
use crate::room_task::RoomCommand;
use crate::seat::Opening;
use crate::store::StoreError;

/// The most objects of one page.
const PAGE: usize = 1_000;
/// The most bytes of them. With twice [`SHARE`] a full board opens in a browser a sixth sooner, and with four
/// times as much hardly sooner still.
const PAGE_BYTES: usize = 64 * 1024;

impl Session {
    pub(super) async fn take_board_text(&mut self, text: &str) {
        let request = match codec::decode_board_request(text) {
            Ok(request) => request,
            Err(error) => {
                let sentence = format!("This frame is no event: {}.", error.reason);
                let refusal = Refusal::new(ErrorCode::BadJson, sentence);
                return self.refuse(error.reference, refusal);
            }
        };
        match request {
            BoardRequest::OpenBoard { reference, room, resume } => {
                if let Err(refusal) = self.open_board(reference, &room, resume).await {
                    self.refuse(Some(reference), refusal);
                }
            }
            BoardRequest::CloseBoard { room } => {
                if let Some(seat) = self.seats.get_mut(&room) {
                    seat.opening = None;
                    seat.reader.board = None;
                    seat.let_go().await;
                }
            }
            BoardRequest::Operate { reference, room, operation } => {
                self.operate(reference, &room, operation).await;
            }
            BoardRequest::Preview { room, preview } => {
                self.preview(&room, preview, text.len()).await;
            }
            BoardRequest::Signal { room, signal } => self.signal(&room, signal).await,
            BoardRequest::Unknown => {}
        }
    }

    async fn open_board(
        &mut self,
        reference: Ref,
        room: &Slug,
        resume: Option<Position>,
    ) -> Result<(), Refusal> {
        if !self.seats.contains_key(room) {
            self.refuse_stranger(reference, room).await;
            return Ok(());
        }
        // It may cost as much as entering a room.
        self.app.rates.join(self.user)?;
        let Some(seat) = self.seats.get_mut(room) else { return Ok(()) };
        let turn = self.app.turns.next().await;
        let head = self.app.store.board_position(seat.room).await?;
        let most = self.app.config.replay_limit.min(self.app.boards.log);
        let mut from = recovers(resume, head, most);
        // It may have fewer: by their bytes, or as they said too much of what could be deleted.
        if let Some(position) = from
            && !self.app.store.board_log_has(seat.room, position.seq, head.seq).await?
        {
            from = None;
        }
        drop(turn);
        match from {
            Some(position) => {
                seat.opening = None;
                // The room's feed has all that is committed since its person took this seat.
                seat.reader.board = Some(BoardPlace::new(position.seq, head.seq));
                let event = BoardEvent::Board {
                    reference: Some(reference),
                    room: room.clone(),
                    position,
                    recovered: true,
                    objects: Vec::new(),
                    whole: true,
                    limits: self.app.boards.limits,
                };
                self.queue_board(&event);
            }
            None => seat.start_board_over(Some(reference), head),
        }
        Ok(())
    }

    /// Whether a board is being sent.
    pub(super) fn is_opening(&self) -> bool {
        self.seats.values().any(|seat| seat.opening.is_some())
    }

    /// Queues the next page of a board that is being sent. After the last one, the client gets what was
    /// done there since the first one was read.
    pub(super) async fn send_page(&mut self) -> Result<(), End> {
        let opening = self.seats.iter_mut().find(|(_, seat)| seat.opening.is_some());
        let Some((room, seat)) = opening else { return Ok(()) };
        let Some(opening) = seat.opening.take() else { return Ok(()) };
        let Opening { reference, position, after } = *opening;
        let turn = self.app.turns.next().await;
        let page = self.app.store.board_page(seat.room, after, PAGE, PAGE_BYTES).await;
        drop(turn);
        let page = match (page, reference) {
            (Ok(page), _) => page,
            (Err(error), Some(reference)) => {
                self.refuse(Some(reference), error.into());
                return Ok(());
            }
            (Err(_), None) => return Err(End::Closed(CloseReason::Failed)),
        };
        let whole = page.next.is_none();
        if whole {
            seat.reader.board = Some(BoardPlace::new(position.seq, position.seq));
        } else {
            seat.opening = Some(Box::new(Opening { reference, position, after: page.next }));
        }
        let event = BoardEvent::Board {
            reference,
            room: room.clone(),
            position,
            recovered: false,
            objects: page.objects,
            whole,
            limits: self.app.boards.limits,
        };
        self.queue_board(&event);
        Ok(())
    }

    /// Takes what the feed's ring has forgotten of a board, or starts the client over if that is too much,
    /// is kept no more, or is damaged.
    pub(super) async fn pull_board_from_store(
        &mut self,
        slug: &Slug,
        head: Seq,
    ) -> Result<(), End> {
        let failed = |_| End::Closed(CloseReason::Failed);
        let _turn = self.app.turns.next().await;
        let Some(seat) = self.seats.get_mut(slug) else { return Ok(()) };
        let Some(place) = &mut seat.reader.board else { return Ok(()) };
        // To a slow client a busy board would otherwise be sent over and over, for what is done meanwhile.
        let most = if place.caught_up { self.app.config.replay_limit } else { self.app.boards.log };
        if head.0 - place.seq.0 <= most {
            let missed = self.app.store.board_after(seat.room, place.seq, STORE_SHARE).await;
            let missed: Vec<Operated> = match missed {
                Err(StoreError::Damaged) => Vec::new(),
                read => read.map_err(failed)?,
            };
            let mut taken = 0;
            for operated in missed {
                if taken > SHARE {
                    break;
                }
                let text = StreamEvent::operated(slug, &operated).text;
                taken += text.bytes().len();
                place.seq = operated.seq;
                self.socket.queue_text(text.bytes());
            }
            if taken > 0 {
                return Ok(());
            }
        }
        let position = self.app.store.board_position(seat.room).await.map_err(failed)?;
        seat.start_board_over(None, position);
        Ok(())
    }

    async fn operate(&mut self, reference: Ref, room: &Slug, operation: Operation) {
        let Some(seat) = self.seats.get(room) else {
            self.refuse_stranger(reference, room).await;
            return;
        };
        match drawing::operate(&self.app, self.actor, seat.room, operation) {
            Ok(done) => self.answers.push_back(
                done.map(move |done| match done {
                    Ok(seq) => ServerEvent::Ack { reference, seq: Some(seq) },
                    Err(refusal) => refusal.event(Some(reference)),
                })
                .boxed(),
            ),
            Err(refusal) => self.refuse(Some(reference), refusal),
        }
    }

    async fn preview(&mut self, room: &Slug, preview: Option<Preview>, bytes: usize) {
        if let Some(preview) = &preview
            && let Err(error) = self.app.boards.limits.check_preview(preview)
        {
            return self.refuse(None, error.into());
        }
        // In a room that was just left it is late, not wrong.
        let Some(seat) = self.seats.get_mut(room) else { return };
        // Who may not draw was told so; what is on its way meanwhile is late, too.
        let preview = preview.filter(|_| seat.rights.include(Action::Draw));
        if preview.is_some() || seat.holds {
            seat.holds = preview.is_some();
            let held = preview.map(|preview| Held { preview: signed(preview, self.user), bytes });
            seat.tell(RoomCommand::Hold { slot: seat.slot, held }).await;
        }
        if let Err(not_until) = self.preview_rate.check() {
            self.pause_reading(&not_until);
        }
    }

    async fn signal(&mut self, room: &Slug, signal: Signal) {
        if let Err(error) = self.app.boards.limits.check_signal(&signal) {
            return self.refuse(None, error.into());
        }
        // As with a cursor: it may be late.
        if let Some(seat) = self.seats.get(room)
            && (seat.rights.include(Action::Point) || signal == Signal::Laser { active: false })
        {
            seat.tell(RoomCommand::Signal { slot: seat.slot, signal }).await;
        }
        if let Err(not_until) = self.signal_rate.check() {
            self.pause_reading(&not_until);
        }
    }

    fn queue_board(&mut self, event: &BoardEvent) {
        self.socket.queue_text(codec::encode_board_event(event).into());
    }
}

/// What somebody is about to put down would be theirs, whatever the client says.
fn signed(mut preview: Preview, user: UserId) -> Preview {
    if let Preview::Hold { changes } = &mut preview {
        for change in changes {
            if let Change::Put { object } = change {
                object.by = user;
            }
        }
    }
    preview
}
