//! How often somebody may do something: counted per person, address or login name, in one place. Who
//! has been quiet for long enough is forgotten. Knows nothing of who asks, or how.

mod rate;

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::Quota;
use starling_protocol::UserId;

use crate::config::Config;
use crate::refusal::Refusal;

use rate::Rate;
pub(crate) use rate::{Spent, noting};

/// From all addresses together, so many times as often as from one.
const LOOSER: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// All rates that outlive a connection. An address is a household: see `listener`.
pub(crate) struct Rates {
    messages: Rate<UserId>,
    operations: Rate<UserId>,
    joins: Rate<UserId>,
    requests: Rate<IpAddr>,
    searches: Rate<Seeker>,
    newcomers: Rate<IpAddr>,
    sign_ins: Rate<IpAddr>,
    sign_ups: Rate<IpAddr>,
    looks: Rate<IpAddr>,
    /// By the hash of what was typed, which may be long, as everywhere where there is a login. Tight, and
    /// by address, so that nobody is locked out by the tries of somebody elsewhere.
    logins_from: Rate<(u64, IpAddr)>,
    /// Loose, for guesses that come from many addresses.
    logins: Rate<u64>,
    forgotten: Rate<u64>,
    passwords: Rate<UserId>,
    hasher: RandomState,
}

impl Rates {
    pub(crate) fn new(config: &Config) -> Self {
        let protection = &config.protection;
        let messages = Quota::per_minute(config.chat_per_minute).allow_burst(config.chat_burst);
        let operations = Quota::per_second(config.boards.operations_per_second)
            .allow_burst(config.boards.operations_burst);
        Self {
            messages: Rate::new("messages", messages),
            operations: Rate::new("operations", operations),
            joins: Rate::new("joins", Quota::per_minute(protection.joins_per_minute)),
            requests: Rate::new("requests", Quota::per_minute(config.api.requests_per_minute)),
            searches: Rate::new("searches", Quota::per_minute(config.api.searches_per_minute)),
            newcomers: Rate::an_hour("newcomers", protection.newcomers_per_address),
            sign_ins: Rate::an_hour("sign-ins", protection.sign_ins_per_address),
            sign_ups: Rate::an_hour("sign-ups", protection.sign_ups_per_address),
            looks: Rate::an_hour("looks", protection.sign_ins_per_address),
            logins_from: Rate::an_hour("logins", protection.sign_ins_per_login),
            logins: Rate::an_hour("logins", protection.sign_ins_per_login.saturating_mul(LOOSER)),
            forgotten: Rate::an_hour("letters", protection.sign_ins_per_login),
            passwords: Rate::an_hour("passwords", protection.sign_ins_per_login),
            hasher: RandomState::new(),
        }
    }

    /// Counts one message, or something as costly, of that person.
    pub(crate) fn message(&self, user: UserId) -> Result<(), Refusal> {
        self.messages.check(user)
    }

    /// A person changes a board.
    pub(crate) fn operation(&self, user: UserId) -> Result<(), Refusal> {
        self.operations.check(user)
    }

    /// Counts one room that the person enters or makes, or one conversation that they open, over whatever
    /// way.
    pub(crate) fn join(&self, user: UserId) -> Result<(), Refusal> {
        self.joins.check(user)
    }

    /// Counts one request to the API from that address.
    pub(crate) fn request(&self, address: IpAddr) -> Result<(), Refusal> {
        self.requests.check(address)
    }

    /// Counts one search, or something that reads as much, of that person or from that address.
    pub(crate) fn search(&self, user: Option<UserId>, address: IpAddr) -> Result<(), Refusal> {
        self.searches.check(user.map_or(Seeker::Address(address), Seeker::Person))
    }

    /// Counts one new guest from that address.
    pub(crate) fn newcomer(&self, address: IpAddr) -> Result<(), Refusal> {
        self.newcomers.check(address)
    }

    /// Counts one try to sign in from that address under that handle or email address, before its
    /// password is looked at.
    pub(crate) fn sign_in(&self, address: IpAddr, login: &str) -> Result<(), Refusal> {
        let login = self.hash_of(login);
        self.sign_ins.check(address)?;
        // What is refused here does not use up what all addresses have together.
        self.logins_from.check((login, address))?;
        self.logins.check(login)
    }

    /// Counts one letter that somebody at that address wants for that handle or email address.
    pub(crate) fn forgotten(&self, address: IpAddr, login: &str) -> Result<(), Refusal> {
        self.sign_ins.check(address)?;
        self.forgotten.check(self.hash_of(login))
    }

    /// Counts one try of somebody who is signed in to say their password, from that address.
    pub(crate) fn password(&self, address: IpAddr, user: UserId) -> Result<(), Refusal> {
        self.sign_ins.check(address)?;
        self.passwords.check(user)
    }

    /// Counts one look from that address at where an invitation leads.
    pub(crate) fn look(&self, address: IpAddr) -> Result<(), Refusal> {
        self.looks.check(address)
    }

    /// Counts one account that is made from that address.
    pub(crate) fn sign_up(&self, address: IpAddr) -> Result<(), Refusal> {
        self.sign_ups.check(address)
    }

