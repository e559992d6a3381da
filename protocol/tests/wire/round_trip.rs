//! `decode(encode(x)) == x`, for every `x`; and what was checked passes the same check again.

use proptest::collection::vec;
use proptest::prelude::*;
use starling_protocol::board::BoardEvent;
use starling_protocol::{
    CursorFrame, CursorInput, DisplayName, Limits, MessageBody, RoomName, ServerEvent, codec,
};

use crate::any;

proptest! {
    #[test]
    fn a_clients_event_survives_the_wire(event in any::client_event()) {
        let text = codec::encode_client(&event);
        prop_assert_eq!(codec::decode_client(&text).unwrap(), event);
    }

    #[test]
    fn a_servers_event_survives_the_wire(event in any::server_event()) {
        let text = codec::encode_server(&event);
        prop_assert_eq!(codec::decode_server(&text).unwrap(), event);
        let longer = text + "}";
        prop_assert!(codec::decode_server(&longer).is_err());
    }

    #[test]
    fn a_request_about_a_board_survives_the_wire(request in any::board_request()) {
        let text = codec::encode_board_request(&request);
        prop_assert_eq!(codec::decode_board_request(&text).unwrap(), request);
    }

    #[test]
    fn an_event_of_a_board_survives_the_wire(event in any::board_event()) {
        let text = codec::encode_board_event(&event);
        prop_assert_eq!(codec::decode_board_event(&text).unwrap(), event);
    }

    #[test]
    fn what_is_only_of_a_board_is_told_by_its_type(
        event in any::board_event(),
        other in any::server_event(),
    ) {
        let is_for_all =
            matches!(event, BoardEvent::Ack { .. } | BoardEvent::Error { .. } | BoardEvent::Unknown);
        prop_assert_eq!(codec::is_of_board(&codec::encode_board_event(&event)), !is_for_all);
        prop_assert!(!codec::is_of_board(&codec::encode_server(&other)));
    }

    #[test]
    fn a_cursor_input_survives_the_wire(input in any::cursor_input()) {
        prop_assert_eq!(CursorInput::decode(&input.encode()), Ok(input));
    }

    #[test]
    fn a_cursor_frame_survives_the_wire(frame in any::cursor_frame()) {
        prop_assert_eq!(CursorFrame::decode(&frame.encode()), Ok(frame));
    }

    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes in vec(any::<u8>(), 0..64), text: String) {
        let _ = CursorInput::decode(&bytes);
        let _ = CursorFrame::decode(&bytes);
        for text in [&*String::from_utf8_lossy(&bytes), &text] {
            let _ = codec::decode_client(text);
            let _ = codec::decode_server(text);
            let _ = codec::decode_board_request(text);
            let _ = codec::decode_board_event(text);
        }
    }

    #[test]
    fn what_was_checked_passes_again(name in any::name(), room in any::room_name(), body in any::body()) {
        let limits = Limits::default();
        prop_assert_eq!(DisplayName::parse(name.as_str(), &limits), Ok(name.clone()));
        prop_assert_eq!(RoomName::parse(room.as_str(), &limits), Ok(room.clone()));
        prop_assert_eq!(MessageBody::parse(body.as_str(), &limits), Ok(body.clone()));
    }
}

#[test]
fn what_is_no_json_is_refused_wherever_its_type_stands() {
    for text in [r#"{"type":"a newer event","#, r#"{"type":"pong"}}"#, r#"{"a":1,"type":"pong""#] {
        assert!(codec::decode_server(text).is_err(), "{text}");
    }
    let unknown = ServerEvent::Unknown;
    for text in [r#"{"type":"a \"newer\" event"}"#, r#"{"a":{"type":"pong"},"type":"newer"}"#] {
        assert_eq!(codec::decode_server(text).unwrap(), unknown, "{text}");
    }
}
