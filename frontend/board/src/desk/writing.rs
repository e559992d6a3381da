//! Writing in an object: while it is written the others see it, and it is stored at the end.

use starling_client::Millis;
use starling_protocol::ObjectId;
use starling_protocol::board::{Change, Content, Fields, Object, Size};

use crate::scene::geometry::frame;

use super::Desk;

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
        if let Some(object) = self.writing
            && let Some(fields) = self.fields(object, written)
        {
            self.hold(now, vec![Change::Set { object, fields }]);
        }
    }

    /// The person is done; it says this. What says nothing and is nothing else is deleted.
    pub(crate) fn stop_writing(&mut self, now: Millis, written: &Written) {
        let Some(id) = self.writing.take() else { return };
        let object = self.client.object(id).cloned();
        if let Some(object) = object {
            let is_text = matches!(object.content, Content::Text { .. });
            let said = object.text().unwrap_or_default();
            if is_text && written.text.trim().is_empty() {
                self.operate(now, vec![Change::Delete { object: id }]);
            } else if said != written.text
                && let Some(fields) = self.fields(id, written)
            {
                self.operate(now, vec![Change::Set { object: id, fields }]);
            }
        } else {
            self.say("Somebody deleted what you were writing in");
        }
        self.client.hold(now, None);
    }

    fn fields(&self, id: ObjectId, written: &Written) -> Option<Fields> {
        let object = self.client.object(id)?;
        let size = written.height.map(|height| {
            // On the board with all of it; `as` saturates.
            let most = u16::MAX - object.at.y;
            Size { height: ((height * 4.0).ceil() as u16).min(most), ..object.size }
        });
        let grown = size.filter(|size| f64::from(size.height) / 4.0 != frame(object).height());
        Some(Fields { text: Some(written.text.clone()), size: grown, ..Fields::default() })
    }
}
