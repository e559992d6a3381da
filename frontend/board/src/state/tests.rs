//! What the board decides, told what happens.

use starling_protocol::board::Signal;

use super::*;
use crate::company::Presence;
use crate::gestures::Kind;
use crate::keys::{LEAP, STEP};

const SIZE: Size = Size { width: 1_000.0, height: 800.0 };
const CORNER: Area = Area { left: 0.0, top: 0.0, right: 2_000.0, bottom: 1_600.0 };

fn board() -> State {
    let mut board = State::new(SIZE);
    board.rights.point = true;
    let person = |id: &str, own, slot| Person {
        id: id.into(),
        name: id.to_uppercase(),
        hue: 3,
        own,
        slots: vec![slot],
    };
    board.people(vec![person("ada", false, 1), person("me", true, 2)]);
    board.joined(true);
    board.step(0.0);
    board.take_tells();
    board
}

fn said(board: &mut State) -> Vec<String> {
    let tells = board.take_tells().into_iter();
    tells
        .filter_map(|tell| if let Tell::Say { words } = tell { Some(words) } else { None })
        .collect()
}

fn moved(at: Pixel) -> Input {
    Input::Move { pointer: 1, at }
}

#[test]
fn a_mouse_is_told_once_a_step_and_where_it_is_on_the_board() {
    let mut board = board();
    board.input(moved((400.0, 400.0)));
    board.input(moved((500.0, 400.0)));
    assert_eq!(board.take_tells(), []);
    board.step(1.0);
    let middle = Some((8_192.0, 8_192.0));
    assert_eq!(board.take_tells(), [Tell::Point { at: middle }]);
    board.step(2.0);
    assert_eq!(board.take_tells(), [], "it rests");
    board.input(moved((1.0, 1.0)));
    board.step(3.0);
    assert_eq!(board.take_tells(), [Tell::Point { at: None }], "that is beside the board");
}

#[test]
fn a_resting_mouse_points_elsewhere_when_the_view_moves() {
    let mut board = board();
    board.input(moved((500.0, 400.0)));
    board.step(1.0);
    board.take_tells();
    board.input(Input::Wheel { by: (0.0, 76.0), zooms: false, at: (500.0, 400.0) });
    board.step(2.0);
    let tells = board.take_tells();
    let Some(Tell::Point { at: Some((x, y)) }) = tells.first() else { panic!("{tells:?}") };
    assert!((x - 8_192.0).abs() < 1e-6 && (y - 8_192.0 - 76.0 / board.view().scale).abs() < 1e-6);
    assert!(matches!(tells[1], Tell::LookAt { .. }), "{tells:?}");
}

#[test]
fn arrow_keys_point_in_shares_of_what_is_seen_and_take_the_view_along() {
    let mut board = board();
    let right = Command::Step { right: STEP, down: 0.0 };
    board.command(right, 0.0);
    assert_eq!(board.own(), Some((8_192.0, 8_192.0)));
    board.command(right, 0.0);
    assert_eq!(board.own(), Some((8_192.0 + 0.02 * BOARD_UNITS, 8_192.0)));
    board.command(Command::Leave, 0.0);
    assert_eq!(board.own(), None);
    assert_eq!(board.take_tells().last(), Some(&Tell::Point { at: None }));

    board.input(Input::Wheel { by: (0.0, -25.0), zooms: true, at: (500.0, 400.0) });
    for _ in 0..12 {
        board.input(Input::Wheel { by: (0.0, -25.0), zooms: true, at: (500.0, 400.0) });
    }
    for _ in 0..20 {
        board.command(Command::Step { right: LEAP, down: 0.0 }, 0.0);
    }
    let own = board.own().unwrap();
    assert!(own.0 > 8_192.0 && board.view().seen().contains(own), "{own:?}");
}

#[test]
fn who_may_not_point_is_not_heard_to() {
    let mut board = board();
    board.rights.point = false;
    board.input(moved((500.0, 400.0)));
    board.step(1.0);
    assert_eq!(board.take_tells(), []);
}

