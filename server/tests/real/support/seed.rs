//! The seed of a test that leaves something to chance, and how to repeat it.

use rand::Rng;

const VARIABLE: &str = "STARLING_TEST_SEED";

/// The seed of this run. What a test prints is shown when it fails.
pub(crate) fn seed() -> u64 {
    let seed = match std::env::var(VARIABLE) {
        Ok(given) => given.parse().expect("the seed is no number"),
        Err(_) => rand::rng().random(),
    };
    eprintln!("to repeat: {VARIABLE}={seed}");
    seed
}

/// A number from the environment, for runs that are larger than those of every day.
pub(crate) fn at_size(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |given| given.parse().expect("the size is no number"))
}
