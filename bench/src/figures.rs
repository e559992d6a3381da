//! What was measured, as a row of a table.

use std::time::Duration;

use crate::participant::Received;
use crate::scenario::Scenario;

pub(crate) const HEADER: &str = "\
| rooms × people | moves/s each | writers × msg/s | cursor updates/s (of) | messages/s (of) | cursor p50 / p99 / max ms | message p50 / p99 / max ms | server CPU s per million | resident MiB |
|---|---|---|---|---|---|---|---|---|";

pub(crate) struct Figures {
    pub(crate) received: Received,
    pub(crate) elapsed: Duration,
    pub(crate) cpu_seconds: f64,
    pub(crate) resident_kib: u64,
}

impl Figures {
    pub(crate) fn row(mut self, scenario: Scenario) -> String {
        let seconds = self.elapsed.as_secs_f64();
        let per_second = |count: usize| format!("{:.0}", count as f64 / seconds);
        let others = scenario.participants.saturating_sub(1);
        let received = &mut self.received;
        let cursors = format!(
            "{} ({})",
            per_second(received.cursors.len()),
            per_second(received.moves_sent * others)
        );
        let messages = format!(
            "{} ({})",
            per_second(received.messages.len()),
            per_second(received.messages_sent * scenario.participants)
        );
        let delivered = received.cursors.len() + received.messages.len();
        format!(
            "| {} × {} | {} | {} × {} | {cursors} | {messages} | {} | {} | {:.2} | {:.0} |",
            scenario.rooms,
            scenario.participants,
            scenario.moves,
            scenario.writers,
            scenario.messages,
            latency(&mut received.cursors),
            latency(&mut received.messages),
            self.cpu_seconds / (delivered.max(1) as f64 / 1e6),
            self.resident_kib as f64 / 1_024.0,
        )
    }
}

/// Median, 99th percentile and maximum of ages in microseconds, in milliseconds.
fn latency(micros: &mut [u32]) -> String {
    micros.sort_unstable();
    let Some(last) = micros.len().checked_sub(1) else { return "–".to_owned() };
    let at = |share: f64| f64::from(micros[(last as f64 * share).round() as usize]) / 1_000.0;
    format!("{:.1} / {:.1} / {:.1}", at(0.5), at(0.99), at(1.0))
}
