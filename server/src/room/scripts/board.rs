//! Room scripts of the board.

use insta::assert_snapshot;
use starling_protocol::board::{Change, Operated, Operation, Preview, Signal, Tint};
use starling_protocol::{ObjectId, OperationId, Point, Role, Seq, Slot, Status, User};
use uuid::Uuid;

use super::check::check;
use super::{SETTINGS, room, user};
use crate::room::{Held, Text};

pub(in crate::room) fn operated(seq: u64, by: &User) -> Operated {
    let object = ObjectId::new(Uuid::from_u128(seq.into()));
    let id = OperationId::new(Uuid::from_u128(seq.into()));
    let operation = Operation { id, changes: vec![Change::Delete { object }] };
    Operated { seq: Seq(seq), by: by.id, at: 0, operation }
}

pub(in crate::room) fn held(object: u128, bytes: usize) -> Held {
    let object = ObjectId::new(Uuid::from_u128(object));
    Held { preview: Preview::Hold { changes: vec![Change::Delete { object }] }, bytes }
}

/// The number of the object in a preview of [`held`].
pub(in crate::room) fn object_in(preview: &Preview) -> u128 {
    match preview {
        Preview::Hold { changes } => changes[0].object().uuid().as_u128(),
        Preview::Stroke { .. } => panic!("no script draws"),
    }
}

fn told(text: &Text) -> String {
    String::from_utf8(text.bytes().to_vec()).unwrap()
}

#[test]
fn operations_keep_their_order_and_have_nothing_to_do_with_the_chat() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 1 tick; 2 Ada draws 7; 3 Ada says 41; 4 Ada draws 8; 5 Ada draws 8; 18 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
    18:
      Ada says 41: hello
      operation 7
      operation 8
    ");
}

#[test]
fn after_a_gap_the_board_reads_its_own_log() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 1 tick; 2 Ada draws 1; 3 Ada draws 4; 4 Ada says 1; 18 tick;
         19 board caught up to 5; 20 Ada says 2; 34 tick; 35 Ada draws 5; 36 Ada draws 6; 52 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
    18:
      Ada says 1: hello
      operation 1
    34:
      Ada says 2: hello
      the board goes on before Seq(5)
      operation 4
      operation 5
    52:
      operation 6
    ");
}

#[test]
fn an_announcement_that_was_lost_concerns_both_streams() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 1 tick; 2 behind; 3 caught up to 5; 4 board caught up to 8; 18 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
    18:
      the chat goes on before Seq(5)
      Ada says 4: x
      Ada says 5: x
      the board goes on before Seq(8)
      operation 7
      operation 8
    ");
}

#[test]
fn of_what_somebody_holds_the_newest_counts_and_nothing_is_left_of_who_is_gone() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 1 tick; 2 Ada holds 1; 3 Bob holds 5; 4 Ada holds 2; 18 tick;
         19 Ada holds 2; 34 tick; 35 Bob lets go; 36 Ada holds 3; 50 tick; 51 Ada vanishes; 66 tick;
         67 Bob lets go; 82 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    18:
      in hands: 0 holds 2; 1 holds 5
        so that in all hands: 0 holds 2; 1 holds 5
    34:
    50:
      in hands: 0 holds 3; 1 holds nothing
        so that in all hands: 0 holds 3
    66:
      revision 2: changed Ada (Active) []; left 0; 1 Hz
        so that revision 2 is Ada (Active) [], Bob (Active) [1]
      in hands: 0 holds nothing
        so that in all hands: 
    82:
    ");
}

#[test]
fn what_stands_at_a_cursor_is_the_newest_and_what_is_thrown_is_all_of_it() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 1 tick; 2 Ada calls H; 3 Ada throws 1,2; 4 Bob calls Yo;
         5 Ada throws 1,3; 6 Ada calls Hi; 18 tick; 19 Bob throws 9,9; 20 Bob leaves; 34 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    18:
      0 throws 1,2; 1 calls Yo; 0 throws 1,3; 0 calls Hi
    34:
      revision 2: changed ; left 1; 1 Hz
        so that revision 2 is Ada (Active) [0]
    ");
}

