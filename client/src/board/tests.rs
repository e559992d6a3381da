//! A board's client by hand: what it sends, shows and takes back.

mod bounds;
mod hands;
mod opening;
mod refusals;
mod server;
mod undo;
mod world;

use starling_protocol::board::{
    BoardEvent, BoardLimits, BoardRequest, Change, Content, Fields, Object, Operated, Operation,
    Size, Tint,
};
use starling_protocol::{
    Epoch, ErrorCode, ObjectId, OperationId, Point, Position, Ref, Seq, Slot, Slug, UserId, codec,
};
use uuid::Uuid;

use super::{BoardClient, BoardOutput};

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(1_000 + number))
}

fn id(number: u128) -> ObjectId {
    ObjectId::new(Uuid::from_u128(number))
}

fn epoch(number: u128) -> Epoch {
    Epoch::new(Uuid::from_u128(number))
}

fn at(seq: u64) -> Position {
    Position { epoch: epoch(1), seq: Seq(seq) }
}

fn note(number: u128, text: &str) -> Object {
    Object {
        id: id(number),
        at: Point { x: 100, y: 100 },
        size: Size { width: 400, height: 400 },
        layer: 0,
        tint: Tint(1),
        by: user(1),
        content: Content::Note { text: text.to_owned() },
    }
}

fn put(object: Object) -> Change {
    Change::Put { object }
}

fn moved(number: u128, x: u16) -> Change {
    let fields = Fields { at: Some(Point { x, y: 100 }), ..Fields::default() };
    Change::Set { object: id(number), fields }
}

fn says(number: u128, text: &str) -> Change {
    let fields = Fields { text: Some(text.to_owned()), ..Fields::default() };
    Change::Set { object: id(number), fields }
}

fn delete(number: u128) -> Change {
    Change::Delete { object: id(number) }
}

fn den() -> Slug {
    Slug::new("den")
}

fn hears(client: &mut BoardClient, now: u64, event: &BoardEvent) {
    client.received(now, &codec::encode_board_event(event));
}

fn outputs(client: &mut BoardClient) -> Vec<BoardOutput> {
    std::iter::from_fn(|| client.poll()).collect()
}

fn sent(client: &mut BoardClient) -> Vec<BoardRequest> {
    let texts = outputs(client).into_iter().filter_map(|output| match output {
        BoardOutput::Send { text } => Some(text),
        _ => None,
    });
    texts.map(|text| codec::decode_board_request(&text).expect("it reads")).collect()
}

/// The only request that is sent, which is the operation under way.
fn operation(client: &mut BoardClient) -> (Ref, Operation) {
    match &sent(client)[..] {
        [BoardRequest::Operate { reference, operation, .. }] => (*reference, operation.clone()),
        other => panic!("it sends {other:?}"),
    }
}

fn board(reference: Option<Ref>, position: Position, objects: Vec<Object>) -> BoardEvent {
    let (room, limits) = (den(), BoardLimits::default());
    BoardEvent::Board { reference, room, position, recovered: false, objects, whole: true, limits }
}

/// All that was missed follows.
fn recovered(reference: Ref, position: Position) -> BoardEvent {
    let (room, objects, limits) = (den(), vec![], BoardLimits::default());
    let reference = Some(reference);
    BoardEvent::Board { reference, room, position, recovered: true, objects, whole: true, limits }
}

/// An operation as it comes, by somebody else but for a given id.
fn came(seq: u64, operation: Option<&Operation>, changes: Vec<Change>) -> BoardEvent {
    let other = Operation { id: OperationId::new(Uuid::from_u128(seq.into())), changes };
    let (operation, by) = match operation {
        Some(operation) => (operation.clone(), user(1)),
        None => (other, user(2)),
    };
    BoardEvent::Operated { room: den(), operated: Operated { seq: Seq(seq), by, at: 0, operation } }
}

fn acked(reference: Ref, seq: u64) -> BoardEvent {
    BoardEvent::Ack { reference, seq: Some(Seq(seq)) }
}

fn refused(reference: Ref, code: ErrorCode, retry_after_ms: Option<u64>) -> BoardEvent {
    let message = code.to_string();
    BoardEvent::Error { reference: Some(reference), code, message, retry_after_ms }
}

/// The number of the `open_board` that it sends, and from where.
fn opening(client: &mut BoardClient) -> (Ref, Option<Position>) {
    let opens = sent(client).into_iter().find_map(|request| match request {
        BoardRequest::OpenBoard { reference, resume, .. } => Some((reference, resume)),
        _ => None,
    });
    opens.expect("it opens the board")
}

/// No other page has taken anything over.
fn alone(_: OperationId) -> bool {
    false
}

/// A client of person 1 in slot 1, whose board has these objects at seq 10.
fn opened(objects: Vec<Object>) -> BoardClient {
    opened_from(7, objects)
}

fn opened_from(seed: u64, objects: Vec<Object>) -> BoardClient {
    let mut client = BoardClient::new(den(), seed);
    client.joined(0, Slot(1));
    let (reference, resume) = opening(&mut client);
    assert_eq!(resume, None);
    hears(&mut client, 0, &board(Some(reference), at(10), objects));
    client.set_people([(Slot(1), user(1)), (Slot(2), user(2)), (Slot(3), user(3))]);
    assert!(client.is_open());
    outputs(&mut client);
    client
}

fn x(client: &BoardClient, number: u128) -> u16 {
    client.shown(id(number)).expect("it is there").at.x
}

