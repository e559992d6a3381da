//! What pointers and the wheel mean: pointing, panning, zooming. Told of events as plain values, says
//! what to do; knows no browser.

use std::collections::BTreeMap;

use crate::maths::within;

/// A place in the board's window, in CSS pixels.
pub(crate) type Pixel = (f64, f64);

/// What kind of pointer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Mouse,
    Pen,
    Touch,
}

impl Kind {
    /// How strongly it presses, 0 to 255, by what a browser tells (0 to 1); 128 where the device cannot
    /// tell: it says nothing then, a finger also that it is all there is.
    pub(crate) fn pressure(self, told: f32) -> u8 {
        match self {
            Self::Mouse => 128,
            _ if told == 0.0 => 128,
            Self::Touch if told == 1.0 => 128,
            _ => (told * 255.0).round() as u8,
        }
    }
}

/// What a pointer did, or what the wheel did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Input {
    /// A button went down or a finger touched. Buttons are counted as browsers do: 0 is the first, 1 the
    /// middle one.
    Down {
        pointer: i32,
        kind: Kind,
        button: i16,
        at: Pixel,
    },
    Move {
        pointer: i32,
        at: Pixel,
    },
    /// It was let go, or the browser took it away.
    Up {
        pointer: i32,
    },
    /// It went elsewhere.
    Leave {
        pointer: i32,
        kind: Kind,
    },
    /// How far the wheel turned in pixels, right and down; with Ctrl held, or by a pinch, it zooms.
    Wheel {
        by: (f64, f64),
        zooms: bool,
        at: Pixel,
    },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gesture {
    /// The person points there.
    Point { at: Pixel },
    /// The person points nowhere any more.
    Nowhere,
    /// The view moves by so many pixels.
    Pan { by: (f64, f64) },
    /// The view moves, and then grows so many times around a pixel.
    Zoom { factor: f64, at: Pixel, by: (f64, f64) },
}

/// One turn of a wheel zooms at most so much, as powers of e: a notch of a mouse turns 100 pixels and
/// more, fingers on a pad a few at a time.
const MOST_AT_ONCE: f64 = 0.25;
const ZOOM_PER_PX: f64 = 0.01;

/// The hands at the board.
#[derive(Debug, Default)]
pub(crate) struct Gestures {
    /// The fingers that touch it.
    fingers: BTreeMap<i32, Pixel>,
    /// The pen that touches it.
    pen: Option<i32>,
    /// What touches it beside a pen, or did before: the hand that holds the pen.
    palms: Vec<i32>,
    /// What holds the board to move it, and where that was last.
    holds: Option<(i32, Pixel)>,
    /// Whether the next button that goes down holds it.
    ready: bool,
    /// Whether every pointer holds it: the hand is the tool.
    always: bool,
    /// Two fingers were there: the one that is left does not point before it is lifted, too.
    pinched: bool,
}

impl Gestures {
    /// Whether the next button that goes down takes hold of the board: while the space bar is held.
    pub(crate) fn ready_to_pan(&mut self, ready: bool) {
        self.ready = ready;
    }

    /// Whether every pointer takes hold of the board, a finger among them.
    pub(crate) fn always_pan(&mut self, always: bool) {
        self.always = always;
    }

    /// Whether two fingers are or were there, and none has come anew.
    pub(crate) fn is_pinching(&self) -> bool {
        self.pinched
    }

    /// Whether that is the hand that holds a pen.
    pub(crate) fn is_palm(&self, pointer: i32) -> bool {
        self.palms.contains(&pointer)
    }

    /// Whether the board is held.
    pub(crate) fn is_panning(&self) -> bool {
        self.holds.is_some()
    }

