//! Arithmetic that a small module does without the standard library.

/// The number, or the limit that it passes. `f64::clamp` can panic, and says of what: the code that writes
/// down any number there is would be a sixth of this module.
pub(crate) fn within(number: f64, least: f64, most: f64) -> f64 {
    number.max(least).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_to_its_limits() {
        assert_eq!([-1.0, 0.5, 9.0].map(|it| within(it, 0.0, 2.0)), [0.0, 0.5, 2.0]);
    }
}
