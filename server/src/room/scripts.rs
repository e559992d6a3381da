//! Room scripts: what a room publishes, as a transcript of what everyone in it is told.

pub(super) mod board;
mod check;

use std::sync::Arc;

use insta::assert_snapshot;
use starling_protocol::{
    Channel, DisplayName, Hue, Limits, Logged, Message, MessageBody, MessageId, Point, Role, Seq,
    Slug, Status, User, UserId,
};
use uuid::Uuid;

use super::{Room, RoomSettings};
use check::check;

pub(super) const SETTINGS: RoomSettings = RoomSettings {
    participants: 10,
    leave_after: 15_000,
    typing_for: 2_000,
    typing_names: 2,
    cursors_to_all: 100,
    cursors_in_view: 60,
};

pub(super) fn room(settings: RoomSettings) -> Room {
    Room::new(Slug::new("den"), Channel(7), settings)
}

pub(super) fn user(name: &str) -> User {
    let id = UserId::new(Uuid::new_v8(std::array::from_fn(|i| {
        name.as_bytes().get(i).copied().unwrap_or(0)
    })));
    User {
        id,
        name: DisplayName::parse(name, &Limits::default()).unwrap(),
        hue: Hue::of(id),
        avatar: None,
    }
}

pub(super) fn message(seq: u64, author: &User, body: &str) -> Logged {
    let id = MessageId::new(Uuid::from_u128(seq.into()));
    let body = MessageBody::parse(body, &Limits::default()).unwrap();
    Logged::Message(Message::said(Seq(seq), id, author.clone(), body, 0))
}

#[test]
fn what_happens_in_one_tick_is_one_diff() {
    assert_snapshot!(check(SETTINGS, "0 Ada joins; 5 Bob joins; 7 Bob is idle; 10 tick; 20 tick"), @r"
    10:
      revision 1: changed Ada (Active) [0], Bob (Idle) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Idle) [1]
    20:
    ");
}

#[test]
fn two_tabs_are_one_person() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Ada joins; 1 tick; 2 Ada is away; 3 tick; 4 Ada vanishes; 5 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0 1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0 1]
    3:
    5:
      revision 2: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 2 is Ada (Active) [0]
    ");
}

#[test]
fn everyone_who_moved_is_in_one_frame() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 1 tick; 2 Ada points 3,4; 3 Bob points 10,20; 9 Ada points 5,6;
         18 tick; 20 Bob points 10,20; 34 tick; 35 Bob points 11,20; 50 tick; 51 Bob hides; 66 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    18:
      cursors of revision 1: 0 at 5,6 9 ms ago; 1 at 10,20 15 ms ago
      all cursors of revision 1: 0 at 5,6 9 ms ago; 1 at 10,20 15 ms ago
    34:
    50:
      cursors of revision 1: 1 at 11,20 15 ms ago
      all cursors of revision 1: 0 at 5,6 41 ms ago; 1 at 11,20 15 ms ago
    66:
      cursors of revision 1: 1 hidden
      all cursors of revision 1: 0 at 5,6 57 ms ago
    ");
}

