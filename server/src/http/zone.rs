//! The reader's time zone: a cookie that their browser sets (`app/src/browser.rs`), so that pages
//! come with the times of the reader's own wall.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::CookieJar;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use starling_app::page::{Clock, Offset, View, ZONE_COOKIE};

/// The zone that the browser has told. Nobody has to have told one, and a name that is none counts
/// as not told.
pub(super) fn of(headers: &HeaderMap) -> Option<TimeZone> {
    let jar = CookieJar::from_headers(headers);
    // Browsers send the slash of "Europe/Berlin" as it is.
    TimeZone::get(jar.get(ZONE_COOKIE)?.value()).ok()
}

/// What a page needs to know of that zone to show these times.
pub(super) fn clock(zone: &TimeZone, now: Timestamp, view: &View) -> Clock {
    let now = now.as_millisecond();
    let mut instants = view.instants();
    instants.push(now);
    instants.sort_unstable();
    let mut offsets: Vec<Offset> = Vec::new();
    for from in instants {
        let minutes = minutes_at(zone, from);
        if offsets.last().is_none_or(|last| last.minutes != minutes) {
            offsets.push(Offset { from, minutes });
        }
    }
    Clock { now, offsets }
}

fn minutes_at(zone: &TimeZone, instant: i64) -> i32 {
    Timestamp::from_millisecond(instant)
        .map_or(0, |instant| zone.to_offset(instant).seconds().div_euclid(60))
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use starling_app::page::JoinForm;

    use super::*;

    fn zone(cookie: &str) -> Option<TimeZone> {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookie.parse().unwrap());
        of(&headers)
    }

    #[test]
    fn a_zone_is_known_by_its_name_and_by_nothing_else() {
        let berlin = zone("other=1; starling-zone=Europe/Berlin").unwrap();
        // 2026-11-20 and 2026-07-01, at noon UTC.
        assert_eq!(minutes_at(&berlin, 1_795_176_000_000), 60);
        assert_eq!(minutes_at(&berlin, 1_782_907_200_000), 120);
        let marquesas = zone("starling-zone=Pacific/Marquesas").unwrap();
        assert_eq!(minutes_at(&marquesas, 1_795_176_000_000), -570);
        for none in ["a=b", "starling-zone=", "starling-zone=Mars/Olympus", "starling-zone=../etc"]
        {
            assert!(zone(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_page_is_told_the_offset_of_now_where_nothing_was_said() {
        let now = Timestamp::from_millisecond(1_795_176_000_000).unwrap();
        let view = View::NoSuchRoom { form: JoinForm::default() };
        let clock = clock(&zone("starling-zone=Asia/Kathmandu").unwrap(), now, &view);
        assert_eq!(clock.minutes_at(0), 345);
        assert_eq!(clock.offsets.len(), 1);
    }
}
