//! The map in the corner, once the board outgrows its window: all of the board with what lies on it, where
//! one looks, and where people are. Clicking or dragging on it moves the view.

use std::f64::consts::TAU;

use starling_protocol::BOARD_UNITS;
use web_sys::{CanvasRenderingContext2d, Element, HtmlElement};

use crate::Area;
use crate::canvas::Layer;
use crate::company::{Company, Pointing, Presence};
use crate::desk::Desk;
use crate::dom::{child, flag, now, set};
use crate::paint::{Painter, Sheet};
use crate::palette::Palette;
use crate::state::State;
use crate::view::{Size, View};

/// How long its sides are.
const SIDE_PX: f64 = 128.0;
const SCALE: f64 = SIDE_PX / BOARD_UNITS;
const BOARD: Area = Area { left: 0.0, top: 0.0, right: BOARD_UNITS, bottom: BOARD_UNITS };
const PERSON_PX: f64 = 3.0;
/// In smaller windows there is no room for it.
const LEAST_WINDOW: Size = Size { width: 480.0, height: 320.0 };
/// What lies on the board is painted no more often than this, and rests so many times as long as it took.
const EVERY_MS: f64 = 250.0;
const RESTS: f64 = 20.0;

/// The map.
pub(crate) struct Map {
    frame: HtmlElement,
    /// What lies on the board.
    things: Layer,
    /// People, and where one looks.
    people: Layer,
    shown: bool,
    drawn: Option<(View, Vec<Dot>)>,
    /// Which edition of the board is painted.
    painted: Option<u32>,
    /// When it may be painted again.
    next: f64,
}

/// Somebody, in whole pixels of the map, and their hue.
type Dot = (i32, i32, u8);

impl Map {
    pub(crate) fn new(corner: &Element) -> Self {
        let frame = child(corner, "div", "board-map");
        set(&frame, "data-map", "");
        // What it does, the keys and buttons of the view do.
        set(&frame, "aria-hidden", "true");
        flag(&frame, "hidden", true);
        let [things, people] = ["map-things", "map-people"].map(|class| {
            let mut layer = Layer::new(&frame, class);
            layer.resize(Size { width: SIDE_PX, height: SIDE_PX });
            layer
        });
        Self { frame, things, people, shown: false, drawn: None, painted: None, next: 0.0 }
    }

    /// What one clicks and drags on.
    pub(crate) fn element(&self) -> &HtmlElement {
        &self.frame
    }

    /// The board units of a pixel of the map.
    pub(crate) fn units_at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x / SCALE, y / SCALE)
    }

    /// The colours are others, or a picture has arrived.
    pub(crate) fn outdate(&mut self) {
        self.drawn = None;
        self.painted = None;
    }

    /// Shows how it is, or nothing while all of the board is in the window. Returns after how many
    /// milliseconds it is to be drawn again, if it waits with something.
    pub(crate) fn draw(
        &mut self,
        state: &State,
        desk: &Desk,
        painter: &mut Painter,
        palette: &Palette,
    ) -> Option<f64> {
        let view = state.view();
        let Size { width, height } = view.size;
        let roomy = width >= LEAST_WINDOW.width && height >= LEAST_WINDOW.height;
        let shown = roomy && !view.shows_all();
        if self.shown != shown {
            self.shown = shown;
            flag(&self.frame, "hidden", !shown);
        }
        if !shown {
            return None;
        }
        let now_drawn = Some((view, dots(&state.pointing, &state.company)));
        if self.drawn != now_drawn {
            self.drawn = now_drawn;
            self.people.outdate();
        }
        if let Some((view, dots)) = &self.drawn {
            self.people.paint(|context| paint_people(context, dots, *view, palette));
        }
        self.paint_things(desk, painter, palette)
    }

    fn paint_things(
        &mut self,
        desk: &Desk,
        painter: &mut Painter,
        palette: &Palette,
    ) -> Option<f64> {
        let edition = desk.edition();
        if self.painted == Some(edition) {
            return None;
        }
        let begun = now();
        if begun < self.next {
            return Some(self.next - begun);
        }
        self.painted = Some(edition);
        self.things.outdate();
        self.things.paint(|context| {
            // Only numbers that are none could be refused.
            let _ = context.scale(SCALE, SCALE);
            painter.paint(&Sheet { context, palette, scale: SCALE }, desk, BOARD);
        });
        let done = now();
        self.next = done + EVERY_MS.max(RESTS * (done - begun));
        None
    }
}

/// Where people are on the map. It is painted again only if one of them is at another pixel.
fn dots(pointing: &[Pointing], company: &Company) -> Vec<Dot> {
    let seen = pointing.iter().filter(|cursor| cursor.presence != Presence::Hidden);
    let pixel = |units: f64| (units * SCALE).round() as i32;
    let dot = |cursor: &Pointing| {
        let person = company.owner(cursor.slot)?;
        Some((pixel(cursor.at.0), pixel(cursor.at.1), person.hue))
    };
    seen.filter_map(dot).collect()
}

fn paint_people(context: &CanvasRenderingContext2d, dots: &[Dot], view: View, palette: &Palette) {
    for (x, y, hue) in dots {
        context.set_fill_style_str(palette.hue(*hue));
        context.begin_path();
        // Only a circle of less than nothing could be refused.
        let _ = context.arc(f64::from(*x), f64::from(*y), PERSON_PX, 0.0, TAU);
        context.fill();
    }
    let seen = view.seen();
    context.set_stroke_style_str(&palette.focus);
    context.set_line_width(2.0);
    let width = ((seen.right - seen.left) * SCALE - 2.0).max(2.0);
    let height = ((seen.bottom - seen.top) * SCALE - 2.0).max(2.0);
    context.stroke_rect(seen.left * SCALE + 1.0, seen.top * SCALE + 1.0, width, height);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::Person;

    #[test]
    fn who_moves_by_less_than_a_pixel_of_the_map_stays_where_they_are() {
        let person = |id: &str, hue, slot| Person {
            id: id.into(),
            name: id.into(),
            hue,
            own: false,
            slots: vec![slot],
        };
        let mut company = Company::default();
        company.told(vec![person("ada", 3, 1), person("bob", 5, 2)]);
        let at = |slot, x, presence| Pointing { slot, at: (x, 8_192.0), presence };
        let before = dots(&[at(1, 1_280.0, Presence::Live)], &company);
        assert_eq!(before, [(10, 64, 3)]);
        assert_eq!(dots(&[at(1, 1_300.0, Presence::Live)], &company), before);
        assert_eq!(dots(&[at(1, 1_380.0, Presence::Idle)], &company), [(11, 64, 3)]);
        // Nobody is where a cursor is not drawn, or not known whose it is.
        let nobody = [at(2, 1_280.0, Presence::Hidden), at(9, 1_280.0, Presence::Live)];
        assert_eq!(dots(&nobody, &company), []);
    }
}
