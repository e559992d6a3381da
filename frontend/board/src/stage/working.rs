//! How the stage works with what lies on the board: does something with it, and does what follows.

use starling_client::Millis;

use crate::desk::{Desk, Follow};
use crate::dom::now;
use crate::tool::Tool;

use super::Stage;

/// How long it is said why something was not done.
const SAID_MS: f64 = 8_000.0;

impl Stage {
    /// Does something at the desk, and what follows from it: sends, saves, tells, draws.
    pub(crate) fn work<R>(&self, act: impl FnOnce(&mut Desk, Millis) -> R) -> R {
        let result = act(&mut self.desk.borrow_mut(), now() as Millis);
        self.follow_up();
        result
    }

    fn follow_up(&self) {
        let (tool, follows) = {
            let mut desk = self.desk.borrow_mut();
            (desk.tool(), desk.take_follows())
        };
        // Whatever put the tool down or took it in hand.
        self.state.borrow_mut().gestures.always_pan(tool == Tool::Hand);
        // The page may ask for something in turn, so nothing is borrowed here.
        for follow in follows {
            match follow {
                Follow::Send { text } => self.page.send(text),
                Follow::Save => self.saved.save(self.desk.borrow().client.unsaved()),
                Follow::Problem { words } => self.show_problem(&words),
                Follow::Say { words } => self.page.say(&words),
                Follow::Write { object } => self.start_writing(object),
                Follow::Signals { signals } => self.signalled(signals),
                Follow::Opened => {
                    self.act(|state, _| state.out.opened());
                    if self.desk.borrow().client.is_open() {
                        self.parts.borrow_mut().painter.forget_failed_pictures();
                    }
                    self.resume_leading();
                }
            }
        }
        self.wake();
    }

    /// Says why something was not done, for a while.
    pub(super) fn show_problem(&self, words: &str) {
        self.parts.borrow_mut().toolbar.say_problem(Some(words));
        self.problem_until.set(Some(now() + SAID_MS));
        self.wake();
    }

    /// Takes back what was said of a problem, if it is time; after how long it is, otherwise.
    pub(super) fn draw_problem(&self, now: f64) -> Option<f64> {
        let until = self.problem_until.get()?;
        if until > now {
            return Some(until - now);
        }
        self.problem_until.set(None);
        self.parts.borrow_mut().toolbar.say_problem(None);
        None
    }
}