#[test]
fn what_is_done_shows_at_once_and_stays_over_what_others_do_until_it_is_stored() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    assert_eq!(x(&client, 1), 500);
    let (reference, own) = operation(&mut client);
    // Somebody else's came first: the later one wins, and nothing jumps.
    hears(&mut client, 2, &came(11, None, vec![moved(1, 900), says(1, "b")]));
    assert_eq!(x(&client, 1), 500);
    assert_eq!(client.object(id(1)).and_then(|it| it.text()), Some("b"), "other fields merge");
    hears(&mut client, 3, &acked(reference, 12));
    assert_eq!(client.pending().count(), 0);
    assert_eq!(x(&client, 1), 500);
    hears(&mut client, 3, &came(12, Some(&own), vec![]));
    hears(&mut client, 4, &came(13, None, vec![moved(1, 300)]));
    assert_eq!(x(&client, 1), 300, "the race is over");
    hears(&mut client, 5, &came(13, None, vec![moved(1, 300)]));
    assert!(client.is_open() && sent(&mut client).is_empty(), "what comes twice is no gap");
}

#[test]
fn a_deletion_wins_over_what_comes_after_it() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    hears(&mut client, 2, &came(11, None, vec![delete(1)]));
    assert_eq!(client.shown(id(1)), None);
    assert_eq!(client.count(), 0);
}

#[test]
fn operations_go_one_at_a_time_and_survive_a_cut() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    client.operate(1, vec![moved(1, 600)]).unwrap();
    let (_, first) = operation(&mut client);
    client.disconnected();
    client.operate(5, vec![moved(1, 700)]).unwrap();
    assert!(sent(&mut client).is_empty());
    client.joined(9, Slot(4));
    let requests = sent(&mut client);
    let [
        BoardRequest::OpenBoard { reference, resume, .. },
        BoardRequest::Operate { operation, .. },
    ] = &requests[..]
    else {
        panic!("it sends {requests:?}")
    };
    assert_eq!(*resume, Some(at(10)));
    assert_eq!(*operation, first, "the same again");
    hears(&mut client, 9, &recovered(*reference, at(10)));
    // It was stored before the cut.
    hears(&mut client, 9, &came(11, Some(&first), vec![]));
    assert_eq!(client.pending().count(), 2);
    assert_eq!(x(&client, 1), 700);
    assert_eq!(operation_ids(&mut client), 1, "the next one goes");
}

fn operation_ids(client: &mut BoardClient) -> usize {
    sent(client).iter().filter(|it| matches!(it, BoardRequest::Operate { .. })).count()
}

#[test]
fn an_id_that_somebody_has_is_exchanged() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    let (reference, first) = operation(&mut client);
    hears(&mut client, 2, &refused(reference, ErrorCode::OperationConflict, None));
    let (_, second) = operation(&mut client);
    assert_ne!(second.id, first.id);
    assert_eq!(second.changes, first.changes);
}

#[test]
fn the_next_page_takes_over_what_is_on_its_way() {
    let mut client = opened(vec![note(1, "a")]);
    client.operate(1, vec![moved(1, 500)]).unwrap();
    client.operate(1, vec![moved(1, 600)]).unwrap();
    let saved: Vec<Operation> = client.pending().cloned().collect();
    let mut next = opened_from(8, vec![note(1, "a")]);
    next.operate(1, vec![moved(1, 700)]).unwrap();
    next.disconnected();
    next.take_over(2, saved.clone());
    next.take_over(2, saved.clone());
    assert_eq!(x(&next, 1), 700, "what was done later wins");
    assert_eq!(next.pending().count(), 3, "each once");
    assert_eq!(next.pending().next(), saved.first());
}

#[test]
fn what_does_not_fit_is_refused_at_once() {
    let mut client = opened(vec![note(1, "a")]);
    let long = "x".repeat(2_001);
    assert!(client.operate(1, vec![says(1, &long[1..])]).is_ok());
    assert!(client.operate(1, vec![says(1, &long)]).is_err());
    assert!(client.operate(1, vec![moved(1, 65_135)]).is_ok());
    assert!(client.operate(1, vec![moved(1, 65_136)]).is_err(), "400 wide, beside the board");
    assert_eq!(client.pending().count(), 2);
}

#[test]
fn a_large_act_goes_in_parts_that_fit_into_a_frame_and_is_undone_as_one() {
    let mut client = opened(vec![]);
    let text = "x".repeat(2_000);
    let many: Vec<Change> = (1..=600).map(|number| put(note(number, &text))).collect();
    client.operate(1, many).unwrap();
    let parts: Vec<&Operation> = client.pending().collect();
    assert!(parts.len() > 20);
    for part in parts {
        assert!(codec::encode_operation(part).len() < 64_000);
    }
    assert_eq!(client.count(), 600);
    assert!(client.undo(2, &alone));
    assert_eq!(client.count(), 0);
    assert!(!client.undo(3, &alone));
}

#[test]
fn frames_of_other_rooms_and_of_none_are_passed_over() {
    let mut client = opened(vec![note(1, "a")]);
    let mut other = came(11, None, vec![delete(1)]);
    if let BoardEvent::Operated { room, .. } = &mut other {
        *room = Slug::new("other");
    }
    hears(&mut client, 1, &other);
    client.received(1, "{\"type\":\"weather\"}");
    client.received(1, "no JSON");
    assert_eq!(client.count(), 1);
    assert_eq!(outputs(&mut client), []);
}