#[test]
fn a_large_room_has_cells_until_it_is_clearly_smaller() {
    let settings = RoomSettings { cursors_to_all: 2, ..SETTINGS };
    assert_snapshot!(check(
        settings,
        "0 Ada joins; 0 Bob joins; 0 Ada points 3,4; 1 tick; 10 Cyd joins; 20 Cyd points 5000,0;
         21 tick; 30 Cyd leaves; 31 tick; 40 Bob leaves; 41 tick; 61000 Ada points 3,5; 61001 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
      cursors of revision 1: 0 at 3,4 1 ms ago
      all cursors of revision 1: 0 at 3,4 1 ms ago
    21:
      revision 2: changed Cyd (Active) [2]; left 0; 60 Hz
        so that revision 2 is Ada (Active) [0], Bob (Active) [1], Cyd (Active) [2]
      cells of revision 2: 0 at 3,4 21 ms ago; 2 at 5000,0 1 ms ago
        of whom moved [2]
    31:
      revision 3: changed ; left 1; 60 Hz
        so that revision 3 is Ada (Active) [0], Bob (Active) [1]
      cells of revision 3: 0 at 3,4 31 ms ago
        of whom moved []
    41:
      revision 4: changed ; left 1; 1 Hz
        so that revision 4 is Ada (Active) [0]
      cursors of revision 4: 
      all cursors of revision 4: 0 at 3,4 41 ms ago
    61001:
      cursors of revision 4: 0 at 3,5 1 ms ago
      all cursors of revision 4: 0 at 3,5 1 ms ago
    ");
}

#[test]
fn who_is_followed_is_told_to_followers_when_they_look_elsewhere() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 0 Ada looks 5; 1 tick; 2 Bob follows Cyd; 3 Bob follows Ada;
         4 Ada follows Bob; 17 tick; 20 Ada looks 6; 21 Ada looks 7; 34 tick; 40 Ada looks 7; 51 tick;
         60 Ada vanishes; 68 tick; 70 Ada joins; 71 Ada looks 8; 85 tick; 90 Bob follows nobody;
         91 Ada looks 9; 102 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    2: Bob cannot follow Cyd: NotHere
    4: Ada cannot follow Bob: InCircle
    17:
      1. Ada sees [0, 0, 5, 9]
    34:
      2. Ada sees [0, 0, 7, 9]
    51:
    68:
      revision 2: changed Ada (Active) []; left 0; 1 Hz
        so that revision 2 is Ada (Active) [], Bob (Active) [1]
    85:
      revision 3: changed Ada (Active) [2]; left 0; 60 Hz
        so that revision 3 is Ada (Active) [2], Bob (Active) [1]
      3. Ada sees [0, 0, 8, 9]
    102:
    ");
}

#[test]
fn a_follow_ends_when_the_one_who_is_followed_is_here_no_more() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 0 Ada looks 5; 0 Bob follows Ada; 1 tick; 2 Ada vanishes;
         3 Ada joins; 4 Ada follows Bob; 5 Ada leaves; 6 Ada joins; 7 Ada follows Bob; 8 Ada looks 6;
         18 tick; 19 Ada leaves; 40 tick; 41 Ada joins; 42 Ada follows Bob; 60 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
      1. Ada sees [0, 0, 5, 9]
    4: Ada cannot follow Bob: InCircle
    7: Ada cannot follow Bob: InCircle
    18:
      revision 2: changed Ada (Active) [3]; left 0; 60 Hz
        so that revision 2 is Ada (Active) [3], Bob (Active) [1]
      2. Ada sees [0, 0, 6, 9]
    40:
      revision 3: changed ; left 1; 1 Hz
        so that revision 3 is Bob (Active) [1]
    60:
      revision 4: changed Ada (Active) [4]; left 0; 60 Hz
        so that revision 4 is Ada (Active) [4], Bob (Active) [1]
    ");
}

#[test]
fn a_reload_is_no_goodbye() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Ada points 1,1; 1 tick; 100 Ada vanishes; 101 tick; 15000 Ada joins;
         15001 tick; 40000 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
      cursors of revision 1: 0 at 1,1 1 ms ago
      all cursors of revision 1: 0 at 1,1 1 ms ago
    101:
      revision 2: changed Ada (Active) []; left 0; 1 Hz
        so that revision 2 is Ada (Active) []
      cursors of revision 2: 
      all cursors of revision 2: 
    15001:
      revision 3: changed Ada (Active) [1]; left 0; 1 Hz
        so that revision 3 is Ada (Active) [1]
    40000:
    ");
}

#[test]
fn who_does_not_come_back_has_left_after_15_seconds() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 1 tick; 100 Ada vanishes; 101 tick; 15099 tick; 15100 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    101:
      revision 2: changed Ada (Active) []; left 0; 1 Hz
        so that revision 2 is Ada (Active) [], Bob (Active) [1]
    15099:
    15100:
      revision 3: changed ; left 1; 1 Hz
        so that revision 3 is Bob (Active) [1]
    ");
}

#[test]
fn who_leaves_on_purpose_is_gone_at_once() {
    assert_snapshot!(check(SETTINGS, "0 Ada joins; 0 Bob joins; 1 tick; 2 Ada leaves; 18 tick"), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    18:
      revision 2: changed ; left 1; 1 Hz
        so that revision 2 is Bob (Active) [1]
    ");
}

#[test]
fn typing_ends_by_itself_or_with_the_message() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 1 tick; 10 Ada types; 20 tick; 1000 Ada types; 2500 tick;
         3000 tick; 4000 Bob types; 4001 tick; 4100 Bob says 1; 4120 tick; 5000 Ada types;
         5001 tick; 5100 Ada stops typing; 5120 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1]
    20:
      1 typing, 1 by name
    2500:
    3000:
      0 typing, 0 by name
    4001:
      1 typing, 1 by name
    4120:
      Bob says 1: hello
      0 typing, 0 by name
    5001:
      1 typing, 1 by name
    5120:
      0 typing, 0 by name
    ");
}

