//! People who come while the others come back: how long a sign-in and a page take.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use starling_protocol::Slug;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::door::Door;
use crate::figures::quantile;

/// Of each kind.
const EVERY: Duration = Duration::from_millis(100);

/// One kind of request.
#[derive(Default)]
struct Requests {
    /// How long the good ones took, in microseconds.
    took: Vec<u32>,
    /// The others, by what came of them.
    failed: BTreeMap<String, usize>,
}

#[derive(Default)]
struct Seen {
    sign_ins: Requests,
    pages: Requests,
}

/// People who are coming, until [`Self::stop`].
pub(crate) struct Newcomers {
    over: CancellationToken,
    coming: JoinHandle<()>,
    seen: Arc<Mutex<Seen>>,
}

/// How they fared.
pub(crate) struct Fared(Seen);

impl Newcomers {
    pub(crate) fn start(door: &Door, room: &Slug) -> Self {
        let over = CancellationToken::new();
        let seen = Arc::default();
        let coming = come(door.clone(), room.path(), over.clone(), Arc::clone(&seen));
        Self { over, coming: tokio::spawn(coming), seen }
    }

    /// Waits for those who are on their way.
    pub(crate) async fn stop(self) -> Fared {
        self.over.cancel();
        let _ = self.coming.await;
        let mut seen = std::mem::take(&mut *self.seen.lock());
        seen.sign_ins.took.sort_unstable();
        seen.pages.took.sort_unstable();
        Fared(seen)
    }
}

impl Fared {
    /// How many were not served.
    pub(crate) fn failed(&self) -> usize {
        [&self.0.sign_ins, &self.0.pages].iter().flat_map(|it| it.failed.values()).sum()
    }
}

impl fmt::Display for Fared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, requests) in [("sign-in", &self.0.sign_ins), ("page", &self.0.pages)] {
            write!(f, "  {name}: {} served", requests.took.len())?;
            if !requests.took.is_empty() {
                let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| quantile(&requests.took, share));
                write!(f, ", p50 {p50:.1} ms, p99 {p99:.1} ms, max {max:.1} ms")?;
            }
            for (outcome, count) in &requests.failed {
                write!(f, "; {outcome}: {count}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

async fn come(door: Door, path: String, over: CancellationToken, seen: Arc<Mutex<Seen>>) {
    let mut requests = JoinSet::new();
    let mut beat = interval(EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = over.cancelled() => break,
        }
        let (door, path, seen) = (door.clone(), path.clone(), Arc::clone(&seen));
        requests.spawn(async move {
            let signing_in = async {
                let started = Instant::now();
                let answered = door.try_sign_in("Newcomer").await;
                seen.lock().sign_ins.add(started, &answered);
            };
            let reading = async {
                let started = Instant::now();
                let answered = door.page(&path).await;
                seen.lock().pages.add(started, &answered);
            };
            tokio::join!(signing_in, reading);
        });
    }
    requests.join_all().await;
}

impl Requests {
    fn add(&mut self, started: Instant, answered: &reqwest::Result<reqwest::StatusCode>) {
        let failed = match answered {
            Ok(status) if status.is_success() || status.is_redirection() => {
                self.took.push(started.elapsed().as_micros() as u32);
                return;
            }
            Ok(status) => status.to_string(),
            Err(error) if error.is_timeout() => "no answer in time".to_owned(),
            Err(error) if error.is_connect() => "no connection".to_owned(),
            Err(_) => "broken off".to_owned(),
        };
        *self.failed.entry(failed).or_default() += 1;
    }
}
