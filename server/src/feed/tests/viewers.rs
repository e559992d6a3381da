//! Whom viewers of a large room are shown.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::{
    CursorState, Limits, Point, Role, ServerEvent, Slot, Status, User, UserId, View, codec,
};
use uuid::Uuid;

use super::*;
use crate::room::{CannotFollow, Followed, Room, RoomSettings};

pub(super) const SETTINGS: RoomSettings = RoomSettings {
    participants: 2_000,
    leave_after: 15_000,
    typing_for: 2_000,
    typing_names: 2,
    cursors_to_all: 100,
    cursors_in_view: 60,
};

/// One who draws what the frames say.
#[derive(Debug)]
pub(super) struct Eye {
    pub(super) viewer: Viewer,
    pub(super) drawn: BTreeMap<Slot, Point>,
    /// How old the places were of those that the last frame told.
    pub(super) ages: BTreeMap<Slot, u8>,
    pub(super) others: u16,
    pub(super) complete: bool,
    pub(super) bytes: usize,
}

impl Eye {
    pub(super) fn new(own: Slot) -> Self {
        Self {
            viewer: Viewer::new(own),
            drawn: BTreeMap::new(),
            ages: BTreeMap::new(),
            others: 0,
            complete: false,
            bytes: 0,
        }
    }

    /// Takes what the feed has for it; false if that is no frame of cursors.
    pub(super) fn watch(&mut self, feed: &Feed) -> bool {
        let frames = watch(feed, &mut self.viewer).into_iter().filter_map(|item| match item {
            Item::Binary(bytes) => Some(bytes),
            Item::Text(_) => None,
        });
        let frames: Vec<Bytes> = frames.collect();
        self.ages.clear();
        assert!(frames.len() < 2);
        let Some(bytes) = frames.first() else { return false };
        let frame = CursorFrame::decode(bytes).unwrap();
        if frame.complete {
            self.drawn.clear();
        }
        for record in frame.records {
            match record.state {
                CursorState::At { point, age_ms } => {
                    self.drawn.insert(record.slot, point);
                    self.ages.insert(record.slot, age_ms);
                }
                CursorState::Hidden => {
                    assert!(self.drawn.remove(&record.slot).is_some(), "it was not drawn");
                }
            }
        }
        self.others = frame.others.unwrap_or_default();
        self.complete = frame.complete;
        self.bytes = bytes.len();
        true
    }

    fn slots(&self) -> Vec<u16> {
        self.drawn.keys().map(|slot| slot.0).collect()
    }
}

pub(super) fn user(number: u128) -> User {
    let id = UserId::new(Uuid::from_u128(number + 1));
    let name = starling_protocol::DisplayName::parse("Ada", &Limits::default()).unwrap();
    User { id, name, hue: starling_protocol::Hue::of(id), avatar: None }
}

pub(super) fn join(room: &mut Room, now: u64, number: u128) -> Slot {
    room.join(now, user(number), Role::Visitor, Status::Active).unwrap()
}

/// A room of so many, where everyone has a slot like their number and stands side by side from the left,
/// so many units from each other, all in the first row of cells.
fn side_by_side(settings: RoomSettings, people: u16, units: f64) -> (Room, Feed) {
    let mut room = Room::new(Slug::new("den"), starling_protocol::Channel(7), settings);
    for number in 0..people {
        assert_eq!(join(&mut room, 0, number.into()), Slot(number));
        room.point(0, Slot(number), Point::from_units(f64::from(number) * units, 8.0));
    }
    let feed = Feed::new(8);
    feed.publish(room.tick(10));
    (room, feed)
}

/// Everyone is halfway between its top and its bottom.
fn view(left: u16, right: u16) -> View {
    View::new(left * 4, 0, right * 4, 64).unwrap()
}

