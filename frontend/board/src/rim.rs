//! Who points outside the window: arrows at its edge, in their colour and with their name. Where an arrow
//! stands is plain arithmetic; the elements follow.

use web_sys::{Element, HtmlElement};

use crate::company::{Company, Person, Pointing, Presence};
use crate::dom::{child, flag, px, set, style};
use crate::view::{Size, View};

/// At most so many arrows; the others are part of the count.
const MOST: usize = 8;
/// How far an arrow's middle is from the window's sides, and from its top and bottom.
const INSET_X_PX: f64 = 64.0;
const INSET_Y_PX: f64 = 26.0;
/// Arrows are no nearer to each other than this, up and down.
const APART_PX: f64 = 34.0;

const SHAPE: &str = "<svg viewBox=\"0 0 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\">\
    <path d=\"M11 6 2 11 4 6 2 1Z\"/></svg>";

/// Where an arrow stands, in pixels of the window, and where it points to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// Whose it is, in the order of who was found.
    whose: usize,
    pub(crate) at: (f64, f64),
    /// Clockwise from the right, in degrees.
    pub(crate) angle: f64,
}

/// What stands over the board already, which arrows keep off, in pixels from the window's edges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Taken {
    pub(crate) left: f64,
    pub(crate) bottom: f64,
    /// At the bottom right.
    pub(crate) corner: Size,
}

/// Where the arrow to a pixel outside the window stands; `None` if it is inside.
fn place(view: View, pixel: (f64, f64), taken: Taken) -> Option<Place> {
    if view.shows(pixel) {
        return None;
    }
    let Size { width, height } = view.size;
    let (right, down) = (pixel.0 - width / 2.0, pixel.1 - height / 2.0);
    let room = |length: f64, inset: f64| (length / 2.0 - inset).max(1.0);
    let left = if right < 0.0 { taken.left } else { 0.0 };
    let bottom = if down < 0.0 { 0.0 } else { taken.bottom };
    let (most_right, most_down) =
        (room(width, INSET_X_PX + left), room(height, INSET_Y_PX + bottom));
    let share = (most_right / right.abs()).min(most_down / down.abs());
    let at = (width / 2.0 + right * share, height / 2.0 + down * share);
    Some(Place { whose: 0, at, angle: down.atan2(right).to_degrees() })
}

/// Moves arrows apart that would lie on each other or on the corner: downwards first, and back up from
/// where there is no room. Whether there was room for all of them.
fn spread(places: &mut [Place], window: Size, taken: Taken) -> bool {
    let lowest = |x: f64| {
        let in_corner = x + INSET_X_PX > window.width - taken.corner.width;
        window.height
            - INSET_Y_PX
            - taken.bottom.max(if in_corner { taken.corner.height } else { 0.0 })
    };
    let beside = |a: &Place, b: &Place| (a.at.0 - b.at.0).abs() < 2.0 * INSET_X_PX;
    places.sort_by(|a, b| a.at.1.total_cmp(&b.at.1));
    for this in 0..places.len() {
        for above in 0..this {
            if beside(&places[this], &places[above]) {
                places[this].at.1 = places[this].at.1.max(places[above].at.1 + APART_PX);
            }
        }
    }
    for this in (0..places.len()).rev() {
        places[this].at.1 = places[this].at.1.min(lowest(places[this].at.0));
        for below in this + 1..places.len() {
            if beside(&places[this], &places[below]) {
                places[this].at.1 = places[this].at.1.min(places[below].at.1 - APART_PX);
            }
        }
    }
    places.iter().all(|place| place.at.1 >= INSET_Y_PX - 1.0)
}

/// Whose beacon is where, in board units.
pub(crate) type Call<'a> = (&'a str, (f64, f64));

/// Somebody who is outside the window, or whose beacon is.
struct Outside<'a> {
    person: &'a Person,
    pixel: (f64, f64),
    calls: bool,
}

/// Who is outside the window: a person once, where their beacon is, or else where they pointed last of all
/// their cursors. Beacons come first.
fn outside<'a>(
    pointing: &[Pointing],
    calls: &[Call<'_>],
    company: &'a Company,
    view: View,
) -> Vec<Outside<'a>> {
    let mut found: Vec<Outside<'_>> = Vec::new();
    let mut inside: Vec<&str> = Vec::new();
    for (user, at) in calls {
        let pixel = view.to_px(*at);
        let caller = company.person(user).filter(|person| !person.own);
        if let Some(person) = caller.filter(|_| !view.shows(pixel)) {
            found.push(Outside { person, pixel, calls: true });
        }
    }
    for cursor in pointing.iter().filter(|cursor| cursor.presence != Presence::Hidden) {
        let Some(person) = company.owner(cursor.slot).filter(|person| !person.own) else {
            continue;
        };
        let pixel = view.to_px(cursor.at);
        if view.shows(pixel) {
            inside.push(&person.id);
        } else if found.iter().all(|known| known.person.id != person.id) {
            found.push(Outside { person, pixel, calls: false });
        }
    }
    found.retain(|it| it.calls || !inside.contains(&it.person.id.as_str()));
    found.sort_by(|a, b| b.calls.cmp(&a.calls).then(a.person.id.cmp(&b.person.id)));
    found
}

