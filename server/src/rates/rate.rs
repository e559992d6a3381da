//! One rate: how often each of many may do something, and what a request has used up of it.

use std::cell::RefCell;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::refusal::Refusal;

tokio::task_local! {
    /// What the request at hand was counted under.
    static NOTED: RefCell<Vec<Spent>>;
}

/// That something was counted, and what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    /// What is counted.
    pub(crate) name: &'static str,
    /// How many there may be at once.
    pub(crate) most: u32,
    /// After how long as many may be again.
    pub(crate) window: Duration,
    /// How many more there may be now.
    pub(crate) left: u32,
    /// When one more may be, or when all may be again.
    pub(crate) until: Duration,
}

/// Does something, and says what was counted meanwhile.
pub(crate) async fn noting<T>(work: impl Future<Output = T>) -> (T, Vec<Spent>) {
    NOTED
        .scope(RefCell::default(), async {
            let done = work.await;
            (done, NOTED.with(RefCell::take))
        })
        .await
}

pub(super) struct Rate<K: Copy + Eq + Hash> {
    name: &'static str,
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
}

impl<K: Copy + Eq + Hash> Rate<K> {
    pub(super) fn new(name: &'static str, quota: Quota) -> Self {
        let limiter = RateLimiter::keyed(quota).with_middleware();
        Self { name, limiter, clock: DefaultClock::default() }
    }

    pub(super) fn an_hour(name: &'static str, times: NonZeroU32) -> Self {
        Self::new(name, Quota::per_hour(times))
    }

    pub(super) fn check(&self, key: K) -> Result<(), Refusal> {
        let (quota, left, wait) = match self.limiter.check_key(&key) {
            Ok(state) => (state.quota(), state.remaining_burst_capacity(), None),
            Err(not) => (not.quota(), 0, Some(not.wait_time_from(self.clock.now()))),
        };
        let most = quota.burst_size().get();
        let used = quota.replenish_interval() * most.saturating_sub(left);
        let spent = Spent {
            name: self.name,
            most,
            window: quota.replenish_interval() * most,
            left,
            until: wait.unwrap_or(used),
        };
        // Nobody wants to know it where nothing is noted.
        let _ = NOTED.try_with(|noted| noted.borrow_mut().push(spent));
        wait.map_or(Ok(()), |wait| Err(Refusal::slow_down(wait)))
    }

    pub(super) fn forget_quiet(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.limiter.len()
    }
}
