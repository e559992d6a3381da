//! How times and days are written. Reads no clock and no time zone: both are handed in.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A minute, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// An instant, as the clock on the reader's wall shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WallTime {
    instant: Timestamp,
    offset: Offset,
}

impl WallTime {
    /// Milliseconds since 1970-01-01T00:00:00Z, and the minutes to add to UTC at that instant.
    pub(crate) fn new(at: i64, offset_minutes: i32) -> Self {
        // A number that is no date can only be a mistake of the server's clock.
        let instant = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = Offset::from_seconds(offset_minutes * 60).unwrap_or(Offset::UTC);
        Self { instant, offset }
    }

    /// Which day it is there.
    pub(crate) fn date(self) -> Date {
        self.wall().date()
    }

    /// "now", "5 min ago", or from an hour on "14:05". Before the reader's time is known it is the
    /// latter.
    pub(crate) fn near(self, now: Option<Self>) -> String {
        // The server's clock may be ahead of the reader's.
        let minutes = now.map(|now| (now.millis() - self.millis()).max(0) / MINUTE_MS);
        match minutes {
            Some(0) => "now".to_owned(),
            Some(minutes @ 1..60) => format!("{minutes} min ago"),
            _ => self.clock(),
        }
    }

    /// "at 14:05" of the same day, or "on 20 November 2026 at 14:05"; in UTC, and saying so, before
    /// the reader's time is known.
    pub(crate) fn ahead(self, now: Option<Self>) -> String {
        let on_day = || format!("on {} at {}", long_date(self.wall().date()), self.clock());
        match now {
            Some(now) if now.date() == self.date() => format!("at {}", self.clock()),
            Some(_) => on_day(),
            None => format!("{} UTC", on_day()),
        }
    }

    /// Another instant, on the same wall with the same offset.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn at_instant(self, at: i64) -> Self {
        Self { offset: self.offset, ..Self::new(at, 0) }
    }

    /// "14:05".
    pub(crate) fn clock(self) -> String {
        let wall = self.wall();
        format!("{:02}:{:02}", wall.hour(), wall.minute())
    }

    /// "20 November 2026, 14:05".
    #[cfg(any(feature = "ssr", test))]
    pub(crate) fn to_the_minute(self) -> String {
        format!("{}, {}", long_date(self.date()), self.clock())
    }

    /// "20 November 2026, 14:05:33".
    pub(crate) fn exact(self) -> String {
        let wall = self.wall();
        format!("{}, {}:{:02}", long_date(wall.date()), self.clock(), wall.second())
    }

    /// For machines: "2026-11-20T14:05:33Z", whatever the reader's clock shows.
    pub(crate) fn machine(self) -> String {
        self.instant.to_string()
    }

    /// Whether the other instant is at most that many minutes away.
    pub(crate) fn is_within_minutes(self, minutes: i64, other: Self) -> bool {
        (self.millis() - other.millis()).abs() <= minutes * MINUTE_MS
    }

    fn millis(self) -> i64 {
        self.instant.as_millisecond()
    }

    fn wall(self) -> DateTime {
        self.offset.to_datetime(self.instant)
    }
}

/// "Today", "Yesterday" or "20 November 2026". Before the reader's day is known it is the date.
pub(crate) fn day_name(day: Date, today: Option<Date>) -> String {
    match today {
        Some(today) if day == today => "Today".to_owned(),
        Some(today) if Some(day) == today.yesterday().ok() => "Yesterday".to_owned(),
        _ => long_date(day),
    }
}

fn long_date(day: Date) -> String {
    let month = MONTHS[day.month().unsigned_abs() as usize - 1];
    format!("{} {month} {}", day.day(), day.year())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// 2026-11-20T23:05:33Z
    const AT: i64 = 1_795_215_933_000;

    #[test]
    fn the_reader_sees_the_time_of_their_own_wall() {
        assert_eq!(WallTime::new(AT, 0).clock(), "23:05");
        assert_eq!(WallTime::new(AT, 60).clock(), "00:05");
        assert_eq!(WallTime::new(AT, -210).clock(), "19:35");
        assert_eq!(WallTime::new(AT, 60).date(), date(2026, 11, 21));
        assert_eq!(WallTime::new(AT, 60).to_the_minute(), "21 November 2026, 00:05");
        assert_eq!(WallTime::new(AT, 60).exact(), "21 November 2026, 00:05:33");
        assert_eq!(WallTime::new(AT, 60).machine(), "2026-11-20T23:05:33Z");
    }

    #[test]
    fn times_are_relative_within_an_hour() {
        let said = WallTime::new(AT, 60);
        let after = |millis| said.near(Some(WallTime::new(AT + millis, 60)));
        assert_eq!(after(-5_000), "now");
        assert_eq!(after(59_999), "now");
        assert_eq!(after(60_000), "1 min ago");
        assert_eq!(after(3_599_999), "59 min ago");
        assert_eq!(after(3_600_000), "00:05");
        assert_eq!(said.near(None), "00:05");
    }

    #[test]
    fn what_is_ahead_is_told_by_the_clock_and_on_another_day_by_the_date() {
        let ends = WallTime::new(AT, 60);
        let hours_before = |hours: i64| Some(WallTime::new(AT - hours * 3_600_000, 60));
        assert_eq!(ends.ahead(hours_before(0)), "at 00:05");
        assert_eq!(ends.ahead(hours_before(1)), "on 21 November 2026 at 00:05");
        assert_eq!(WallTime::new(AT, 0).ahead(None), "on 20 November 2026 at 23:05 UTC");
    }

    #[test]
    fn a_time_beyond_all_calendars_is_no_panic() {
        assert_eq!(WallTime::new(i64::MAX, i32::MAX / 60).clock(), "00:00");
        assert_eq!(WallTime::new(i64::MIN, i32::MIN / 60).clock(), "00:00");
    }

    #[test]
    fn days_near_have_names() {
        let today = Some(date(2027, 1, 1));
        assert_eq!(day_name(date(2027, 1, 1), today), "Today");
        assert_eq!(day_name(date(2026, 12, 31), today), "Yesterday");
        assert_eq!(day_name(date(2026, 12, 30), today), "30 December 2026");
        assert_eq!(day_name(date(2027, 1, 1), None), "1 January 2027");
    }
}
