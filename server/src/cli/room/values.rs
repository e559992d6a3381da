//! How what `starling room` is told is read: lengths of time, roles, who finds a room.

use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use starling_protocol::{Role, Visibility};

/// A length of time, such as "10m" or "7d".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Long(i64);

impl Long {
    /// In milliseconds.
    pub(super) const fn ms(self) -> i64 {
        self.0
    }
}

impl FromStr for Long {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const UNITS: [(char, i64); 4] =
            [('m', 60_000), ('h', 3_600_000), ('d', 86_400_000), ('w', 7 * 86_400_000)];
        let wrong = || format!("{text:?} is not like 10m, 2h, 7d or 4w");
        let unit = text.chars().next_back().ok_or_else(wrong)?;
        let (_, ms) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        let count: u32 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
        match count {
            0 => Err(wrong()),
            count => Ok(Self(i64::from(count) * ms)),
        }
    }
}

/// Reads who finds a room.
pub(super) fn visibility() -> impl TypedValueParser<Value = Visibility> {
    one_of(Visibility::ALL, Visibility::name)
}

/// Reads what somebody shall be; a room is handed over by a command of its own.
pub(super) fn role() -> impl TypedValueParser<Value = Role> {
    one_of(&[Role::Visitor, Role::Member, Role::Moderator], Role::name)
}

fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(all.iter().map(|value| name(*value)));
    names.try_map(move |text| {
        all.iter().copied().find(|value| name(*value) == text).ok_or("this is none of them")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        let ms = |text: &str| text.parse::<Long>().map(Long::ms);
        assert_eq!(ms("10m"), Ok(600_000));
        assert_eq!(ms("2h"), Ok(7_200_000));
        assert_eq!(ms("7d"), ms("1w"));
        assert!(ms("4294967295w").is_ok());
        for wrong in ["", "m", "10", "0d", "-1d", "1.5h", "10s", "1dd", "4294967296w"] {
            assert!(ms(wrong).is_err(), "{wrong}");
        }
    }
}
