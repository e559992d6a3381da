//! Everything of the board that is seen, drawn from its state. What did not change is not touched.

use starling_protocol::BOARD_UNITS;
use web_sys::{Element, HtmlElement};

use crate::banner::Banner;
use crate::buttons::Buttons;
use crate::canvas::Layer;
use crate::crowd::Crowd;
use crate::cursors::Cursors;
use crate::dom::{child, flag, px, set, style};
use crate::map::Map;
use crate::palette::Palette;
use crate::rim::Rim;
use crate::state::State;
use crate::view::{Size, View};

/// The dots of the ground are as many board units apart as keeps them this far from each other, at least.
const DOTS_PX: f64 = 22.0;

/// More cursors than these are drawn on a canvas. It is what a server shows somebody of a large room.
const MOST_ELEMENTS: usize = 60;
/// What the corner takes at the window's bottom right, without the map and with it; see `view.css`.
const CORNER: Size = Size { width: 250.0, height: 92.0 };
const MAP_CORNER: Size = Size { width: 250.0, height: 226.0 };

/// The board's elements.
pub(super) struct Parts {
    surface: HtmlElement,
    plane: HtmlElement,
    /// Where what lies on the board is painted, below the cursors.
    objects: Layer,
    own: HtmlElement,
    cursors: Cursors,
    crowd: Crowd,
    pub(super) rim: Rim,
    pub(super) map: Map,
    pub(super) buttons: Buttons,
    pub(super) banner: Banner,
    added: [HtmlElement; 7],
    palette: Palette,
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
        let own = child(surface, "div", "own-pointer");
        set(&own, "aria-hidden", "true");
        flag(&own, "hidden", true);
        let cursors = Cursors::new(surface);
        let crowd = Crowd::new(surface, size);
        let rim = Rim::new(section);
        let corner = child(section, "div", "board-corner");
        let banner = Banner::new(section, &corner);
        let canvas: &HtmlElement = objects.element();
        let crowd_canvas: &HtmlElement = crowd.element();
        let (cursor_layer, rim_layer) = (cursors.layer().clone(), rim.layer().clone());
        let added = [
            canvas.clone(),
            crowd_canvas.clone(),
            own.clone(),
            cursor_layer,
            rim_layer,
            corner.clone(),
            banner.element.clone(),
        ];
        Self {
            surface: surface.clone(),
            plane,
            objects,
            own,
            cursors,
            crowd,
            rim,
            map: Map::new(&corner),
            buttons: Buttons::new(&corner),
            banner,
            added,
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
    }

    /// The theme is another one.
    pub(super) fn recolour(&mut self) {
        self.palette = Palette::read(&self.section);
        self.objects.outdate();
        self.map.outdate();
        self.crowd.recolour();
    }

    /// Shows how it is.
    pub(super) fn draw(&mut self, state: &State) {
        let view = state.view();
        if self.drawn != Some(view) {
            self.drawn = Some(view);
            self.place_plane(view);
            self.objects.outdate();
            self.buttons.say_scale(view.scale);
        }
        self.objects.paint(|_context| {
            // What lies on the board is painted here, in the view, with the palette.
        });
        let (few, many) = match state.pointing.len() <= MOST_ELEMENTS {
            true => (&state.pointing[..], &[][..]),
            false => (&[][..], &state.pointing[..]),
        };
        self.cursors.draw(few, &state.company, view);
        self.crowd.draw(many, &state.company, view, &self.palette);
        self.place_own(state);
        self.map.draw(&state.pointing, &state.company, view, &self.palette);
        let corner = if self.map.is_shown() { MAP_CORNER } else { CORNER };
        let more = self.rim.draw(&state.pointing, &state.company, view, corner);
        self.banner.count(state.others + more);
        self.show_hand(state);
        let said = state.brought().or(state.company.following().map(|it| it.id.as_str()));
        if self.followed.as_deref() != said {
            self.followed = said.map(ToOwned::to_owned);
            self.banner.show(state.brought(), state.company.following());
        }
        if self.gathers != state.rights.gather {
            self.gathers = state.rights.gather;
            self.buttons.may_gather(self.gathers);
        }
    }

    /// Leaves the region as the page rendered it.
    pub(super) fn remove(&self) {
        for added in &self.added {
            added.remove();
        }
        // Only an element without attributes could refuse.
        let _ = self.plane.remove_attribute("style");
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
