//! What memory did over time.

pub(crate) struct Sample {
    pub(crate) minutes: f64,
    pub(crate) allocated_kib: u64,
}

#[derive(Default)]
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    pub(crate) fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// KiB a minute, by least squares over the second half: the first is for filling caches.
    pub(crate) fn slope(&self) -> f64 {
        let half = &self.0[self.0.len() / 2..];
        let count = half.len() as f64;
        let mean = |of: fn(&Sample) -> f64| half.iter().map(of).sum::<f64>() / count;
        let (minutes, kib) = (mean(|it| it.minutes), mean(|it| it.allocated_kib as f64));
        let (mut above, mut below) = (0.0, 0.0);
        for sample in half {
            let from_mean = sample.minutes - minutes;
            above += from_mean * (sample.allocated_kib as f64 - kib);
            below += from_mean * from_mean;
        }
        above / below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_second_half() {
        let mut samples = Samples::default();
        for (minutes, allocated_kib) in
            [(0.0, 0), (1.0, 900), (2.0, 1_000), (3.0, 1_002), (4.0, 1_004)]
        {
            samples.push(Sample { minutes, allocated_kib });
        }
        assert!((samples.slope() - 2.0).abs() < 1e-9);
    }
}