/// The arrows that are shown.
pub(crate) struct Rim {
    layer: HtmlElement,
    arrows: Vec<Arrow>,
}

struct Arrow {
    id: String,
    button: HtmlElement,
    shape: Option<Element>,
    label: HtmlElement,
    name: String,
    hue: u8,
    calls: bool,
    placed: Option<Place>,
}

impl Rim {
    pub(crate) fn new(section: &Element) -> Self {
        let layer = child(section, "div", "rim");
        set(&layer, "role", "group");
        set(&layer, "aria-label", "People elsewhere on the board");
        flag(&layer, "hidden", true);
        Self { layer, arrows: Vec::new() }
    }

    /// What is pressed when an arrow is: its buttons say in `data-person` whose they are.
    pub(crate) fn layer(&self) -> &HtmlElement {
        &self.layer
    }

    /// Shows the arrows; returns how many people have none although they are outside.
    pub(crate) fn draw(
        &mut self,
        pointing: &[Pointing],
        calls: &[Call<'_>],
        company: &Company,
        view: View,
        taken: Taken,
    ) -> usize {
        let mut people = outside(pointing, calls, company, view);
        let all = people.len();
        people.truncate(MOST);
        let places = loop {
            let mut places: Vec<Place> = (people.iter().enumerate())
                .filter_map(|(whose, it)| Some(Place { whose, ..place(view, it.pixel, taken)? }))
                .collect();
            if spread(&mut places, view.size, taken) {
                break places;
            }
            people.pop();
        };
        let more = all - people.len();
        self.arrows.retain(|arrow| {
            let stays = people.iter().any(|it| it.person.id == arrow.id);
            if !stays {
                arrow.button.remove();
            }
            stays
        });
        for place in places {
            let Outside { person, calls, .. } = people[place.whose];
            let known = self.arrows.iter().position(|arrow| arrow.id == person.id);
            let known = known.unwrap_or_else(|| {
                self.arrows.push(Arrow::new(&self.layer, person));
                self.arrows.len() - 1
            });
            self.arrows[known].show(person, calls, place);
        }
        let none = self.arrows.is_empty();
        if self.layer.has_attribute("hidden") != none {
            flag(&self.layer, "hidden", none);
        }
        more
    }
}

impl Arrow {
    fn new(layer: &Element, person: &Person) -> Self {
        let button = child(layer, "button", "rim-arrow");
        set(&button, "type", "button");
        set(&button, "data-person", &person.id);
        button.set_inner_html(SHAPE);
        let shape = button.query_selector("path").ok().flatten();
        let label = child(&button, "bdi", "");
        let (id, name) = (person.id.clone(), String::new());
        Self { id, button, shape, label, name, hue: u8::MAX, calls: false, placed: None }
    }

