//! What somebody has in hand, with the changes to each object found at once: a hand may hold a whole board.

use std::borrow::Cow;

use starling_protocol::board::{Change, Object, Preview};
use starling_protocol::{ObjectId, UserId};
use uuid::Uuid;

use super::ink::ink_object;

/// What a hand holds.
#[derive(Debug)]
pub(super) struct Held {
    preview: Preview,
    /// Which objects it is about, each with the place of its change: in order, so that it can be searched.
    places: Vec<(ObjectId, usize)>,
}

impl Held {
    pub(super) fn new(preview: Preview) -> Self {
        let mut places: Vec<_> = match &preview {
            Preview::Hold { changes } => changes.iter().map(Change::object).zip(0..).collect(),
            Preview::Stroke { object, .. } => vec![(*object, 0)],
        };
        places.sort_unstable();
        Self { preview, places }
    }

    pub(super) fn preview(&self) -> &Preview {
        &self.preview
    }

    pub(super) fn into_preview(self) -> Preview {
        self.preview
    }

    /// The objects that it is about. One that has several changes comes as often.
    pub(super) fn ids(&self) -> impl Iterator<Item = ObjectId> {
        self.places.iter().map(|(id, _)| *id)
    }

    /// An object as it is in that hand, which is this person's.
    pub(super) fn laid_over<'a>(
        &self,
        id: ObjectId,
        by: Option<UserId>,
        object: Option<Cow<'a, Object>>,
    ) -> Option<Cow<'a, Object>> {
        match &self.preview {
            Preview::Hold { changes } => {
                let from = self.places.partition_point(|(other, _)| *other < id);
                let own = self.places[from..].iter().take_while(|(other, _)| *other == id);
                own.filter_map(|(_, place)| changes.get(*place)).fold(object, |object, change| {
                    change.applied(object.map(Cow::into_owned)).map(Cow::Owned)
                })
            }
            Preview::Stroke { object: stroke, tint, width, points, .. } if *stroke == id => {
                // Once it is stored it is on the board.
                let by = by.unwrap_or(UserId::new(Uuid::nil()));
                object.or_else(|| ink_object(id, by, *tint, *width, points).map(Cow::Owned))
            }
            Preview::Stroke { .. } => object,
        }
    }
}