#[test]
fn a_room_is_large_above_a_number_and_until_it_is_clearly_below() {
    let settings = RoomSettings { cursors_to_all: 10, ..SETTINGS };
    let (mut room, feed) = side_by_side(settings, 10, 1.0);
    let is_large = |room: &mut Room, now| {
        room.point(now, Slot(0), Some(Point { x: now as u16, y: 0 }));
        matches!(room.tick(now).cursors, Some(CursorsPublication::Cells(_)))
    };
    drop(feed);
    assert!(!is_large(&mut room, 20));
    let eleventh = join(&mut room, 30, 10);
    assert!(is_large(&mut room, 30), "11 are more than 10");
    room.leave(40, eleventh, true);
    assert!(is_large(&mut room, 40), "10 are not yet less than nine tenths");
    room.leave(50, Slot(9), true);
    assert!(!is_large(&mut room, 50), "9 are");
    room.join(60, user(9), Role::Visitor, Status::Active).unwrap();
    assert!(!is_large(&mut room, 60), "and then 10 are no more than 10");
}

#[test]
fn who_was_shown_some_is_shown_all_when_the_room_is_small_again_and_the_other_way_round() {
    let settings = RoomSettings { cursors_to_all: 10, cursors_in_view: 3, ..SETTINGS };
    let (mut room, feed) = side_by_side(settings, 11, 1.0);
    let mut eye = Eye::new(Slot(0));
    eye.viewer.look(view(0, 2));
    assert!(eye.watch(&feed) && eye.complete);
    assert_eq!((eye.slots(), eye.others), (vec![1, 2, 3], 7));
    room.leave(20, Slot(10), true);
    room.leave(20, Slot(9), true);
    feed.publish(room.tick(20));
    assert!(eye.watch(&feed) && eye.complete);
    assert_eq!((eye.slots().len(), eye.others), (9, 0), "their own is in it, too");
    join(&mut room, 30, 11);
    join(&mut room, 30, 12);
    feed.publish(room.tick(30));
    assert!(eye.watch(&feed) && eye.complete);
    assert_eq!((eye.slots(), eye.others), (vec![1, 2, 3], 5));
}

#[test]
fn as_many_as_fit_are_shown_all_and_one_more_makes_one_other() {
    for (people, others) in [(61, 0), (62, 1), (161, 100)] {
        let settings = RoomSettings { cursors_to_all: 50, ..SETTINGS };
        let (_, feed) = side_by_side(settings, people, 0.25);
        let mut eye = Eye::new(Slot(0));
        eye.watch(&feed);
        assert_eq!((eye.drawn.len(), eye.others), (60, others), "of {people}");
    }
}

#[test]
fn only_who_is_in_the_view_and_around_it_is_shown() {
    // One every 100 units, from 0 to 12,900.
    let (mut room, feed) = side_by_side(SETTINGS, 130, 100.0);
    let mut eye = Eye::new(Slot(0));
    eye.viewer.look(view(6_000, 7_000));
    eye.watch(&feed);
    // 512 units beyond both edges, and then to the edges of cells.
    assert_eq!(eye.slots(), (52..=81).collect::<Vec<u16>>());
    assert_eq!(eye.others, 0);
    // Who moves elsewhere is not worth a frame.
    room.point(20, Slot(100), Some(Point { x: 65_000, y: 32 }));
    feed.publish(room.tick(30));
    assert!(!eye.watch(&feed));
    // Who looks elsewhere is told of those there and of those who are not any more, at once.
    eye.viewer.look(view(7_000, 8_000));
    assert!(eye.watch(&feed) && !eye.complete);
    assert_eq!(eye.slots(), (62..=92).collect::<Vec<u16>>());
    assert!(!eye.watch(&feed), "and once");
    // Who leaves the view is gone from it, and who comes is there.
    room.point(40, Slot(70), Some(Point { x: 0, y: 32 }));
    room.point(40, Slot(3), Some(Point { x: 30_000, y: 32 }));
    room.point(40, Slot(4), None);
    room.leave(40, Slot(71), true);
    feed.publish(room.tick(50));
    eye.watch(&feed);
    let (drawn, told) = (eye.drawn.keys().copied(), eye.ages.keys().copied());
    let expected = (62..=92).filter(|slot| ![70, 71].contains(slot)).chain([3]).map(Slot);
    assert_eq!(drawn.collect::<BTreeSet<_>>(), expected.collect());
    assert_eq!(told.collect::<Vec<_>>(), [Slot(3)]);
}

