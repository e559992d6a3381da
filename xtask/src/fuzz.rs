//! `cargo xtask fuzz`: damaged frames by the minute, against everything that reads what arrives.

use crate::process::{cargo, run, say};
use anyhow::{Context, Result};

/// Fuzzes the decoders for so many minutes. The test prints the seed it started from.
pub(crate) fn fuzz(minutes: &str) -> Result<()> {
    let minutes: u64 = minutes.parse().context("how many minutes is a number")?;
    say(format!("fuzzing the decoders, {minutes} minutes"));
    let package = ["test", "--profile", "fuzz", "--package", "starling-protocol", "--test", "wire"];
    let test = ["--", "--ignored", "--nocapture", "damaged_frames_by_the_minute"];
    run(cargo(package).args(test).env("STARLING_FUZZ_MINUTES", minutes.to_string()))
}
