//! Who wakes knows within a second whether the connection lives, comes back at once if not, and hammers
//! nobody.

use rand::SeedableRng;

use crate::link::*;

/// A link that has been open since 0 and heard nothing since.
fn open() -> Link {
    let mut link = Link::new(SmallRng::seed_from_u64(1));
    super::open(&mut link, 0);
    link
}

#[test]
fn a_connection_that_may_live_is_asked_and_has_a_second_to_answer() {
    let mut link = open();
    assert_eq!(link.woken(10_000), Some(LinkAction::Ping));
    assert_eq!(link.woken(10_001), None, "it was asked already");
    assert_eq!(link.next_timer(), Some(11_000));
    link.heard(10_999);
    assert_eq!(link.timer(11_000), None);
    assert_eq!(link.connection(), Connection::Online);
}

#[test]
fn one_that_does_not_answer_is_replaced_at_once() {
    let mut link = open();
    link.woken(10_000);
    assert_eq!(link.timer(11_000), Some(LinkAction::GiveUp));
    assert_eq!(link.timer(11_000), Some(LinkAction::Connect(Carrier::WebSocket)));
}

#[test]
fn an_answer_that_was_awaited_before_has_no_more_time_than_it_had() {
    let mut link = open();
    link.timer(25_000);
    assert_eq!(link.woken(25_500), None, "it was asked already");
    assert_eq!(link.next_timer(), Some(26_500));
    let mut link = open();
    link.timer(25_000);
    link.woken(32_900);
    assert_eq!(link.next_timer(), Some(33_000));
}

#[test]
fn one_that_the_server_must_have_given_up_is_replaced_at_once() {
    for pinged in [false, true] {
        let mut link = open();
        if pinged {
            link.timer(25_000);
        }
        assert_eq!(link.woken(33_001), Some(LinkAction::GiveUp));
        assert_eq!(link.timer(33_001), Some(LinkAction::Connect(Carrier::WebSocket)));
    }
}

#[test]
fn one_that_the_server_closed_meanwhile_is_replaced_at_once() {
    for code in [4407, 4408, 1006, 1011] {
        let mut link = open();
        link.woken(10_000);
        link.closed(10_000 + WAKING, Some(code));
        assert_eq!(
            link.timer(10_000 + WAKING),
            Some(LinkAction::Connect(Carrier::WebSocket)),
            "{code}"
        );
        link.closed(15_001, Some(1006));
        assert!(link.next_timer().unwrap() > 15_001, "a waking is good for one try");
    }
    let mut link = open();
    link.woken(10_000);
    link.heard(10_010);
    link.closed(10_001 + WAKING, Some(1006));
    assert_ne!(link.next_timer(), Some(10_001 + WAKING), "that is the server's own end");
}

#[test]
fn who_waits_tries_at_once() {
    let mut link = open();
    link.closed(10_000, Some(1006));
    assert!(link.next_timer().unwrap() > 10_001);
    assert_eq!(link.woken(10_001), Some(LinkAction::Connect(Carrier::WebSocket)));
}

#[test]
fn a_try_whose_time_passed_in_sleep_begins_anew() {
    let mut link = open();
    link.closed(10_000, Some(1006));
    link.woken(10_001);
    assert_eq!(link.woken(10_002), None, "the try is under way");
    assert_eq!(link.woken(60_000), Some(LinkAction::GiveUp));
    assert_eq!(link.timer(60_000), Some(LinkAction::Connect(Carrier::WebSocket)));
}

#[test]
fn a_try_that_hangs_is_begun_anew_at_once_but_not_one_that_is_young() {
    let mut link = Link::new(SmallRng::seed_from_u64(1));
    link.start(0);
    assert_eq!(link.woken(TRY_EVERY - 1), None, "it has not had its time");
    assert_eq!(link.woken(TRY_EVERY), Some(LinkAction::GiveUp));
    assert_eq!(link.timer(TRY_EVERY), Some(LinkAction::Connect(Carrier::WebSocket)));
    assert_eq!(link.woken(TRY_EVERY + 1), None, "that is the new one");
    // A browser says several times that it woke: the second time, the first has given up already.
    assert_eq!(link.woken(5_000), Some(LinkAction::GiveUp));
    assert_eq!(link.woken(5_000), Some(LinkAction::Connect(Carrier::WebSocket)));
    assert_eq!(link.woken(5_000), None);
    assert_eq!(link.next_timer(), Some(5_000 + CONNECT_WITHIN));
}

#[test]
fn a_network_that_swallows_every_try_is_not_hammered_by_switching_tabs() {
    let mut link = open();
    link.closed(10_000, Some(1006));
    let mut tries = Vec::new();
    // A minute of somebody who switches ten times a second, and gets no answer at all.
    for now in (10_000..70_000).step_by(100) {
        for action in [link.woken(now), link.timer(now)] {
            if action == Some(LinkAction::Connect(Carrier::WebSocket)) {
                tries.push(now);
            }
        }
    }
    assert!(tries.len() > 50, "they waited for a dead network: {tries:?}");
    assert!(tries.windows(2).all(|pair| pair[1] - pair[0] >= TRY_EVERY), "{tries:?}");
    let last = tries[tries.len() - 1];
    assert_eq!(link.next_timer(), Some(last + CONNECT_WITHIN), "the last one has its whole time");
}

#[test]
fn the_servers_word_counts_for_who_wakes() {
    let mut link = open();
    link.announced(4_000);
    link.woken(10_000);
    link.closed(10_001, Some(1012));
    assert_eq!(link.woken(10_002), None);
    assert_eq!(link.connection(), Connection::Reconnecting { at: 14_001 });
    assert_eq!(
        link.woken(20_000),
        Some(LinkAction::Connect(Carrier::WebSocket)),
        "its time has passed in sleep"
    );
}

#[test]
fn a_server_that_is_down_is_not_hammered_by_switching_tabs() {
    let mut link = open();
    link.closed(10_000, Some(1006));
    let (mut tries, mut failures) = (0, link.failures);
    // Ten minutes of somebody who switches ten times a second, and is refused at once.
    for now in (10_000..610_000).step_by(100) {
        for action in [link.woken(now), link.timer(now)] {
            if action == Some(LinkAction::Connect(Carrier::WebSocket)) {
                tries += 1;
                link.closed(now, Some(1006));
            }
        }
        assert!(link.failures >= failures, "what failed is forgotten");
        failures = link.failures;
    }
    assert!((500..700).contains(&tries), "{tries} tries in 600 seconds");
    link.timer(link.next_timer().unwrap());
    let longest = (0..20)
        .map(|_| {
            let now = link.tried.unwrap();
            link.closed(now, Some(1006));
            let due = link.next_timer().unwrap();
            link.timer(due);
            due - now
        })
        .max();
    assert!(longest.unwrap() > 10_000, "who stops switching waits as long as ever: {longest:?}");
}

#[test]
fn who_is_offline_stays_so_until_a_try_succeeds() {
    let mut link = open();
    link.woken(10_000);
    link.network(10_001, false);
    assert_ne!(link.next_timer(), Some(10_001), "nobody woke to find no network");
    assert_eq!(link.woken(12_000), Some(LinkAction::Connect(Carrier::WebSocket)));
    assert_eq!(link.connection(), Connection::Offline);
    link.greeted(12_010, 25_000, 8_000);
    assert_eq!(link.connection(), Connection::Online);
}
