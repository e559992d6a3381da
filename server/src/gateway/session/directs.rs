//! Private messages: what was said in the conversations of the person, whoever said it and by whatever way.

use std::collections::BTreeMap;

use serde_json::json;
use starling_protocol::{Action, Direct, Logged, Message, Seq, Slug, User};

use super::pull::add_file;
use super::{End, Namespace, Session};
use crate::store::{MOST_DIRECTS, StoreError};
use crate::timestamp::timestamp;

/// How many events of a conversation are read at once.
const SHARE: usize = 100;

/// How far the client has heard the conversations of its person.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    heard: BTreeMap<Slug, Seq>,
    /// There are more than were listed at first, so that one that is not among them may be old.
    more: bool,
    /// Something was said somewhere.
    pub(super) stirred: bool,
}

impl Conversations {
    /// Where to go on in a conversation.
    fn heard(&self, direct: &Direct) -> Seq {
        let unknown = if self.more { Seq(direct.seq.0.saturating_sub(1)) } else { Seq(0) };
        self.heard.get(&direct.room).copied().unwrap_or(unknown)
    }
}

impl Session {
    /// Notes where the conversations stand: what comes after is told.
    pub(super) async fn begin_conversations(&mut self) -> Result<(), End> {
        let directs = self.directs().await?;
        self.conversations.more = directs.len() >= MOST_DIRECTS as usize;
        self.conversations.heard = directs.into_iter().map(|it| (it.room, it.seq)).collect();
        Ok(())
    }

    /// Tells what was said in conversations, as long as that is taken; true if there is more.
    pub(super) async fn pull_conversations(&mut self) -> Result<bool, End> {
        if !std::mem::take(&mut self.conversations.stirred) {
            return Ok(false);
        }
        let directs = self.directs().await?;
        for direct in directs {
            let heard = self.conversations.heard(&direct);
            if heard < direct.seq && self.pull_conversation(&direct, heard).await? < direct.seq {
                self.conversations.stirred = true;
            }
            self.outlet.pump()?;
            if self.outlet.is_behind() {
                self.conversations.stirred = true;
                break;
            }
        }
        Ok(self.conversations.stirred)
    }

    /// Takes a share of one; says how far that is.
    async fn pull_conversation(&mut self, direct: &Direct, heard: Seq) -> Result<Seq, End> {
        let turn = self.app.turns.next().await;
        let room = match self.app.store.room(&direct.room).await {
            Ok(room) => room,
            Err(StoreError::NotFound) => return Ok(direct.seq),
            Err(_) => return Err(End::Cut),
        };
        let events = match self.app.store.after(room.id, heard, SHARE).await {
            // What nobody can read any more must not keep its readers from the rest.
            Err(StoreError::Damaged) => Vec::new(),
            read => read.map_err(|_| End::Cut)?,
        };
        drop(turn);
        let reached = events.last().map_or(direct.seq, Logged::seq);
        for event in events {
            if let Logged::Message(message) = event {
                self.tell_private(&message, &direct.with);
            }
        }
        self.conversations.heard.insert(direct.room.clone(), reached);
        Ok(reached)
    }

    fn tell_private(&mut self, message: &Message, with: &User) {
        let Some(body) = &message.body else { return };
        let mine = message.author.id == self.user.id;
        let event = match (self.namespace, mine) {
            (_, false) => "message:private",
            (Namespace::Chat, true) => "message:private:sent",
            (_, true) => return,
        };
        let mut told = json!({
            "id": message.id,
            "senderId": message.author.id,
            "senderUsername": message.author.name.as_str(),
            "recipientId": if mine { with.id } else { self.user.id },
            "content": body.as_str(),
            "timestamp": timestamp(message.at),
        });
        add_file(&mut told, message);
        self.outlet.event(event, told);
    }

    async fn directs(&mut self) -> Result<Vec<Direct>, End> {
        let hears = matches!(self.namespace, Namespace::Chat | Namespace::Notifications);
        if !hears || !self.actor.may(Action::Read) {
            return Ok(Vec::new());
        }
        let _turn = self.app.turns.next().await;
        self.app.store.directs(self.user.id, MOST_DIRECTS).await.map_err(|_| End::Cut)
    }
}