    /// How the hand is, for the shape of the mouse: "holds", "ready", or neither.
    pub(crate) fn hand(&self) -> &'static str {
        match (self.is_panning(), self.ready || self.always) {
            (true, _) => "holds",
            (false, true) => "ready",
            (false, false) => "",
        }
    }

    /// What follows from an input.
    pub(crate) fn input(&mut self, input: Input) -> Option<Gesture> {
        match input {
            Input::Down { pointer, kind: Kind::Touch, .. } if self.pen.is_some() => {
                self.palms.push(pointer);
                None
            }
            Input::Down { pointer, kind: Kind::Touch, at, .. } => {
                self.fingers.insert(pointer, at);
                if self.fingers.len() == 1 && self.always {
                    self.holds = Some((pointer, at));
                    return None;
                }
                self.holds = None;
                if self.fingers.len() == 1 {
                    return Some(Gesture::Point { at });
                }
                let first = !self.pinched;
                self.pinched = true;
                first.then_some(Gesture::Nowhere)
            }
            Input::Down { pointer, kind, button, at } => {
                if kind == Kind::Pen {
                    self.pen = Some(pointer);
                    self.palms.extend(std::mem::take(&mut self.fingers).into_keys());
                    (self.pinched, self.holds) = (false, None);
                }
                if button == 1 || (button == 0 && (self.ready || self.always)) {
                    self.holds = Some((pointer, at));
                    return None;
                }
                Some(Gesture::Point { at })
            }
            Input::Move { pointer, at } => self.moved(pointer, at),
            Input::Up { pointer } => {
                self.lift_pen(pointer);
                self.palms.retain(|palm| *palm != pointer);
                self.fingers.remove(&pointer);
                self.pinched &= !self.fingers.is_empty();
                self.holds = self.holds.filter(|(holder, _)| *holder != pointer);
                None
            }
            Input::Leave { pointer, kind } => {
                // It may have been lifted elsewhere.
                self.lift_pen(pointer);
                let holds = self.holds.is_some_and(|(holder, _)| holder == pointer);
                // A finger that is lifted leaves its cursor where it pointed.
                (kind != Kind::Touch && !holds).then_some(Gesture::Nowhere)
            }
            Input::Wheel { by: (_, down), zooms: true, at } => {
                let power = within(-down * ZOOM_PER_PX, -MOST_AT_ONCE, MOST_AT_ONCE);
                Some(Gesture::Zoom { factor: power.exp(), at, by: (0.0, 0.0) })
            }
            Input::Wheel { by: (right, down), .. } => Some(Gesture::Pan { by: (-right, -down) }),
        }
    }

    fn lift_pen(&mut self, pointer: i32) {
        self.pen = self.pen.filter(|pen| *pen != pointer);
    }

    fn moved(&mut self, pointer: i32, at: Pixel) -> Option<Gesture> {
        if self.is_palm(pointer) {
            return None;
        }
        if let Some((holder, from)) = &mut self.holds {
            if *holder != pointer {
                return None;
            }
            let by = (at.0 - from.0, at.1 - from.1);
            *from = at;
            if let Some(finger) = self.fingers.get_mut(&pointer) {
                *finger = at;
            }
            return Some(Gesture::Pan { by });
        }
        if !self.fingers.contains_key(&pointer) {
            return Some(Gesture::Point { at });
        }
        let before = self.spread();
        self.fingers.insert(pointer, at);
        if !self.pinched {
            return Some(Gesture::Point { at });
        }
        let ((from, wide), (to, wider)) = (before?, self.spread()?);
        let factor = if wide > 0.0 && wider > 0.0 { wider / wide } else { 1.0 };
        Some(Gesture::Zoom { factor, at: to, by: (to.0 - from.0, to.1 - from.1) })
    }

    /// The middle between the first two fingers, and how far they are apart.
    fn spread(&self) -> Option<(Pixel, f64)> {
        let mut fingers = self.fingers.values();
        let ((ax, ay), (bx, by)) = (fingers.next()?, fingers.next()?);
        let middle = (f64::midpoint(*ax, *bx), f64::midpoint(*ay, *by));
        Some((middle, (bx - ax).hypot(by - ay)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(pointer: i32, kind: Kind, button: i16, at: Pixel) -> Input {
        Input::Down { pointer, kind, button, at }
    }

    #[test]
    fn a_mouse_points_and_takes_its_cursor_along() {
        let mut hands = Gestures::default();
        let at = (3.0, 4.0);
        assert_eq!(hands.input(Input::Move { pointer: 1, at }), Some(Gesture::Point { at }));
        assert_eq!(hands.input(down(1, Kind::Mouse, 0, at)), Some(Gesture::Point { at }));
        let leave = Input::Leave { pointer: 1, kind: Kind::Mouse };
        assert_eq!(hands.input(leave), Some(Gesture::Nowhere));
    }

    #[test]
    fn the_middle_button_and_space_hold_the_board() {
        for (space, button) in [(false, 1), (true, 0)] {
            let mut hands = Gestures::default();
            hands.ready_to_pan(space);
            assert_eq!(hands.input(down(1, Kind::Mouse, button, (10.0, 10.0))), None);
            assert!(hands.is_panning());
            let moved = hands.input(Input::Move { pointer: 1, at: (7.0, 30.0) });
            assert_eq!(moved, Some(Gesture::Pan { by: (-3.0, 20.0) }));
            let moved = hands.input(Input::Move { pointer: 1, at: (7.0, 31.0) });
            assert_eq!(moved, Some(Gesture::Pan { by: (0.0, 1.0) }));
            assert_eq!(hands.input(Input::Leave { pointer: 1, kind: Kind::Mouse }), None);
            assert_eq!(hands.input(Input::Up { pointer: 1 }), None);
            let at = (1.0, 1.0);
            assert_eq!(hands.input(Input::Move { pointer: 1, at }), Some(Gesture::Point { at }));
        }
    }

    #[test]
    fn one_finger_points_and_two_move_and_enlarge() {
        let mut hands = Gestures::default();
        let at = (100.0, 100.0);
        assert_eq!(hands.input(down(1, Kind::Touch, 0, at)), Some(Gesture::Point { at }));
        let second = down(2, Kind::Touch, 0, (200.0, 100.0));
        assert_eq!(hands.input(second), Some(Gesture::Nowhere));
        let moved = hands.input(Input::Move { pointer: 2, at: (300.0, 100.0) });
        let expected = Gesture::Zoom { factor: 2.0, at: (200.0, 100.0), by: (50.0, 0.0) };
        assert_eq!(moved, Some(expected));
        // The finger that stays behind does not point.
        hands.input(Input::Up { pointer: 2 });
        assert_eq!(hands.input(Input::Move { pointer: 1, at: (0.0, 0.0) }), None);
        hands.input(Input::Up { pointer: 1 });
        assert_eq!(hands.input(down(3, Kind::Touch, 0, at)), Some(Gesture::Point { at }));
        assert_eq!(hands.input(Input::Leave { pointer: 3, kind: Kind::Touch }), None);
    }

    #[test]
    fn the_hand_that_holds_a_pen_does_nothing() {
        let mut hands = Gestures::default();
        let (at, below) = ((100.0, 100.0), (200.0, 300.0));
        // It lies there before the pen does, and with more of it afterwards.
        hands.input(down(7, Kind::Touch, 0, below));
        assert!(!hands.is_palm(7), "it may be a finger that draws");
        let pen = hands.input(down(2, Kind::Pen, 0, at));
        assert_eq!(pen, Some(Gesture::Point { at }));
        assert_eq!(hands.input(down(8, Kind::Touch, 0, below)), None);
        assert!(hands.is_palm(7) && hands.is_palm(8) && !hands.is_palm(2));
        assert!(!hands.is_pinching() && !hands.is_panning());
        for palm in [7, 8] {
            assert_eq!(hands.input(Input::Move { pointer: palm, at: (0.0, 0.0) }), None);
        }
        let drawn = hands.input(Input::Move { pointer: 2, at: below });
        assert_eq!(drawn, Some(Gesture::Point { at: below }));
        hands.input(Input::Up { pointer: 2 });
        assert_eq!(hands.input(Input::Move { pointer: 7, at }), None, "not before it is lifted");
        hands.input(Input::Up { pointer: 7 });
        hands.input(Input::Up { pointer: 8 });
        assert_eq!(hands.input(down(9, Kind::Touch, 0, at)), Some(Gesture::Point { at }));
        hands.input(Input::Up { pointer: 9 });
        // A pen that was lifted elsewhere is not awaited for ever.
        hands.input(down(3, Kind::Pen, 0, at));
        hands.input(Input::Leave { pointer: 3, kind: Kind::Pen });
        assert_eq!(hands.input(down(9, Kind::Touch, 0, at)), Some(Gesture::Point { at }));
    }

    #[test]
    fn a_pen_presses_as_strongly_as_it_says() {
        let told = [0.0, 0.25, 0.5, 1.0];
        assert_eq!(told.map(|it| Kind::Pen.pressure(it)), [128, 64, 128, 255]);
        assert_eq!(told.map(|it| Kind::Touch.pressure(it)), [128, 64, 128, 128]);
        assert_eq!(told.map(|it| Kind::Mouse.pressure(it)), [128; 4]);
    }

    #[test]
    fn a_wheel_pans_and_with_ctrl_zooms_a_little_at_a_time() {
        let mut hands = Gestures::default();
        let at = (5.0, 6.0);
        let turned = |zooms| Input::Wheel { by: (10.0, -120.0), zooms, at };
        assert_eq!(hands.input(turned(false)), Some(Gesture::Pan { by: (-10.0, 120.0) }));
        let Some(Gesture::Zoom { factor, at: around, .. }) = hands.input(turned(true)) else {
            panic!("it zooms");
        };
        assert_eq!(around, at);
        assert!((factor - MOST_AT_ONCE.exp()).abs() < 1e-9, "{factor}");
    }
}
