//! The client, driven by hand.

use starling_protocol::{DisplayName, Epoch, ErrorCode, Hue, Seq, UserId};
use uuid::Uuid;

use super::*;

fn pending(id: u128, delivery: Delivery) -> Pending {
    let body = MessageBody::parse("x", &Limits::default()).unwrap();
    Pending { id: MessageId::new(Uuid::from_u128(id)), body, delivery }
}

#[test]
fn what_an_earlier_page_left_is_taken_over_once_and_a_refused_one_waits() {
    let den = Slug::new("den");
    let id = UserId::new(Uuid::nil());
    let name = DisplayName::parse("Ada", &Limits::default()).unwrap();
    let stored = pending(1, Delivery::Waiting);
    let message = Message {
        seq: Seq(1),
        id: stored.id,
        author: User { id, name, hue: Hue::of(id) },
        body: stored.body.clone(),
        at: 0,
    };
    let position = Position { epoch: Epoch::new(Uuid::nil()), seq: Seq(1) };
    let refusal = Delivery::Failed { code: ErrorCode::StorageFull, message: "full".into() };
    let mut client = Client::new(0);
    client.join_from(0, &den, position, vec![message], false);
    client.take_over(0, &den, stored);
    for _ in 0..2 {
        client.take_over(0, &den, pending(2, Delivery::Sending));
        client.take_over(0, &den, pending(3, refusal.clone()));
    }
    let left: Vec<_> = client.room(&den).unwrap().pending().cloned().collect();
    assert_eq!(left, [pending(2, Delivery::Waiting), pending(3, refusal)]);
}
