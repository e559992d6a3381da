//! The client as a value.

mod looking;

use starling_protocol::{
    Channel, DisplayName, Epoch, ErrorCode, Hue, Seq, ServerEvent, Slot, UserId,
};
use uuid::Uuid;

use super::*;
use crate::Carrier;

const CONNECT: Output = Output::Connect { carrier: Carrier::WebSocket };

fn pending(id: u128, delivery: Delivery) -> Pending {
    let body = MessageBody::parse("x", &Limits::default()).unwrap();
    Pending { id: MessageId::new(Uuid::from_u128(id)), body, file: None, delivery }
}

fn message(seq: u64, stored: &Pending) -> Message {
    let id = UserId::new(Uuid::nil());
    let name = DisplayName::parse("Ada", &Limits::default()).unwrap();
    let author = User { id, name, hue: Hue::of(id), avatar: None };
    Message::said(Seq(seq), stored.id, author, stored.body.clone(), 0)
}

fn position(seq: u64) -> Position {
    Position { epoch: Epoch::new(Uuid::nil()), seq: Seq(seq) }
}

/// A client that has entered the den, where five messages were said, over a connection made at 0.
fn joined(den: &Slug) -> Client {
    let mut client = Client::new(0);
    let five = (1..=5).map(|seq| message(seq, &pending(seq.into(), Delivery::Waiting)));
    client.join_from(0, den, position(5), five.collect(), false);
    client.start(0);
    enters(&mut client, 0, den);
    client
}

#[test]
fn who_stops_tries_no_more_and_can_start_again() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    client.post(1_000, &den, pending(9, Delivery::Waiting).id, pending(9, Delivery::Waiting).body);
    outputs(&mut client);
    client.stop();
    assert!(outputs(&mut client).contains(&Output::Close));
    assert_eq!(client.next_timer(1_000), None);
    client.closed(1_001, Some(1006));
    client.answered(1_002, true);
    client.network(1_003, true);
    client.woken(1_004);
    client.timer(100_000);
    assert!(
        !outputs(&mut client).iter().any(|it| matches!(it, Output::Connect { .. } | Output::Ask))
    );
    client.start(100_000);
    enters(&mut client, 100_000, &den);
    assert_eq!(client.room(&den).map(|room| room.pending().count()), Some(1), "nothing is lost");
}

/// Connects as it wants to, and is let in where it left off; returns what it sent on the way in.
fn enters(client: &mut Client, now: Millis, den: &Slug) -> Vec<ClientEvent> {
    assert!(outputs(client).contains(&CONNECT), "it does not connect");
    let user = message(1, &pending(1, Delivery::Waiting)).author;
    let (ping_after_ms, pong_within_ms) = (25_000, 8_000);
    let (build, limits) = ("one".to_owned(), Limits::default());
    let expires_in_ms = None;
    hears(
        client,
        now,
        &ServerEvent::Hello { build, user, limits, ping_after_ms, pong_within_ms, expires_in_ms },
    );
    let sent = sent(client);
    let Some(ClientEvent::Join { reference, resume: Some(from), .. }) = sent.last() else {
        panic!("it does not resume: {sent:?}")
    };
    hears(
        client,
        now,
        &ServerEvent::Joined {
            reference: Some(*reference),
            room: den.clone(),
            channel: Channel(0),
            slot: Slot(0),
            position: *from,
            recovered: true,
            messages: Vec::new(),
            more: false,
        },
    );
    sent
}

fn hears(client: &mut Client, now: Millis, event: &ServerEvent) {
    client.received_text(now, &codec::encode_server(event));
}

fn outputs(client: &mut Client) -> Vec<Output> {
    std::iter::from_fn(|| client.poll()).collect()
}

fn sent(client: &mut Client) -> Vec<ClientEvent> {
    let text = |output| match output {
        Output::Send(Frame::Text(text)) => codec::decode_client(&text).ok(),
        _ => None,
    };
    outputs(client).into_iter().filter_map(text).collect()
}

/// The messages that were sent, each with the `ref` that its answer bears.
fn posts(client: &mut Client) -> Vec<(MessageId, Ref)> {
    let post = |event| match event {
        ClientEvent::Post { id, reference, .. } => Some((id, reference)),
        _ => None,
    };
    sent(client).into_iter().filter_map(post).collect()
}

fn refusal() -> Delivery {
    Delivery::Failed { code: ErrorCode::StorageFull, message: "full".into() }
}

fn refuses(client: &mut Client, now: Millis, reference: Ref) {
    let (code, message) = (ErrorCode::StorageFull, "full".to_owned());
    let reference = Some(reference);
    hears(client, now, &ServerEvent::Error { reference, code, message, retry_after_ms: None });
}

