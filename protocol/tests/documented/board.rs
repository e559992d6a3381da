//! The chapters about boards.

use starling_protocol::Point;
use starling_protocol::board::{BoardEvent, BoardLimits, BoardRequest, Corner, Fields, Size, Tint};

use super::*;

const BOARD_CLIENT: &str = "What a client says of the board";
const BOARD_SERVER: &str = "What the server says of the board";

events! { BoardRequest, request_name, REQUEST_NAMES, but Unknown:
    OpenBoard => "open_board",
    CloseBoard => "close_board",
    Operate => "operate",
    Preview => "preview",
    Signal => "signal",
}

// Its answers are those that everything has.
events! { BoardEvent, board_name, BOARD_NAMES, but Unknown, Ack, Error:
    Board => "board",
    Operated => "operated",
    Previews => "previews",
    Signals => "signals",
}

#[test]
fn every_request_about_a_board_is_documented() {
    check_events(BOARD_CLIENT, REQUEST_NAMES, |text| {
        let request = codec::decode_board_request(text).map_err(|error| error.to_string())?;
        Ok((request_name(&request), codec::encode_board_request(&request)))
    });
}

#[test]
fn every_event_of_a_board_is_documented() {
    check_events(BOARD_SERVER, BOARD_NAMES, |text| {
        let event = codec::decode_board_event(text).map_err(|error| error.to_string())?;
        Ok((board_name(&event), codec::encode_board_event(&event)))
    });
}

#[test]
fn no_event_is_of_the_board_and_of_the_rest() {
    let requests = fenced(chapter(BOARD_CLIENT), "json");
    let events = fenced(chapter(BOARD_SERVER), "json");
    for request in requests {
        assert_eq!(codec::decode_client(request).unwrap(), ClientEvent::Unknown, "{request}");
    }
    for event in events {
        assert_eq!(codec::decode_server(event).unwrap(), ServerEvent::Unknown, "{event}");
    }
    for event in fenced(chapter(CLIENT), "json") {
        assert_eq!(codec::decode_board_request(event).unwrap(), BoardRequest::Unknown, "{event}");
    }
}

#[test]
fn shapes_of_the_board_have_the_fields_of_the_code() {
    let part = |chapter: &str, event: &str, pointer: &str| {
        let sections = subsections(chapter);
        let (_, text) =
            sections.iter().find(|(title, _)| title.trim_matches('`') == event).unwrap();
        json(fenced(text, "json")[0]).pointer(pointer).cloned().unwrap()
    };
    let fields = Fields {
        at: Some(Point::default()),
        size: Some(Size::default()),
        layer: Some(0),
        tint: Some(Tint::PLAIN),
        text: Some(String::new()),
        line: Some(0),
        start: Some(Corner::TopLeft),
    };
    let shapes = [
        ("Object", part(BOARD_SERVER, "board", "/objects/0")),
        ("Operation", part(BOARD_CLIENT, "operate", "/operation")),
        ("Fields", serde_json::to_value(fields).unwrap()),
        ("Operated", part(BOARD_SERVER, "operated", "/operated")),
        ("Preview", part(BOARD_SERVER, "previews", "/previews/0/preview/stroke")),
        ("SlotPreview", part(BOARD_SERVER, "previews", "/previews/0")),
        ("SlotSignal", part(BOARD_SERVER, "signals", "/signals/0")),
    ];
    let mut sections = subsections("Shapes of the board");
    sections.retain(|(title, _)| *title != "Signal");
    assert_eq!(sections.len(), shapes.len());
    for ((title, text), (name, shape)) in sections.iter().zip(&shapes) {
        assert_eq!(title, name);
        check_fields(title, text, &keys(shape).collect());
    }
}

#[test]
fn the_limits_of_the_board_are_the_defaults() {
    check_limits("Limits of the board", &serde_json::to_value(BoardLimits::default()).unwrap());
}
