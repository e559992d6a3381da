//! Times as programs of other kinds read them.

/// A moment, in milliseconds since 1970, as JavaScript writes it.
pub(crate) fn timestamp(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_javascripts() {
        assert_eq!(timestamp(1_700_000_000_120), "2023-11-14T22:13:20.120Z");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
    }
}
