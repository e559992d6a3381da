//! How the stage works with what lies on the board: does something with it, and does what follows.

use starling_client::{BoardOutput, Millis};

use crate::desk::Desk;
use crate::dom::now;

use super::Stage;

impl Stage {
    /// Does something at the desk, and what follows from it: sends, saves, tells, draws.
    pub(crate) fn work<R>(&self, act: impl FnOnce(&mut Desk, Millis) -> R) -> R {
        let (result, outputs) = {
            let mut desk = self.desk.borrow_mut();
            let result = act(&mut desk, now() as Millis);
            (result, desk.take_outputs())
        };
        // The page may ask for something in turn, so nothing is borrowed here.
        for output in outputs {
            match output {
                BoardOutput::Send { text } => self.page.send(text),
                BoardOutput::Pending => self.saved.save(self.desk.borrow().client.pending()),
                BoardOutput::Problem { message, .. } => self.page.say(&message),
                BoardOutput::Signals { signals } => self.signalled(signals),
                BoardOutput::State => self.resume_leading(),
                BoardOutput::Reset | BoardOutput::Objects { .. } => {}
            }
        }
        self.wake();
        result
    }
}