#[test]
fn a_tick_tells_of_a_hundred_signals_and_of_the_previews_that_fit() {
    let mut room = room(SETTINGS);
    let slots: Vec<Slot> = (0..9)
        .map(|number| user(&number.to_string()))
        .map(|user| room.join(0, user, Role::Visitor, Status::Active).unwrap())
        .collect();
    room.tick(0);
    for number in 0..150 {
        room.signal(slots[0], Signal::Beacon { at: Point { x: number, y: 0 } });
        room.signal(slots[1], Signal::Say { text: number.to_string() });
    }
    let text = room.tick(100).board.signals.unwrap();
    assert_eq!(told(&text).matches("\"slot\"").count(), 100);
    assert_eq!(told(&text).matches("\"say\"").count(), 1, "the newest of each");

    let nobody: [u16; 0] = [];
    let all = |room: &mut crate::room::Room, now| {
        let Some(previews) = room.tick(now).board.previews else { return Vec::new() };
        let told = told(&previews.all.text());
        let shown = slots.iter().filter(|it| told.contains(&format!("\"slot\":{},", it.0)));
        shown.map(|slot| slot.0).collect::<Vec<u16>>()
    };
    room.hold(slots[0], Some(held(1, 32 * 1_024)));
    assert_eq!(all(&mut room, 200), [0], "the largest there may be");
    room.hold(slots[0], Some(held(2, 32 * 1_024 + 1)));
    assert_eq!(all(&mut room, 300), nobody, "one byte more");
    for slot in &slots[..8] {
        room.hold(*slot, Some(held(3, 32 * 1_024)));
    }
    assert_eq!(all(&mut room, 400), [0, 1, 2, 3, 4, 5, 6, 7], "as many bytes as fit");
    room.hold(slots[8], Some(held(4, 32 * 1_024)));
    assert_eq!(all(&mut room, 500), nobody, "who is as large has no room");
    room.hold(slots[8], Some(held(4, 1)));
    assert_eq!(all(&mut room, 600), [0, 1, 2, 3, 4, 5, 6, 8], "one who is larger gives way");
    room.hold(slots[7], Some(held(5, 32 * 1_024)));
    assert_eq!(all(&mut room, 700), nobody, "and has no room any more");
    room.hold(slots[0], None);
    room.hold(slots[7], Some(held(5, 32 * 1_024)));
    assert_eq!(all(&mut room, 800), [1, 2, 3, 4, 5, 6, 7, 8], "until another one lets go");
    room.check_invariants();
}

#[test]
fn light_lasts_until_it_goes_out() {
    let mut room = room(SETTINGS);
    let [ada, bob] =
        ["Ada", "Bob"].map(|name| room.join(0, user(name), Role::Visitor, Status::Active).unwrap());
    let lasting = |room: &mut crate::room::Room, now| {
        let lasting = room.tick(now).board.lasting?;
        Some(lasting.map(|text| told(&text.text()).matches("{\"active\":true}").count()))
    };
    assert_eq!(lasting(&mut room, 0), None, "it was always dark");
    room.signal(ada, Signal::Laser { active: true });
    room.signal(bob, Signal::Say { text: "oh".to_owned() });
    assert_eq!(lasting(&mut room, 20), Some(Some(1)));
    room.signal(ada, Signal::Laser { active: true });
    assert_eq!(lasting(&mut room, 40), None, "it is nothing new");
    room.signal(bob, Signal::Laser { active: true });
    assert_eq!(lasting(&mut room, 60), Some(Some(2)));
    room.signal(ada, Signal::Laser { active: false });
    assert_eq!(lasting(&mut room, 80), Some(Some(1)));
    room.leave(90, bob, false);
    assert_eq!(lasting(&mut room, 100), Some(None), "it goes with who has it");
    room.check_invariants();
}

#[test]
fn a_stroke_in_hand_is_told_as_it_came() {
    let mut room = room(SETTINGS);
    let slot = room.join(0, user("Ada"), Role::Visitor, Status::Active).unwrap();
    let preview = Preview::Stroke {
        object: ObjectId::new(Uuid::from_u128(1)),
        tint: Tint(2),
        width: 8,
        from: 3,
        points: vec![(1, 2, 3).into()],
    };
    room.hold(slot, Some(Held { preview, bytes: 10 }));
    let text = room.tick(0).board.previews.unwrap().changes;
    let told = told(&text);
    assert!(told.contains(r#""from":3,"points":[[1,2,3]]"#), "{told}");
}
