//! Everything of the board that is seen, drawn from its state. What did not change is not touched.

use starling_protocol::BOARD_UNITS;
use web_sys::{CanvasRenderingContext2d, Element, HtmlElement};

use crate::Area;
use crate::acts::Acts;
use crate::banner::Banner;
use crate::bubble::Bubble;
use crate::buttons::Buttons;
use crate::canvas::Layer;
use crate::crowd::Crowd;
use crate::cursors::Cursors;
use crate::desk::{Desk, Stale};
use crate::dom::{child, flag, px, set, style};
use crate::effects::Effects;
use crate::map::Map;
use crate::paint::{Painter, Sheet, paint_marks};
use crate::palette::Palette;
use crate::panel::Panel;
use crate::rim::{Rim, Taken};
use crate::scene::text::Laid;
use crate::state::State;
use crate::toolbar::Toolbar;
use crate::view::{Size, View};

/// The dots of the ground are as many board units apart as keeps them this far from each other, at least.
const DOTS_PX: f64 = 22.0;

/// More cursors than these are drawn on a canvas. It is what a server shows somebody of a large room.
const MOST_ELEMENTS: usize = 60;

/// What is painted of an object reaches beyond its bounds by less than this: thin lines are thicker on the screen.
const BEYOND_PX: f64 = 8.0;

/// How the objects were painted last: how large a board unit was, and where the board's corner was.
#[derive(Clone, Copy)]
struct Painted {
    scale: f64,
    at: (f64, f64),
}

/// The board's elements.
pub(super) struct Parts {
    surface: HtmlElement,
    plane: HtmlElement,
    /// Where what lies on the board is painted, below the cursors, and over it what is selected.
    objects: Layer,
    painted: Option<Painted>,
    marks: Layer,
    pub(super) painter: Painter,
    pub(super) toolbar: Toolbar,
    marked: bool,
    own: HtmlElement,
    cursors: Cursors,
    crowd: Crowd,
    pub(super) rim: Rim,
    pub(super) corner: HtmlElement,
    taken: Taken,
    pub(super) map: Map,
    pub(super) buttons: Buttons,
    pub(super) banner: Banner,
    effects: Effects,
    pub(super) acts: Acts,
    pub(super) bubble: Bubble,
    pub(super) panel: Panel,
    pub(super) palette: Palette,
    section: Element,
    drawn: Option<View>,
    hand: &'static str,
    followed: Option<String>,
    gathers: bool,
}

impl Parts {
    pub(super) fn new(
        section: &Element,
        surface: &HtmlElement,
        plane: HtmlElement,
        size: Size,
    ) -> Self {
        let mut objects = Layer::new(surface, "objects");
        objects.resize(size);
        let mut marks = Layer::new(surface, "objects");
        marks.resize(size);
        let own = child(surface, "div", "own-pointer");
        set(&own, "aria-hidden", "true");
        flag(&own, "hidden", true);
        let mut effects = Effects::new(surface);
        effects.resize(size);
        let cursors = Cursors::new(surface);
        let crowd = Crowd::new(surface, size);
        let rim = Rim::new(section);
        let corner = child(section, "div", "board-corner");
        let banner = Banner::new(section, &corner);
        let toolbar = Toolbar::new(section);
        let map = Map::new(&corner);
        let acts = Acts::new(section, &corner);
        let buttons = Buttons::new(&corner);
        let (bubble, panel) = (Bubble::new(section), Panel::new(section));
        Self {
            surface: surface.clone(),
            plane,
            objects,
            painted: None,
            marks,
            painter: Painter::new(section),
            toolbar,
            marked: false,
            own,
            cursors,
            crowd,
            rim,
            corner,
            taken: Taken::default(),
            map,
            buttons,
            banner,
            effects,
            acts,
            bubble,
            panel,
            palette: Palette::read(section),
            section: section.clone(),
            drawn: None,
            hand: "",
            followed: None,
            gathers: false,
        }
    }