#[test]
fn near_before_far_and_who_moved_lately_before_who_rests() {
    let settings = RoomSettings { cursors_in_view: 4, ..SETTINGS };
    let (mut room, feed) = side_by_side(settings, 130, 100.0);
    let mut eye = Eye::new(Slot(0));
    eye.viewer.look(view(6_000, 7_000));
    eye.watch(&feed);
    assert_eq!((eye.slots(), eye.others), (vec![63, 64, 65, 66], 26));
    // After three seconds all rest but two at the edge.
    for far in [60, 70] {
        room.point(3_500, Slot(far), Some(Point { x: far * 400, y: 33 }));
    }
    feed.publish(room.tick(3_600));
    eye.watch(&feed);
    let slots = eye.slots();
    assert!(slots.contains(&60) && slots.contains(&70), "{slots:?}");
    assert_eq!((slots.len(), eye.others), (4, 26));
    // After a minute the others sleep, and are neither shown nor counted.
    room.point(60_000, Slot(60), Some(Point { x: 60 * 400, y: 34 }));
    feed.publish(room.tick(60_100));
    eye.watch(&feed);
    assert_eq!((eye.slots(), eye.others), (vec![60, 70], 0));
}

#[test]
fn whoever_is_shown_stays_while_all_move_a_little() {
    let (mut room, feed) = side_by_side(SETTINGS, 400, 1.0);
    let mut eye = Eye::new(Slot(0));
    eye.viewer.look(view(100, 300));
    eye.watch(&feed);
    let first = eye.slots();
    assert_eq!((first.len(), eye.others), (60, 339));
    for tick in 1..100_u16 {
        let now = u64::from(tick) * 66;
        for slot in 0..400 {
            let x = slot * 4 + 3 * (tick % 2);
            room.point(now, Slot(slot), Some(Point { x, y: 32 + tick % 3 }));
        }
        feed.publish(room.tick(now + 10));
        assert!(eye.watch(&feed));
        assert_eq!((eye.slots(), eye.others), (first.clone(), 339));
        assert_eq!(eye.bytes, 11 + 60 * 7);
    }
}

#[test]
fn somebody_who_is_followed_is_shown_wherever_they_are() {
    let settings = RoomSettings { cursors_in_view: 4, ..SETTINGS };
    let (mut room, feed) = side_by_side(settings, 130, 100.0);
    let mut eye = Eye::new(Slot(0));
    eye.viewer.look(view(6_000, 7_000));
    eye.watch(&feed);
    eye.viewer.follow(room.follow(Slot(0), Some(user(120).id)).unwrap());
    feed.publish(room.tick(20));
    eye.watch(&feed);
    assert!(eye.drawn.contains_key(&Slot(120)));
    assert_eq!((eye.drawn.len(), eye.others), (4, 27));
    // Their second tab as well.
    let tab = join(&mut room, 30, 120);
    room.point(30, tab, Some(Point { x: 9, y: 9 }));
    feed.publish(room.tick(40));
    eye.watch(&feed);
    assert!(eye.drawn.contains_key(&tab) && eye.drawn.contains_key(&Slot(120)));
    assert_eq!(eye.drawn.len(), 4);
    room.follow(Slot(0), None).unwrap();
    eye.viewer.follow(None);
    feed.publish(room.tick(60));
    eye.watch(&feed);
    assert!(!eye.drawn.contains_key(&Slot(120)), "not any more");
}

fn viewings(feed: &Feed, viewer: &mut Viewer) -> Vec<View> {
    let texts = watch(feed, viewer).into_iter().filter_map(|item| match item {
        Item::Text(text) => Some(text.bytes()),
        Item::Binary(_) => None,
    });
    let events = texts.map(|text| codec::decode_server(std::str::from_utf8(&text).unwrap()));
    let views = events.filter_map(|event| match event.unwrap() {
        ServerEvent::Viewing { view, .. } => Some(view),
        _ => None,
    });
    views.collect()
}