#[test]
fn many_typists_are_only_counted() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 0 Bob joins; 0 Cyd joins; 0 Ada types; 0 Bob types; 1 tick; 2 Cyd types;
         18 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0], Bob (Active) [1], Cyd (Active) [2]; left 0; 60 Hz
        so that revision 1 is Ada (Active) [0], Bob (Active) [1], Cyd (Active) [2]
      2 typing, 2 by name
    18:
      3 typing, 0 by name
    ");
}

#[test]
fn messages_keep_their_order_and_repeats_are_ignored() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 1 tick; 2 Ada says 41; 3 Ada says 42; 4 Ada says 42; 18 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
    18:
      Ada says 41: hello
      Ada says 42: hello
    ");
}

#[test]
fn after_a_gap_the_room_reads_the_log() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 1 tick; 2 Ada says 1; 3 Ada says 4; 18 tick; 19 caught up to 5; 34 tick;
         35 Ada says 5; 36 Ada says 6; 52 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
    18:
      Ada says 1: hello
    34:
      the chat goes on before Seq(5)
      Ada says 4: x
      Ada says 5: x
    52:
      Ada says 6: hello
    ");
}

#[test]
fn a_full_room_says_so() {
    let settings = RoomSettings { participants: 2, ..SETTINGS };
    assert_snapshot!(
        check(settings, "0 Ada joins; 0 Bob joins; 0 Cyd joins; 1 Bob leaves; 2 Cyd joins; 3 tick"),
        @r"
    0: Cyd finds the room full
    3:
      revision 1: changed Ada (Active) [0], Cyd (Active) [2]; left 1; 60 Hz
        so that revision 1 is Ada (Active) [0], Cyd (Active) [2]
    "
    );
}

#[test]
fn a_new_name_is_seen() {
    assert_snapshot!(check(
        SETTINGS,
        "0 Ada joins; 1 tick; 2 Ada is called Eve; 18 tick; 19 Ada is called Eve; 40 tick"
    ), @r"
    1:
      revision 1: changed Ada (Active) [0]; left 0; 1 Hz
        so that revision 1 is Ada (Active) [0]
    18:
      revision 2: changed Eve (Active) [0]; left 0; 1 Hz
        so that revision 2 is Eve (Active) [0]
    40:
    ");
}

#[test]
fn a_message_waits_for_no_cursors_but_for_the_message_before_it() {
    let mut room = room(SETTINGS);
    let ada = user("Ada");
    let slot = room.join(0, ada.clone(), Role::Visitor, Status::Active).unwrap();
    room.tick(100);
    room.point(101, slot, Some(Point { x: 1, y: 1 }));
    assert_eq!(room.wake_at(), Some(116));
    room.committed(Arc::new(message(1, &ada, "one")));
    assert!(room.wake_at() <= Some(101), "nothing was said just before");
    room.tick(101);
    room.point(102, slot, Some(Point { x: 2, y: 2 }));
    room.committed(Arc::new(message(2, &ada, "two")));
    assert_eq!(room.wake_at(), Some(117), "a tick after both");
    room.tick(117);
    assert_eq!(room.wake_at(), None);
}

#[test]
fn a_quiet_room_sleeps() {
    let mut room = room(SETTINGS);
    assert_eq!(room.wake_at(), None);
    let slot = room.join(0, user("Ada"), Role::Visitor, Status::Active).unwrap();
    assert_eq!(room.wake_at(), Some(0));
    room.tick(100);
    assert_eq!(room.wake_at(), None);
    room.point(101, slot, Some(Point { x: 1, y: 1 }));
    assert_eq!(room.wake_at(), Some(116), "a tick after the last one");
    room.tick(116);
    room.set_typing(120, slot, true);
    room.tick(132);
    assert_eq!(room.wake_at(), Some(2_120), "when the typing ends");
    room.leave(200, slot, false);
    room.tick(216);
    assert_eq!(room.wake_at(), Some(15_200), "when they have left");
    room.tick(15_200);
    assert!(room.is_empty());
    assert_eq!(room.wake_at(), None);
}
