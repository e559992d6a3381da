//! The part of a board that somebody sees.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rectangle of the board, in quarters of a board unit, its edges included. In JSON it is a list
/// of left, top, right and bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(type = "[number, number, number, number]"))]
#[serde(try_from = "[u16; 4]", into = "[u16; 4]")]
pub struct View {
    left: u16,
    top: u16,
    right: u16,
    bottom: u16,
}

/// Of some rectangle the right edge is left of the left one, or the bottom above the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the view ends before it begins")]
pub struct ViewError;

impl View {
    /// The whole board.
    pub const ALL: Self = Self { left: 0, top: 0, right: u16::MAX, bottom: u16::MAX };

    /// The rectangle with these edges.
    ///
    /// # Errors
    /// [`ViewError`] unless `left` ≤ `right` and `top` ≤ `bottom`.
    pub const fn new(left: u16, top: u16, right: u16, bottom: u16) -> Result<Self, ViewError> {
        if left <= right && top <= bottom {
            Ok(Self { left, top, right, bottom })
        } else {
            Err(ViewError)
        }
    }

    /// Left, top, right and bottom edge.
    #[must_use]
    pub const fn edges(self) -> [u16; 4] {
        [self.left, self.top, self.right, self.bottom]
    }
}

impl TryFrom<[u16; 4]> for View {
    type Error = ViewError;

    fn try_from([left, top, right, bottom]: [u16; 4]) -> Result<Self, ViewError> {
        Self::new(left, top, right, bottom)
    }
}

impl From<View> for [u16; 4] {
    fn from(view: View) -> Self {
        view.edges()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_may_be_a_point_and_not_less() {
        assert!(View::new(7, 7, 7, 7).is_ok());
        assert_eq!(View::new(8, 7, 7, 7), Err(ViewError));
        assert_eq!(View::new(7, 8, 7, 7), Err(ViewError));
        assert_eq!(View::new(0, 0, u16::MAX, u16::MAX), Ok(View::ALL));
    }
}