#[test]
fn followers_are_told_what_somebody_sees_and_nobody_else_is() {
    let mut room = Room::new(Slug::new("den"), starling_protocol::Channel(7), SETTINGS);
    let [ada, bob, cyd] = [1, 2, 3].map(|number| join(&mut room, 0, number));
    let feed = Feed::new(8);
    let [mut of_bob, mut of_cyd] = [bob, cyd].map(Viewer::new);
    room.look(ada, view(1, 2));
    feed.publish(room.tick(10));
    assert_eq!(viewings(&feed, &mut of_bob), []);
    of_bob.follow(room.follow(bob, Some(user(1).id)).unwrap());
    feed.publish(room.tick(20));
    assert_eq!(viewings(&feed, &mut of_bob), [view(1, 2)], "from the start");
    for right in 3..6 {
        room.look(ada, view(1, right));
        feed.publish(room.tick(30));
    }
    assert_eq!(viewings(&feed, &mut of_bob), [view(1, 5)], "the newest alone");
    assert_eq!(viewings(&feed, &mut of_bob), []);
    room.look(ada, view(1, 5));
    assert!(room.wake_at().is_none(), "nothing has changed");
    // A reload: the view of the new tab counts from then on.
    room.leave(40, ada, false);
    let ada = join(&mut room, 41, 1);
    room.look(ada, view(7, 8));
    feed.publish(room.tick(50));
    assert_eq!(viewings(&feed, &mut of_bob), [view(7, 8)]);
    assert_eq!(viewings(&feed, &mut of_cyd), []);
    of_bob.follow(None);
    room.follow(bob, None).unwrap();
    room.look(ada, view(8, 9));
    feed.publish(room.tick(60));
    assert_eq!(viewings(&feed, &mut of_bob), []);
}

#[test]
fn nobody_follows_who_has_left_though_they_come_back() {
    let mut room = Room::new(Slug::new("den"), starling_protocol::Channel(7), SETTINGS);
    let [mut ada, bob, cyd] = [1, 2, 3].map(|number| join(&mut room, 0, number));
    let feed = Feed::new(8);
    let [mut of_bob, mut of_cyd] = [bob, cyd].map(Viewer::new);
    let [to_ada, to_bob] = [1, 2].map(|number| Some(user(number).id));
    // Who leaves on purpose is gone at once, and who vanishes when they are expected no more.
    for (left, gone, on_purpose) in [(100, 100, true), (20_000, 35_000, false)] {
        room.look(ada, view(1, 2));
        of_bob.follow(room.follow(bob, to_ada).unwrap());
        feed.publish(room.tick(left - 50));
        assert_eq!(viewings(&feed, &mut of_bob), [view(1, 2)]);
        room.leave(left, ada, on_purpose);
        feed.publish(room.tick(gone));
        ada = join(&mut room, gone, 1);
        assert!(matches!(room.follow(ada, to_bob), Ok(Some(_))), "nobody follows them");
        assert_eq!(room.follow(ada, None), Ok(None));
        // Nor do they because another one does.
        of_cyd.follow(room.follow(cyd, to_ada).unwrap());
        room.look(ada, view(3, 4));
        feed.publish(room.tick(gone + 50));
        assert_eq!(viewings(&feed, &mut of_cyd), [view(3, 4)]);
        assert_eq!(viewings(&feed, &mut of_bob), []);
    }
}

#[test]
fn nobody_follows_in_a_circle_nor_somebody_who_is_not_here() {
    let mut room = Room::new(Slug::new("den"), starling_protocol::Channel(7), SETTINGS);
    let [ada, bob, cyd] = [1, 2, 3].map(|number| join(&mut room, 0, number));
    let [to_ada, to_bob, to_cyd] = [1, 2, 3].map(|number| Some(user(number).id));
    assert_eq!(room.follow(ada, Some(user(4).id)), Err(CannotFollow::NotHere));
    assert_eq!(room.follow(ada, to_ada), Err(CannotFollow::InCircle));
    let follows = |followed: Result<Option<Followed>, _>| matches!(followed, Ok(Some(_)));
    assert!(follows(room.follow(ada, to_bob)));
    assert!(follows(room.follow(bob, to_cyd)));
    assert_eq!(room.follow(cyd, to_ada), Err(CannotFollow::InCircle));
    assert_eq!(room.follow(bob, None), Ok(None));
    assert!(follows(room.follow(cyd, to_ada)));
    room.leave(10, ada, true);
    assert!(follows(room.follow(bob, to_cyd)), "Ada's follow is gone with her");
}
