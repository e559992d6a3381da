//! Writing in an object: while it is written the others see it, and it is stored at the end.

use starling_client::Millis;
use starling_protocol::ObjectId;
use starling_protocol::board::{Change, Content, Fields, Object, Size};

use crate::scene::geometry::frame;

use super::{Desk, Follow};

/// What is being written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// How high a text by itself has become, in board units; of others it does not change.
    pub(crate) height: Option<f64>,
}

impl Desk {
    /// The person starts to write in that object; as it is now. `None` if nobody can.
    pub(crate) fn start_writing(&mut self, now: Millis, id: ObjectId) -> Option<Object> {
        let object = self.client.object(id).filter(|object| object.text().is_some())?.clone();
        if !self.may_draw {
            return None;
        }
        self.cancel(now);
        self.writing = Some(id);
        // Those who see the board see who writes here.
        let fields = Fields::default();
        self.hold(now, vec![Change::Set { object: id, fields }]);
        Some(object)
    }

    /// It says this so far.
    pub(crate) fn write(&mut self, now: Millis, written: &Written) {
        if let Some(object) = self.writing.and_then(|id| self.client.object(id)) {
            let change = Change::Set { object: object.id, fields: fields(object, written) };
            self.hold(now, vec![change]);
        }
    }

    /// The person is done; it says this, and was `before` when they started.
    pub(crate) fn stop_writing(&mut self, now: Millis, before: &Object, written: &Written) {
        if self.writing.take().is_none() {
            return;
        }
        let changes = self.rewritten(before, written);
        let told = self.if_deleted(before, &changes);
        if changes.is_empty() || self.operate(now, changes) {
            self.follows.extend(told);
        }
        if written.text.trim().is_empty() {
            self.forget_blank(before);
        }
        // To undo that would bring back what nobody saw.
        self.client.forget_made(before.id);
        self.client.hold(now, None);
    }

    /// The person has written that elsewhere, in what was `before` when they started.
    ///
    /// # Errors
    /// Why it is not taken, for them; then nothing changed.
    pub(crate) fn rewrite(
        &mut self,
        now: Millis,
        before: &Object,
        text: String,
    ) -> Result<(), String> {
        let changes = self.rewritten(before, &Written { text, height: None });
        if changes.is_empty() {
            return Ok(());
        }
        if !self.may_draw {
            return Err("You can look, not write, right now.".to_owned());
        }
        let told = self.if_deleted(before, &changes);
        self.client.operate(now, changes).map_err(|why| why.to_string())?;
        self.follows.extend(told);
        Ok(())
    }

    /// What changes by writing that. Where nothing was written, what others wrote meanwhile stays. A text
    /// that says nothing is deleted; and words for what somebody else deleted are put there anew.
    fn rewritten(&mut self, before: &Object, written: &Written) -> Vec<Change> {
        let is_other = before.text() != Some(&written.text);
        let says_nothing = written.text.trim().is_empty();
        let Some(object) = self.client.object(before.id) else {
            if !is_other || says_nothing {
                return Vec::new();
            }
            if self.is_refused(before.id) {
                // Both wait for the same, in this order.
                return vec![Change::Set { object: before.id, fields: fields(before, written) }];
            }
            return vec![Change::Put { object: self.anew(before, written) }];
        };
        let is_text = matches!(object.content, Content::Text { .. });
        let was_empty = || object.text().is_some_and(|said| said.trim().is_empty());
        if is_text && says_nothing && (is_other || was_empty()) {
            vec![Change::Delete { object: object.id }]
        } else if is_other {
            vec![Change::Set { object: object.id, fields: fields(object, written) }]
        } else {
            Vec::new()
        }
    }

    /// What to say when these changes are done, if somebody else deleted it.
    fn if_deleted(&self, before: &Object, changes: &[Change]) -> Option<Follow> {
        if self.client.object(before.id).is_some() || self.is_refused(before.id) {
            return None;
        }
        let words = match changes {
            [] => "Somebody deleted what you were writing in.",
            _ => "Somebody deleted what you were writing in. Your words are there anew.",
        };
        Some(Follow::Problem { words: words.to_owned() })
    }

    /// Something like it with these words, that nobody has deleted.
    fn anew(&mut self, before: &Object, written: &Written) -> Object {
        let mut object =
            Object { id: self.new_id(), layer: self.front(), by: self.me, ..before.clone() };
        // A picture that is gone does not come back for its words.
        if matches!(object.content, Content::Image { .. }) {
            object.content = Content::Note { text: String::new() };
        }
        object.set(&fields(&object, written));
        object
    }
}

fn fields(object: &Object, written: &Written) -> Fields {
    let size = written.height.map(|height| {
        // On the board with all of it; `as` saturates.
        let most = u16::MAX - object.at.y;
        Size { height: ((height * 4.0).ceil() as u16).min(most), ..object.size }
    });
    let grown = size.filter(|size| f64::from(size.height) / 4.0 != frame(object).height());
    Fields { text: Some(written.text.clone()), size: grown, ..Fields::default() }
}
