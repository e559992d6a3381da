//! What one run comes to, and what several of them have in common.

use crate::scenario::Scenario;
use crate::tally::Received;

/// One run. Where nothing was sent or nothing arrived, the figures about it are NaN.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// Of what was sent while it was measured, how much arrived, in percent.
    pub(crate) delivered: f64,
    pub(crate) arrived_per_second: f64,
    /// Of what arrived, in milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    /// The server's, while it was measured.
    pub(crate) cpu_per_million: f64,
    pub(crate) resident_mib: f64,
    /// By how much the server grew since it was started.
    pub(crate) kib_per_connection: f64,
}

impl Figures {
    pub(crate) fn new(
        scenario: Scenario,
        seconds: u64,
        mut received: Received,
        cpu_seconds: f64,
        resident_kib: u64,
        grown_kib: u64,
    ) -> Self {
        received.ages.sort_unstable();
        let ages = &received.ages;
        let age = |share: f64| quantile(ages, share);
        let expected = received.sent * scenario.people.saturating_sub(1);
        Self {
            delivered: 100.0 * ages.len() as f64 / expected as f64,
            arrived_per_second: received.arrived as f64 / seconds as f64,
            p50: age(0.5),
            p99: age(0.99),
            max: age(1.0),
            cpu_per_million: cpu_seconds / (received.arrived as f64 / 1e6),
            resident_mib: resident_kib as f64 / 1_024.0,
            kib_per_connection: grown_kib as f64 / scenario.connections() as f64,
        }
    }
}

/// Of microseconds in ascending order, in milliseconds.
pub(crate) fn quantile(micros: &[u32], share: f64) -> f64 {
    match micros.len().checked_sub(1) {
        Some(last) => f64::from(micros[(last as f64 * share).round() as usize]) / 1_000.0,
        None => f64::NAN,
    }
}

/// A figure over all rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(rounds: &[Figures], figure: fn(&Figures) -> f64) -> Self {
        Self::of_values(rounds.iter().map(figure).collect())
    }

    pub(crate) fn of_values(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let (Some(least), Some(most)) = (values.first(), values.last()) else {
            return Self { median: f64::NAN, least: f64::NAN, most: f64::NAN };
        };
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        };
        Self { median, least: *least, most: *most }
    }
}
