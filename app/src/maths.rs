//! What the browser can do with numbers, so that nobody has to download it: on the page these are its own.

/// The sine of an angle in radians.
pub(crate) fn sin(angle: f64) -> f64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Math::sin(angle);
    #[cfg(not(target_arch = "wasm32"))]
    angle.sin()
}

/// The cosine of an angle in radians.
pub(crate) fn cos(angle: f64) -> f64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Math::cos(angle);
    #[cfg(not(target_arch = "wasm32"))]
    angle.cos()
}

/// A number with so many digits after its point. Rust's own way knows every number there is, and is as
/// large as a page.
pub(crate) fn fixed(number: f64, digits: u32) -> String {
    let scale = 10_i64.pow(digits);
    let whole = (number * scale as f64).round() as i64;
    let sign = if whole < 0 { "-" } else { "" };
    let (before, after) = (whole.abs() / scale, whole.abs() % scale);
    format!("{sign}{before}.{after:0width$}", width = digits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_as_many_digits_as_asked_for() {
        for (number, digits, shown) in [
            (0.0, 2, "0.00"),
            (12.345_67, 4, "12.3457"),
            (-0.05, 2, "-0.05"),
            (-3.999, 2, "-4.00"),
            (99.995, 1, "100.0"),
        ] {
            assert_eq!(fixed(number, digits), shown);
        }
    }
}
