//! From moments of the calendar, in milliseconds since 1970-01-01T00:00:00Z, to those that a task can wait
//! for.

use std::time::Duration;

use tokio::time::Instant;

use crate::store::unix_ms;

/// What ends later is looked at so often all the same: clocks can be set.
const DAY: Duration = Duration::from_secs(86_400);

/// When to look again at what ends at that moment: then, and not before it has ended.
pub(crate) fn until(ends_at: i64) -> Instant {
    Instant::now() + Duration::from_millis(left(ends_at)).min(DAY) + Duration::from_millis(1)
}

/// How many milliseconds are left until that moment.
pub(crate) fn left(ends_at: i64) -> u64 {
    u64::try_from(ends_at.saturating_sub(unix_ms())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_looked_at_when_it_has_ended_and_at_least_once_a_day() {
        let now = Instant::now();
        assert_eq!(until(unix_ms() - 1_000), now + Duration::from_millis(1));
        let in_an_hour = until(unix_ms() + 3_600_000);
        assert!(in_an_hour <= now + Duration::from_secs(3_601), "{in_an_hour:?}");
        assert!(in_an_hour > now + Duration::from_secs(3_000), "{in_an_hour:?}");
        assert_eq!(until(i64::MAX), now + DAY + Duration::from_millis(1));
    }
}
