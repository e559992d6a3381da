//! The life of a connection, told step by step.

mod carriers;
mod waking;

use rand::SeedableRng;

use super::*;

fn link() -> Link {
    Link::new(SmallRng::seed_from_u64(1))
}

/// From nothing to a connection of that time.
fn open(link: &mut Link, now: Millis) {
    link.start(now);
    link.greeted(now, 25_000, 8_000);
}

/// When the next try comes.
fn next_try(link: &Link) -> Millis {
    let Connection::Reconnecting { at } = link.connection() else { panic!("not waiting") };
    at
}

#[test]
fn waits_grow_to_half_a_minute_and_never_end() {
    let mut link = link();
    let mut now = 0;
    link.start(now);
    for failure in 0..100 {
        link.closed(now, Some(1006));
        let at = next_try(&link);
        assert!(at - now <= if failure == 0 { FIRST_SPREAD } else { LONGEST_WAIT });
        now = at;
        assert_eq!(link.timer(now), Some(LinkAction::Connect(Carrier::WebSocket)));
    }
}

#[test]
fn a_silent_server_is_pinged_and_then_given_up() {
    let mut link = link();
    open(&mut link, 0);
    assert_eq!(link.timer(24_999), None);
    assert_eq!(link.timer(25_000), Some(LinkAction::Ping));
    assert_eq!(link.timer(32_999), None);
    assert_eq!(link.timer(33_000), Some(LinkAction::GiveUp));
    assert!(matches!(link.connection(), Connection::Reconnecting { .. }));
}

#[test]
fn a_server_that_greets_and_fails_is_not_hammered() {
    let mut link = link();
    let mut longest = 0;
    let mut now = 0;
    link.start(now);
    for _ in 0..20 {
        link.greeted(now, 25_000, 8_000);
        link.closed(now + 1, Some(1011));
        let at = next_try(&link);
        longest = longest.max(at - now);
        now = at;
        link.timer(now);
    }
    assert!(longest > FIRST_SPREAD, "the waits did not grow");
    link.greeted(now, 25_000, 8_000);
    link.closed(now + STABLE_AFTER, Some(1006));
    let at = next_try(&link);
    assert!(at - now - STABLE_AFTER <= FIRST_SPREAD);
}

#[test]
fn an_answered_ping_keeps_the_connection() {
    let mut link = link();
    open(&mut link, 0);
    link.timer(25_000);
    link.heard(26_000);
    assert_eq!(link.next_timer(), Some(51_000));
}

#[test]
fn a_server_that_says_when_is_believed() {
    let mut link = link();
    open(&mut link, 0);
    link.announced(4_321);
    link.closed(100, Some(1012));
    assert_eq!(link.connection(), Connection::Reconnecting { at: 4_421 });
}

#[test]
fn a_server_that_names_times_without_end_harms_nobody() {
    for huge in [Millis::MAX, Millis::MAX - 1] {
        let mut link = link();
        link.start(1_000);
        link.greeted(1_000, huge, huge);
        assert_eq!(link.next_timer(), Some(Millis::MAX));
        assert_eq!(link.woken(60_000), Some(LinkAction::Ping), "nothing proves that it ended");
        link.announced(huge);
        link.closed(60_001, Some(1012));
        assert_eq!(link.connection(), Connection::Reconnecting { at: Millis::MAX });
        let mut link = self::link();
        link.start(1_000);
        link.greeted(1_000, 0, huge);
        assert_eq!(link.timer(1_000), Some(LinkAction::Ping));
        assert_eq!(link.next_timer(), Some(Millis::MAX));
    }
}

#[test]
fn without_an_identity_there_is_no_way_back() {
    let mut link = link();
    link.start(0);
    link.closed(1, Some(CloseReason::NoIdentity.code()));
    assert_eq!(link.connection(), Connection::Ended { reason: CloseReason::NoIdentity });
    assert_eq!(link.next_timer(), None);
    assert_eq!(link.network(2, true), None);
    assert_eq!(link.woken(3), None);
}

#[test]
fn the_network_coming_back_is_a_reason_to_try_at_once() {
    let mut link = link();
    open(&mut link, 0);
    assert_eq!(link.network(6_000, false), Some(LinkAction::GiveUp));
    assert_eq!(link.connection(), Connection::Offline);
    link.closed(6_001, Some(1006));
    assert_eq!(link.connection(), Connection::Offline);
    assert_eq!(link.network(6_002, true), Some(LinkAction::Connect(Carrier::WebSocket)));
    assert_eq!(link.connection(), Connection::Reconnecting { at: 6_002 });
}

#[test]
fn a_machine_that_is_wrong_about_its_network_finds_the_way_back() {
    let mut link = link();
    open(&mut link, 0);
    link.network(5, false);
    let due = link.next_timer().unwrap();
    assert!(due <= 5 + FIRST_SPREAD);
    assert_eq!(link.timer(due), Some(LinkAction::Connect(Carrier::WebSocket)));
    assert_eq!(link.connection(), Connection::Offline);
    link.greeted(due, 25_000, 8_000);
    assert_eq!(link.connection(), Connection::Online);
}
