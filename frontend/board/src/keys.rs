//! What keys mean on the board. Plain values; knows no browser.

/// How far an arrow key moves the pointer, in shares of what is seen; with Shift, and without.
pub(crate) const LEAP: f64 = 0.1;
pub(crate) const STEP: f64 = 0.02;
/// How far it moves the view with Alt.
const PAN: f64 = 0.1;
/// How much one press enlarges.
pub(crate) const ZOOM: f64 = 1.25;

/// A key with what is held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key<'a> {
    /// As browsers name it.
    pub(crate) name: &'a str,
    pub(crate) shift: bool,
    pub(crate) alt: bool,
    /// Ctrl, or the key for commands of a Mac.
    pub(crate) control: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Command {
    /// The pointer moves by these shares of what is seen, right and down.
    Step { right: f64, down: f64 },
    /// The view goes by these shares of what is seen, right and down.
    Pan { right: f64, down: f64 },
    /// The view grows so many times.
    Zoom { factor: f64 },
    /// A board unit is a pixel.
    Actual,
    /// All of the board is shown.
    Fit,
    /// From now on the mouse holds the board.
    Hold,
    /// What lasts ends: following somebody, or else pointing.
    Leave,
    /// A bubble opens at the pointer.
    Speak,
    /// Everyone is shown where the pointer is.
    Beacon,
    /// Signs to throw are offered.
    Signs,
}

/// What a key means, if anything.
pub(crate) fn command(key: Key<'_>) -> Option<Command> {
    if key.control {
        // The browser's own.
        return None;
    }
    let arrow = match key.name {
        "ArrowLeft" => Some((-1.0, 0.0)),
        "ArrowRight" => Some((1.0, 0.0)),
        "ArrowUp" => Some((0.0, -1.0)),
        "ArrowDown" => Some((0.0, 1.0)),
        _ => None,
    };
    if let Some((right, down)) = arrow {
        let length = match (key.alt, key.shift) {
            (true, _) => return Some(Command::Pan { right: right * PAN, down: down * PAN }),
            (false, true) => LEAP,
            (false, false) => STEP,
        };
        return Some(Command::Step { right: right * length, down: down * length });
    }
    if key.alt {
        return None;
    }
    Some(match key.name {
        "+" | "=" => Command::Zoom { factor: ZOOM },
        "-" | "_" => Command::Zoom { factor: 1.0 / ZOOM },
        "0" => Command::Actual,
        "1" | "Home" => Command::Fit,
        " " => Command::Hold,
        "Escape" => Command::Leave,
        "/" => Command::Speak,
        "b" | "B" => Command::Beacon,
        "e" | "E" => Command::Signs,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key<'_> {
        Key { name, shift: false, alt: false, control: false }
    }

    #[test]
    fn arrows_move_the_pointer_and_with_alt_the_view() {
        let step = |right, down| Some(Command::Step { right, down });
        assert_eq!(command(key("ArrowUp")), step(0.0, -STEP));
        assert_eq!(command(Key { shift: true, ..key("ArrowLeft") }), step(-LEAP, 0.0));
        let pan = Some(Command::Pan { right: PAN, down: 0.0 });
        assert_eq!(command(Key { alt: true, ..key("ArrowRight") }), pan);
    }

    #[test]
    fn what_belongs_to_the_browser_is_left_to_it() {
        for name in ["a", "Tab", "Enter", "F5"] {
            assert_eq!(command(key(name)), None, "{name}");
        }
        for name in ["0", "+", "-", "ArrowLeft"] {
            assert_eq!(command(Key { control: true, ..key(name) }), None, "{name}");
        }
    }
}
