//! The connections of the world: what the server does with what it is sent, and what comes of its answers.

use rand::Rng;
use starling_protocol::board::{BoardEvent, BoardRequest, SlotPreview};
use starling_protocol::{ErrorCode, codec};

use super::super::{den, refused};
use super::{Connection, Person, World};
use crate::Millis;
use crate::board::BoardOutput;

/// What passes by itself.
const PASSING: [(ErrorCode, Option<Millis>); 4] = [
    (ErrorCode::SlowDown, Some(30)),
    (ErrorCode::Busy, Some(100)),
    (ErrorCode::Unavailable, None),
    (ErrorCode::StorageFull, None),
];

impl World {
    /// The server's side of a connection.
    pub(super) fn serve(&mut self, number: usize) {
        let Person { user, client, connection, .. } = &mut self.people[number];
        if client.next_timer().is_some_and(|due| due <= self.now) {
            client.timer(self.now);
        }
        while let Some(output) = client.poll() {
            if let (BoardOutput::Send { text }, Some(connection)) = (output, &mut *connection) {
                connection.up.push_back(text);
            }
        }
        let Some(Connection { slot, up, down, owed }) = connection else { return };
        for _ in 0..self.rng.random_range(0..3) {
            let Some(text) = up.pop_front() else { break };
            let mut answers = Vec::new();
            match codec::decode_board_request(&text).expect("it reads") {
                BoardRequest::OpenBoard { reference, resume, .. } => {
                    let (pages, next) = self.server.open(reference, resume);
                    answers = pages;
                    *owed = Some(next);
                    let luck = if self.bad_luck { self.rng.random_range(0..40) } else { 40 };
                    // Some are refused, at once or after the first page.
                    let pages = luck % 2;
                    if luck < 8 && answers.len() > pages {
                        let (code, wait) = match luck / 2 {
                            0 => (ErrorCode::Forbidden, None),
                            luck => PASSING[luck % 3],
                        };
                        answers.truncate(pages);
                        answers.push(refused(reference, code, wait));
                        *owed = None;
                    }
                }
                BoardRequest::Operate { reference, operation, .. } => {
                    let luck = if self.bad_luck { self.rng.random_range(0..60) } else { 60 };
                    let answer = match luck {
                        0..4 => {
                            self.refused[1] += 1;
                            let (code, wait) = PASSING[luck];
                            refused(reference, code, wait)
                        }
                        4 | 5 => {
                            self.refused[0] += 1;
                            refused(reference, ErrorCode::Forbidden, None)
                        }
                        _ => {
                            let seq = Some(self.server.operate(*user, operation));
                            BoardEvent::Ack { reference, seq }
                        }
                    };
                    answers.push(answer);
                }
                BoardRequest::Preview { preview: Some(preview), .. } => {
                    self.server.previews.insert(*slot, preview);
                }
                BoardRequest::Preview { preview: None, .. } => {
                    self.server.previews.remove(slot);
                }
                other => panic!("it sends {other:?}"),
            }
            down.extend(answers.iter().map(codec::encode_board_event));
        }
        if let Some(next) = owed.as_mut().filter(|_| self.rng.random_bool(0.5)) {
            for operated in self.server.log.iter().skip(*next as usize - 1) {
                let event = BoardEvent::Operated { room: den(), operated: operated.clone() };
                down.push_back(codec::encode_board_event(&event));
            }
            *next = self.server.head() + 1;
            let previews = self.server.previews.iter();
            let previews = previews
                .map(|(slot, it)| SlotPreview { slot: *slot, preview: Some(it.clone()) })
                .collect();
            let event = BoardEvent::Previews { room: den(), complete: true, previews };
            down.push_back(codec::encode_board_event(&event));
        }
    }

    /// What the server said comes to the client, with luck.
    pub(super) fn deliver(&mut self, number: usize) {
        let Person { client, connection: Some(connection), .. } = &mut self.people[number] else {
            return;
        };
        for _ in 0..self.rng.random_range(0..6) {
            let Some(text) = connection.down.pop_front() else { break };
            let luck = if self.bad_luck { self.rng.random_range(0..60) } else { 60 };
            // A page of a board is never lost by itself: the connection would be.
            let is_page = text.contains(r#""type":"board""#);
            let times = match luck {
                0 if !is_page => 0,
                1 => 2,
                _ => 1,
            };
            for _ in 0..times {
                client.received(self.now, &text);
            }
        }
    }
}
