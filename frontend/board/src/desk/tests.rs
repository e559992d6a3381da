//! What hands, keys and buttons do at the desk, without a connection.

mod writing;

use starling_protocol::board::{Content, Form, Object, Tint};
use starling_protocol::{FileId, ObjectId, OperationId, Slug, UserId};
use uuid::Uuid;

use super::{Copied, Desk, Follow, Picture, Touch, Written};
use crate::scene::geometry::frame;
use crate::tool::Tool;

/// No other page has taken anything over.
fn alone(_: OperationId) -> bool {
    false
}

fn desk() -> Desk {
    let mut desk = Desk::new(Slug::new("den"), UserId::new(Uuid::from_u128(1)), 7);
    desk.set_may_draw(0, true);
    desk
}

fn touch(x: f64, y: f64) -> Touch {
    Touch {
        at: (x, y),
        pressure: 128,
        shift: false,
        alt: false,
        control: false,
        units_per_px: 1.0,
        is_finger: false,
    }
}

/// Presses at the first point, pulls through all, and lets go at the last.
fn pull(desk: &mut Desk, points: &[(f64, f64)]) -> Vec<Follow> {
    pull_with(desk, points, |touch| touch)
}

fn pull_with(desk: &mut Desk, points: &[(f64, f64)], with: fn(Touch) -> Touch) -> Vec<Follow> {
    let [(x, y), .., (end_x, end_y)] = *points else { panic!("it goes somewhere") };
    desk.press(1, with(touch(x, y)));
    for (x, y) in &points[1..] {
        desk.pull(2, with(touch(*x, *y)));
    }
    desk.release(3, with(touch(end_x, end_y)));
    desk.take_follows()
}

fn click(desk: &mut Desk, x: f64, y: f64) -> Vec<Follow> {
    pull(desk, &[(x, y), (x, y)])
}

fn only(desk: &Desk) -> Object {
    let objects: Vec<&Object> = desk.client.objects().collect();
    let [object] = objects[..] else { panic!("there are {} objects", objects.len()) };
    object.clone()
}

/// A shape of 100 by 100 units there.
fn shape(desk: &mut Desk, x: f64, y: f64) -> ObjectId {
    desk.choose(0, Tool::Shape { form: Form::Rectangle });
    pull(desk, &[(x, y), (x + 50.0, y + 60.0), (x + 100.0, y + 100.0)]);
    *desk.selection().first().expect("what is made is selected")
}

#[test]
fn a_pen_draws_a_stroke_and_stays_in_hand() {
    let mut desk = desk();
    desk.choose(0, Tool::Pen);
    pull(&mut desk, &[(100.0, 100.0), (150.0, 120.0), (200.0, 100.0)]);
    let stroke = only(&desk);
    assert!(matches!(&stroke.content, Content::Ink { points, .. } if points.len() == 3));
    assert_eq!(stroke.at.to_units(), (100.0, 100.0));
    assert_eq!(desk.tool(), Tool::Pen);
    assert!(desk.client.held().is_none(), "nothing stays in hand");
}

#[test]
fn a_click_puts_a_note_there_and_lets_one_write() {
    let mut desk = desk();
    desk.choose(0, Tool::Note);
    let follows = click(&mut desk, 500.0, 500.0);
    let note = only(&desk);
    assert_eq!(frame(&note).middle(), (500.0, 500.0));
    assert!(follows.contains(&Follow::Write { object: note.id }));
    assert_eq!(desk.tool(), Tool::Select);
    let written = Written { text: "Milk".to_owned(), height: None };
    assert_eq!(desk.start_writing(4, note.id), Some(note.clone()));
    desk.write(5, &written);
    assert_eq!(desk.client.shown(note.id).unwrap().text(), Some("Milk"), "it is seen at once");
    assert_eq!(desk.client.object(note.id).unwrap().text(), Some(""), "and stored at the end");
    desk.stop_writing(6, &note, &written);
    assert_eq!(only(&desk).text(), Some("Milk"));
}

#[test]
fn a_text_that_says_nothing_goes_away() {
    let mut desk = desk();
    desk.choose(0, Tool::Text);
    click(&mut desk, 500.0, 500.0);
    let text = only(&desk);
    desk.start_writing(4, text.id);
    desk.stop_writing(5, &text, &Written { text: "  ".to_owned(), height: Some(20.0) });
    assert_eq!(desk.client.count(), 0);
    assert!(!desk.client.can_undo(), "there was nothing to see");
}

