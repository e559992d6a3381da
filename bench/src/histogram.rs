//! When things happened, as lines of text.

use std::fmt::Write;

use tokio::time::Instant;

const STEP_MS: u128 = 500;
const WIDEST: usize = 50;

/// A line for each half second since then, up to the last time.
pub(crate) fn by_half_seconds(since: Instant, times: &[Instant]) -> String {
    let mut counts: Vec<usize> = Vec::new();
    for time in times {
        let step = (time.saturating_duration_since(since).as_millis() / STEP_MS) as usize;
        counts.resize(counts.len().max(step + 1), 0);
        counts[step] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let mut text = String::new();
    for (step, count) in counts.into_iter().enumerate() {
        let bar = "#".repeat((count * WIDEST).div_ceil(most));
        let _ = writeln!(text, "{:6.1} s {count:6} {bar}", step as f64 * STEP_MS as f64 / 1_000.0);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_half_second_without_anything_has_its_line_too() {
        let since = Instant::now();
        let at = |ms| since + Duration::from_millis(ms);
        let text = by_half_seconds(since, &[at(0), at(499), at(1_000)]);
        let full = "#".repeat(WIDEST);
        let half = "#".repeat(WIDEST / 2);
        let expected =
            format!("   0.0 s      2 {full}\n   0.5 s      0 \n   1.0 s      1 {half}\n");
        assert_eq!(text, expected);
        assert_eq!(by_half_seconds(since, &[]), "");
    }
}
