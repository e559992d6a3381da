//! The fold of a room's events.

use starling_protocol::{
    DisplayName, Epoch, Hue, Limits, MessageBody, MessageId, Seq, ServerEvent, User, UserId,
};
use uuid::Uuid;

use super::*;

fn message(seq: u64) -> Message {
    let id = UserId::new(Uuid::from_u128(1));
    let name = DisplayName::parse("Ada", &Limits::default()).unwrap();
    let author = User { id, name, hue: Hue::of(id), avatar: None };
    let body = MessageBody::parse("x", &Limits::default()).unwrap();
    Message::said(Seq(seq), MessageId::new(Uuid::from_u128(u128::from(seq))), author, body, 0)
}

#[test]
fn what_was_forgotten_can_be_read_again() {
    let mut room = RoomState::new(Slug::new("den"));
    let position = Position { epoch: Epoch::new(Uuid::nil()), seq: Seq(10) };
    room.seed(position, (1..=10).map(message).collect(), false);
    assert!(!room.forget_older(10));
    assert!(!room.has_older());
    assert!(room.forget_older(4));
    assert!(room.has_older());
    assert_eq!(room.messages().map(|message| message.seq.0).collect::<Vec<_>>(), [7, 8, 9, 10]);
    let messages = (3..=6).map(message).collect();
    let slug = Slug::new("den");
    room.loading_before = Some(Seq(7));
    assert!(!room.forget_older(2), "what was asked for must fit");
    room.apply(ServerEvent::History { reference: 1, room: slug, messages, more: true }).unwrap();
    assert_eq!(room.messages().len(), 8);
    room.check_invariants();
}
