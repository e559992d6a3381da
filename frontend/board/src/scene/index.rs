//! Which objects are where, so that only those that are seen are drawn. The board is divided into
//! squares, and each knows what reaches into it.

use std::collections::{BTreeMap, BTreeSet};

use starling_protocol::{BOARD_UNITS, ObjectId};

use crate::Area;

/// Squares along a side of the board.
const SIDE: usize = 32;

/// Where an object is, and how far front.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    bounds: Area,
    layer: i32,
}

/// The places of all objects.
#[derive(Clone, Debug)]
pub struct Index {
    places: BTreeMap<ObjectId, Place>,
    squares: Vec<BTreeSet<ObjectId>>,
}

impl Default for Index {
    fn default() -> Self {
        Self { places: BTreeMap::new(), squares: vec![BTreeSet::new(); SIDE * SIDE] }
    }
}

impl Index {
    /// The object is there now.
    pub fn set(&mut self, id: ObjectId, bounds: Area, layer: i32) {
        let place = Place { bounds, layer };
        let before = self.places.insert(id, place).map(|before| squares(before.bounds));
        let now = squares(bounds);
        if before == Some(now) {
            return;
        }
        self.clear_squares(id, before);
        for square in now.all() {
            self.squares[square].insert(id);
        }
    }

    /// The object is there no more.
    pub fn remove(&mut self, id: ObjectId) {
        let before = self.places.remove(&id).map(|before| squares(before.bounds));
        self.clear_squares(id, before);
    }

    /// Nothing is there any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn clear_squares(&mut self, id: ObjectId, squares: Option<Squares>) {
        for square in squares.iter().flat_map(|squares| squares.all()) {
            self.squares[square].remove(&id);
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where an object is drawn.
    #[must_use]
    pub fn bounds(&self, id: ObjectId) -> Option<Area> {
        self.places.get(&id).map(|place| place.bounds)
    }

    /// What reaches into an area, from back to front.
    #[must_use]
    pub fn within(&self, area: Area) -> Vec<ObjectId> {
        let is_there = |place: &Place| place.bounds.meets(area);
        let squares = squares(area);
        let mut found: Vec<(i32, ObjectId)> = if squares.all().count() * 4 > SIDE * SIDE * 3 {
            // It is most of the board, where each object is found but once.
            let all = self.places.iter().filter(|(_, place)| is_there(place));
            all.map(|(id, place)| (place.layer, *id)).collect()
        } else {
            let ids = squares.all().flat_map(|square| &self.squares[square]);
            let places = ids.filter_map(|id| Some((id, self.places.get(id)?)));
            places.filter(|(_, place)| is_there(place)).map(|(id, it)| (it.layer, *id)).collect()
        };
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// All of them, from back to front.
    #[must_use]
    pub fn all(&self) -> Vec<ObjectId> {
        let mut all: Vec<(i32, ObjectId)> =
            self.places.iter().map(|(id, place)| (place.layer, *id)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, id)| id).collect()
    }

    /// The layers of the hindmost and the foremost object.
    #[must_use]
    pub fn layers(&self) -> Option<(i32, i32)> {
        let layers = || self.places.values().map(|place| place.layer);
        Some((layers().min()?, layers().max()?))
    }
}

/// The squares that an area reaches into.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Squares {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Squares {
    fn all(self) -> impl Iterator<Item = usize> {
        (self.top..=self.bottom)
            .flat_map(move |row| (self.left..=self.right).map(move |column| row * SIDE + column))
    }
}

fn squares(area: Area) -> Squares {
    // What lies beside the board is found at its edge; `as` saturates at 0.
    let square = |units: f64| ((units / (BOARD_UNITS / SIDE as f64)) as usize).min(SIDE - 1);
    let Area { left, top, right, bottom } = area;
    Squares { left: square(left), top: square(top), right: square(right), bottom: square(bottom) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::geometry::between;
    use crate::scene::samples::{area, id, seeded};

    #[test]
    fn layers_come_from_back_to_front_and_equal_ones_by_id() {
        let mut index = Index::default();
        index.set(id(3), area(0.0, 0.0, 10.0, 10.0), 5);
        index.set(id(2), area(0.0, 0.0, 10.0, 10.0), 5);
        index.set(id(4), area(0.0, 0.0, 10.0, 10.0), -1);
        assert_eq!(index.within(area(5.0, 5.0, 6.0, 6.0)), [id(4), id(2), id(3)]);
        assert_eq!(index.layers(), Some((-1, 5)));
        index.set(id(4), area(0.0, 0.0, 10.0, 10.0), 9);
        assert_eq!(index.all(), [id(2), id(3), id(4)]);
    }

    #[test]
    fn what_moved_or_went_is_not_found_where_it_was() {
        let mut index = Index::default();
        index.set(id(1), area(0.0, 0.0, 9_000.0, 600.0), 0);
        index.set(id(1), area(9_000.0, 9_000.0, 9_010.0, 9_010.0), 0);
        assert!(index.within(area(0.0, 0.0, 700.0, 700.0)).is_empty());
        assert_eq!(index.within(area(9_005.0, 0.0, 9_006.0, 16_000.0)), [id(1)]);
        index.remove(id(1));
        assert!(index.is_empty() && index.all().is_empty());
        assert!(index.within(area(0.0, 0.0, 16_000.0, 16_000.0)).is_empty());
    }

    #[test]
    fn it_finds_what_looking_at_each_would_find() {
        for seed in 0..60 {
            let mut random = seeded(seed);
            let mut index = Index::default();
            let mut known: BTreeMap<ObjectId, Area> = BTreeMap::new();
            let largest = [50.0, 700.0, 20_000.0][random(0.0, 2.9) as usize];
            for _ in 0..300 {
                let id = id(random(0.0, 80.0) as u128);
                if random(0.0, 1.0) < 0.2 {
                    index.remove(id);
                    known.remove(&id);
                    continue;
                }
                let corner = (random(-50.0, 16_400.0), random(-50.0, 16_400.0));
                let other = (corner.0 + random(0.0, largest), corner.1 + random(0.0, largest));
                index.set(id, between(corner, other), 0);
                known.insert(id, between(corner, other));
            }
            assert_eq!(index.len(), known.len());
            for _ in 0..20 {
                let corner = (random(0.0, 16_384.0), random(0.0, 16_384.0));
                let other = (random(0.0, 16_384.0), random(0.0, 16_384.0));
                let seen = between(corner, other);
                let expected: Vec<ObjectId> =
                    known.iter().filter(|(_, it)| it.meets(seen)).map(|(id, _)| *id).collect();
                assert_eq!(index.within(seen), expected, "seed {seed}");
            }
        }
    }
}
