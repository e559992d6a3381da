//! The time and what the load is doing, the same for everyone who takes part.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::bail;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

const JOIN_WITHIN: Duration = Duration::from_secs(120);

pub(crate) struct Clock {
    started: Instant,
    loaded: AtomicBool,
    measured_from: AtomicU32,
    measured_until: AtomicU32,
    joined: AtomicUsize,
    news: Notify,
    over: CancellationToken,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            loaded: AtomicBool::new(false),
            measured_from: AtomicU32::new(u32::MAX),
            measured_until: AtomicU32::new(u32::MAX),
            joined: AtomicUsize::new(0),
            news: Notify::new(),
            over: CancellationToken::new(),
        }
    }

    // What the run says.

    /// From now on they move and talk, or no longer.
    pub(crate) fn set_loaded(&self, loaded: bool) {
        self.loaded.store(loaded, Ordering::Relaxed);
    }

    /// From now on and for so long is measured; returns when that ends.
    pub(crate) fn measure(&self, seconds: u64) -> Instant {
        let from = self.micros();
        let until = from + seconds as u32 * 1_000_000;
        self.measured_until.store(until, Ordering::Relaxed);
        self.measured_from.store(from, Ordering::Relaxed);
        self.started + Duration::from_micros(until.into())
    }

    pub(crate) fn end(&self) {
        self.over.cancel();
    }

    pub(crate) async fn until_joined(&self, people: usize) -> anyhow::Result<()> {
        let joined = async {
            while self.joined.load(Ordering::Relaxed) < people {
                self.news.notified().await;
            }
        };
        if timeout(JOIN_WITHIN, joined).await.is_err() {
            bail!("only {} of {people} joined", self.joined.load(Ordering::Relaxed));
        }
        Ok(())
    }

    // What everyone asks.

    /// Somebody is where they should be.
    pub(crate) fn joined(&self) {
        self.joined.fetch_add(1, Ordering::Relaxed);
        self.news.notify_one();
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Relaxed)
    }

    /// Whether what happened then is measured.
    pub(crate) fn is_measured(&self, micros: u32) -> bool {
        micros >= self.measured_from.load(Ordering::Relaxed)
            && micros < self.measured_until.load(Ordering::Relaxed)
    }

    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }

    /// Microseconds since the start: for over an hour.
    pub(crate) fn micros(&self) -> u32 {
        self.started.elapsed().as_micros() as u32
    }
}