#[test]
fn what_is_pulled_moves_and_what_only_trembles_does_not() {
    let mut desk = desk();
    shape(&mut desk, 100.0, 100.0);
    let before = only(&desk).at;
    pull(&mut desk, &[(150.0, 150.0), (152.0, 151.0)]);
    assert_eq!(only(&desk).at, before);
    pull(&mut desk, &[(150.0, 150.0), (300.0, 170.0), (350.0, 180.0)]);
    assert_eq!(only(&desk).at.to_units(), (300.0, 130.0));
    assert!(desk.client.undo(9, &alone));
    assert_eq!(only(&desk).at, before, "one act");
}

#[test]
fn with_alt_a_copy_is_pulled_off() {
    let mut desk = desk();
    let first = shape(&mut desk, 100.0, 100.0);
    pull_with(&mut desk, &[(150.0, 150.0), (400.0, 150.0)], |it| Touch { alt: true, ..it });
    assert_eq!(desk.client.count(), 2);
    assert!(!desk.selection().contains(&first), "the copy is selected");
    assert_eq!(desk.client.object(first).unwrap().at.to_units(), (100.0, 100.0));
}

#[test]
fn a_marquee_selects_what_lies_in_it_with_all_of_it() {
    let mut desk = desk();
    let first = shape(&mut desk, 100.0, 100.0);
    let second = shape(&mut desk, 400.0, 100.0);
    pull(&mut desk, &[(50.0, 50.0), (300.0, 300.0), (450.0, 300.0)]);
    assert_eq!(desk.selection().iter().copied().collect::<Vec<_>>(), [first]);
    pull_with(&mut desk, &[(350.0, 50.0), (600.0, 300.0)], |it| Touch { shift: true, ..it });
    assert!(desk.selection().contains(&second) && desk.selection().len() == 2);
    click(&mut desk, 900.0, 900.0);
    assert!(desk.selection().is_empty());
}

#[test]
fn handles_resize() {
    let mut desk = desk();
    shape(&mut desk, 100.0, 100.0);
    pull(&mut desk, &[(200.0, 200.0), (240.0, 280.0), (250.0, 300.0)]);
    let area = frame(&only(&desk));
    assert_eq!((area.left, area.top, area.right, area.bottom), (100.0, 100.0, 250.0, 300.0));
}

#[test]
fn keys_move_in_one_act() {
    let mut desk = desk();
    shape(&mut desk, 100.0, 100.0);
    for _ in 0..5 {
        desk.nudge(4, (10.0, 0.0), 1.0);
    }
    assert_eq!(only(&desk).at.to_units().0, 100.0, "not yet stored");
    desk.settle(5);
    assert_eq!(only(&desk).at.to_units(), (200.0, 100.0));
    desk.undo(6, &alone);
    assert_eq!(only(&desk).at.to_units(), (100.0, 100.0));
}

fn lefts(desk: &Desk) -> Vec<f64> {
    let mut lefts: Vec<f64> = desk.client.objects().map(|it| it.at.to_units().0).collect();
    lefts.sort_by(f64::total_cmp);
    lefts
}

#[test]
fn copies_are_pasted_beside_what_they_are_of() {
    let mut desk = desk();
    let first = shape(&mut desk, 100.0, 100.0);
    let Copied { text, mark } = desk.copy().unwrap();
    assert_eq!(text, "");
    assert!(desk.paste(4, &mark, (900.0, 900.0), 1.0));
    assert!(desk.paste(5, &mark, (900.0, 900.0), 1.0));
    assert_eq!(lefts(&desk), [100.0, 120.0, 140.0]);
    desk.select([first]);
    desk.delete(6);
    assert_eq!(desk.client.count(), 2);
    desk.undo(7, &alone);
    assert_eq!(desk.client.count(), 3);
}

#[test]
fn a_duplicate_is_no_copy_to_paste() {
    let mut desk = desk();
    shape(&mut desk, 100.0, 100.0);
    let mark = desk.copy().unwrap().mark;
    let second = shape(&mut desk, 1_000.0, 100.0);
    desk.select([second]);
    desk.duplicate(4, 1.0);
    assert!(desk.paste(5, &mark, (900.0, 900.0), 1.0));
    assert_eq!(lefts(&desk), [100.0, 120.0, 1_000.0, 1_020.0]);
}

