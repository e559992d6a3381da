//! What becomes of that which the server says: events to rooms, acks and refusals to requests.

use starling_protocol::{
    ClientEvent, CursorFrame, DisplayName, ErrorCode, Ref, Rights, Seq, ServerEvent, Slug, Status,
    codec,
};

use super::handed::is_anothers;
use super::{Change, Client, Request};
use crate::Millis;
use crate::RoomState;
use crate::room::{Gap, RoomChange};

/// After a refusal that need not last, joining and history are asked for again.
const ASK_AGAIN_AFTER: Millis = 5_000;

impl Client {
    /// A text frame arrived.
    pub fn received_text(&mut self, now: Millis, text: &str) {
        self.link.heard(now);
        if codec::is_of_board(text) {
            return self.hand_on(text);
        }
        match codec::decode_server(text) {
            Ok(event) if is_anothers(&event) => self.hand_on(text),
            Ok(event) => self.received(now, event),
            // Only a server with a mistake sends such a frame, and another one may follow.
            Err(_) => self.reset(now),
        }
    }

    /// A binary frame arrived.
    pub fn received_binary(&mut self, now: Millis, bytes: &[u8]) {
        self.link.heard(now);
        let Ok(frame) = CursorFrame::decode(bytes) else { return };
        let Some(state) =
            self.rooms.values_mut().find(|state| state.channel() == Some(frame.channel))
        else {
            return;
        };
        let room = state.slug().clone();
        if state.apply_cursors(now, &frame) {
            self.changed(Change::Cursors { room: room.clone() });
        }
        self.changed(Change::CursorsMoved { room });
    }

    fn received(&mut self, now: Millis, event: ServerEvent) {
        match event {
            ServerEvent::Hello { build, user, limits, ping_after_ms, pong_within_ms, .. } => {
                self.link.greeted(now, ping_after_ms, pong_within_ms);
                self.limits = limits;
                self.user = Some(user);
                self.changed(Change::User);
                if self.build.as_ref() != Some(&build) {
                    self.build = Some(build);
                    self.changed(Change::Build);
                }
                if self.status != Status::Active {
                    self.send(&ClientEvent::Status { status: self.status });
                }
                for room in self.wanted_rooms() {
                    self.send_join(&room);
                }
                self.changed(Change::Connection);
            }
            ServerEvent::Ack { reference, seq } => self.acked(now, reference, seq),
            ServerEvent::Error { reference, code, message, retry_after_ms } => {
                if let Some(request) = reference.and_then(|r| self.requests.remove(&r)) {
                    self.refused(now, request, code, message, retry_after_ms);
                }
            }
            ServerEvent::Direct { reference, room, with } => {
                self.requests.remove(&reference);
                self.changed(Change::DirectOpened { room, with: with.id });
            }
            ServerEvent::Directs { directs } => {
                self.directs = directs;
                self.changed(Change::Directs);
            }
            ServerEvent::Custom { room, event, data, by, .. } => {
                self.changed(Change::Custom { room, event, data, by });
            }
            ServerEvent::Viewing { room, user, view } => {
                // It may have been on its way when the person followed somebody else.
                let follows = self.rooms.get(&room).and_then(RoomState::following);
                if follows == Some(user) {
                    self.changed(Change::Viewing { room, user, view });
                }
            }
            ServerEvent::Gathered { room, by, view } => {
                self.changed(Change::Gathered { room, by, view });
            }
            ServerEvent::Goodbye { reconnect_after_ms } => self.link.announced(reconnect_after_ms),
            ServerEvent::Pong {} | ServerEvent::Unknown => {}
            ServerEvent::Joined { reference, ref room, .. } => {
                reference.and_then(|reference| self.requests.remove(&reference));
                let room = room.clone();
                self.fold(now, &room, event);
                self.pump(now);
                self.send_cursors(now);
                let following = self.rooms.get(&room).and_then(RoomState::following);
                // A client that was started over is where it was.
                if reference.is_some() && following.is_some() {
                    self.send_follow(&room, following);
                }
            }
            ServerEvent::History { reference, ref room, .. } => {
                self.requests.remove(&reference);
                let room = room.clone();
                self.fold(now, &room, event);
            }
            ServerEvent::Message { ref room, .. }
            | ServerEvent::MessageDeleted { ref room, .. }
            | ServerEvent::MessageEdited { ref room, .. }
            | ServerEvent::Reacted { ref room, .. }
            | ServerEvent::NewerInStream { ref room, .. }
            | ServerEvent::Rights(Rights { ref room, .. })
            | ServerEvent::Removed { ref room, .. }
            | ServerEvent::People { ref room, .. }
            | ServerEvent::PeopleChanged { ref room, .. }
            | ServerEvent::Typing { ref room, .. } => {
                let room = room.clone();
                self.fold(now, &room, event);
            }
        }
    }