#[test]
fn a_gap_noticed_while_connected_makes_it_come_back_and_resume() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    let said = |seq: u64| ServerEvent::Message {
        room: den.clone(),
        message: message(seq, &pending(seq.into(), Delivery::Waiting)),
    };
    outputs(&mut client);
    hears(&mut client, 6_000, &said(7));
    let asked = outputs(&mut client);
    assert!(asked.contains(&Output::Close), "{asked:?}");
    assert!(!asked.contains(&CONNECT), "it comes back when it is due: {asked:?}");
    let Connection::Reconnecting { at } = client.connection() else { panic!("not coming back") };
    assert_eq!(client.next_timer(6_000), Some(at));
    client.timer(at);
    let sent = enters(&mut client, at, &den);
    let [ClientEvent::Join { resume, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(*resume, Some(position(5)), "what came after the gap does not count");
    for seq in [6, 7] {
        hears(&mut client, at, &said(seq));
    }
    let room = client.room(&den).unwrap();
    room.check_invariants();
    assert_eq!(
        room.messages().map(|message| message.seq.0).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6, 7]
    );
    assert_eq!(client.connection(), Connection::Online);
}

#[test]
fn a_refused_message_waits_for_the_person_and_blocks_none() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    let [first, second] = [6, 7].map(|id| pending(id, Delivery::Waiting));
    for it in [&first, &second] {
        client.post(0, &den, it.id, it.body.clone());
    }
    let [(id, reference)] = posts(&mut client)[..] else { panic!("not one at a time") };
    assert_eq!(id, first.id);
    refuses(&mut client, 0, reference);
    let [(id, reference)] = posts(&mut client)[..] else { panic!("it blocks the next") };
    assert_eq!(id, second.id);
    hears(&mut client, 0, &ServerEvent::Ack { reference, seq: Some(Seq(6)) });
    hears(
        &mut client,
        0,
        &ServerEvent::Message { room: den.clone(), message: message(6, &second) },
    );
    client.timer(20_000);
    client.closed(20_000, Some(1006));
    let Connection::Reconnecting { at } = client.connection() else { panic!("not coming back") };
    client.timer(at);
    enters(&mut client, at, &den);
    assert_eq!(posts(&mut client), [], "it is sent without being asked for");
    let left: Vec<_> = client.room(&den).unwrap().pending().cloned().collect();
    assert_eq!(left, [pending(6, refusal())]);
}

#[test]
fn retry_sends_a_refused_message_again_as_often_as_it_takes() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    let stored = pending(6, Delivery::Waiting);
    client.post(0, &den, stored.id, stored.body.clone());
    for _ in 0..2 {
        let [(id, reference)] = posts(&mut client)[..] else { panic!("it is not sent once") };
        assert_eq!(id, stored.id);
        refuses(&mut client, 0, reference);
        assert_eq!(posts(&mut client), []);
        client.retry(0, &den, stored.id);
    }
    let [(id, reference)] = posts(&mut client)[..] else { panic!("it is not sent again") };
    assert_eq!(id, stored.id, "under the same id");
    hears(&mut client, 0, &ServerEvent::Ack { reference, seq: Some(Seq(6)) });
    hears(
        &mut client,
        0,
        &ServerEvent::Message { room: den.clone(), message: message(6, &stored) },
    );
    let room = client.room(&den).unwrap();
    assert_eq!(room.pending().count(), 0);
    assert_eq!(room.messages().filter(|message| message.id == stored.id).count(), 1);
}

#[test]
fn a_discarded_message_is_never_sent_again_and_leaves_the_others() {
    let den = Slug::new("den");
    let mut client = Client::new(0);
    client.join(0, &den);
    for id in [1, 2] {
        client.take_over(0, &den, pending(id, refusal()));
    }
    outputs(&mut client);
    let unwanted = pending(1, refusal()).id;
    client.discard(&den, unwanted);
    assert!(
        outputs(&mut client).contains(&Output::Changed(Change::Messages { room: den.clone() }))
    );
    client.retry(0, &den, unwanted);
    let left: Vec<_> = client.room(&den).unwrap().pending().cloned().collect();
    assert_eq!(left, [pending(2, refusal())]);
}

#[test]
fn what_an_earlier_page_left_is_taken_over_once_and_a_refused_one_waits() {
    let den = Slug::new("den");
    let stored = pending(1, Delivery::Waiting);
    let mut client = Client::new(0);
    client.join_from(0, &den, position(1), vec![message(1, &stored)], false);
    client.take_over(0, &den, stored);
    for _ in 0..2 {
        client.take_over(0, &den, pending(2, Delivery::Sending));
        client.take_over(0, &den, pending(3, refusal()));
    }
    let left: Vec<_> = client.room(&den).unwrap().pending().cloned().collect();
    assert_eq!(left, [pending(2, Delivery::Waiting), pending(3, refusal())]);
}

