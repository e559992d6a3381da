//! Over what it connects, by what failed and what answered.

use super::*;

const WEB: Option<LinkAction> = Some(LinkAction::Connect(Carrier::WebSocket));
const EVENTS: Option<LinkAction> = Some(LinkAction::Connect(Carrier::Events));
const MINUTE: Millis = 60_000;

/// The try that is under way fails, and whether the server is there is asked.
fn fails(link: &mut Link, now: Millis) {
    link.closed(now, Some(1006));
    assert!(link.take_asks(), "it does not want to know");
    assert!(!link.take_asks(), "it asks twice");
}

/// The next try begins when it is due.
fn comes_back(link: &mut Link) -> (Millis, Option<LinkAction>) {
    let at = next_try(link);
    (at, link.timer(at))
}

/// Two WebSockets have failed at 0 and 1,000, and the server has answered in between.
fn blocked() -> Link {
    let mut link = link();
    assert_eq!(link.start(0), WEB);
    fails(&mut link, 0);
    link.answered(10, true);
    assert_eq!(comes_back(&mut link), (TRY_EVERY, WEB), "at once, or a second after the last try");
    fails(&mut link, TRY_EVERY);
    link
}

#[test]
fn when_the_server_answers_and_a_websocket_fails_after_that_it_turns_to_events() {
    let mut link = blocked();
    assert_eq!(comes_back(&mut link), (2 * TRY_EVERY, EVENTS));
    link.greeted(2_100, 25_000, 8_000);
    assert_eq!((link.connection(), link.obstacle()), (Connection::Online, None));
}

#[test]
fn what_failed_before_the_answer_proves_nothing() {
    let mut link = link();
    link.start(0);
    fails(&mut link, 0);
    // The server is away, and comes back while the next try is under way.
    link.answered(5, false);
    assert_eq!(link.obstacle(), Some(Obstacle::Silent));
    let (at, action) = comes_back(&mut link);
    assert_eq!(action, WEB);
    link.answered(at + 1, true);
    fails(&mut link, at + 2);
    link.answered(at + 3, true);
    assert_eq!(comes_back(&mut link).1, WEB);
}

#[test]
fn a_server_that_is_away_is_never_taken_for_a_network_that_blocks() {
    let mut link = link();
    link.start(0);
    for _ in 0..20 {
        let now = link.next_timer().unwrap_or_default();
        fails(&mut link, now);
        link.answered(now, false);
        assert_eq!(comes_back(&mut link).1, WEB);
    }
}

#[test]
fn who_was_reached_was_not_blocked() {
    let mut link = link();
    link.start(0);
    for _ in 0..3 {
        link.closed(0, Some(CloseReason::TooMuch.code()));
        assert!(!link.take_asks());
        link.answered(0, true);
        assert_eq!(comes_back(&mut link).1, WEB);
    }
    // Nor is it a sign that somebody turned the network off, or looked at the page again.
    let now = link.next_timer().unwrap();
    link.network(now, false);
    link.network(now + MINUTE, true);
    assert!(!link.take_asks());
}

#[test]
fn a_lost_connection_is_made_anew_over_events_and_after_a_while_over_a_websocket() {
    let mut link = blocked();
    let (now, _) = comes_back(&mut link);
    link.greeted(now, 25_000, 8_000);
    link.closed(MINUTE, None);
    assert!(!link.take_asks(), "it was open");
    assert_eq!(comes_back(&mut link).1, EVENTS);
    link.greeted(2 * MINUTE, 25_000, 8_000);
    link.closed(12 * MINUTE, None);
    let (now, action) = comes_back(&mut link);
    assert_eq!(action, WEB, "the network may be another one");
    fails(&mut link, now);
    assert_eq!(comes_back(&mut link), (now + TRY_EVERY, EVENTS), "one failure is enough now");
    link.greeted(now + TRY_EVERY, 25_000, 8_000);
    // And where it is another one:
    link.closed(now + 20 * MINUTE, None);
    assert_eq!(comes_back(&mut link).1, WEB);
    link.greeted(now + 21 * MINUTE, 25_000, 8_000);
    link.closed(now + 22 * MINUTE, None);
    assert_eq!(comes_back(&mut link).1, WEB);
}

#[test]
fn when_events_fail_too_they_take_turns_and_the_person_is_told() {
    let mut link = blocked();
    let mut carriers = Vec::new();
    for _ in 0..4 {
        let (now, action) = comes_back(&mut link);
        carriers.push(action);
        fails(&mut link, now);
        link.answered(now, true);
        assert_eq!(link.obstacle(), Some(Obstacle::Blocked));
    }
    assert_eq!(carriers, [EVENTS, WEB, EVENTS, WEB]);
}

#[test]
fn the_time_that_a_stopping_server_named_is_kept() {
    let mut link = link();
    open(&mut link, 0);
    link.announced(5_000);
    link.closed(100, Some(CloseReason::ServiceRestart.code()));
    link.answered(200, true);
    assert_eq!(next_try(&link), 5_100);
}