    /// The window has another size, or the screen another fineness.
    pub(super) fn resize(&mut self, size: Size) {
        self.objects.resize(size);
        self.crowd.resize(size);
        self.effects.resize(size);
        self.marks.resize(size);
        self.measure();
    }

    /// Looks how much of the window the tools and the corner take, which follows their text and the window.
    fn measure(&mut self) {
        let window = self.section.get_bounding_client_rect();
        let tools = self.toolbar.tools.get_bounding_client_rect();
        let corner = self.corner.get_bounding_client_rect();
        // Who may not draw has no tools.
        let (stand, lie) = (tools.height() > tools.width(), tools.height() < tools.width());
        self.taken = Taken {
            left: if stand { tools.right() - window.left() } else { 0.0 },
            bottom: if lie { window.bottom() - tools.top() } else { 0.0 },
            corner: Size {
                width: window.right() - corner.left(),
                height: window.bottom() - corner.top(),
            },
        };
    }

    /// The theme is another one.
    pub(super) fn recolour(&mut self) {
        self.palette = Palette::read(&self.section);
        self.objects.outdate();
        self.marks.outdate();
        self.map.outdate();
        self.crowd.recolour();
    }

    /// Shows how it is. Returns after how many milliseconds it is to be drawn again, if something waits.
    pub(super) fn draw(&mut self, state: &State, desk: &mut Desk) -> Option<f64> {
        let view = state.view();
        if self.drawn != Some(view) {
            self.drawn = Some(view);
            self.place_plane(view);
            self.marked = true;
            self.buttons.say_scale(view.scale);
        }
        self.paint_objects(view, desk);
        let selected = desk.selected_area();
        self.paint_marks(state, desk, selected);
        let bar = selected.filter(|_| !desk.is_busy() && desk.writing().is_none());
        let bar = bar.map(|area| view.shown(area)).filter(|area| view.shows_some_of(*area));
        self.toolbar.draw(desk, state, bar);
        self.effects.draw(state, &self.palette);
        let (company, signals) = (&state.company, &state.out.signals);
        let crowded = state.pointing.len() > MOST_ELEMENTS;
        let pointing = state.pointing.iter().copied();
        // Who says something there is an element in any case.
        let (many, few): (Vec<_>, Vec<_>) =
            pointing.partition(|cursor| crowded && signals.said(cursor.slot).is_none());
        self.cursors.draw(&few, company, signals, view);
        self.crowd.draw(&many, company, view, &self.palette);
        self.place_own(state);
        self.bubble.draw(state);
        self.acts.draw(state);
        let waits = self.map.draw(state, desk, &mut self.painter, &self.palette);
        let calls: Vec<_> = state.out.calls().collect();
        let more = self.rim.draw(&state.pointing, &calls, &state.company, view, self.taken);
        self.banner.count(state.others + more);
        self.show_hand(state);
        let followed = state.company.following().map(|it| it.id.as_str());
        let notice = state.out.notice();
        let said = notice.or(state.brought()).or(followed);
        if self.followed.as_deref() != said {
            self.followed = said.map(ToOwned::to_owned);
            match notice {
                Some(words) => self.banner.say(words),
                None => self.banner.show(state.brought(), state.company.following()),
            }
        }
        if self.gathers != state.rights.gather {
            self.gathers = state.rights.gather;
            self.buttons.may_gather(self.gathers);
        }
        waits
    }

