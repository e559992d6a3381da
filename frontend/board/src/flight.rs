//! A flight from one view to another: how far it is at a time. Knows no clock and no browser.

use crate::maths::within;
use crate::view::{Size, View};

/// How long a flight takes.
const DURATION_MS: f64 = 200.0;

/// On the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    from: View,
    to: View,
    began: f64,
}

impl Flight {
    /// Sets out at that time, in milliseconds.
    pub(crate) fn new(from: View, to: View, now: f64) -> Self {
        Self { from, to, began: now }
    }

    /// Where it is, and whether it has arrived.
    pub(crate) fn at(self, now: f64) -> (View, bool) {
        let share = within((now - self.began) / DURATION_MS, 0.0, 1.0);
        let eased = 1.0 - (1.0 - share).powi(3);
        (self.from.towards(self.to, eased), share >= 1.0)
    }

    /// Where it leads.
    pub(crate) fn to(self) -> View {
        self.to
    }

    /// The window changed its size meanwhile.
    pub(crate) fn resized(self, size: Size) -> Self {
        Self { from: self.from.resized(size), to: self.to.resized(size), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_fast_and_lands_exactly_in_time() {
        let from = View::fit(Size { width: 800.0, height: 600.0 });
        let to = from.zoomed(4.0, (100.0, 100.0));
        let flight = Flight::new(from, to, 1_000.0);
        assert_eq!(flight.at(1_000.0).0.scale, from.scale);
        let (half, landed) = flight.at(1_100.0);
        assert!(!landed && (half.scale / from.scale).log2() > 1.5, "{half:?}");
        assert_eq!(flight.at(1_200.0), (to, true));
        assert_eq!(flight.at(9_999.0), (to, true));
    }
}
