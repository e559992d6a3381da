//! How the server stops: whom it serves it goes on serving for a while, nobody new is let in, and the
//! connections are closed one after the other, so that their clients come back one after the other,
//! too. Knows neither sockets nor requests.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rand::Rng;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How long a server is away between its last goodbye and its return, if all goes well.
const AWAY: Duration = Duration::from_millis(500);

/// Whether the server stops; clones share it.
#[derive(Clone, Default)]
pub(crate) struct Stopping {
    begun: CancellationToken,
    over: CancellationToken,
    farewell: Arc<OnceLock<Farewell>>,
}

impl Stopping {
    /// Says so to everyone; only the first time counts.
    pub(crate) fn begin(&self, farewell: Farewell) {
        let _ = self.farewell.set(farewell);
        self.begun.cancel();
    }

    /// There is no more time: what still runs ends now.
    pub(crate) fn end(&self) {
        self.over.cancel();
    }

    /// Waits until there is no more time.
    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }

    /// How it stops, if it does.
    pub(crate) fn farewell(&self) -> Option<Farewell> {
        self.farewell.get().copied()
    }

    /// Waits until it stops.
    pub(crate) async fn begun(&self) -> Farewell {
        loop {
            self.begun.cancelled().await;
            if let Some(farewell) = self.farewell() {
                return farewell;
            }
        }
    }
}

/// When connections are closed, and when their clients come back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Farewell {
    begun: Instant,
    spread: Duration,
}

impl Farewell {
    /// A farewell that begins now, to so many connections.
    pub(crate) fn new(connections: usize, config: &Config) -> Self {
        let pace = f64::from(config.closes_per_second.get());
        let spread = Duration::from_secs_f64(connections as f64 / pace);
        // A fifth of the time is for those who take their goodbye slowly.
        Self { begun: Instant::now(), spread: spread.min(config.drain_within.mul_f64(0.8)) }
    }

    /// Over how long the connections are closed.
    pub(crate) fn spread(self) -> Duration {
        self.spread
    }

    /// When one of them is closed; that of a latecomer may have passed.
    pub(crate) fn moment(self) -> Instant {
        self.begun + rand::rng().random_range(Duration::ZERO..=self.spread)
    }

    /// How long after it was closed a client comes back. The same for all, it spreads their return
    /// as their closes were, and brings the first one back when the last one has gone.
    pub(crate) fn back_after(self) -> Duration {
        self.spread + AWAY
    }
}

/// Waits for a connection's moment, once it has one.
pub(crate) async fn due(moment: &mut Option<Pin<Box<Sleep>>>) {
    match moment {
        Some(moment) => moment.await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    fn farewell(connections: usize) -> Farewell {
        Farewell::new(connections, &Cli::parse_from(["starling"]).config)
    }

    #[test]
    fn it_takes_a_second_for_500_and_leaves_time_to_spare() {
        assert_eq!(farewell(0).spread(), Duration::ZERO);
        assert_eq!(farewell(5).spread(), Duration::from_millis(10));
        assert_eq!(farewell(5_000).spread(), Duration::from_secs(10));
        assert_eq!(farewell(1_000_000).spread(), Duration::from_secs(24));
    }

    #[test]
    fn moments_are_even_and_nobody_is_back_before_the_last_has_gone() {
        let farewell = farewell(5_000);
        let mut seconds = [0; 10];
        for _ in 0..10_000 {
            let after = farewell.moment() - farewell.begun;
            seconds[(after.as_secs() as usize).min(9)] += 1;
            assert!(after + farewell.back_after() > farewell.spread());
        }
        // A thousand each, and a binomial's deviation is 30.
        assert!(seconds.iter().all(|closed| (700..1_300).contains(closed)), "{seconds:?}");
    }

    #[tokio::test]
    async fn who_asks_late_hears_of_the_first_one() {
        let stopping = Stopping::default();
        assert!(stopping.farewell().is_none());
        stopping.begin(farewell(5_000));
        stopping.begin(farewell(0));
        assert_eq!(stopping.begun().await.spread(), Duration::from_secs(10));
    }
}
