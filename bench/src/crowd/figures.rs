//! What one gathering comes to, and the table of several.

use std::fmt::Write;

use crate::figures::{Spread, quantile};
use crate::table::{cell, number};
use crate::tally::Received;

use super::viewer::Shown;

/// One gathering. KB are 1,000 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowded {
    people: usize,
    /// How many processors the server kept busy, and how many the load generator.
    pub(super) cores: f64,
    generator_cores: f64,
    updates_per_second: f64,
    cpu_per_million: f64,
    pub(super) cursors: Ages,
    pub(super) messages: Ages,
    pub(super) messages_delivered: f64,
    /// Of the cursors in view, how many were shown, in percent.
    pub(super) seen: f64,
    /// To a viewer a second: on average, of that cursors, and to the one who gets most.
    mean_kb: f64,
    mean_cursor_kb: f64,
    pub(super) most_kb: f64,
    resident_mib: f64,
}

/// In milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Crowded {
    /// Of what was shown to each, and of the seconds of CPU that server and load generator took.
    pub(super) fn new(seconds: u64, shown: Vec<Shown>, cpu: (f64, f64), resident_kib: u64) -> Self {
        let people = shown.len();
        let per_second = |all: f64| all / seconds as f64;
        let mut sum = Shown::default();
        let mut most = 0;
        for person in shown {
            sum.moves.add(&person.moves);
            sum.messages.add(&person.messages);
            sum.bytes += person.bytes;
            sum.cursor_bytes += person.cursor_bytes;
            sum.in_view += person.in_view;
            sum.seen += person.seen;
            most = most.max(person.bytes);
        }
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
        let kb = |bytes: u64| per_second(bytes as f64 / 1_000.0);
        let messages_expected = sum.messages.sent * people;
        Self {
            people,
            cores: per_second(cpu.0),
            generator_cores: per_second(cpu.1),
            updates_per_second: per_second(sum.moves.arrived as f64),
            cpu_per_million: cpu.0 / (sum.moves.arrived as f64 / 1e6),
            cursors: Ages::of(&mut sum.moves),
            messages_delivered: percent(sum.messages.ages.len(), messages_expected),
            messages: Ages::of(&mut sum.messages),
            seen: percent(sum.seen, sum.in_view),
            mean_kb: kb(sum.bytes) / people as f64,
            mean_cursor_kb: kb(sum.cursor_bytes) / people as f64,
            most_kb: kb(most),
            resident_mib: resident_kib as f64 / 1_024.0,
        }
    }
}

impl Ages {
    fn of(received: &mut Received) -> Self {
        received.ages.sort_unstable();
        Self { p50: quantile(&received.ages, 0.5), p99: quantile(&received.ages, 0.99) }
    }
}

/// A figure over several gatherings of one size.
pub(super) fn spread(rounds: &[Crowded], figure: fn(&Crowded) -> f64) -> Spread {
    Spread::of_values(rounds.iter().map(figure).collect())
}

type Column = (&'static str, fn(&Crowded) -> f64, usize);

const COLUMNS: [Column; 14] = [
    ("server's cores", |it| it.cores, 2),
    ("ms of CPU per person and s", |it| 1_000.0 * it.cores / it.people as f64, 2),
    ("updates/s", |it| it.updates_per_second, 0),
    ("CPU s per million", |it| it.cpu_per_million, 2),
    ("cursors p50 ms", |it| it.cursors.p50, 0),
    ("p99 ms", |it| it.cursors.p99, 0),
    ("messages p50 ms", |it| it.messages.p50, 0),
    ("p99 ms", |it| it.messages.p99, 0),
    ("KB/s per viewer", |it| it.mean_kb, 1),
    ("of it cursors", |it| it.mean_cursor_kb, 1),
    ("most", |it| it.most_kb, 1),
    ("in view, shown %", |it| it.seen, 1),
    ("resident MiB", |it| it.resident_mib, 0),
    ("generator's cores", |it| it.generator_cores, 2),
];

/// A table of sizes; where there are several, also of what power of the people the CPU grows by.
pub(crate) fn markdown(measured: &[(usize, Vec<Crowded>)]) -> String {
    let grows = measured.len() > 1;
    let mut text = String::from("| people |");
    for (title, ..) in COLUMNS {
        let _ = write!(text, " {title} |");
    }
    text.push_str(if grows { " CPU grows as |" } else { "" });
    text.push_str("\n|---:|");
    text.push_str(&"---:|".repeat(COLUMNS.len() + usize::from(grows)));
    let mut before: Option<(usize, f64)> = None;
    for (people, rounds) in measured {
        let _ = write!(text, "\n| {} |", number(*people as f64, 0));
        for (_, figure, decimals) in COLUMNS {
            let _ = write!(text, " {} |", cell(spread(rounds, figure), decimals));
        }
        let cores = spread(rounds, |it| it.cores).median;
        if let Some(before) = before {
            let _ = write!(text, " n^{:.2} |", power(before, (*people, cores)));
        } else if grows {
            text.push_str(" |");
        }
        before = Some((*people, cores));
    }
    text + "\n"
}

/// The power of the number of people that the cost grew by.
fn power(from: (usize, f64), to: (usize, f64)) -> f64 {
    (to.1 / from.1).ln() / (to.0 as f64 / from.0 as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_as_a_power() {
        for (exponent, cores) in [(1.0, 4.0), (2.0, 16.0), (0.0, 1.0)] {
            assert!((power((50, 1.0), (200, cores)) - exponent).abs() < 1e-9, "{cores}");
        }
    }
}
