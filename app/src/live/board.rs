//! The board in a live room: loads its module, tells it what the client knows, and lets go of nothing when
//! it cannot be loaded.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use starling_client::{Change, Client, RoomState};
use starling_protocol::{Action, Person, Rights, UserId};
use wasm_bindgen::JsCast;

use crate::board_port::{self, BoardPort, LiveBoard, Module, edges};
use crate::model::{BoardState, Tab};
use crate::tabs::tab_id;

use super::Live;

impl Live {
    /// Loads the board, as often as the person wants it tried.
    pub(super) fn load_board(self: &Rc<Self>) {
        let live = self.clone();
        live.room.board.set(BoardState::Loading);
        spawn_local(async move {
            let tries = live.tries.replace(live.tries.get() + 1);
            let board = board_port::load(tries).await.ok().and_then(|module| {
                let port = BoardPort::new(live.client().clone(), live.slug.clone(), live.room);
                let section = document().get_element_by_id(tab_id(Tab::Board))?;
                let viewer = live.room.viewer.get_untracked()?.id.to_string();
                let module = module.unchecked_into::<Module>();
                module.start(&section, port, live.slug.as_str(), &viewer).ok().flatten()
            });
            live.room.board.set(match board {
                Some(_) => BoardState::Live,
                None => BoardState::Missing,
            });
            live.board.replace(board);
            live.tell_board_everything();
        });
    }

    /// What the board has to know of a change at once.
    pub(super) fn tell_board(&self, change: &Change) {
        self.with_board(|board| match change {
            Change::Cursors { .. } => {
                let others = |room: &RoomState| room.others() as u32;
                board.others(self.client().read(|core| core.room(&self.slug).map_or(0, others)));
            }
            Change::CursorsMoved { .. } => board.wake(),
            Change::Viewing { user, view, .. } => {
                let [left, top, right, bottom] = edges(*view);
                board.viewing(&user.to_string(), left, top, right, bottom);
            }
            // The client follows nobody any more.
            Change::Following { .. } => board.follow(None),
            Change::Gathered { by, view, .. } => {
                let [left, top, right, bottom] = edges(*view);
                board.gathered(&by.to_string(), left, top, right, bottom);
            }
            Change::HandedOn { text } => board.received(text),
            Change::Connection | Change::Messages { .. } | Change::Problem { .. } => {
                self.tell_whether_joined(board);
            }
            _ => {}
        });
    }

    /// The viewer wants to see what somebody sees, or nobody any more.
    pub(super) fn follow(&self, user: Option<UserId>) {
        if user.is_some() && self.room.narrow.get_untracked() {
            self.room.tab.set(Tab::Board);
        }
        self.with_board(|board| board.follow(user.map(|user| user.to_string()).as_deref()));
    }

    pub(super) fn tell_people(&self) {
        self.with_board(|board| {
            let people = |core: &Client| -> Vec<Person> {
                core.room(&self.slug).into_iter().flat_map(RoomState::people).cloned().collect()
            };
            for person in self.client().read(people) {
                let slots = person.slots.iter().map(|slot| slot.0).collect();
                let own = self.room.is_viewer(person.id);
                let (id, name) = (person.id.to_string(), person.name.as_str());
                board.person(&id, name, person.hue.0, own, slots);
            }
            board.people_told();
        });
    }

    pub(super) fn tell_rights(&self) {
        let may = |action| self.room.rights.with_untracked(|rights| rights.include(action));
        self.with_board(|board| {
            let [point, post] = [Action::Point, Action::Post].map(may);
            let [draw, gather] = [Action::Draw, Action::Gather].map(may);
            board.rights(point, post, draw, gather);
            let why = self.room.rights.with_untracked(why_not_draw);
            board.why_not(why.as_deref());
        });
    }

    fn tell_board_everything(&self) {
        self.tell_rights();
        self.tell_people();
        self.with_board(|board| {
            self.tell_whether_joined(board);
            board.wake();
        });
    }

    fn tell_whether_joined(&self, board: &LiveBoard) {
        let seat = self.client().read(|core| core.room(&self.slug).and_then(RoomState::slot));
        if self.board_seat.replace(seat) == seat {
            return;
        }
        match seat {
            Some(slot) => board.joined(slot.0),
            None => board.disconnected(),
        }
    }

    /// Calls of the board may come back to the page at once, so that nothing is borrowed meanwhile.
    fn with_board(&self, tell: impl FnOnce(&LiveBoard)) {
        let board = self.board.borrow().clone();
        if let Some(board) = board {
            tell(&board);
        }
    }
}

/// Why somebody may not draw, if so, for people.
fn why_not_draw(rights: &Rights) -> Option<String> {
    if rights.include(Action::Draw) {
        return None;
    }
    // In other words than those in the chat, which stand beside these.
    let why = if rights.archived {
        "You can look, not draw: the room is archived."
    } else if rights.locked {
        "You can look, not draw, while the room is locked."
    } else if rights.silenced.is_some() {
        "You can look, not draw: the chat says why."
    } else {
        "You can look, not draw."
    };
    Some(why.to_owned())
}
