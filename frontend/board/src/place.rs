//! A place of the board as a message or an address names it: `#at=8192,4096` in board units, or `#object=`
//! and the last twelve digits of an object's id. The same as in the page's `links.rs`. Plain values.

use starling_protocol::{ObjectId, Point};

use crate::view::Area;

const AT: &str = "#at=";
const OBJECT: &str = "#object=";
const DIGITS: usize = 12;

/// A place that is named.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    /// There, in board units.
    At { at: (f64, f64) },
    /// Where the object lies whose id ends so.
    Object { digits: String },
}

impl Place {
    /// What a fragment of an address names, if it names a place.
    pub(crate) fn parse(fragment: &str) -> Option<Self> {
        if let Some(numbers) = fragment.strip_prefix(AT) {
            let (x, y) = numbers.split_once(',')?;
            let at = (number(x)?, number(y)?);
            return Point::from_units(at.0, at.1).map(|_| Self::At { at });
        }
        let digits = fragment.strip_prefix(OBJECT)?;
        let known = digits.len() == DIGITS && digits.bytes().all(|it| it.is_ascii_hexdigit());
        known.then(|| Self::Object { digits: digits.to_ascii_lowercase() })
    }

    /// How a message names it.
    pub(crate) fn written(&self) -> String {
        match self {
            Self::At { at: (x, y) } => format!("{AT}{},{}", x.round() as u32, y.round() as u32),
            Self::Object { digits } => format!("{OBJECT}{digits}"),
        }
    }

    /// That object.
    pub(crate) fn of(object: ObjectId) -> Self {
        Self::Object { digits: last_digits(object) }
    }

    /// Whether it is that object.
    pub(crate) fn is(&self, object: ObjectId) -> bool {
        matches!(self, Self::Object { digits } if *digits == last_digits(object))
    }
}

fn last_digits(object: ObjectId) -> String {
    let mut id = object.to_string();
    id.split_off(id.len() - DIGITS)
}

/// Whole numbers only, as the page reads them.
fn number(text: &str) -> Option<f64> {
    let known = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    known.then(|| text.parse::<u32>().ok()).flatten().map(f64::from)
}

/// The part of the board around a place that is worth seeing with it.
pub(crate) fn around((x, y): (f64, f64)) -> Area {
    const REACH: f64 = 400.0;
    Area { left: x - REACH, top: y - REACH, right: x + REACH, bottom: y + REACH }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_was_written() {
        let at = Place::At { at: (8_192.0, 40.0) };
        assert_eq!(at.written(), "#at=8192,40");
        assert_eq!(Place::parse("#at=8192,40"), Some(at));
        let id: ObjectId = "0192d3a4-0000-7000-8000-00AABBccdd01".parse().unwrap();
        let object = Place::of(id);
        assert_eq!(object.written(), "#object=00aabbccdd01");
        assert_eq!(Place::parse("#object=00AABBCCDD01"), Some(object.clone()));
        assert!(
            object.is(id) && !object.is("0192d3a4-0000-7000-8000-00aabbccdd02".parse().unwrap())
        );
        assert_eq!(Place::At { at: (1.4, 2.6) }.written(), "#at=1,3");
    }

    #[test]
    fn other_fragments_are_no_places() {
        for none in [
            "",
            "#",
            "#message-1",
            "#at=",
            "#at=1",
            "#at=1,",
            "#at=1,2,3",
            "#at=-1,2",
            "#at=1.5,2",
            "#at=16385,0",
            "#at=99999999999,1",
            "#object=",
            "#object=123",
            "#object=00aabbccddxx",
            "#object=00aabbccdd0100",
            "#object=é0aabbccdd0",
        ] {
            assert_eq!(Place::parse(none), None, "{none}");
        }
        assert!(Place::parse("#at=16384,0").is_some());
    }
}
