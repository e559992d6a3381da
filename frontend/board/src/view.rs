//! Where the board lies in the window: from board units to pixels and back, and how one pans and
//! zooms. Plain numbers; knows no browser.

use starling_protocol::BOARD_UNITS;

use crate::maths::within;

/// Pixels to a board unit: at least this, unless the whole board needs less; and at most that.
pub(crate) const LEAST_SCALE: f64 = 0.02;
pub(crate) const MOST_SCALE: f64 = 4.0;
/// How much ground is left around the board when all of it is shown, on each side.
const MARGIN_PX: f64 = 12.0;

/// How large the board's window is, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// A rectangle, in board units, or in pixels of the board's window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// The left edge.
    pub left: f64,
    /// The upper edge, less than the lower one.
    pub top: f64,
    /// The right edge.
    pub right: f64,
    /// The lower edge.
    pub bottom: f64,
}

impl Area {
    pub(crate) fn contains(self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub(crate) fn middle(self) -> (f64, f64) {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }
}

/// What of the board is shown, and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) size: Size,
    /// The board units in the middle of the window.
    pub(crate) centre: (f64, f64),
    /// Pixels to a board unit.
    pub(crate) scale: f64,
    /// Whether all of the board is shown, and stays so when the window changes its size.
    pub(crate) fits: bool,
}

impl View {
    /// All of the board.
    pub(crate) fn fit(size: Size) -> Self {
        let middle = BOARD_UNITS / 2.0;
        Self { size, centre: (middle, middle), scale: fitting(size), fits: true }
    }

    /// The pixel of a point, which may be outside the window.
    pub(crate) fn to_px(self, (x, y): (f64, f64)) -> (f64, f64) {
        let Size { width, height } = self.size;
        (
            (x - self.centre.0) * self.scale + width / 2.0,
            (y - self.centre.1) * self.scale + height / 2.0,
        )
    }

    /// The board units of a pixel, which may be beside the board.
    pub(crate) fn to_units(self, (x, y): (f64, f64)) -> (f64, f64) {
        let Size { width, height } = self.size;
        (
            (x - width / 2.0) / self.scale + self.centre.0,
            (y - height / 2.0) / self.scale + self.centre.1,
        )
    }

    /// Where an area of the board is in the window, in pixels.
    pub(crate) fn shown(self, area: Area) -> Area {
        let (left, top) = self.to_px((area.left, area.top));
        let (right, bottom) = self.to_px((area.right, area.bottom));
        Area { left, top, right, bottom }
    }

    /// What of the board is in the window.
    pub(crate) fn seen(self) -> Area {
        let (left, top) = self.to_units((0.0, 0.0));
        let (right, bottom) = self.to_units((self.size.width, self.size.height));
        let on_board = |units: f64| within(units, 0.0, BOARD_UNITS);
        Area {
            left: on_board(left),
            top: on_board(top),
            right: on_board(right),
            bottom: on_board(bottom),
        }
    }

    /// Whether that pixel is in the window.
    pub(crate) fn shows(self, pixel: (f64, f64)) -> bool {
        let Size { width, height } = self.size;
        Area { left: 0.0, top: 0.0, right: width, bottom: height }.contains(pixel)
    }

    /// Whether some of that area, in pixels, is in the window.
    pub(crate) fn shows_some_of(self, area: Area) -> bool {
        let Size { width, height } = self.size;
        area.left < width && area.right > 0.0 && area.top < height && area.bottom > 0.0
    }

    /// Whether no part of the board is outside the window.
    pub(crate) fn shows_all(self) -> bool {
        let Area { left, top, right, bottom } = self.seen();
        (left, top) == (0.0, 0.0) && (right, bottom) == (BOARD_UNITS, BOARD_UNITS)
    }

    /// The same, with the window's middle over that place.
    pub(crate) fn at(self, centre: (f64, f64)) -> Self {
        Self { centre, fits: false, ..self }.kept_in()
    }

    /// Moved by so many pixels: what was in the middle goes right and down.
    pub(crate) fn panned(self, (right, down): (f64, f64)) -> Self {
        let (x, y) = self.centre;
        self.at((x - right / self.scale, y - down / self.scale))
    }