    fn paint_objects(&mut self, view: View, desk: &mut Desk) {
        let stale = desk.take_stale();
        if stale != Stale::default() {
            self.painter.forget(&stale);
            self.objects.outdate();
        }
        if self.painter.has_new_pictures() {
            self.objects.outdate();
            self.map.outdate();
        }
        let (painter, palette, scale) = (&mut self.painter, &self.palette, view.scale);
        let at = view.to_px((0.0, 0.0));
        let mut paint = |context: &CanvasRenderingContext2d, seen: Area| {
            // Only numbers that are none could be refused.
            let _ = context.translate(at.0, at.1);
            let _ = context.scale(scale, scale);
            let seen = seen.grown(BEYOND_PX / scale);
            painter.paint(&Sheet { context, palette, scale }, desk, seen);
        };
        // Of a board that is only moved, most is painted already.
        let moved = self.painted.filter(|painted| painted.scale == scale).and_then(|painted| {
            let (x, y) = painted.at;
            if painted.at == at {
                return Some(painted.at);
            }
            let by = self.objects.shift((at.0 - x, at.1 - y), |context, strip| {
                let (left, top) = view.to_units((strip.left, strip.top));
                let (right, bottom) = view.to_units((strip.right, strip.bottom));
                paint(context, Area { left, top, right, bottom });
            });
            by.map(|by| (x + by.0, y + by.1))
        });
        if moved.is_none() {
            self.objects.outdate();
        }
        self.painted = Some(Painted { scale, at: moved.unwrap_or(at) });
        self.objects.paint(|context| paint(context, view.seen()));
    }

    fn paint_marks(&mut self, state: &State, desk: &Desk, selected: Option<Area>) {
        let marks = desk.has_marks();
        if marks || self.marked {
            self.marks.outdate();
        }
        self.marked = marks;
        let (view, palette) = (state.view(), &self.palette);
        self.marks.paint(|context| {
            paint_marks(context, desk, selected, &state.company, view, palette);
        });
    }

    /// How wide a text is in type of size 1.
    pub(super) fn measured(&self, text: &str) -> f64 {
        let context = self.objects.context();
        context.map_or(0.0, |context| {
            Painter::measured(&Sheet { context, palette: &self.palette, scale: 1.0 }, text)
        })
    }

    /// Lays a text into an area as it is painted there, in board units.
    pub(super) fn laid(&self, text: &str, area: Area) -> Option<Laid> {
        let context = self.objects.context()?;
        Some(Painter::laid(&Sheet { context, palette: &self.palette, scale: 1.0 }, text, area))
    }

    /// Puts the board itself where the view has it.
    fn place_plane(&self, view: View) {
        let plane = self.plane.style();
        let (left, top) = view.to_px((0.0, 0.0));
        style(&plane, "left", &px(left));
        style(&plane, "top", &px(top));
        let side = px(BOARD_UNITS * view.scale);
        style(&plane, "width", &side);
        style(&plane, "height", &side);
        let apart = px(dots(view.scale) * view.scale);
        style(&plane, "background-size", &format!("{apart} {apart}"));
    }

    fn place_own(&self, state: &State) {
        let at = state.own().map(|at| state.view().to_px(at));
        if self.own.has_attribute("hidden") != at.is_none() {
            flag(&self.own, "hidden", at.is_none());
        }
        if let Some((x, y)) = at {
            let transform = format!("translate3d({},{},0)", px(x), px(y));
            style(&self.own.style(), "transform", &transform);
        }
    }

    /// Shows by the mouse's shape whether it holds the board or would.
    fn show_hand(&mut self, state: &State) {
        let hand = state.gestures.hand();
        if self.hand != hand {
            self.hand = hand;
            set(&self.surface, "data-hand", hand);
        }
    }
}

/// How many board units are between two dots: a power of two, so that zooming only adds dots or leaves
/// some out.
fn dots(scale: f64) -> f64 {
    let mut units = BOARD_UNITS;
    while units * scale / 2.0 >= DOTS_PX {
        units /= 2.0;
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_never_nearer_than_they_may_be() {
        for scale in [0.004, 0.02, 0.048, 0.3, 1.0, 4.0] {
            let apart = dots(scale) * scale;
            assert!((DOTS_PX..2.0 * DOTS_PX).contains(&apart), "{apart} at {scale}");
        }
    }
}
