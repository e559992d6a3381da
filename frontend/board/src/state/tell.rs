//! What is decided at the board and done elsewhere, and what the viewer may do. Plain values.

use starling_protocol::board::Signal;

use crate::view::Area;

/// What the page is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tell {
    /// The person points there, in board units, or nowhere.
    Point { at: Option<(f64, f64)> },
    /// They see this part of the board.
    LookAt { area: Area },
    /// They follow somebody, or nobody.
    Follow { user: Option<String> },
    /// They want everyone to see what they see.
    Gather { area: Area },
    /// This is to be said to those who do not see the board.
    Say { words: String },
    /// They point something out.
    Signal { signal: Signal },
    /// They go on there.
    Focus { on: Focus },
}

/// What keys are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// The board itself.
    Board,
    /// The bubble at the viewer's pointer.
    Saying,
    /// The signs to throw.
    Signs,
}

/// What the viewer may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights {
    pub(crate) point: bool,
    pub(crate) post: bool,
    pub(crate) draw: bool,
    pub(crate) gather: bool,
}
