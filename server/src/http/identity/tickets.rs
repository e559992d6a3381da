//! Tickets: what a page that cannot send headers with its WebSocket shows instead. Each is good for
//! one connection and a moment; none is stored.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use starling_protocol::UserId;
use tokio::time::Instant;

use super::Credential;
use crate::refusal::Refusal;
use crate::secret::Secret;

/// How long a ticket is good.
pub(crate) const TICKET_LASTS: Duration = Duration::from_secs(30);
/// The most tickets of one person that nobody has used yet, and of all together. When one more is made,
/// the oldest goes: whoever wants to use it comes back with a new one.
const MOST_OF_ONE: usize = 20;
const MOST: usize = 10_000;

/// All tickets that nobody has used yet; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Tickets {
    waiting: Arc<Mutex<Waiting>>,
}

/// Of a ticket there is only its hash, so that no comparison tells how much of a guess was right.
type TicketHash = [u8; 32];

#[derive(Default)]
struct Waiting {
    tickets: HashMap<TicketHash, Ticket>,
    /// By their numbers: the oldest first, which ends first.
    in_order: BTreeMap<u64, TicketHash>,
    /// The oldest first, too. Whoever has none is not in it.
    of_one: HashMap<UserId, VecDeque<TicketHash>>,
    next: u64,
}

struct Ticket {
    number: u64,
    owner: UserId,
    credential: Credential,
    end: Instant,
}

impl Tickets {
    /// A ticket that stands for what its maker has shown, and ends with that.
    ///
    /// # Errors
    /// A [`Refusal`] when the system gives no random bytes.
    pub(crate) fn make(&self, owner: UserId, credential: Credential) -> Result<String, Refusal> {
        let Secret { text: ticket, hash } = Secret::new()?;
        let now = Instant::now();
        let mut waiting = self.waiting.lock();
        waiting.forget(now);
        waiting.make_room(owner);
        waiting.add(hash, owner, credential, now + TICKET_LASTS);
        Ok(ticket)
    }

    /// What a ticket stands for, once.
    pub(crate) fn take(&self, ticket: &str) -> Option<Credential> {
        let hash = Secret::hash_of(ticket)?;
        let mut waiting = self.waiting.lock();
        waiting.forget(Instant::now());
        waiting.remove(&hash)
    }
}

impl Waiting {
    /// For one more of that person.
    fn make_room(&mut self, owner: UserId) {
        let own = self.of_one.get(&owner).filter(|own| own.len() >= MOST_OF_ONE);
        let oldest = match own {
            Some(own) => own.front(),
            None if self.tickets.len() >= MOST => self.in_order.values().next(),
            None => None,
        };
        if let Some(oldest) = oldest.copied() {
            self.remove(&oldest);
        }
    }

    fn add(&mut self, hash: TicketHash, owner: UserId, credential: Credential, end: Instant) {
        let number = self.next;
        self.next += 1;
        self.in_order.insert(number, hash);
        self.of_one.entry(owner).or_default().push_back(hash);
        self.tickets.insert(hash, Ticket { number, owner, credential, end });
    }

    fn remove(&mut self, hash: &TicketHash) -> Option<Credential> {
        let ticket = self.tickets.remove(hash)?;
        self.in_order.remove(&ticket.number);
        if let Entry::Occupied(mut own) = self.of_one.entry(ticket.owner) {
            own.get_mut().retain(|other| other != hash);
            if own.get().is_empty() {
                own.remove();
            }
        }
        Some(ticket.credential)
    }

    fn forget(&mut self, now: Instant) {
        while let Some(oldest) = self.in_order.values().next().copied()
            && self.tickets.get(&oldest).is_some_and(|ticket| ticket.end <= now)
        {
            self.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn credential(number: u8) -> Credential {
        Credential::SignIn { token_hash: [number; 32] }
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_good_once_and_for_a_moment() {
        let tickets = Tickets::default();
        let (ada, bob) = (
            tickets.make(person(1), credential(1)).unwrap(),
            tickets.make(person(1), credential(2)).unwrap(),
        );
        assert_eq!(tickets.take(&ada), Some(credential(1)));
        assert_eq!(tickets.take(&ada), None, "replayed");
        tokio::time::advance(TICKET_LASTS - Duration::from_millis(1)).await;
        let carol = tickets.make(person(1), credential(3)).unwrap();
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
        let first = tickets.make(person(0), credential(1)).unwrap();
        let second = tickets.make(person(0), credential(2)).unwrap();
        for number in 2..=MOST {
            tickets.make(person(number as u128), credential(3)).unwrap();
        }
        assert_eq!(tickets.waiting.lock().tickets.len(), MOST);
        assert_eq!(tickets.take(&first), None);
        assert_eq!(tickets.take(&second), Some(credential(2)));
        tokio::time::advance(TICKET_LASTS).await;
        assert_eq!(tickets.take(&second), None);
        assert_nothing_is_kept(&tickets);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_makes_too_many_loses_the_oldest_of_their_own() {
        let tickets = Tickets::default();
        let bobs = tickets.make(person(2), credential(2)).unwrap();
        let make = || tickets.make(person(1), credential(1)).unwrap();
        let adas: Vec<_> = (0..MOST_OF_ONE).map(|_| make()).collect();
        // One that was used makes room.
        assert_eq!(tickets.take(&adas[1]), Some(credential(1)));
        make();
        assert_eq!(tickets.take(&adas[0]), Some(credential(1)));
        make();
        make();
        assert_eq!(tickets.take(&adas[2]), None, "the oldest");
        for ticket in &adas[3..] {
            assert_eq!(tickets.take(ticket), Some(credential(1)));
        }
        assert_eq!(tickets.take(&bobs), Some(credential(2)), "another person's");
        assert_eq!(tickets.waiting.lock().tickets.len(), 3);
        tokio::time::advance(TICKET_LASTS).await;
        assert_eq!(tickets.take(&bobs), None);
        assert_nothing_is_kept(&tickets);
    }

    fn assert_nothing_is_kept(tickets: &Tickets) {
        let waiting = tickets.waiting.lock();
        assert!(waiting.tickets.is_empty() && waiting.in_order.is_empty());
        assert!(waiting.of_one.is_empty());
    }

    #[test]
    fn of_many_who_use_one_ticket_one_gets_in() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _clock = runtime.enter();
        let tickets = Tickets::default();
        let ticket = tickets.make(person(1), credential(1)).unwrap();
        let taken: usize = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| usize::from(tickets.take(&ticket).is_some())))
                .collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).sum()
        });
        assert_eq!(taken, 1);
    }
}
