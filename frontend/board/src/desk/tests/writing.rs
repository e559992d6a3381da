//! Writing while others do something with the same, and what is refused.

use starling_protocol::board::{
    BoardEvent, BoardLimits, BoardRequest, Change, Content, Fields, Object, Operated, Operation,
};
use starling_protocol::{
    Epoch, ErrorCode, ObjectId, OperationId, Position, Ref, Seq, Slot, Slug, UserId, codec,
};
use uuid::Uuid;

use super::{alone, click, desk, only, pull};
use crate::desk::{Desk, Follow, Written};
use crate::scene::geometry::frame;
use crate::tool::Tool;

fn written(text: &str) -> Written {
    Written { text: text.to_owned(), height: None }
}

fn hears(desk: &mut Desk, event: &BoardEvent) -> Vec<Follow> {
    desk.client.received(1, &codec::encode_board_event(event));
    desk.take_follows()
}

/// What it sends of these.
fn requests(follows: Vec<Follow>) -> Vec<BoardRequest> {
    let texts = follows.into_iter().filter_map(|follow| match follow {
        Follow::Send { text } => Some(text),
        _ => None,
    });
    texts.map(|text| codec::decode_board_request(&text).expect("it reads")).collect()
}

/// A desk whose board has room for so many things, and has one note, which says this.
fn opened(objects: usize, text: &str) -> (Desk, Object) {
    let mut desk = desk();
    desk.choose(0, Tool::Note);
    click(&mut desk, 500.0, 500.0);
    let mut note = only(&desk);
    // The next desk makes the same ids.
    note.id = ObjectId::new(Uuid::from_u128(7));
    note.set(&Fields { text: Some(text.to_owned()), ..Fields::default() });
    let mut desk = super::desk();
    desk.client.joined(0, Slot(1));
    let reference = requests(desk.take_follows()).into_iter().find_map(|request| match request {
        BoardRequest::OpenBoard { reference, .. } => Some(reference),
        _ => None,
    });
    let limits = BoardLimits { objects, ..BoardLimits::default() };
    let position = Position { epoch: Epoch::new(Uuid::from_u128(1)), seq: Seq(10) };
    let (room, objects) = (Slug::new("den"), vec![note.clone()]);
    let board = BoardEvent::Board {
        reference,
        room,
        position,
        recovered: false,
        objects,
        whole: true,
        limits,
    };
    hears(&mut desk, &board);
    assert_eq!(only(&desk), note);
    (desk, note)
}

/// Somebody else does that.
fn others(desk: &mut Desk, seq: u64, change: Change) {
    let id = OperationId::new(Uuid::from_u128(seq.into()));
    let operation = Operation { id, changes: vec![change] };
    let by = UserId::new(Uuid::from_u128(2));
    let operated = Operated { seq: Seq(seq), by, at: 0, operation };
    hears(desk, &BoardEvent::Operated { room: Slug::new("den"), operated });
}

fn says(object: ObjectId, text: &str) -> Change {
    let fields = Fields { text: Some(text.to_owned()), ..Fields::default() };
    Change::Set { object, fields }
}

fn refuse(desk: &mut Desk, reference: Ref) -> Vec<Follow> {
    let error = BoardEvent::Error {
        reference: Some(reference),
        code: ErrorCode::BoardFull,
        message: "The board is full.".to_owned(),
        retry_after_ms: None,
    };
    hears(desk, &error)
}

/// What it stores, with the number of the request.
fn stores(follows: Vec<Follow>) -> (Ref, Vec<Change>) {
    let stored = requests(follows).into_iter().find_map(|request| match request {
        BoardRequest::Operate { reference, operation, .. } => Some((reference, operation.changes)),
        _ => None,
    });
    stored.expect("something is stored")
}

#[test]
fn what_others_wrote_stays_where_nothing_was_written() {
    let (mut desk, note) = opened(10, "Buy milk");
    let before = desk.start_writing(1, note.id).unwrap();
    others(&mut desk, 11, says(note.id, "Buy oat milk"));
    desk.stop_writing(2, &before, &written("Buy milk"));
    assert_eq!(only(&desk).text(), Some("Buy oat milk"));
    assert_eq!(desk.rewrite(3, &before, "Buy milk".to_owned()), Ok(()));
    assert_eq!(only(&desk).text(), Some("Buy oat milk"), "nor in the list");
    desk.start_writing(4, note.id);
    desk.stop_writing(5, &before, &written("Buy bread"));
    assert_eq!(only(&desk).text(), Some("Buy bread"), "who writes later wins");
}

#[test]
fn words_for_what_somebody_deleted_are_there_anew() {
    let (mut desk, note) = opened(10, "Buy milk");
    desk.start_writing(1, note.id);
    others(&mut desk, 11, Change::Delete { object: note.id });
    assert_eq!(desk.client.count(), 0);
    desk.stop_writing(2, &note, &written("Buy oat milk"));
    let anew = only(&desk);
    assert_eq!((anew.text(), frame(&anew)), (Some("Buy oat milk"), frame(&note)));
    assert_ne!(anew.id, note.id, "what is deleted stays so");
    let told = desk.take_follows();
    assert!(told.iter().any(|it| matches!(it, Follow::Problem { .. })), "and that is said");
}

#[test]
fn a_deletion_wins_where_nothing_was_written() {
    let (mut desk, note) = opened(10, "Buy milk");
    desk.start_writing(1, note.id);
    others(&mut desk, 11, Change::Delete { object: note.id });
    desk.stop_writing(2, &note, &written("Buy milk"));
    assert_eq!(desk.client.count(), 0);
}

