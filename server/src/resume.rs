//! Whether a returning client gets what it missed, or starts over.

use starling_protocol::Position;

/// Where a client goes on from, if everything after it will be sent; `None` if it must start over:
/// because it comes with nothing, or with another numbering, or missed more than `limit`.
pub(crate) fn recovers(resume: Option<Position>, head: Position, limit: u64) -> Option<Position> {
    resume.filter(|resume| {
        resume.epoch == head.epoch
            && head.seq.0.checked_sub(resume.seq.0).is_some_and(|missed| missed <= limit)
    })
}