    fn show(&mut self, person: &Person, calls: bool, place: Place) {
        if self.calls != calls {
            self.calls = calls;
            flag(&self.button, "data-calls", calls);
        }
        if self.name != person.name {
            self.name.clone_from(&person.name);
            self.label.set_text_content(Some(&person.name));
            set(&self.button, "aria-label", &format!("Go to {}", person.name));
            set(&self.button, "title", &format!("Go to {} (with Shift: follow)", person.name));
        }
        if self.hue != person.hue {
            self.hue = person.hue;
            set(&self.button, "data-hue", &person.hue.to_string());
        }
        if self.placed != Some(place) {
            self.placed = Some(place);
            let (x, y) = place.at;
            let transform = format!("translate3d({},{},0) translate(-50%,-50%)", px(x), px(y));
            style(&self.button.style(), "transform", &transform);
            if let Some(shape) = &self.shape {
                let angle = place.angle.round() as i32;
                set(shape, "transform", &format!("rotate({angle} 6 6)"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Taken = Taken { left: 0.0, bottom: 0.0, corner: Size { width: 0.0, height: 0.0 } };

    fn view() -> View {
        View::fit(Size { width: 1_000.0, height: 600.0 }).zoomed(20.0, (500.0, 300.0))
    }

    #[test]
    fn an_arrow_stands_on_the_way_to_its_person() {
        assert_eq!(place(view(), (999.0, 1.0), NONE), None);
        let right = place(view(), (5_000.0, 300.0), NONE).unwrap();
        assert_eq!(right, Place { whose: 0, at: (1_000.0 - INSET_X_PX, 300.0), angle: 0.0 });
        let below = place(view(), (500.0, 601.0), NONE).unwrap();
        assert_eq!(below, Place { whose: 0, at: (500.0, 600.0 - INSET_Y_PX), angle: 90.0 });
        let corner = place(view(), (-9_000.0, -9_000.0), NONE).unwrap();
        assert!(corner.at.0 >= INSET_X_PX - 0.001 && corner.at.1 >= INSET_Y_PX - 0.001);
        assert!((corner.angle + 135.0).abs() < 2.0, "{}", corner.angle);
    }

    #[test]
    fn arrows_lie_neither_on_each_other_nor_on_the_corner() {
        let window = view().size;
        let taken = Taken { corner: Size { width: 250.0, height: 226.0 }, ..NONE };
        for y in [26.0, 300.0, 574.0] {
            let mut places: Vec<Place> =
                (0..5).map(|whose| Place { whose, at: (936.0, y), angle: 0.0 }).collect();
            places.push(Place { whose: 5, at: (300.0, y), angle: 0.0 });
            assert!(spread(&mut places, window, taken));
            let (right, left): (Vec<&Place>, Vec<&Place>) =
                places.iter().partition(|place| place.at.0 > 500.0);
            let mut ys: Vec<f64> = right.iter().map(|place| place.at.1).collect();
            ys.sort_by(f64::total_cmp);
            assert!(ys.windows(2).all(|pair| pair[1] - pair[0] >= APART_PX - 0.001), "{ys:?}");
            assert!(ys.iter().all(|y| (0.0..=600.0 - 226.0 - INSET_Y_PX).contains(y)), "{ys:?}");
            assert_eq!(left[0].at.1, y, "who is far from both stays");
        }
    }

    #[test]
    fn arrows_keep_off_the_tools_and_are_no_more_than_there_is_room_for() {
        let tools = Taken { left: 60.0, bottom: 50.0, ..NONE };
        let left = place(view(), (-5_000.0, 300.0), tools).unwrap();
        assert_eq!(left.at, (INSET_X_PX + 60.0, 300.0));
        let below = place(view(), (500.0, 5_000.0), tools).unwrap();
        assert_eq!(below.at, (500.0, 600.0 - INSET_Y_PX - 50.0));
        let phone = Size { width: 195.0, height: 300.0 };
        let taken = Taken { bottom: 50.0, corner: Size { width: 190.0, height: 160.0 }, ..NONE };
        let column = |count: usize| -> Vec<Place> {
            (0..count).map(|whose| Place { whose, at: (97.0, 100.0), angle: 0.0 }).collect()
        };
        assert!(spread(&mut column(3), phone, taken));
        assert!(!spread(&mut column(4), phone, taken));
    }

    #[test]
    fn who_has_a_cursor_in_the_window_has_no_arrow() {
        let person = |id: &str, own, slots: &[u16]| Person {
            id: id.into(),
            name: id.into(),
            hue: 0,
            own,
            slots: slots.into(),
        };
        let mut company = Company::default();
        company.told(vec![
            person("ada", false, &[1, 2]),
            person("bob", false, &[3]),
            person("me", true, &[4]),
            person("idle", false, &[5]),
        ]);
        let at = |slot, units: f64, presence| Pointing { slot, at: (units, units), presence };
        let pointing = [
            at(1, 0.0, Presence::Live),
            at(2, 8_192.0, Presence::Live),
            at(3, 0.0, Presence::Idle),
            at(4, 0.0, Presence::Live),
            at(5, 0.0, Presence::Hidden),
        ];
        let outside = |calls: &[Call<'_>]| {
            let found = outside(&pointing, calls, &company, view());
            found.iter().map(|it| (it.person.id.clone(), it.calls)).collect::<Vec<_>>()
        };
        assert_eq!(outside(&[]), [("bob".to_owned(), false)]);
        // A beacon counts wherever its person is; one in the window is seen there.
        let called =
            outside(&[("ada", (16_000.0, 3.0)), ("me", (0.0, 0.0)), ("idle", (8_192.0, 8_192.0))]);
        assert_eq!(called, [("ada".to_owned(), true), ("bob".to_owned(), false)]);
    }
}
