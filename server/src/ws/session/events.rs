//! What a client says, and what comes of it.

use futures_util::FutureExt;
use starling_protocol::{
    Action, ClientEvent, DisplayName, Emoji, ErrorCode, FileId, MessageBody, MessageId, Reason,
    Ref, Seq, ServerEvent, Slug, Status, codec,
};

use super::Session;
use crate::permission;
use crate::posting::post_with_file;
use crate::refusal::Refusal;
use crate::room_task::RoomCommand;
use crate::store::{Actor, NewMeasure, Profile, RoomChange, RoomId, Store, StoreError};

/// A measure that lasts longer than a thousand years lasts for ever, and so much fits everywhere.
const LONGEST_S: u64 = 1_000 * 366 * 24 * 60 * 60;

impl Session {
    pub(super) async fn take_text(&mut self, text: &str) {
        match codec::decode_client(text) {
            // On their own, they do not make every session's task as large.
            Ok(ClientEvent::Unknown) => Box::pin(self.take_board_text(text)).await,
            Ok(event) => Box::pin(self.take_event(event)).await,
            Err(error) => {
                let sentence = format!("This frame is no event: {}.", error.reason);
                self.refuse(error.reference, Refusal::new(ErrorCode::BadJson, sentence));
            }
        }
    }

    async fn take_event(&mut self, event: ClientEvent) {
        match event {
            // Rare and large: on its own, it does not make every session's task as large.
            ClientEvent::Join { reference, room, resume } => {
                Box::pin(self.join(reference, room, resume)).await;
            }
            ClientEvent::Leave { reference, room } => self.leave(reference, &room).await,
            ClientEvent::Post { reference, room, id, body, file } => {
                self.post(reference, &room, id, &body, file).await;
            }
            ClientEvent::Typing { room, active } => {
                if let Some(seat) = self.seats.get(&room)
                    && (seat.rights.include(Action::Post) || !active)
                {
                    seat.tell(RoomCommand::SetTyping { slot: seat.slot, active }).await;
                }
            }
            ClientEvent::Status { status } => self.set_status(status).await,
            ClientEvent::Rename { reference, name } => self.rename(reference, &name),
            ClientEvent::History { reference, room, before } => {
                self.history(reference, room, before).await;
            }
            ClientEvent::Edit { reference, room, message, body } => {
                match MessageBody::parse(&body, &self.app.limits) {
                    Ok(body) => {
                        self.act(reference, &room, |store, actor, room| {
                            store.edit_message(actor, room, message, body, None)
                        })
                        .await;
                    }
                    Err(error) => self.refuse(Some(reference), error.into()),
                }
            }
            ClientEvent::React { reference, room, message, emoji, active } => {
                match Emoji::parse(&emoji) {
                    Ok(emoji) => {
                        self.act(reference, &room, |store, actor, room| {
                            store.react(actor, room, message, emoji, active)
                        })
                        .await;
                    }
                    Err(error) => self.refuse(Some(reference), error.into()),
                }
            }
            ClientEvent::Direct { reference, user } => self.open_direct(reference, user),
            ClientEvent::DeleteMessage { reference, room, message } => {
                self.act(reference, &room, |store, actor, room| {
                    store.delete_message(actor, room, message, None)
                })
                .await;
            }
            ClientEvent::Moderate { reference, room, user, measure, reason, seconds } => {
                let reason = match Reason::parse(&reason) {
                    Ok(reason) => reason,
                    Err(error) => return self.refuse(Some(reference), error.into()),
                };
                let lasts =
                    seconds.map(|it| i64::try_from(it.min(LONGEST_S)).unwrap_or_default() * 1_000);
                let measure = NewMeasure { user, measure, reason, lasts };
                self.act(reference, &room, |store, actor, room| {
                    store.moderate(actor, room, measure)
                })
                .await;
            }
            ClientEvent::Lock { reference, room, locked } => {
                let change = RoomChange { locked: Some(locked), ..RoomChange::default() };
                self.act(reference, &room, |store, actor, room| {
                    store.change_room(actor, room, change)
                })
                .await;
            }
            ClientEvent::Follow { reference, room, user } => {
                self.follow(reference, &room, user).await;
            }
            ClientEvent::Gather { reference, room, view } => {
                self.gather(reference, &room, view).await;
            }
            ClientEvent::Authenticate { reference, token } => {
                Box::pin(self.authenticate(reference, &token)).await;
            }
            ClientEvent::Ping {} => self.queue(&ServerEvent::Pong {}),
            ClientEvent::Unknown => {}
        }
    }

