//! Making an object of a stroke.

use starling_protocol::board::{Content, InkPoint, Object, Size, Tint};
use starling_protocol::{ObjectId, Point, UserId};

/// The object that a stroke over these points of the board is, as large as they reach. It lies in
/// front of everything. Without a point there is none.
#[must_use]
pub fn ink_object(
    id: ObjectId,
    by: UserId,
    tint: Tint,
    width: u16,
    points: &[InkPoint],
) -> Option<Object> {
    let left = points.iter().map(|point| point.x).min()?;
    let top = points.iter().map(|point| point.y).min()?;
    let right = points.iter().map(|point| point.x).max()?;
    let bottom = points.iter().map(|point| point.y).max()?;
    let moved = |point: &InkPoint| InkPoint { x: point.x - left, y: point.y - top, ..*point };
    Some(Object {
        id,
        at: Point { x: left, y: top },
        size: Size { width: right - left, height: bottom - top },
        layer: i32::MAX,
        tint,
        by,
        content: Content::Ink { points: points.iter().map(moved).collect(), width },
    })
}
