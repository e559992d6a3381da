//! The client's own board against a real server: who was away comes back to the same board as everybody,
//! and nothing jumps back while it is moved.

use std::cell::Cell;

use starling_client::BoardClient;
use starling_protocol::Point;
use starling_protocol::board::{Change, Fields, Preview, Tint};

use crate::support::Server;
use crate::support::painter::{Painter, id};

fn set(number: u128, fields: Fields) -> Change {
    Change::Set { object: id(number), fields }
}

fn moved(number: u128, x: u16) -> Change {
    set(number, Fields { at: Some(Point { x, y: 100 }), ..Fields::default() })
}

fn says(number: u128, text: &str) -> Change {
    set(number, Fields { text: Some(text.to_owned()), ..Fields::default() })
}

/// Whether everything up to that number is known, and nothing is on its way.
fn knows(seq: u64) -> impl Fn(&BoardClient) -> bool {
    move |board| {
        let known = board.position().map(|position| position.seq.0);
        board.is_open() && known == Some(seq) && board.pending().next().is_none()
    }
}

async fn both_know(ada: &mut Painter, bob: &mut Painter, seq: u64) {
    tokio::join!(ada.until(knows(seq)), bob.until(knows(seq)));
}

#[tokio::test]
async fn two_people_who_were_offline_end_with_the_same_board() {
    let server = Server::start(&[]).await;
    let mut ada = server.painter("Ada", 1).await;
    let mut bob = server.painter("Bob", 2).await;
    ada.operate(vec![ada.note(1, "one"), ada.note(2, "two")]);
    both_know(&mut ada, &mut bob, 1).await;
    ada.cut();
    bob.cut();
    ada.operate(vec![moved(1, 700)]);
    ada.operate(vec![says(2, "written where it was deleted")]);
    ada.operate(vec![ada.note(3, "three")]);
    bob.operate(vec![set(1, Fields { tint: Some(Tint(9)), ..Fields::default() })]);
    bob.operate(vec![Change::Delete { object: id(2) }]);
    both_know(&mut ada, &mut bob, 6).await;
    assert_eq!(ada.objects(), bob.objects());
    let objects = ada.objects();
    assert_eq!(objects.keys().copied().collect::<Vec<_>>(), [id(1), id(3)]);
    assert_eq!((objects[&id(1)].at.x, objects[&id(1)].tint), (700, Tint(9)));
    server.stop().await;
}

#[tokio::test]
async fn hundreds_of_changes_made_without_a_connection_go_out_over_one() {
    let server = Server::start(&[]).await;
    let mut ada = server.painter("Ada", 1).await;
    ada.operate(vec![ada.note(1, "one")]);
    ada.until(knows(1)).await;
    ada.cut();
    for x in 1..=300 {
        ada.operate(vec![moved(1, x)]);
    }
    // The server takes 20 a second.
    for left in [200, 100] {
        ada.until(|board| board.pending().count() <= left).await;
    }
    ada.until(knows(301)).await;
    assert_eq!(ada.joins, 2, "the connection was closed");
    assert_eq!(ada.objects()[&id(1)].at.x, 300);
    server.stop().await;
}

#[tokio::test]
async fn what_was_done_while_the_server_restarted_arrives_once() {
    let server = Server::start(&["--replay-limit", "3"]).await;
    let mut ada = server.painter("Ada", 1).await;
    let mut bob = server.painter("Bob", 2).await;
    ada.operate(vec![ada.note(1, "one")]);
    both_know(&mut ada, &mut bob, 1).await;
    bob.cut();
    // It is under way when the server goes.
    ada.operate(vec![moved(1, 200)]);
    let server = server.restart().await;
    for x in 300..310 {
        ada.operate(vec![moved(1, x)]);
    }
    // More than is replayed: Bob's board starts over.
    ada.until(knows(12)).await;
    bob.until(knows(12)).await;
    assert_eq!(ada.objects(), bob.objects());
    assert_eq!(bob.objects()[&id(1)].at.x, 309);
    let now = ada.person.client.now();
    assert!(ada.board.undo(now, &|_| false));
    both_know(&mut ada, &mut bob, 13).await;
    assert_eq!(bob.objects()[&id(1)].at.x, 308);
    server.stop().await;
}

#[tokio::test]
async fn what_somebody_drags_is_seen_on_its_way_and_never_jumps_back() {
    let server = Server::start(&[]).await;
    let mut ada = server.painter("Ada", 1).await;
    let mut bob = server.painter("Bob", 2).await;
    ada.operate(vec![ada.note(1, "one")]);
    both_know(&mut ada, &mut bob, 1).await;
    let slot = ada.person.state().slot();
    let furthest = Cell::new(0);
    let seen = |board: &BoardClient| {
        let x = board.shown(id(1)).expect("it is there").at.x;
        assert!(x >= furthest.get(), "it jumped from {} back to {x}", furthest.get());
        furthest.set(x);
        x
    };
    for x in [200, 300, 400] {
        let now = ada.person.client.now();
        ada.board.hold(now, Some(Preview::Hold { changes: vec![moved(1, x)] }));
        let arrives = bob.until(|board| seen(board) == x && board.holder(id(1)) == slot);
        // The newest is told once it may be.
        tokio::select! {
            () = arrives => {}
            () = ada.until(|_| false) => {}
        }
    }
    assert_eq!(bob.objects()[&id(1)].at.x, 100, "it is not stored");
    let now = ada.person.client.now();
    ada.board.hold(now, Some(Preview::Hold { changes: vec![moved(1, 450)] }));
    ada.operate(vec![moved(1, 500)]);
    let now = ada.person.client.now();
    ada.board.hold(now, None);
    let rests = bob.until(|board| seen(board) == 500 && board.holder(id(1)).is_none());
    tokio::select! {
        () = rests => {}
        () = ada.until(|_| false) => {}
    }
    both_know(&mut ada, &mut bob, 2).await;
    seen(&bob.board);
    server.stop().await;
}