#[test]
fn following_shows_what_they_see_until_one_moves_oneself() {
    let mut board = board();
    board.follow(Some("ada"), 0.0);
    let follow = Tell::Follow { user: Some("ada".into()) };
    assert_eq!(board.take_tells(), [follow, Tell::Say { words: "Following ADA".into() }]);
    board.viewing("eve", CORNER, 0.0);
    assert!(!board.step(1_000.0), "only whom one follows counts");
    board.viewing("ada", CORNER, 1_000.0);
    assert!(board.step(1_050.0));
    board.step(1_200.0);
    assert_eq!(board.view().seen(), CORNER);

    board.input(Input::Wheel { by: (5.0, 5.0), zooms: false, at: (1.0, 1.0) });
    assert!(board.company.following().is_none());
    assert_eq!(said(&mut board), ["Not following ADA any more"]);
    board.viewing("ada", Area { right: 100.0, ..CORNER }, 3_000.0);
    assert!(!board.step(3_000.0));
}

#[test]
fn escape_ends_following_first() {
    let mut board = board();
    board.command(Command::Step { right: STEP, down: 0.0 }, 0.0);
    board.follow(Some("ada"), 0.0);
    board.command(Command::Leave, 0.0);
    assert!(board.company.following().is_none() && board.own().is_some());
    board.command(Command::Leave, 0.0);
    assert!(board.own().is_none());
}

#[test]
fn on_a_new_connection_is_told_where_one_looks_and_who_leaves_is_not_followed() {
    let mut board = board();
    board.follow(Some("ada"), 0.0);
    board.joined(false);
    board.take_tells();
    board.joined(true);
    board.step(1.0);
    let tells = board.take_tells();
    assert!(matches!(tells[..], [Tell::LookAt { .. }]), "{tells:?}");
    assert!(board.company.following().is_some());
    board.people(Vec::new());
    assert_eq!(board.take_tells()[0], Tell::Follow { user: None });
}

#[test]
fn a_new_connection_is_told_where_keys_point_and_an_open_board_of_the_laser() {
    let mut board = board();
    board.command(Command::Step { right: STEP, down: 0.0 }, 0.0);
    board.shine(true, 0.0);
    board.take_tells();
    board.joined(false);
    board.joined(true);
    board.step(1.0);
    let at = board.own();
    assert!(board.take_tells().contains(&Tell::Point { at }));
    board.step(2.0);
    assert_eq!(board.take_tells(), [], "once");
    board.out.opened();
    board.step(3.0);
    let laser = Tell::Signal { signal: Signal::Laser { active: true } };
    assert_eq!(board.take_tells(), [laser]);
}

#[test]
fn who_gathers_brings_the_others_and_stays() {
    let mut board = board();
    board.still = true;
    board.follow(Some("ada"), 0.0);
    board.gathered("me", CORNER, 0.0);
    assert!(board.view().shows_all());
    board.gathered("ada", CORNER, 0.0);
    assert_eq!(board.view().seen(), CORNER);
    assert_eq!(board.brought(), Some("ADA"));
    assert!(board.company.following().is_none(), "else it would be elsewhere at once");
    board.step(board.next_change().unwrap());
    assert_eq!((board.brought(), board.next_change()), (None, None));
}

#[test]
fn one_goes_where_somebody_points() {
    let mut board = board();
    board.still = true;
    let at = (100.0, 16_000.0);
    board.pointing = vec![Pointing { slot: 1, at, presence: Presence::Live }];
    board.command(Command::Actual, 0.0);
    board.go_to("ada", 0.0);
    assert_eq!((board.view().centre, board.view().scale), (at, 1.0));
    board.go_to("me", 0.0);
    assert_eq!(board.view().centre, at, "of them nothing is known");
}

#[test]
fn zooming_twice_in_a_flight_is_zooming_twice() {
    let mut board = board();
    let zoom = Command::Zoom { factor: 2.0 };
    let scale = board.view().scale;
    board.command(zoom, 0.0);
    board.step(50.0);
    board.command(zoom, 50.0);
    board.step(1_000.0);
    assert!((board.view().scale / scale - 4.0).abs() < 1e-9);
}

#[test]
fn a_hand_holds_the_board_while_space_is_held() {
    let mut board = board();
    board.command(Command::Hold, 0.0);
    let down = Input::Down { pointer: 1, kind: Kind::Mouse, button: 0, at: (500.0, 400.0) };
    board.input(down);
    board.input(moved((400.0, 400.0)));
    let x = board.view().centre.0;
    assert!((x - 8_192.0 - 100.0 / board.view().scale).abs() < 1e-6, "{x}");
    board.blurred();
    board.input(Input::Up { pointer: 1 });
    board.input(down);
    assert!(!board.gestures.is_panning());
}