    async fn leave(&mut self, reference: Ref, room: &Slug) {
        match self.seats.remove(room) {
            Some(seat) => {
                self.news.remove(room);
                seat.leave();
                self.queue(&ServerEvent::Ack { reference, seq: None });
            }
            None => self.refuse_stranger(reference, room).await,
        }
    }

    async fn post(
        &mut self,
        reference: Ref,
        room: &Slug,
        id: MessageId,
        body: &str,
        file: Option<FileId>,
    ) {
        let Some(seat) = self.seats.get(room) else {
            self.refuse_stranger(reference, room).await;
            return;
        };
        match post_with_file(&self.app, self.actor, seat.room, id, body, file) {
            Ok(posted) => self.answers.push_back(
                posted
                    .map(move |posted| match posted {
                        Ok(posted) => ServerEvent::Ack { reference, seq: Some(posted.seq) },
                        Err(refusal) => refusal.event(Some(reference)),
                    })
                    .boxed(),
            ),
            Err(refusal) => self.refuse(Some(reference), refusal),
        }
    }

    /// Something that not everyone may do: the store decides, and the answer comes when it has.
    async fn act<O, F>(
        &mut self,
        reference: Ref,
        room: &Slug,
        act: impl FnOnce(&Store, Actor, RoomId) -> F,
    ) where
        O: Send,
        F: Future<Output = Result<O, StoreError>> + Send + 'static,
    {
        let Some(seat) = self.seats.get(room) else {
            self.refuse_stranger(reference, room).await;
            return;
        };
        // Everybody is told, as of a message.
        if let Err(refusal) = self.app.rates.message(self.user) {
            return self.refuse(Some(reference), refusal);
        }
        let (app, actor, room) = (self.app.clone(), self.actor, seat.room);
        let done = act(&app.store, actor, room);
        self.answers.push_back(
            async move {
                match done.await {
                    Ok(_) => ServerEvent::Ack { reference, seq: None },
                    Err(error) => {
                        let refusal = permission::refused(&app, actor, room, error).await;
                        refusal.event(Some(reference))
                    }
                }
            }
            .boxed(),
        );
    }

    async fn set_status(&mut self, status: Status) {
        if self.status != status {
            self.status = status;
            for seat in self.seats.values() {
                seat.tell(RoomCommand::SetStatus { slot: seat.slot, status }).await;
            }
        }
    }

    fn rename(&mut self, reference: Ref, name: &str) {
        let name = DisplayName::parse(name, &self.app.limits).map_err(Refusal::from);
        // Everybody is told of a new name, as of a message.
        let name = name.and_then(|name| self.app.rates.message(self.user).map(|()| name));
        let name = name.and_then(|name| match self.actor.may_personally() {
            Ok(()) => Ok(name),
            Err(denial) => Err(permission::refusal(denial)),
        });
        match name {
            Ok(name) => self.answers.push_back(
                self.app
                    .store
                    .change_profile(self.user, Profile { name: Some(name), ..Profile::default() })
                    .map(move |renamed| match renamed {
                        Ok(()) => ServerEvent::Ack { reference, seq: None },
                        Err(error) => Refusal::from(error).event(Some(reference)),
                    })
                    .boxed(),
            ),
            Err(refusal) => self.refuse(Some(reference), refusal),
        }
    }

    async fn history(&mut self, reference: Ref, room: Slug, before: Seq) {
        let Some(seat) = self.seats.get(&room) else {
            self.refuse_stranger(reference, &room).await;
            return;
        };
        let _turn = self.app.turns.next().await;
        match self.app.store.before(seat.room, before, self.app.limits.history_page).await {
            Ok((messages, more)) => {
                self.queue(&ServerEvent::History { reference, room, messages, more });
            }
            Err(error) => self.refuse(Some(reference), error.into()),
        }
    }

    /// Somebody asked for something in a room they are not in; it may not even exist.
    pub(super) async fn refuse_stranger(&mut self, reference: Ref, room: &Slug) {
        let _turn = self.app.turns.next().await;
        let refusal = match permission::admit(&self.app, self.actor, room).await {
            Ok(_) => Refusal::new(ErrorCode::NotJoined, "Join the room first."),
            Err(refusal) => refusal,
        };
        self.refuse(Some(reference), refusal);
    }
}