#[test]
fn another_page_pastes_copies_where_its_person_points() {
    let mut here = desk();
    shape(&mut here, 100.0, 100.0);
    let picture = Picture {
        file: FileId::new(Uuid::from_u128(5)),
        name: "bird.png".to_owned(),
        width: 100.0,
        height: 100.0,
    };
    here.put_picture(4, picture, (300.0, 300.0), 1.0);
    here.select_all();
    let Copied { text, mark } = here.copy().unwrap();
    assert_eq!(text, "bird.png");

    let mut there = desk();
    assert!(there.paste(5, &mark, (1_125.0, 1_000.0), 1.0));
    assert_eq!(lefts(&there), [1_000.0, 1_150.0], "together around that place");
    assert!(there.paste(6, &mark, (9_000.0, 9_000.0), 1.0));
    assert_eq!(lefts(&there), [1_000.0, 1_020.0, 1_150.0, 1_170.0], "the next ones beside them");

    let mut elsewhere = Desk::new(Slug::new("attic"), UserId::new(Uuid::from_u128(1)), 8);
    elsewhere.set_may_draw(0, true);
    assert!(elsewhere.paste(5, &mark, (1_050.0, 1_000.0), 1.0));
    assert!(matches!(only(&elsewhere).content, Content::Shape { .. }), "without the picture");
    let says = elsewhere.take_follows();
    assert!(
        says.iter().any(|it| matches!(it, Follow::Problem { words } if words.contains("room")))
    );

    for other in
        ["", "den", "den {}", "a note that somebody wrote", "den {\"id\":1,\"changes\":[]}"]
    {
        assert!(!there.paste(7, other, (0.0, 0.0), 1.0), "{other}");
    }
    assert_eq!(there.client.count(), 4);
}

#[test]
fn a_text_that_is_too_long_is_no_part_of_a_note() {
    let mut desk = desk();
    let most = desk.client.limits().text_chars;
    desk.put_note(1, (500.0, 500.0), 1.0, &"é".repeat(most + 1));
    assert_eq!(desk.client.count(), 0);
    let says = desk.take_follows();
    assert!(
        says.iter().any(|it| matches!(it, Follow::Problem { words } if words.contains("2,001")))
    );
    desk.put_note(2, (500.0, 500.0), 1.0, &"é".repeat(most));
    assert_eq!(only(&desk).text().map(|text| text.chars().count()), Some(most));
}

#[test]
fn layers_and_colours_are_of_what_is_selected() {
    let mut desk = desk();
    let first = shape(&mut desk, 100.0, 100.0);
    let second = shape(&mut desk, 100.0, 100.0);
    assert_eq!(desk.at((150.0, 150.0), 1.0), Some(second));
    desk.restack(4, false);
    desk.take_follows();
    assert_eq!(desk.at((150.0, 150.0), 1.0), Some(first));
    desk.colour(5, Tint(4));
    assert_eq!(desk.client.object(second).unwrap().tint, Tint(4));
    assert_ne!(desk.client.object(first).unwrap().tint, Tint(4));
}

#[test]
fn who_may_not_draw_selects_and_no_more() {
    let mut desk = desk();
    let id = shape(&mut desk, 100.0, 100.0);
    desk.choose(0, Tool::Pen);
    desk.set_may_draw(1, false);
    assert_eq!(desk.tool(), Tool::Select);
    desk.choose(2, Tool::Note);
    assert_eq!(desk.tool(), Tool::Select);
    pull(&mut desk, &[(150.0, 150.0), (400.0, 400.0)]);
    assert!(desk.selection().contains(&id));
    desk.select([id]);
    desk.delete(3);
    desk.nudge(4, (1.0, 0.0), 1.0);
    desk.settle(5);
    assert_eq!(only(&desk).at.to_units(), (100.0, 100.0));
    assert!(desk.start_writing(6, id).is_none());
}

#[test]
fn what_one_draws_while_one_may_no_longer_is_kept() {
    let mut desk = desk();
    desk.choose(0, Tool::Pen);
    desk.press(1, touch(100.0, 100.0));
    desk.pull(2, touch(300.0, 200.0));
    desk.set_may_draw(3, false);
    assert!(matches!(only(&desk).content, Content::Ink { .. }));
    desk.pull(4, touch(500.0, 500.0));
    desk.release(5, touch(500.0, 500.0));
    assert_eq!(desk.client.count(), 1, "and goes on no more");
}

#[test]
fn escape_ends_one_thing_after_the_other() {
    let mut desk = desk();
    shape(&mut desk, 100.0, 100.0);
    desk.press(1, touch(150.0, 150.0));
    desk.pull(2, touch(400.0, 400.0));
    assert!(desk.escape(3));
    assert_eq!(only(&desk).at.to_units(), (100.0, 100.0), "the pull came to nothing");
    assert!(desk.escape(4) && desk.selection().is_empty());
    desk.choose(5, Tool::Pen);
    assert!(desk.escape(6));
    assert_eq!(desk.tool(), Tool::Select);
    assert!(!desk.escape(7));
}