#[test]
fn in_a_room_that_is_gone_what_waits_is_refused_until_the_room_is_there_again() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    client.closed(10, None);
    client.post(11, &den, pending(7, Delivery::Waiting).id, pending(7, Delivery::Waiting).body);
    client.start(12);
    assert!(outputs(&mut client).contains(&CONNECT));
    let user = message(1, &pending(1, Delivery::Waiting)).author;
    let hello = ServerEvent::Hello {
        build: "one".to_owned(),
        user,
        limits: Limits::default(),
        ping_after_ms: 25_000,
        pong_within_ms: 8_000,
        expires_in_ms: None,
    };
    hears(&mut client, 13, &hello);
    let asked = joins(&mut client);
    assert_eq!(asked.len(), 1);
    let gone = |reference| ServerEvent::Error {
        reference: Some(reference),
        code: ErrorCode::NoSuchRoom,
        message: "There is no such room.".to_owned(),
        retry_after_ms: None,
    };
    hears(&mut client, 14, &gone(asked[0]));
    let refused = |client: &Client| {
        let pending = client.room(&den).unwrap().pending().next().unwrap().delivery.clone();
        matches!(pending, Delivery::Failed { code: ErrorCode::NoSuchRoom, .. })
    };
    assert!(refused(&client));
    outputs(&mut client);
    client.retry(15, &den, pending(7, Delivery::Waiting).id);
    let asked = joins(&mut client);
    assert_eq!(asked.len(), 1, "the room may be there again");
    hears(&mut client, 16, &gone(asked[0]));
    assert!(refused(&client));
}

#[test]
fn history_that_is_refused_is_told_and_not_asked_for_at_once() {
    let den = Slug::new("den");
    let mut client = Client::new(0);
    let latest = message(5, &pending(5, Delivery::Waiting));
    client.join_from(0, &den, position(5), vec![latest], true);
    client.start(0);
    enters(&mut client, 0, &den);
    outputs(&mut client);
    client.load_older(1, &den);
    let asked = sent(&mut client);
    let [ClientEvent::History { reference, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    let refusal = ServerEvent::Error {
        reference: Some(*reference),
        code: ErrorCode::Unavailable,
        message: "damaged".to_owned(),
        retry_after_ms: None,
    };
    hears(&mut client, 2, &refusal);
    let told = Change::HistoryRefused { room: den.clone(), message: "damaged".to_owned() };
    assert!(outputs(&mut client).contains(&Output::Changed(told)));
    client.load_older(3, &den);
    assert!(sent(&mut client).is_empty(), "it asks at once");
    client.load_older(5_002, &den);
    assert_eq!(sent(&mut client).len(), 1);
}

#[test]
fn what_came_of_an_act_is_told_also_when_it_could_not_be_asked() {
    let den = Slug::new("den");
    let mut client = Client::new(0);
    client.join_from(0, &den, position(5), Vec::new(), false);
    let refused = |client: &mut Client| {
        let refused =
            |it: &Output| matches!(it, Output::Changed(Change::Refused { act: Act::Lock, .. }));
        outputs(client).iter().any(refused)
    };
    client.lock(&den, true);
    assert!(refused(&mut client), "nobody is in the room yet");
    client.start(1);
    enters(&mut client, 1, &den);
    outputs(&mut client);
    client.lock(&den, true);
    let asked = sent(&mut client);
    let [ClientEvent::Lock { reference, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    hears(&mut client, 2, &ServerEvent::Ack { reference: *reference, seq: None });
    let done = Change::Done { room: den.clone(), act: Act::Lock };
    assert!(outputs(&mut client).contains(&Output::Changed(done)));
}

#[test]
fn a_join_that_came_too_soon_is_tried_again_when_it_may_be() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    client.closed(1, Some(4429));
    let Connection::Reconnecting { at } = client.connection() else { panic!("it gives up") };
    client.timer(at);
    let user = message(1, &pending(1, Delivery::Waiting)).author;
    let (ping_after_ms, pong_within_ms) = (25_000, 8_000);
    let (build, limits) = ("one".to_owned(), Limits::default());
    let hello = ServerEvent::Hello {
        build,
        user,
        limits,
        ping_after_ms,
        pong_within_ms,
        expires_in_ms: None,
    };
    hears(&mut client, at, &hello);
    let [reference] = joins(&mut client)[..] else { panic!("it does not join") };
    let refusal = ServerEvent::Error {
        reference: Some(reference),
        code: ErrorCode::SlowDown,
        message: "Slow down: 20 s.".to_owned(),
        retry_after_ms: Some(20_000),
    };
    hears(&mut client, at, &refusal);
    for second in 1..20 {
        client.timer(at + second * 1_000);
    }
    assert!(joins(&mut client).is_empty(), "it does not wait");
    client.timer(at + 20_000);
    assert_eq!(joins(&mut client).len(), 1);
}

/// The joins among what is sent, by their numbers.
fn joins(client: &mut Client) -> Vec<Ref> {
    let joins = sent(client).into_iter().filter_map(|event| match event {
        ClientEvent::Join { reference, .. } => Some(reference),
        _ => None,
    });
    joins.collect()
}
