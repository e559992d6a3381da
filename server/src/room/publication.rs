//! What a room publishes at a tick, encoded once for everyone.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use starling_protocol::board::{BoardEvent, Operated};
use starling_protocol::{
    Deletion, Edit, Logged, Reaction, Revision, Seq, ServerEvent, Slug, View, codec,
};

use super::Followed;
use super::cells::Cells;

/// An encoded event; clones share it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(Bytes);

impl Text {
    pub(crate) fn new(event: &ServerEvent) -> Self {
        Self(Bytes::from(codec::encode_server(event)))
    }

    pub(crate) fn of_board(event: &BoardEvent) -> Self {
        Self(Bytes::from(codec::encode_board_event(event)))
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}

/// An event that is encoded when somebody first needs it; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct LazyText(Arc<LazyLock<Text, Encode>>);

type Encode = Box<dyn FnOnce() -> Text + Send>;

impl LazyText {
    pub(crate) fn new(encode: impl FnOnce() -> Text + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(encode))))
    }

    pub(crate) fn text(&self) -> Text {
        Text::clone(&self.0)
    }
}

/// What happened in one tick.
#[derive(Debug, Default)]
pub(crate) struct Publication {
    pub(crate) stream: Option<StreamPublication>,
    pub(crate) presence: Option<PresencePublication>,
    pub(crate) typing: Option<Text>,
    pub(crate) customs: Vec<Text>,
    pub(crate) board: BoardPublication,
    pub(crate) cursors: Option<CursorsPublication>,
    pub(crate) viewings: Option<Viewings>,
}

/// What happened at the board in one tick.
#[derive(Debug, Default)]
pub(crate) struct BoardPublication {
    pub(crate) stream: Option<StreamPublication>,
    pub(crate) previews: Option<PreviewsPublication>,
    pub(crate) signals: Option<Text>,
    /// What is pointed out until further notice, if anything, for who comes later; only if that is not what
    /// it was.
    pub(crate) lasting: Option<Option<LazyText>>,
}

/// New events of one of the room's streams.
#[derive(Debug)]
pub(crate) struct StreamPublication {
    /// The last event's number.
    pub(crate) head: Seq,
    /// Whether there may be a gap before the first of `events`.
    pub(crate) replaces: bool,
    pub(crate) events: Vec<StreamEvent>,
}

#[derive(Clone, Debug)]
pub(crate) struct StreamEvent {
    pub(crate) seq: Seq,
    /// The event that tells something else from here on, or nothing more: a message, or an operation of the
    /// board; with it what comes before an operation.
    pub(crate) rewrites: Option<Seq>,
    pub(crate) text: Text,
}

impl StreamEvent {
    pub(crate) fn new(room: &Slug, event: &Logged) -> Self {
        let room = room.clone();
        let text = Text::new(&match event.clone() {
            Logged::Message(message) => ServerEvent::Message { room, message },
            Logged::Deleted(Deletion { seq, message, by, at }) => {
                ServerEvent::MessageDeleted { room, seq, message, by, at }
            }
            Logged::Edited(Edit { seq, message, body, at }) => {
                ServerEvent::MessageEdited { room, seq, message, body, at }
            }
            Logged::Reacted(Reaction { seq, message, emoji, user, active }) => {
                ServerEvent::Reacted { room, seq, message, emoji, user, active }
            }
        });
        let rewrites = match event {
            Logged::Deleted(deletion) => Some(deletion.message),
            Logged::Edited(edit) => Some(edit.message),
            Logged::Message(_) | Logged::Reacted(_) => None,
        };
        Self { seq: event.seq(), rewrites, text }
    }

    /// Something that was done on the board.
    pub(crate) fn operated(room: &Slug, operated: &Operated) -> Self {
        let event = BoardEvent::Operated { room: room.clone(), operated: operated.clone() };
        Self { seq: operated.seq, rewrites: None, text: Text::of_board(&event) }
    }
}

/// A new state of the presence: from the one before, and as a whole.
#[derive(Debug)]
pub(crate) struct PresencePublication {
    pub(crate) revision: Revision,
    pub(crate) diff: Text,
    pub(crate) snapshot: Text,
}

/// What participants have in hand: what changed since the tick before, and all of it.
#[derive(Debug)]
pub(crate) struct PreviewsPublication {
    pub(crate) changes: Text,
    pub(crate) all: LazyText,
}

/// The cursors.
#[derive(Clone, Debug)]
pub(crate) enum CursorsPublication {
    /// In a room that is not large: what changed since the tick before, and all of them.
    ToAll { changes: Bytes, all: Bytes },
    /// In a large room: of these each viewer is shown some.
    Cells(Arc<Cells>),
}

/// What those see who are followed.
pub(crate) type Viewings = Arc<BTreeMap<Followed, Viewing>>;

/// What somebody sees who is followed.
#[derive(Clone, Debug)]
pub(crate) struct Viewing {
    /// Another one each time that it is something else.
    pub(crate) number: u64,
    pub(crate) view: View,
    pub(crate) text: Text,
}
