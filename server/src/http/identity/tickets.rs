//! Tickets: what a page that cannot send headers with its WebSocket shows instead. Each is good for
//! one connection and a moment; none is stored.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::{Credential, hash_of, random_token};
use crate::refusal::Refusal;

/// How long a ticket is good.
pub(crate) const TICKET_LASTS: Duration = Duration::from_secs(30);
/// The most tickets that are waited for. When one more is made, the oldest goes: its owner comes back
/// with a new one.
const MOST: usize = 10_000;

/// All tickets that nobody has used yet; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Tickets {
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    /// By their hashes, so that no comparison tells how much of a guess was right.
    tickets: HashMap<[u8; 32], Credential>,
    /// When each ends, the oldest first. A used one stays here until then.
    ends: VecDeque<(Instant, [u8; 32])>,
}

impl Tickets {
    /// A ticket that stands for what its maker has shown, and ends with that.
    ///
    /// # Errors
    /// A [`Refusal`] when the system gives no random bytes.
    pub(crate) fn make(&self, credential: Credential) -> Result<String, Refusal> {
        let ticket = random_token()?;
        let hash = Sha256::digest(ticket).into();
        let now = Instant::now();
        let mut waiting = self.waiting.lock();
        waiting.forget(now);
        if waiting.ends.len() >= MOST
            && let Some((_, oldest)) = waiting.ends.pop_front()
        {
            waiting.tickets.remove(&oldest);
        }
        waiting.tickets.insert(hash, credential);
        waiting.ends.push_back((now + TICKET_LASTS, hash));
        Ok(URL_SAFE_NO_PAD.encode(ticket))
    }

    /// What a ticket stands for, once.
    pub(crate) fn take(&self, ticket: &str) -> Option<Credential> {
        let hash = hash_of(ticket)?;
        let mut waiting = self.waiting.lock();
        waiting.forget(Instant::now());
        waiting.tickets.remove(&hash)
    }
}

impl Waiting {
    fn forget(&mut self, now: Instant) {
        while let Some((_, hash)) = self.ends.pop_front_if(|(end, _)| *end <= now) {
            self.tickets.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(number: u8) -> Credential {
        Credential::SignIn { token_hash: [number; 32] }
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_good_once_and_for_a_moment() {
        let tickets = Tickets::default();
        let (ada, bob) =
            (tickets.make(credential(1)).unwrap(), tickets.make(credential(2)).unwrap());
        assert_eq!(tickets.take(&ada), Some(credential(1)));
        assert_eq!(tickets.take(&ada), None, "replayed");
        tokio::time::advance(TICKET_LASTS - Duration::from_millis(1)).await;
        let carol = tickets.make(credential(3)).unwrap();
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(tickets.take(&bob), None, "too late");
        assert_eq!(tickets.take(&carol), Some(credential(3)));
        for none in ["", "x", &ada[1..], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(tickets.take(none), None, "{none:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn when_there_are_too_many_the_oldest_goes() {
        let tickets = Tickets::default();
        let first = tickets.make(credential(1)).unwrap();
        let second = tickets.make(credential(2)).unwrap();
        for _ in 2..=MOST {
            tickets.make(credential(3)).unwrap();
        }
        assert_eq!(tickets.waiting.lock().tickets.len(), MOST);
        assert_eq!(tickets.take(&first), None);
        assert_eq!(tickets.take(&second), Some(credential(2)));
        tokio::time::advance(TICKET_LASTS).await;
        assert_eq!(tickets.take(&second), None);
        let waiting = tickets.waiting.lock();
        assert!(waiting.tickets.is_empty() && waiting.ends.is_empty(), "the others are forgotten");
    }

    #[test]
    fn of_many_who_use_one_ticket_one_gets_in() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _clock = runtime.enter();
        let tickets = Tickets::default();
        let ticket = tickets.make(credential(1)).unwrap();
        let taken: usize = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| usize::from(tickets.take(&ticket).is_some())))
                .collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).sum()
        });
        assert_eq!(taken, 1);
    }
}
