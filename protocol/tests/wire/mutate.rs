//! How valid frames are damaged. Everything follows from the random numbers.

use rand::Rng;
use rand::rngs::SmallRng;

/// The largest frame a server reads by default; damage does not grow one beyond it.
const LARGEST: usize = 64 * 1024;
/// What parsers trip over.
const TOKENS: [&str; 32] = [
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "0",
    "-0",
    "-1",
    "255",
    "256",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1e309",
    "0.1",
    "1E+2",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "\\",
    "\"",
    ",",
    ":",
    "\"type\":\"unknown\",",
    "\"ref\":1,",
    "\u{feff}",
    "\u{202e}",
    "https://",
    "{\"a\":",
];

/// Damages a frame in one to four ways. `other` is a valid frame to take parts of.
pub(crate) fn damage(rng: &mut SmallRng, frame: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..rng.random_range(1..=4) {
        let at = rng.random_range(0..=frame.len());
        let end = (at + rng.random_range(0..=16)).min(frame.len());
        match rng.random_range(0..8) {
            0 => frame.truncate(at),
            1 => drop(frame.drain(at..end)),
            2 if at < frame.len() => frame[at] ^= 1 << rng.random_range(0..8),
            3 if at < frame.len() => frame[at] = rng.random(),
            4 => {
                let token = TOKENS[rng.random_range(0..TOKENS.len())];
                frame.splice(at..end, token.bytes());
            }
            5 => {
                let value = value_at(frame, at);
                let token = TOKENS[rng.random_range(0..TOKENS.len())];
                frame.splice(value, token.bytes());
            }
            6 => {
                let from = rng.random_range(0..=other.len());
                let to = rng.random_range(from..=other.len());
                frame.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let times = if rng.random_ratio(1, 50) { 1_000 } else { 3 };
                let again = frame[at..end].repeat(rng.random_range(1..=times));
                frame.splice(at..at, again);
            }
        }
        frame.truncate(LARGEST);
    }
}

/// The JSON value after the first colon from there on, if it is a number, a word or a plain string.
fn value_at(frame: &[u8], at: usize) -> std::ops::Range<usize> {
    let Some(colon) = frame[at..].iter().position(|byte| *byte == b':') else { return at..at };
    let start = at + colon + 1;
    let length = frame[start..].iter().position(|byte| matches!(byte, b',' | b'}' | b']'));
    start..length.map_or(frame.len(), |length| start + length)
}
