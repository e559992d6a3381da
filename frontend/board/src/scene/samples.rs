//! Objects for tests, made by hand and at random.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_protocol::board::{Content, Corner, Form, InkPoint, Object, Tint};
use starling_protocol::{FileId, ObjectId, Point, UserId};
use uuid::Uuid;

use super::geometry::{between, placed};
use crate::Area;

pub(super) fn area(left: f64, top: f64, right: f64, bottom: f64) -> Area {
    Area { left, top, right, bottom }
}

pub(super) fn at(x: f64, y: f64) -> Point {
    Point::from_units(x, y).expect("it is on the board")
}

pub(super) fn id(number: u128) -> ObjectId {
    ObjectId::new(Uuid::from_u128(number))
}

pub(super) fn object(number: u128, area: Area, content: Content) -> Object {
    let (at, size) = placed(area);
    let by = UserId::new(Uuid::from_u128(1));
    Object { id: id(number), at, size, layer: 0, tint: Tint(1), by, content }
}

pub(super) fn note(number: u128, area: Area) -> Object {
    object(number, area, Content::Note { text: format!("note {number}") })
}

/// Random numbers from a seed, each between two bounds.
pub(super) fn seeded(seed: u64) -> impl FnMut(f64, f64) -> f64 {
    let mut rng = SmallRng::seed_from_u64(seed);
    move |low, high| low + (high - low) * rng.random::<f64>()
}

pub(super) fn random_object(number: u128, random: &mut impl FnMut(f64, f64) -> f64) -> Object {
    let corner = (random(0.0, 16_000.0), random(0.0, 16_000.0));
    let other = (corner.0 + random(0.0, 900.0), corner.1 + random(0.0, 900.0));
    let content = match random(0.0, 6.0) as u8 {
        0 => Content::Note { text: "a".into() },
        1 => Content::Text { text: "b".into(), line: 96 },
        2 => {
            let count = random(1.0, 60.0) as usize;
            let mut point = || InkPoint {
                x: random(0.0, 3_600.0) as u16,
                y: random(0.0, 3_600.0) as u16,
                pressure: random(0.0, 255.9) as u8,
            };
            let points = (0..count).map(|_| point()).collect();
            Content::Ink { points, width: random(0.0, 100.0) as u16 }
        }
        3 => {
            let forms = [Form::Rectangle, Form::Ellipse, Form::Diamond];
            Content::Shape { form: forms[random(0.0, 2.9) as usize], text: String::new() }
        }
        4 => Content::Arrow { start: Corner::TopRight },
        _ => Content::Image { file: FileId::new(Uuid::from_u128(9)), alt: "c".into() },
    };
    object(number, between(corner, other), content)
}
