//! What a measurement is wanted to come to, and whether it does.

use std::fmt::Write;

use anyhow::ensure;

use crate::table::number;

/// Something that was measured, with what it should be.
pub(crate) struct Aim {
    what: String,
    bound: Bound,
    measured: f64,
}

/// What is good enough, and how many decimals matter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    AtMost { most: f64, decimals: usize },
    AtLeast { least: f64, decimals: usize },
}

impl Aim {
    pub(crate) fn new(what: String, bound: Bound, measured: f64) -> Self {
        Self { what, bound, measured }
    }

    /// What could not be measured, a NaN, is not.
    pub(crate) fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtMost { most, .. } => self.measured <= most,
            Bound::AtLeast { least, .. } => self.measured >= least,
        }
    }
}

/// Prints a table of them, and fails unless all are met.
pub(crate) fn judge(aims: &[Aim]) -> anyhow::Result<()> {
    println!("{}", markdown(aims));
    ensure!(aims.iter().all(Aim::is_met), "an aim was missed");
    Ok(())
}

/// A table of them; nothing if there are none.
fn markdown(aims: &[Aim]) -> String {
    if aims.is_empty() {
        return String::new();
    }
    let mut text = String::from("| aim | wanted | measured | |\n|---|---:|---:|---|");
    for aim in aims {
        let (wanted, decimals) = match aim.bound {
            Bound::AtMost { most, decimals } => (format!("≤ {}", number(most, decimals)), decimals),
            Bound::AtLeast { least, decimals } => {
                (format!("≥ {}", number(least, decimals)), decimals)
            }
        };
        let measured = number(aim.measured, decimals);
        let met = if aim.is_met() { "met" } else { "**missed**" };
        let _ = write!(text, "\n| {} | {wanted} | {measured} | {met} |", aim.what);
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_kept_or_not() {
        let most = Bound::AtMost { most: 0.125, decimals: 3 };
        let least = Bound::AtLeast { least: 99.9, decimals: 1 };
        for (bound, measured, met) in [
            (most, 0.125, true),
            (most, 0.126, false),
            (most, f64::NAN, false),
            (least, 99.9, true),
            (least, 99.8, false),
            (least, f64::NAN, false),
        ] {
            assert_eq!(Aim::new(String::new(), bound, measured).is_met(), met, "{measured}");
        }
        let aims =
            [Aim::new("CPU".to_owned(), most, 0.5), Aim::new("all".to_owned(), least, 100.0)];
        let table = "| aim | wanted | measured | |\n|---|---:|---:|---|\n\
            | CPU | ≤ 0.125 | 0.500 | **missed** |\n| all | ≥ 99.9 | 100.0 | met |\n";
        assert_eq!(markdown(&aims), table);
        assert_eq!(markdown(&[]), "");
        assert!(judge(&aims).is_err() && judge(&aims[1..]).is_ok() && judge(&[]).is_ok());
    }
}