    /// Forgets those who have done nothing for so long that they are back at the start.
    pub(crate) fn forget_quiet(&self) {
        let Self {
            messages,
            operations,
            joins,
            requests,
            searches,
            newcomers,
            sign_ins,
            sign_ups,
            looks,
            logins_from,
            logins,
            forgotten,
            passwords,
            hasher: _,
        } = self;
        messages.forget_quiet();
        operations.forget_quiet();
        joins.forget_quiet();
        requests.forget_quiet();
        searches.forget_quiet();
        newcomers.forget_quiet();
        sign_ins.forget_quiet();
        sign_ups.forget_quiet();
        looks.forget_quiet();
        logins_from.forget_quiet();
        logins.forget_quiet();
        forgotten.forget_quiet();
        passwords.forget_quiet();
    }

    fn hash_of(&self, login: &str) -> u64 {
        self.hasher.hash_one(login.trim().to_lowercase())
    }
}

/// Who looks for something.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Seeker {
    Person(UserId),
    Address(IpAddr),
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;
    use starling_protocol::ErrorCode;
    use uuid::Uuid;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    fn rates(flags: &[&str]) -> Rates {
        Rates::new(&Cli::parse_from([&["starling"], flags].concat()).config)
    }

    fn from(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn people() -> [UserId; 2] {
        [1, 2].map(|number| UserId::new(Uuid::from_u128(number)))
    }

    /// How many of so many tries are let through.
    fn let_through(tries: usize, mut attempt: impl FnMut() -> Result<(), Refusal>) -> usize {
        (0..tries).filter(|_| attempt().is_ok()).count()
    }

    #[test]
    fn each_address_has_its_own_and_is_told_how_long_to_wait() {
        let rates = rates(&["--newcomers-per-address", "3", "--sign-ups-per-address", "2"]);
        let [here, there] = ["10.0.0.1", "10.0.0.2"].map(|it| it.parse().unwrap());
        assert_eq!(let_through(5, || rates.newcomer(here)), 3);
        assert_eq!(let_through(5, || rates.newcomer(there)), 3);
        assert_eq!(let_through(5, || rates.sign_up(here)), 2);
        let refusal = rates.newcomer(here).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::SlowDown);
        let wait = refusal.retry_after.unwrap();
        // Three an hour: the next one is free after twenty minutes at most.
        assert!(
            wait > Duration::from_secs(1_100) && wait <= Duration::from_secs(1_201),
            "{wait:?}"
        );
    }

    #[test]
    fn a_login_is_protected_from_many_addresses_and_logins_from_one() {
        let rates = rates(&["--sign-ins-per-address", "5", "--sign-ins-per-login", "3"]);
        let mut addresses = (1..).map(from);
        assert_eq!(let_through(50, || rates.sign_in(addresses.next().unwrap(), "Ada")), 30);
        assert!(rates.sign_in(from(100), " aDA ").is_err(), "it is the same login");
        let mut names = (0..).map(|number: u8| number.to_string());
        assert_eq!(let_through(9, || rates.sign_in(from(101), &names.next().unwrap())), 5);
    }

    #[test]
    fn nobody_is_locked_out_by_somebody_elsewhere_or_by_doing_something_else() {
        let rates = rates(&["--sign-ins-per-address", "1000", "--sign-ins-per-login", "3"]);
        let [ada, bob] = people();
        assert_eq!(let_through(99, || rates.sign_in(from(1), "Ada")), 3);
        assert_eq!(let_through(9, || rates.sign_in(from(2), " aDA ")), 3);
        assert_eq!(let_through(9, || rates.forgotten(from(1), "ada")), 3);
        assert!(rates.forgotten(from(2), "Ada").is_err(), "her mailbox is one");
        assert_eq!(let_through(9, || rates.password(from(1), ada)), 3);
        assert!(rates.password(from(2), ada).is_err(), "from wherever");
        assert_eq!(let_through(9, || rates.password(from(1), bob)), 3);
        assert_eq!(let_through(9, || rates.sign_in(from(3), "Ada")), 3);
    }

    #[test]
    fn looks_at_invitations_are_counted_by_address_and_apart() {
        let rates = rates(&["--sign-ins-per-address", "2"]);
        assert_eq!(let_through(9, || rates.look(from(1))), 2);
        assert_eq!(let_through(9, || rates.look(from(2))), 2);
        assert!(rates.sign_in(from(1), "Ada").is_ok());
    }

    #[test]
    fn people_are_counted_alone_and_only_those_who_were_busy_are_remembered() {
        let flags =
            ["--joins-per-minute", "2", "--chat-burst", "4", "--chat-per-minute", "1000000"];
        let rates = rates(&flags);
        let [ada, bob] = people();
        assert_eq!(let_through(9, || rates.join(ada)), 2);
        assert_eq!(let_through(9, || rates.join(bob)), 2);
        assert!(rates.message(ada).is_ok());
        rates.forget_quiet();
        assert_eq!(rates.joins.len(), 2);
        while rates.messages.len() > 0 {
            // A millionth of a minute later they count as quiet.
            rates.forget_quiet();
        }
    }
}
