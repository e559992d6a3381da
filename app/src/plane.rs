//! The board's plane on the screen: from pixels to board units and back. Touches no element.

use starling_protocol::{BOARD_UNITS, Point};

/// Where the square plane is, in CSS pixels of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) side: f64,
}

impl Plane {
    /// The point of the board there, or `None` off the plane.
    pub(crate) fn point_at(self, x: f64, y: f64) -> Option<Point> {
        let units = |px: f64| px * BOARD_UNITS / self.side;
        Point::from_units(units(x - self.left), units(y - self.top))
    }

    /// How many board units a pixel is wide.
    pub(crate) fn units_per_px(self) -> f64 {
        BOARD_UNITS / self.side
    }
}

/// Board units as a share of the plane's side, in percent.
pub(crate) fn percent(units: f64) -> f64 {
    units * 100.0 / BOARD_UNITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_the_same_place_on_every_screen() {
        let screens = [
            Plane { left: 120.5, top: 64.0, side: 820.0 },
            Plane { left: 0.0, top: 52.0, side: 390.0 },
            Plane { left: 400.0, top: 0.25, side: 2_160.0 },
        ];
        for here in screens {
            for there in screens {
                for step in 0..=100 {
                    let share = f64::from(step) / 100.0;
                    let (x, y) = (here.left + share * here.side, here.top + share * here.side);
                    let (u, v) = here.point_at(x, y).unwrap().to_units();
                    let drawn_x = there.left + percent(u) / 100.0 * there.side;
                    let drawn_y = there.top + percent(v) / 100.0 * there.side;
                    assert!((drawn_x - (there.left + share * there.side)).abs() < 0.5);
                    assert!((drawn_y - (there.top + share * there.side)).abs() < 0.5);
                }
            }
        }
    }

    #[test]
    fn beside_the_plane_is_nowhere() {
        let plane = Plane { left: 100.0, top: 50.0, side: 500.0 };
        assert_eq!(plane.point_at(99.0, 60.0), None);
        assert_eq!(plane.point_at(110.0, 551.0), None);
        assert!(plane.point_at(600.0, 550.0).is_some());
        assert_eq!(Plane { side: 0.0, ..plane }.point_at(100.0, 50.0), None);
    }
}