    /// Enlarged that many times; the place under the pixel stays under it.
    pub(crate) fn zoomed(self, factor: f64, pixel: (f64, f64)) -> Self {
        let scale = self.allowed(self.scale * factor);
        let (x, y) = self.to_units(pixel);
        let (right, down) = (pixel.0 - self.size.width / 2.0, pixel.1 - self.size.height / 2.0);
        let centre = (x - right / scale, y - down / scale);
        Self { centre, scale, fits: false, ..self }.kept_in()
    }

    /// The same place at that scale.
    pub(crate) fn scaled(self, scale: f64) -> Self {
        let scale = self.allowed(scale);
        Self { scale, fits: false, ..self }.kept_in()
    }

    /// All of that part of the board, as large as it fits.
    pub(crate) fn showing(self, area: Area) -> Self {
        let (width, height) =
            ((area.right - area.left).max(1.0), (area.bottom - area.top).max(1.0));
        let scale = (self.size.width / width).min(self.size.height / height);
        Self { centre: area.middle(), ..self.scaled(scale) }.kept_in()
    }

    /// The same as `seen` makes of a window that lacks so many pixels at its right edge.
    pub(crate) fn beside(self, taken: f64, seen: impl FnOnce(Self) -> Self) -> Self {
        let Size { width, height } = self.size;
        let free = Self { size: Size { width: width - taken, height }, ..self };
        let seen = Self { size: self.size, ..seen(free) };
        seen.panned((-taken / 2.0, 0.0))
    }

    /// The same part of the board in a window of another size.
    pub(crate) fn resized(self, size: Size) -> Self {
        if self.fits {
            return Self::fit(size);
        }
        let resized = Self { size, ..self };
        Self { scale: resized.allowed(self.scale), ..resized }.kept_in()
    }

    /// Between this view and another one: 0 is this, 1 the other.
    pub(crate) fn towards(self, other: Self, share: f64) -> Self {
        if share >= 1.0 {
            return other;
        }
        let scale = self.scale * (other.scale / self.scale).powf(share);
        // What both show stays in one straight line, however much it grows on the way.
        let grown = if (other.scale - self.scale).abs() < self.scale * 0.001 {
            share
        } else {
            (1.0 / self.scale - 1.0 / scale) / (1.0 / self.scale - 1.0 / other.scale)
        };
        let mix = |from: f64, to: f64| from + (to - from) * grown;
        let centre = (mix(self.centre.0, other.centre.0), mix(self.centre.1, other.centre.1));
        Self { scale, centre, fits: false, ..other }
    }

    fn allowed(self, scale: f64) -> f64 {
        within(scale, LEAST_SCALE.min(fitting(self.size)), MOST_SCALE)
    }

    /// The window's middle is always over the board, so that nobody gets lost.
    fn kept_in(self) -> Self {
        let (x, y) = self.centre;
        let centre = (within(x, 0.0, BOARD_UNITS), within(y, 0.0, BOARD_UNITS));
        Self { centre, ..self }
    }
}