    fn fold(&mut self, now: Millis, room: &Slug, event: ServerEvent) {
        // A room that was just left still says something.
        let Some(state) = self.rooms.get_mut(room) else { return };
        let room = room.clone();
        let followed = state.following();
        let applied = state.apply(event);
        if followed != state.following() {
            self.changed(Change::Following { room: room.clone() });
        }
        match applied {
            Ok(None) => {}
            Ok(Some(RoomChange::Messages)) => self.changed(Change::Messages { room }),
            Ok(Some(RoomChange::People)) => {
                self.changed(Change::People { room: room.clone() });
                self.changed(Change::Cursors { room });
            }
            Ok(Some(RoomChange::Typing)) => self.changed(Change::Typing { room }),
            Ok(Some(RoomChange::Rights)) => self.changed(Change::Rights { room }),
            Ok(Some(RoomChange::Removed)) => {
                self.changed(Change::Problem { room: room.clone() });
                self.changed(Change::Messages { room: room.clone() });
                self.changed(Change::People { room: room.clone() });
                self.changed(Change::Cursors { room: room.clone() });
                self.changed(Change::Typing { room });
            }
            Err(Gap) => self.reset(now),
        }
    }

    fn acked(&mut self, now: Millis, reference: Ref, seq: Option<Seq>) {
        match self.requests.remove(&reference) {
            Some(Request::Post { room, id }) => {
                let Some(state) = self.rooms.get_mut(&room) else { return };
                if let Some(seq) = seq {
                    state.outbox.acked(id, seq);
                    // The message itself can be faster than its ack.
                    if let Some(position) = state.position() {
                        state.outbox.caught_up(position.seq);
                    }
                }
                self.changed(Change::Messages { room });
                self.pump(now);
            }
            Some(Request::Rename { name }) => {
                if let Some(user) = &mut self.user
                    && let Ok(name) = DisplayName::parse(&name, &self.limits)
                {
                    user.name = name;
                }
                self.changed(Change::User);
            }
            Some(Request::Act { room, act }) => self.changed(Change::Done { room, act }),
            Some(Request::Authenticate) => self.changed(Change::TokenTaken),
            Some(
                Request::Join { .. }
                | Request::Leave
                | Request::History { .. }
                | Request::Direct
                | Request::Follow { .. },
            )
            | None => {}
        }
    }

    fn refused(
        &mut self,
        now: Millis,
        request: Request,
        code: ErrorCode,
        message: String,
        retry_after: Option<Millis>,
    ) {
        match request {
            Request::Join { .. } if code == ErrorCode::AlreadyJoined => {}
            Request::Join { room } => {
                if let Some(state) = self.rooms.get_mut(&room) {
                    if code == ErrorCode::NoSuchRoom {
                        state.outbox.refuse_all(code, &message);
                    }
                    state.problem = Some((code, message));
                    let passes = code.is_temporary()
                        || matches!(code, ErrorCode::RoomFull | ErrorCode::Unavailable);
                    let wait = retry_after.unwrap_or_default().max(ASK_AGAIN_AFTER);
                    state.rejoin_at = passes.then_some(now.saturating_add(wait));
                }
                self.changed(Change::Problem { room: room.clone() });
                self.changed(Change::Messages { room });
            }
            Request::Post { room, id } => {
                self.with_outbox(&room, |outbox| match retry_after {
                    Some(wait) if code.is_temporary() => {
                        outbox.delayed(id, now.saturating_add(wait))
                    }
                    _ => outbox.refused(id, code, message),
                });
                self.pump(now);
            }
            Request::History { room } => {
                if let Some(state) = self.rooms.get_mut(&room) {
                    state.loading_before = None;
                    state.history_held_until =
                        now.saturating_add(retry_after.unwrap_or(ASK_AGAIN_AFTER));
                }
                self.changed(Change::Messages { room: room.clone() });
                self.changed(Change::HistoryRefused { room, message });
            }
            Request::Rename { .. } => self.changed(Change::NameRefused { message }),
            Request::Act { room, act } => self.changed(Change::Refused { room, act, message }),
            Request::Authenticate => self.changed(Change::TokenRefused { message }),
            Request::Direct => self.changed(Change::DirectRefused { message }),
            Request::Follow { room, user } => {
                let state = self.rooms.get_mut(&room);
                // They may want to follow somebody else by now.
                if state.is_some_and(|state| state.following() == user && state.follow(None)) {
                    self.changed(Change::Following { room });
                }
            }
            Request::Leave => {}
        }
    }
}
