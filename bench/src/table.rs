//! The figures as Markdown, as the README has them.

use std::fmt::Write;

use crate::figures::{Figures, Spread};
use crate::run::Target;
use crate::scenario::Scenario;

/// What came of a scenario: Starling first, then its peers.
pub(crate) type Measured = (Scenario, Vec<(Target, Vec<Figures>)>);

struct Column {
    title: &'static str,
    figure: fn(&Figures) -> f64,
    decimals: usize,
    /// Whether Starling's is set against the peers'.
    compared: bool,
}

impl Column {
    const fn new(title: &'static str, figure: fn(&Figures) -> f64, decimals: usize) -> Self {
        Self { title, figure, decimals, compared: true }
    }

    const fn alone(title: &'static str, figure: fn(&Figures) -> f64, decimals: usize) -> Self {
        Self { title, figure, decimals, compared: false }
    }
}

const UNDER_LOAD: [Column; 7] = [
    Column::alone("delivered %", |it| it.delivered, 1),
    Column::alone("updates/s", |it| it.arrived_per_second, 0),
    Column::new("p50 ms", |it| it.p50, 1),
    Column::new("p99 ms", |it| it.p99, 1),
    Column::alone("max ms", |it| it.max, 0),
    Column::new("CPU s per million", |it| it.cpu_per_million, 2),
    Column::new("resident MiB", |it| it.resident_mib, 0),
];

const IDLE: [Column; 2] = [
    Column::new("KiB per connection", |it| it.kib_per_connection, 1),
    Column::new("resident MiB", |it| it.resident_mib, 0),
];

/// A table of the scenarios under load, and one of the idle ones.
pub(crate) fn markdown(measured: &[Measured]) -> String {
    let table = |columns: &[Column], idle: bool| {
        let rows: Vec<&Measured> =
            measured.iter().filter(|(scenario, _)| scenario.is_idle() == idle).collect();
        if rows.is_empty() {
            return String::new();
        }
        let mut text = String::from("| | |");
        for column in columns {
            let _ = write!(text, " {} |", column.title);
        }
        text.push_str("\n|---|---|");
        text.push_str(&"---:|".repeat(columns.len()));
        for row in rows {
            push_scenario(&mut text, columns, row);
        }
        text + "\n"
    };
    format!("{}\n{}", table(&UNDER_LOAD, false), table(&IDLE, true))
}

fn push_scenario(text: &mut String, columns: &[Column], (scenario, targets): &Measured) {
    for (number, (target, rounds)) in targets.iter().enumerate() {
        let first = if number == 0 { scenario.to_string() } else { String::new() };
        let _ = write!(text, "\n| {first} | {target} |");
        for column in columns {
            let _ = write!(text, " {} |", cell(Spread::of(rounds, column.figure), column.decimals));
        }
    }
    let Some(((starling, ours), peers)) = targets.split_first() else { return };
    for (peer, theirs) in peers {
        let _ = write!(text, "\n| | {starling} : {peer} |");
        for column in columns {
            let [ours, theirs] = [ours, theirs].map(|it| Spread::of(it, column.figure).median);
            let _ = match column.compared {
                true => write!(text, " {} |", ratio(ours / theirs)),
                false => write!(text, " |"),
            };
        }
    }
}

/// The median, and in parentheses the least and the most where they differ from it.
pub(crate) fn cell(spread: Spread, decimals: usize) -> String {
    let [median, least, most] =
        [spread.median, spread.least, spread.most].map(|value| number(value, decimals));
    if least == most { median } else { format!("{median} ({least}–{most})") }
}

/// With two digits that mean something, down to a thousandth.
fn ratio(value: f64) -> String {
    number(value, if value < 0.1 { 3 } else { 2 })
}

/// With commas between thousands.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.decimals$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_the_median_with_least_and_most() {
        let spread = |median, least, most| Spread { median, least, most };
        assert_eq!(cell(spread(1_234_567.0, 1_000.0, 2e6), 0), "1,234,567 (1,000–2,000,000)");
        assert_eq!(cell(spread(999.94, 999.94, 999.94), 1), "999.9");
        assert_eq!(cell(spread(1.5, 1.4, 1.6), 0), "2 (1–2)");
        assert_eq!(cell(spread(f64::NAN, f64::NAN, f64::NAN), 1), "–");
    }
}