/// The scale at which all of the board is just in the window.
fn fitting(size: Size) -> f64 {
    ((size.width.min(size.height) - 2.0 * MARGIN_PX) / BOARD_UNITS).max(0.001)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Size = Size { width: 1_000.0, height: 800.0 };
    const SIZES: [Size; 3] =
        [WIDE, Size { width: 390.0, height: 700.0 }, Size { width: 171.0, height: 120.0 }];

    fn near((a, b): (f64, f64), (c, d): (f64, f64)) -> bool {
        (a - c).abs() < 1e-6 && (b - d).abs() < 1e-6
    }

    #[test]
    fn pixels_and_units_are_two_names_of_one_place() {
        for size in SIZES {
            let views =
                [View::fit(size), View::fit(size).zoomed(7.0, (3.0, 5.0)).panned((-40.0, 12.0))];
            for view in views {
                for point in [(0.0, 0.0), (16_384.0, 16_384.0), (8_000.25, 3.0)] {
                    assert!(near(view.to_units(view.to_px(point)), point), "{view:?} {point:?}");
                }
            }
        }
    }

    #[test]
    fn all_of_the_board_fits_any_window_with_its_edges() {
        for size in SIZES {
            let view = View::fit(size);
            assert!(view.shows_all());
            let (left, top) = view.to_px((0.0, 0.0));
            let (right, bottom) = view.to_px((BOARD_UNITS, BOARD_UNITS));
            assert!(left >= 11.9 && top >= 11.9, "{left} {top}");
            assert!(size.width - right >= 11.9 && size.height - bottom >= 11.9);
            assert!(view.resized(WIDE).shows_all(), "it goes on fitting");
        }
    }

    #[test]
    fn zooming_leaves_what_is_under_the_pointer_there() {
        let pixel = (300.0, 250.0);
        let mut view = View::fit(WIDE);
        let place = view.to_units(pixel);
        for factor in [1.3, 2.0, 9.0, 0.5] {
            view = view.zoomed(factor, pixel);
            assert!(near(view.to_units(pixel), place), "{view:?}");
        }
        assert!(!view.shows_all());
    }

    #[test]
    fn zooming_ends_at_four_times_and_where_all_is_shown() {
        let near_by = View::fit(WIDE).zoomed(1e9, (500.0, 400.0));
        assert_eq!(near_by.scale, MOST_SCALE);
        assert_eq!(near_by.zoomed(1e-9, (0.0, 0.0)).scale, LEAST_SCALE);
        let small = View::fit(SIZES[2]);
        assert!(small.scale < LEAST_SCALE);
        assert_eq!(small.zoomed(1e-9, (0.0, 0.0)).scale, small.scale);
    }

    #[test]
    fn nobody_pans_away_from_the_board() {
        let view = View::fit(WIDE).zoomed(8.0, (500.0, 400.0)).panned((1e9, -1e9));
        assert_eq!(view.centre, (0.0, BOARD_UNITS));
        assert!(view.seen().right > 0.0);
    }

    #[test]
    fn a_part_of_the_board_is_shown_whole_beside_what_covers_the_rest() {
        let area = Area { left: 9_000.0, top: 2_000.0, right: 11_000.0, bottom: 2_500.0 };
        let view = View::fit(WIDE).beside(364.0, |free| free.showing(area));
        let shown = view.shown(area);
        assert!(shown.left >= -0.001 && shown.right <= WIDE.width - 364.0 + 0.001, "{shown:?}");
        assert!(view.shows_some_of(shown));
        assert!(!view.shows_some_of(view.panned((2_000.0, 0.0)).shown(area)));
    }

    #[test]
    fn a_part_of_the_board_is_shown_whole() {
        let area = Area { left: 1_000.0, top: 2_000.0, right: 3_000.0, bottom: 2_500.0 };
        for size in SIZES {
            let seen = View::fit(size).showing(area).seen();
            assert!(seen.left <= 1_000.001 && seen.right >= 2_999.999, "{seen:?}");
            assert!(seen.top <= 2_000.001 && seen.bottom >= 2_499.999, "{seen:?}");
        }
        let point = Area { left: 5.0, top: 5.0, right: 5.0, bottom: 5.0 };
        assert_eq!(View::fit(WIDE).showing(point).scale, MOST_SCALE);
    }

    #[test]
    fn on_the_way_it_grows_evenly_and_arrives() {
        let from = View::fit(WIDE);
        let to = from.zoomed(16.0, (300.0, 300.0));
        assert!((from.towards(to, 0.5).scale / from.scale - 4.0).abs() < 1e-9);
        assert_eq!(from.towards(to, 1.0), to);
        assert_eq!(from.towards(to, 0.0).centre, from.centre);
        // What zooming leaves in its place stays there all the way.
        let place = from.to_units((300.0, 300.0));
        for step in 1..10 {
            let between = from.towards(to, f64::from(step) / 10.0);
            assert!(near(between.to_px(place), (300.0, 300.0)), "{between:?}");
        }
    }

    #[test]
    fn a_resized_window_shows_the_same_middle() {
        let view = View::fit(WIDE).zoomed(10.0, (0.0, 0.0));
        let resized = view.resized(Size { width: 600.0, height: 300.0 });
        assert_eq!((resized.centre, resized.scale), (view.centre, view.scale));
    }
}
