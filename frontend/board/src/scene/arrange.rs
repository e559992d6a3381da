//! What becomes of selected objects: moved, copied, brought to the front or the back. All of them stay on
//! the board, and as they lie to each other.

use starling_protocol::board::{Change, Fields, Object};
use starling_protocol::{ObjectId, UserId};

use super::geometry::{around, frame, kept_on_board, placed};

/// How far beside the original a copy lies, right and down.
const BESIDE: f64 = 24.0;

/// As far as all of them can be moved together.
#[must_use]
pub fn within_reach(objects: &[Object], by: (f64, f64)) -> (f64, f64) {
    around(objects.iter().map(frame)).map_or((0.0, 0.0), |area| kept_on_board(area, by))
}

/// Moves them all, as far as the board reaches. What would not move is left out.
#[must_use]
pub fn moved(objects: &[Object], by: (f64, f64)) -> Vec<Change> {
    let by = within_reach(objects, by);
    let change = |object: &Object| {
        let (at, _) = placed(frame(object).moved(by));
        let fields = Fields { at: Some(at), ..Fields::default() };
        (at != object.at).then_some(Change::Set { object: object.id, fields })
    };
    objects.iter().filter_map(change).collect()
}

/// Brings them to the front of an object on that layer. They are given from back to front, and stay in
/// this order.
#[must_use]
pub fn to_front(objects: &[Object], foremost: i32) -> Vec<Change> {
    let layers = (1..).map(|step| foremost.saturating_add(step));
    layered(objects.iter().zip(layers))
}

/// Brings them behind an object on that layer, in the same way.
#[must_use]
pub fn to_back(objects: &[Object], hindmost: i32) -> Vec<Change> {
    let layers = (1..).map(|step| hindmost.saturating_sub(step));
    layered(objects.iter().rev().zip(layers))
}

fn layered<'a>(objects: impl Iterator<Item = (&'a Object, i32)>) -> Vec<Change> {
    let change = |(object, layer): (&Object, i32)| {
        let fields = Fields { layer: Some(layer), ..Fields::default() };
        Change::Set { object: object.id, fields }
    };
    objects.map(change).collect()
}

/// Copies of them beside them, in front of everything. `ids` makes their ids.
#[must_use]
pub fn duplicated(
    objects: &[Object],
    by: UserId,
    foremost: i32,
    mut ids: impl FnMut() -> ObjectId,
) -> Vec<Change> {
    let beside = |way: f64| within_reach(objects, (way, way));
    // In the last corner of the board there is only room on the other side.
    let shift = match beside(BESIDE) {
        (0.0, 0.0) => beside(-BESIDE),
        shift => shift,
    };
    let layers = (1..).map(|step| foremost.saturating_add(step));
    let copies = objects.iter().zip(layers).map(|(object, layer)| {
        let (at, _) = placed(frame(object).moved(shift));
        Change::Put { object: Object { id: ids(), at, layer, by, ..object.clone() } }
    });
    copies.collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::scene::samples::{area, at, id, note, random_object, seeded};

    fn applied(objects: &[Object], changes: &[Change]) -> Vec<Object> {
        let mut objects = objects.to_vec();
        for change in changes {
            match objects.iter().position(|object| object.id == change.object()) {
                Some(place) => {
                    objects[place] = change.applied(Some(objects[place].clone())).unwrap()
                }
                None => objects.extend(change.applied(None)),
            }
        }
        objects
    }

    fn me() -> UserId {
        UserId::new(Uuid::from_u128(5))
    }

    #[test]
    fn what_is_moved_stays_on_the_board_and_together() {
        let two = [note(1, area(10.0, 10.0, 50.0, 50.0)), note(2, area(100.0, 30.0, 150.0, 50.0))];
        let there = applied(&two, &moved(&two, (-40.0, 5.0)));
        assert_eq!(there[0].at, at(0.0, 15.0));
        assert_eq!(there[1].at, at(90.0, 35.0));
        assert!(moved(&there, (-3.0, 0.0)).is_empty(), "there is no way to go");
        assert!(moved(&[], (1.0, 1.0)).is_empty());
    }

    #[test]
    fn sizes_survive_moving_to_the_last_corner() {
        for seed in 0..200 {
            let mut random = seeded(seed);
            let some: Vec<Object> = (1..4).map(|it| random_object(it, &mut random)).collect();
            let there = applied(&some, &moved(&some, (random(-2e4, 2e4), random(-2e4, 2e4))));
            for (before, after) in some.iter().zip(&there) {
                assert_eq!(before.size, after.size);
                let off = |it: &Object, first: &Object| {
                    let off = |a: u16, b: u16| i32::from(a) - i32::from(b);
                    (off(it.at.x, first.at.x), off(it.at.y, first.at.y))
                };
                let (was, is) = (off(before, &some[0]), off(after, &there[0]));
                // To the quarter unit that lies nearest.
                assert!((was.0 - is.0).abs() <= 1 && (was.1 - is.1).abs() <= 1, "seed {seed}");
                assert!(after.at.x.checked_add(after.size.width).is_some(), "seed {seed}");
                assert!(after.at.y.checked_add(after.size.height).is_some(), "seed {seed}");
            }
        }
    }

    #[test]
    fn front_and_back_keep_their_order() {
        let two = [note(1, area(0.0, 0.0, 9.0, 9.0)), note(2, area(0.0, 0.0, 9.0, 9.0))];
        let layers = |changes: &[Change]| -> Vec<i32> {
            applied(&two, changes).iter().map(|object| object.layer).collect()
        };
        assert_eq!(layers(&to_front(&two, 7)), [8, 9]);
        assert_eq!(layers(&to_back(&two, -3)), [-5, -4]);
        assert_eq!(layers(&to_front(&two, i32::MAX)), [i32::MAX; 2]);
    }

    #[test]
    fn copies_lie_beside_and_in_front() {
        let two = [note(1, area(0.0, 0.0, 9.0, 9.0)), note(2, area(20.0, 0.0, 29.0, 9.0))];
        let mut next = 10;
        let mut ids = || {
            next += 1;
            id(next)
        };
        let all = applied(&two, &duplicated(&two, me(), 4, &mut ids));
        assert_eq!(all[2].at, at(24.0, 24.0));
        assert_eq!((all[3].at, all[3].layer, all[3].by), (at(44.0, 24.0), 6, me()));
        assert_eq!((all[2].id, all[3].id), (id(11), id(12)));
        assert_eq!(all[2].content, two[0].content);
        let last = [note(1, area(16_300.0, 16_300.0, 16_383.75, 16_383.75))];
        let all = applied(&last, &duplicated(&last, me(), 0, ids));
        assert_eq!(all[1].at, at(16_276.0, 16_276.0));
    }
}