#[test]
fn who_may_not_draw_any_more_writes_on_in_the_list() {
    let (mut desk, note) = opened(10, "Buy milk");
    desk.set_may_draw(1, false);
    assert!(desk.rewrite(2, &note, "Buy oat milk".to_owned()).is_err());
    assert_eq!(desk.rewrite(3, &note, "Buy milk".to_owned()), Ok(()));
    assert_eq!(only(&desk), note);
}

#[test]
fn what_is_refused_is_kept_until_it_is_tried_again_or_discarded() {
    let (mut desk, _) = opened(2, "Buy milk");
    desk.choose(1, Tool::Pen);
    let (reference, _) = stores(pull(&mut desk, &[(10.0, 10.0), (60.0, 30.0), (90.0, 10.0)]));
    let told = refuse(&mut desk, reference);
    assert_eq!(desk.refused(), (1, Some("The board is full.")));
    assert!(!told.iter().any(|it| matches!(it, Follow::Problem { .. })), "it is said once");
    assert_eq!(desk.client.count(), 1);
    desk.try_again(3);
    assert_eq!((desk.client.count(), desk.refused().0), (2, 0));
    let (reference, _) = stores(desk.take_follows());
    refuse(&mut desk, reference);
    desk.discard();
    assert_eq!((desk.client.count(), desk.refused().0), (1, 0));
}

#[test]
fn words_for_what_is_refused_meanwhile_wait_with_it() {
    let (mut desk, _) = opened(2, "Buy milk");
    desk.choose(1, Tool::Note);
    let told = click(&mut desk, 900.0, 900.0);
    let id = *desk.selection().first().expect("what is made is selected");
    let before = desk.start_writing(2, id).unwrap();
    refuse(&mut desk, stores(told).0);
    desk.stop_writing(3, &before, &written("Buy bread"));
    let told = desk.take_follows();
    assert!(!told.iter().any(|it| matches!(it, Follow::Problem { .. })), "nobody deleted it");
    assert_eq!((desk.refused().0, desk.client.count()), (2, 1));
    desk.try_again(4);
    assert_eq!(desk.client.object(id).and_then(Object::text), Some("Buy bread"));
}

#[test]
fn words_that_find_no_room_are_not_said_to_be_there() {
    let (mut desk, note) = opened(1, "Buy milk");
    desk.start_writing(1, note.id);
    others(&mut desk, 11, Change::Delete { object: note.id });
    let id = ObjectId::new(Uuid::from_u128(8));
    others(&mut desk, 12, Change::Put { object: Object { id, ..note.clone() } });
    assert!(desk.rewrite(2, &note, "Buy oat milk".to_owned()).is_err());
    desk.stop_writing(3, &note, &written("Buy oat milk"));
    let told = desk.take_follows();
    assert!(!told.iter().any(|it| matches!(it, Follow::Problem { .. })), "{told:?}");
    refuse(&mut desk, stores(told).0);
    assert_eq!(desk.refused(), (1, Some("The board is full.")));
}

#[test]
fn nothing_is_kept_of_what_was_refused_and_is_blank() {
    let (mut desk, _) = opened(2, "Buy milk");
    desk.choose(1, Tool::Pen);
    let (stroke, _) = stores(pull(&mut desk, &[(10.0, 10.0), (60.0, 30.0)]));
    refuse(&mut desk, stroke);
    for (kept, text) in [(1, " "), (3, "Buy bread")] {
        desk.choose(2, Tool::Text);
        let told = click(&mut desk, 900.0, 900.0);
        let id = *desk.selection().first().expect("what is made is selected");
        let before = desk.start_writing(3, id).unwrap();
        refuse(&mut desk, stores(told).0);
        desk.stop_writing(4, &before, &written(text));
        assert_eq!(desk.refused().0, kept, "after {text:?}");
    }
}

#[test]
fn what_finds_no_room_goes_after_all_that_was_done_before_and_is_undone_first() {
    let (mut desk, note) = opened(2, "Buy milk");
    desk.choose(1, Tool::Pen);
    pull(&mut desk, &[(10.0, 10.0), (60.0, 30.0)]);
    assert_eq!(desk.rewrite(2, &note, "Buy oat milk".to_owned()), Ok(()));
    pull(&mut desk, &[(10.0, 90.0), (60.0, 70.0)]);
    let waiting: Vec<&Change> = desk.client.pending().flat_map(|it| &it.changes).collect();
    let [Change::Put { .. }, Change::Set { .. }, Change::Put { .. }] = waiting[..] else {
        panic!("{waiting:?}")
    };
    assert!(desk.client.undo(4, &alone));
    assert_eq!((desk.client.pending().count(), desk.client.count()), (2, 2));
}

#[test]
fn what_finds_no_room_is_kept_like_what_is_refused() {
    let (mut desk, _) = opened(1, "Buy milk");
    desk.choose(1, Tool::Pen);
    let (reference, changes) = stores(pull(&mut desk, &[(10.0, 10.0), (60.0, 30.0)]));
    let [Change::Put { object }] = &changes[..] else { panic!("{changes:?}") };
    assert!(matches!(object.content, Content::Ink { .. }));
    refuse(&mut desk, reference);
    assert_eq!(desk.refused().0, 1);
    // An empty note is made again as easily.
    desk.choose(3, Tool::Note);
    let told = click(&mut desk, 500.0, 500.0);
    assert!(told.iter().any(|it| matches!(it, Follow::Problem { .. })), "{told:?}");
    assert_eq!((desk.refused().0, desk.client.count()), (1, 1));
}
