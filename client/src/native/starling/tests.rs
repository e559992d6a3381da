//! What programs that wait are told.

use starling_protocol::Limits;
use uuid::Uuid;

use super::*;
use crate::Pending;

#[test]
fn what_waits_for_a_room_that_one_was_sent_out_of_is_refused() {
    let den = Slug::new("den");
    let id = MessageId::new(Uuid::from_u128(1));
    let body = MessageBody::parse("x", &Limits::default()).unwrap();
    let mut room = RoomState::new(den.clone());
    room.outbox.push(Pending { id, body, file: None, delivery: Delivery::Waiting });
    assert_eq!(stored(Some(&room), id), None, "it has not come in yet");
    room.problem = Some((ErrorCode::RoomFull, "It is full.".to_owned()));
    room.rejoin_at = Some(5_000);
    assert_eq!(stored(Some(&room), id), None, "it asks again");
    room.rejoin_at = None;
    let (code, message) = (ErrorCode::Kicked, "You were kicked.".to_owned());
    room.apply(ServerEvent::Removed { room: den, code, message: message.clone() }).unwrap();
    assert_eq!(stored(Some(&room), id), Some(Err(Refused::ByServer { code, message })));
}
