//! What a client says of the board that its person sees, and whom they follow.

use starling_protocol::{
    CursorFrame, CursorInput, CursorRecord, CursorState, Person, Point, Revision, Role, View,
};

use super::*;

fn view(left: u16) -> View {
    View::new(left, 0, left + 10, 9).unwrap()
}

/// The views that were sent.
fn looks(client: &mut Client) -> Vec<View> {
    let look = |output| match output {
        Output::Send(Frame::Binary(bytes)) => match CursorInput::decode(&bytes) {
            Ok(CursorInput::Look { channel: Channel(0), view }) => Some(view),
            _ => None,
        },
        _ => None,
    };
    outputs(client).into_iter().filter_map(look).collect()
}

/// Whom it asked to follow, each with the `ref` that its answer bears.
fn follows(client: &mut Client) -> Vec<(Option<UserId>, Ref)> {
    let follow = |event| match event {
        ClientEvent::Follow { reference, user, .. } => Some((user, reference)),
        _ => None,
    };
    sent(client).into_iter().filter_map(follow).collect()
}

fn bob() -> UserId {
    UserId::new(Uuid::from_u128(7))
}

/// Bob is here, with that slot.
fn people(den: &Slug, slots: &[u16]) -> ServerEvent {
    let id = bob();
    let person = Person {
        id,
        name: DisplayName::parse("Bob", &Limits::default()).unwrap(),
        hue: Hue::of(id),
        avatar: None,
        role: Role::Visitor,
        status: Status::Active,
        slots: slots.iter().map(|slot| Slot(*slot)).collect(),
    };
    let (room, people) = (den.clone(), vec![person]);
    ServerEvent::People { room, revision: Revision(1), people, cursor_hz: 60 }
}

fn refuses(client: &mut Client, reference: Ref) {
    let (code, message) = (ErrorCode::NoSuchPerson, "They are not here.".to_owned());
    let error =
        ServerEvent::Error { reference: Some(reference), code, message, retry_after_ms: None };
    hears(client, 0, &error);
}

#[test]
fn what_the_person_sees_is_told_five_times_a_second_and_the_newest_in_the_end() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    outputs(&mut client);
    for now in 0..=450_u16 {
        client.look_at(now.into(), &den, view(now));
    }
    assert_eq!(looks(&mut client), [0, 200, 400].map(view));
    assert_eq!(client.next_timer(450), Some(600));
    client.timer(600);
    assert_eq!(looks(&mut client), [view(450)]);
    client.look_at(1_000, &den, view(450));
    client.timer(2_000);
    assert_eq!(looks(&mut client), [], "that is known");
}

#[test]
fn what_the_person_sees_waits_for_the_socket_and_is_told_again_over_the_next_one() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    outputs(&mut client);
    client.set_congested(0, true);
    client.look_at(0, &den, view(1));
    client.look_at(1, &den, view(2));
    assert_eq!(looks(&mut client), []);
    client.set_congested(300, false);
    assert_eq!(looks(&mut client), [view(2)]);
    client.closed(1_000, Some(1006));
    client.look_at(1_001, &den, view(3));
    assert_eq!(looks(&mut client), [], "there is no connection");
    client.start(1_002);
    enters(&mut client, 1_002, &den);
    assert_eq!(looks(&mut client), [view(3)]);
}

#[test]
fn following_outlives_the_connection_and_ends_when_it_is_refused_or_they_leave() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    let following = |client: &Client| client.room(&den).unwrap().following();
    let ended = Output::Changed(Change::Following { room: den.clone() });
    hears(&mut client, 0, &people(&den, &[1]));
    outputs(&mut client);
    client.follow(&den, Some(bob()));
    client.follow(&den, Some(bob()));
    assert!(matches!(follows(&mut client)[..], [(Some(user), _)] if user == bob()));
    let viewing = |user| ServerEvent::Viewing { room: den.clone(), user, view: view(4) };
    hears(&mut client, 0, &viewing(bob()));
    let seen = Change::Viewing { room: den.clone(), user: bob(), view: view(4) };
    assert!(outputs(&mut client).contains(&Output::Changed(seen)));
    hears(&mut client, 0, &viewing(UserId::new(Uuid::nil())));
    assert_eq!(outputs(&mut client), [], "it was on its way before");

    client.closed(1_000, Some(1006));
    client.start(1_001);
    enters(&mut client, 1_001, &den);
    let [(Some(_), reference)] = follows(&mut client)[..] else { panic!("it does not go on") };
    refuses(&mut client, reference);
    assert!(outputs(&mut client).contains(&ended));
    assert_eq!(following(&client), None);

    client.follow(&den, Some(bob()));
    client.follow(&den, None);
    let [(Some(_), reference), (None, _)] = follows(&mut client)[..] else { panic!() };
    refuses(&mut client, reference);
    assert_eq!(outputs(&mut client), [], "they want nobody any more");
    client.follow(&den, Some(bob()));
    hears(&mut client, 0, &people(&den, &[1]));
    outputs(&mut client);
    let left = ServerEvent::PeopleChanged {
        room: den.clone(),
        revision: Revision(2),
        changed: Vec::new(),
        left: vec![bob()],
        cursor_hz: 1,
    };
    hears(&mut client, 0, &left);
    assert!(outputs(&mut client).contains(&ended));
    assert_eq!(following(&client), None);
}

#[test]
fn cursors_that_are_not_shown_any_more_vanish_and_the_others_are_counted() {
    let den = Slug::new("den");
    let mut client = joined(&den);
    hears(&mut client, 0, &people(&den, &[1, 2, 3]));
    outputs(&mut client);
    let frame = |complete, others, records: &[(u16, bool)]| {
        let point = Point { x: 4, y: 4 };
        let record = |(slot, there): &(u16, bool)| CursorRecord {
            slot: Slot(*slot),
            state: if *there { CursorState::At { point, age_ms: 0 } } else { CursorState::Hidden },
        };
        let records = records.iter().map(record).collect();
        CursorFrame { channel: Channel(0), revision: Revision(1), complete, others, records }
            .encode()
    };
    let set = Output::Changed(Change::Cursors { room: den.clone() });
    let mut takes = |frame: Vec<u8>, told: bool| {
        client.received_binary(0, &frame);
        assert_eq!(outputs(&mut client).contains(&set), told);
        let room = client.room(&den).unwrap();
        let slots: Vec<u16> = room.cursors().map(|(slot, ..)| slot.0).collect();
        (slots, room.others())
    };
    assert_eq!(takes(frame(true, Some(7), &[(1, true), (2, true)]), true), (vec![1, 2], 7));
    assert_eq!(takes(frame(false, Some(7), &[(1, true)]), false), (vec![1, 2], 7));
    // One goes and another one comes: as many as before, and not the same.
    assert_eq!(takes(frame(false, Some(7), &[(1, false), (3, true)]), true), (vec![2, 3], 7));
    assert_eq!(takes(frame(false, Some(8), &[]), true), (vec![2, 3], 8));
    assert_eq!(takes(frame(true, Some(0), &[(3, true)]), true), (vec![3], 0));
    assert_eq!(takes(frame(true, Some(9), &[(3, true)]), true), (vec![3], 9));
    assert_eq!(takes(frame(false, None, &[]), true), (vec![3], 0), "the room is small again");
}
